"""The groups of images that every statistic is given for."""

GROUPS = ("all", "organism", "artifact", "other")
"""All images, and the paper's three groups: an image is in each group that any of its labels is in."""
