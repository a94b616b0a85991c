"""The published models nearest to a model on the map of accuracies and kinds of errors."""

import numpy as np
import polars as pl

NEIGHBOURS = 3
"""So many published models are named beside a model."""


def nearest(published: pl.DataFrame, x: float, y: float, *, count: int = NEIGHBOURS) -> pl.DataFrame:
    """Return the published models nearest to a place, nearest first.

    `published`: `model, x, y` and any other columns. Distances are in standard deviations of the published models, of
        `x` and of `y` each. Of models at the same place the first by name comes first.
    """
    away = sum(
        ((published[name].to_numpy() - at) / (published[name].std() or 1.0)) ** 2 for name, at in (("x", x), ("y", y))
    )
    return published.with_columns(_away=np.asarray(away)).sort("_away", "model").head(count).drop("_away")


def plain_name(published: str) -> str:
    """Return what a published model is called by its library: `resnet50.a1_in1k` for `timm--resnet50.a1_in1k`."""
    return published.partition("--")[2] or published
