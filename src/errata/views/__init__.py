"""Make views: the images of a data set after a model's preprocessing, before normalisation."""
