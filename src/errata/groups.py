"""The groups of images that statistics are given for, where classes are sorted as ImageNet's are."""

GROUPS = ("all", "organism", "artifact", "other")
"""All images, and the paper's three groups: an image is in each group that any of its labels is in."""
