"""What is known about the images of a data set: targets, multi-labels, expert lists."""
