"""The zoo: classifiers from five sources, and what they say about every image of a data set."""
