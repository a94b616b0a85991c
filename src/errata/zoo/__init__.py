"""Load classifiers from five sources and predict every image of a data set."""
