"""Tables with a column per class: which columns hold scores, and of which class each is."""

import re

import numpy as np
import polars as pl

from errata.predictions.cells import TEXT
from errata.predictions.column_names import NamedColumns, is_target, may_be_prediction, may_be_scores

WNID = re.compile(r"^n\d{8}$")
SUM_TOLERANCE = 1e-2


def score_columns(names: NamedColumns, there: list[str], classes: int | None) -> list[str]:
    """Return the columns with the score of a class each, in the order of the classes; none if there are none.

    Columns that are called by bare numbers in another order than that of the numbers are called by classes.
    """
    if not classes or classes < 2:
        return []
    for base, members in names.groups.items():
        is_score = not base or may_be_scores(base) or may_be_prediction(base)
        if is_score and len(members) in (classes, classes + 1) and set(members) <= set(there):
            is_in_order = base or [name for name in there if name in members] == list(members)
            return list(members) if is_in_order else []
    wnids = sorted(name for name in there if WNID.match(name))
    return wnids if len(wnids) == classes else []


def may_be_named_scores(names: NamedColumns, found: list[str], classes: int | None) -> bool:
    """Tell whether a table may have a column of scores per class that is called as the class is, and no predictions."""
    has_predictions = names.sure or any(base and may_be_prediction(base) for base in names.groups)
    return bool(classes) and 2 <= classes <= len(found) and not has_predictions


def named_scores(frame: pl.DataFrame, names: NamedColumns, apart: set[str | None], classes: int) -> pl.DataFrame | None:
    """Return the columns of scores that are called as their classes are, as decimal numbers; None if there are none.

    They are as many as there are classes, and the only numbers but for those that count the rows, or are called as a
    target or a probability is. Beside a column such as `label`, which may hold predictions, they must be probabilities.
    `apart`: columns of another kind.
    """
    apart = apart | set(names.probabilities)
    rest = frame.select(name for name in frame.columns if name not in apart and frame[name].dtype != pl.Boolean)
    numbers = rest.select(pl.all().cast(pl.Float64, strict=False))
    # text in a column of scores is told by the score that is missing then
    kept = [name for name in numbers.columns if numbers[name].null_count() < len(numbers) / 2]
    if len(kept) > classes:
        kept = [name for name in kept if not (is_target(name) or may_be_prediction(name) or _counts(numbers[name]))]
    scores = numbers.select(kept)
    is_whole = scores.select((pl.all() == pl.all().round()).all()).row(0) if kept else ()
    are_scores = len(kept) == classes and (not all(is_whole) or _are_one_hot(scores))
    return scores if are_scores and (not names.predictions or _are_probabilities(scores)) else None


def _are_probabilities(scores: pl.DataFrame) -> bool:
    values = scores.to_numpy()
    return bool((values >= 0).all() and (np.abs(values.sum(axis=1) - 1) < SUM_TOLERANCE).all())


def _counts(numbers: pl.Series) -> bool:
    return bool((numbers.diff().drop_nulls() == 1).all())


def _are_one_hot(scores: pl.DataFrame) -> bool:
    values = scores.to_numpy()
    return bool((np.sort(values, axis=1)[:, -2:] == (0, 1)).all() and (values >= 0).all())


def are_names_of_images(column: pl.Series, pattern: str) -> bool:
    """Tell whether a column without a name holds names of images, as the index of a pandas frame is written."""
    return column.dtype in TEXT and (column.head(1000).str.contains(pattern).mean() or 0) > 0.9
