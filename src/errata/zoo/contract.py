"""The version of what inference computes.

The rule `predict` takes this number as a parameter in place of the code, so that an edited comment runs no model again.
Raise it when predictions made by the old code should not stand beside those of the new: another normalisation, other
tie-breaking, another meaning of a column, another way to load weights. Leave it when the code is merely faster, says
something else in the log, or refuses more input.
"""

PREDICT = 2
"""What models say about images."""
