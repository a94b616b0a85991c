"""The table of the check of accuracies."""

from dataclasses import replace

import polars as pl

from errata.tables import Column, Table

AS_EXPECTED, UNEXPECTED, NOT_CHECKED = "as_expected", "unexpected", "not_checked"

_text = Column(pl.String)
_percent = Column(pl.Float64, nullable=True, low=0, high=100, unit="per cent")
_points = Column(pl.Float64, nullable=True, unit="percentage points")

ACCURACY = Table(
    "accuracy",
    key=("model",),
    columns={
        "model": _text,
        "check": replace(_text, meaning="`as_expected`, `unexpected`, or `not_checked`: nothing to expect is known."),
        "images": Column(pl.Int32, low=1, meaning="Images that the model was run on.", unit="images"),
        "of_images": Column(pl.Int32, low=1, meaning="Images of the data set.", unit="images"),
        "top1": replace(_percent, nullable=False, meaning="Share of the images whose prediction is the target."),
        "expected_top1": replace(_percent, meaning="What somebody published, over all images of the data set."),
        "difference": replace(_points, meaning="top1 minus expected_top1."),
        "tolerance": replace(_points, low=0, meaning="The difference, up or down, up to which it is as expected."),
        "expected_from": replace(_text, nullable=True, meaning="Who published it: a source, or a library's metadata."),
        "published": replace(_text, nullable=True, meaning="Name of the same weights in the paper's tables."),
        "sentence": replace(_text, meaning="The same in words."),
    },
)
"""Top-1 of every model that was run, beside the one to expect. Only accuracies on ImageNet-val are known."""
