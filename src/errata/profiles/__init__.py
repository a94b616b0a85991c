"""Errors, counts, accuracies and intervals of any number of models."""
