"""Declare the table of the check of accuracies, and its values."""

import polars as pl

from errata.tables import PERCENT, TEXT, TEXT_OR_NULL, Column, Table

AS_EXPECTED, UNEXPECTED, NOT_CHECKED = "as_expected", "unexpected", "not_checked"

_images = Column(pl.Int32, low=1)
_points = Column(pl.Float64, nullable=True)

ACCURACY = Table(
    "accuracy",
    key=("model",),
    columns={
        "model": TEXT,
        "check": TEXT.means("`as_expected`, `unexpected`, or `not_checked`: nothing to expect is known."),
        "images": _images.means("Images that the model was run on.", "images"),
        "of_images": _images.means("Images of the data set.", "images"),
        "top1": Column(pl.Float64, low=0, high=100).means(
            "Share of the images whose prediction is the target.", "per cent"
        ),
        "expected_top1": PERCENT.means("What somebody published, over all images of the data set.", "per cent"),
        "difference": _points.means("top1 minus expected_top1.", "percentage points"),
        "tolerance": Column(pl.Float64, nullable=True, low=0).means(
            "The difference, up or down, up to which it is as expected.", "percentage points"
        ),
        "expected_from": TEXT_OR_NULL.means("Who published it: a source, or a library's metadata."),
        "published": TEXT_OR_NULL.means("Name of the same weights in the paper's tables."),
        "sentence": TEXT.means("The same in words."),
    },
)
"""Top-1 of every model that was run, beside the one to expect. Only accuracies on ImageNet-val are known."""
