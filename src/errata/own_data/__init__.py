"""Data sets of one's own: an atlas from a table of classes and a table of labels."""
