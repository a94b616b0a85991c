"""Find, match and decode the images of a data set."""
