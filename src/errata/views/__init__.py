"""Views: the images of a data set as a model's preprocessing shows them, before normalisation."""
