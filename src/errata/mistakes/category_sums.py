"""Errors by category: the sums that every breakdown has."""

import polars as pl

from errata.atlas.atlas import Atlas
from errata.categories import CATEGORY_COLUMNS, PROVISIONAL_COLUMNS
from errata.profile.statistics import is_counted

_NOTHING = pl.lit(None, dtype=pl.Int32)


def category_sums(atlas: Atlas) -> list[pl.Expr]:
    """Return one sum of `models` per category and provisional category, for use in an aggregation of mistakes.

    What cannot be decided on the data set or in the atlas is null.
    """
    sums = {name: pl.col("category") == name for name in CATEGORY_COLUMNS}
    sums |= {
        name: pl.col("provisional_category").eq_missing(name.removeprefix("provisional_"))
        for name in PROVISIONAL_COLUMNS
    }
    return [
        (pl.col("models").filter(here).sum().cast(pl.Int32) if is_counted(name, atlas) else _NOTHING).alias(name)
        for name, here in sums.items()
    ]


def zero_where_defined(atlas: Atlas) -> list[pl.Expr]:
    """Return the columns of `category_sums` with zeros for rows that had no mistakes."""
    return [
        pl.col(name).fill_null(0) if is_counted(name, atlas) else pl.col(name)
        for name in (*CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS)
    ]
