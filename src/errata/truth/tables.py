"""The tables about planted causes and how often they are named."""

import polars as pl

from errata.tables import CLASS_OR_NULL, COUNT, PERCENT, POINTS, TEXT, TEXT_OR_NULL, Column, Table, with_limits

_cause = TEXT_OR_NULL.means("Category whose cause was planted; null: none, a typical image.")

PLANTED = Table(
    "planted",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "cause": _cause,
        "confuser": CLASS_OR_NULL.means("The class that the cause leads to, if to one.", "class id"),
        "note": TEXT.means("What the image shows, in words."),
    },
)
"""What was planted in the images of a data set that was made on purpose: the category whose cause it is (null: none,
a typical image), and the class that a model would take it for because of it (null: no one class). `note` says in words
what the image shows."""

RECALL = Table(
    "recall",
    key=("atlas", "cause", "category", "as_planted"),
    columns={
        "atlas": TEXT,
        "cause": _cause,
        "category": TEXT.means("Category that the errors were assigned to."),
        "as_planted": Column(pl.Boolean, meaning="Only errors that the plant accounts for; else all errors."),
        "errors": COUNT.means("Errors of all models with this cause and category.", "errors"),
        "images": COUNT.means("Images that they are on.", "images"),
        "of_errors": COUNT.means("Errors with this cause, of any category.", "errors"),
        "of_images": COUNT.means("Images that those are on.", "images"),
        **with_limits("share", PERCENT, "errors as a share of of_errors.", "per cent"),
        **with_limits("behind", POINTS, "How far the best atlas is ahead in recall.", "points"),
    },
)
"""How often the errors of all models on images with a planted cause were assigned to each category: errors and
distinct images, out of how many, and the share of the errors in per cent with its 95 % interval. Where category and
cause are the same, the share is the recall, and `behind` is how many points the best atlas is ahead. `as_planted`:
only errors that the plant accounts for, whose prediction is the planted class, or any where no one class was planted;
the other rows are about all errors. A null cause stands for typical images."""
