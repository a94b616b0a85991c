"""Columns that many tables have, under whatever name."""

import polars as pl

from errata.tables import CLASS_ID, Column

TEXT = Column(pl.String)
TEXT_OR_NULL = Column(pl.String, nullable=True)
CLASS = Column(CLASS_ID, low=0)
CLASS_OR_NULL = Column(CLASS_ID, nullable=True, low=0)
COUNT = Column(pl.Int32, low=0)
COUNT_OR_NULL = Column(pl.Int32, nullable=True, low=0)
"""A count that is null where what it counts is not defined."""

LARGE_COUNT = Column(pl.Int64, low=0)
"""A count over all models, or of bytes."""

PERCENT = Column(pl.Float64, nullable=True, low=0, high=100)
POINTS = Column(pl.Float64, nullable=True, low=-100, high=100)
"""A difference of two percentages."""


def with_limits(name: str, column: Column, meaning: str, unit: str) -> dict[str, Column]:
    """Return a column and the two limits of its 95 % interval, by name."""
    return {
        name: column.means(meaning, unit),
        f"{name}_low": column.means(f"Lower 95 % limit of {name}.", unit),
        f"{name}_high": column.means(f"Upper 95 % limit of {name}.", unit),
    }
