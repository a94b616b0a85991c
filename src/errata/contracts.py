"""Set the contract versions of the costly jobs: `predict`, `embed_*` and `find_neighbours`.

The rules take these numbers as parameters in place of the code, so that an edited comment runs no model again. Raise
one when results of the old code should not stand beside those of the new: another normalisation, other tie-breaking,
another meaning of a column, another way to load weights. Leave it when the code is merely faster, says something else
in the log, or refuses more input.
"""

PREDICT = 2
"""What models say about images."""

EMBED = 1
"""Embeddings of images and prompts."""

NEIGHBOURS = 1
"""The nearest training images."""
