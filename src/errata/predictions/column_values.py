"""What the values of a column are: numbers, counts of the rows, probabilities."""

import numpy as np
import polars as pl

from errata.predictions.cells import TEXT

NUMBERED_ROWS = 20
"""Fewer rows may be numbered by chance."""


def whole_numbers(column: pl.Series, *, fractions: bool = False) -> np.ndarray | None:
    """Return a column of whole numbers, or of text that is such, as an array; None if it is no such column."""
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum) and not column.dtype.is_numeric():
        return None
    if column.dtype.is_integer() and not column.null_count():
        return column.to_numpy()
    values = column.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False) if column.dtype in TEXT else column
    values = values.cast(pl.Float64)
    if values.null_count():
        return values.drop_nulls().to_numpy() if fractions and values.null_count() < len(values) / 2 else None
    array = values.to_numpy()
    if not np.isfinite(array).all():
        return None
    if (array == np.round(array)).all():
        return array.astype(np.int64) if (np.abs(array) < 2**53).all() else None
    return array if fractions else None


def counts_rows(values: np.ndarray) -> bool:
    """Tell whether values count the rows, one by one."""
    return len(values) >= NUMBERED_ROWS and bool((np.diff(values.astype(np.float64)) == 1).all())


def are_whole_numbers(column: pl.Series) -> bool:
    """Tell whether all values are whole numbers, or text that is such."""
    return column.head(50).cast(pl.String).str.strip_chars().str.contains(r"^\d+$").all() and (
        column.cast(pl.String).str.strip_chars().str.contains(r"^\d+$").all()
    )


def are_probabilities(values: np.ndarray) -> bool:
    """Tell whether all values that are known lie between 0 and 1."""
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool(((known >= 0) & (known <= 1 + 1e-6)).all())
