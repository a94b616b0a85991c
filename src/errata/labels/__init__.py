"""The labels of a data set's images: targets, multi-labels, re-assessed labels, expert lists."""
