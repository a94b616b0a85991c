"""The tables of statistics: counts, accuracies and shares of models."""

from dataclasses import replace

import polars as pl

from errata.categories import CATEGORY_COLUMNS, MULTI_LABEL_ACCURACIES
from errata.tables import COUNT, COUNT_OR_NULL, LARGE_COUNT, PERCENT, POINTS, TEXT, Column, Table, with_limits

PROFILE = Table(
    "profile",
    key=("model", "group"),
    columns={
        "model": TEXT,
        "group": TEXT,
        "images": COUNT,
        "correct": COUNT,
        "top1_errors": COUNT,
        **dict.fromkeys(CATEGORY_COLUMNS, COUNT_OR_NULL),
        "mla": PERCENT,
        "mla_minor": PERCENT,
        "mla_explainable": PERCENT,
    },
    more_columns=True,
    version=2,
)
"""Counts and accuracies of every model and group; `errata.profiles.further_columns` declares what follows."""

POOLED = Table(
    "pooled",
    key=("group", "category"),
    columns={
        "group": TEXT,
        "category": TEXT,
        "models": COUNT,
        "count": Column(pl.Int64, nullable=True, low=0, meaning="Errors of the category.", unit="errors"),
        "denominator": LARGE_COUNT,
        **with_limits("share", PERCENT, "count as a share of denominator.", "per cent"),
    },
)
"""The errors of all models together."""

_gain = replace(POINTS, low=0)
_accuracies = ("top1", *(accuracy.name for accuracy in MULTI_LABEL_ACCURACIES if not accuracy.own_classes))

WHAT_IF = Table(
    "what_if",
    key=("model", "group", "accuracy", "category"),
    columns={
        "model": TEXT,
        "group": TEXT,
        "accuracy": TEXT.means(f"The accuracy: {', '.join(_accuracies[:-1])} or {_accuracies[-1]}."),
        "category": TEXT.means("Category whose errors are fixed; may be a provisional one."),
        "errors": COUNT.means("Errors of the category.", "errors"),
        **with_limits("gain", _gain, "What the accuracy would gain.", "points"),
        "fixed": PERCENT.means("The accuracy if the errors of the category were fixed.", "per cent"),
        **with_limits(
            "gain_so_far", _gain, "The gain if those of every less severe category were fixed as well.", "points"
        ),
        "fixed_so_far": PERCENT.means("The accuracy with gain_so_far.", "per cent"),
    },
)
"""What the accuracies of every model and group would be if its errors of a category were answered correctly: of this
category alone, and of it and all less severe ones. A category that an accuracy forgives has no row, since fixing it
gains nothing, and one that is undefined has none either. Provisional categories stand alone: their gains are upper
bounds, and `gain_so_far` is null."""

SOFT_PROFILE = Table(
    "soft_profile",
    key=("model", "group", "category"),
    columns={
        "model": TEXT,
        "group": TEXT,
        "category": TEXT.means("Category, or correct, or beyond_top_classes: outside the stored classes."),
        "mass": PERCENT.means("Mean probability that goes to the category.", "per cent"),
    },
)
"""Mean probability that a model gives to answers of each category, per cent of all probability; `correct` and
`beyond_top_classes`, the mass outside the stored classes, included. A null mass is undefined in the atlas."""
