"""The images of a data set: where their bytes are, which of them can be read, and their RGB pixels."""
