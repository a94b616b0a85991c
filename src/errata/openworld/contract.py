"""Versions of what the accelerator jobs of this room compute; raise one when its results change in meaning.

The rules take these numbers as parameters in place of the code, so that an edited comment embeds nothing again.
"""

EMBED = 1
"""Embeddings of images and prompts."""

NEIGHBOURS = 1
"""The nearest training images."""
