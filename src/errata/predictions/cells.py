"""What cells of a table hold in place of one class: lists, what Python prints of tensors and lists, bytes, totals."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import listed, shown
from errata.predictions.column_names import ALIASES, may_be_prediction, plain
from errata.predictions.prediction_file import PredictionsError

TEXT = (pl.String, pl.Categorical, pl.Enum)

IMAGE_NAME = r"(?i)\.(?:jpe?g|png|webp|bmp|tiff?)$|^ILSVRC2012_(?:val|test)_\d+"
"""What names of images look like."""

_BYTES = r"""^b(?:'(.*)'|"(.*)")$"""
_PRINTED = r"(?s)^\s*(?:tensor|array|np\.\w+|numpy\.\w+)?\s*[\[({].*[\])}]\s*$"
"""What Python prints of a tensor, an array, a list, a tuple or a dictionary."""
_INSIDE = r"(?s)^[^\[({]*[\[({\s]+([^\])}]*)"
_ABOUT_TENSOR = r",\s*(?:device|dtype|grad_fn|requires_grad)\s*=.*$"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NUMBERS = rf"^\s*{_NUMBER}(?:[\s,]+{_NUMBER})*[\s,]*$"
_SPACED = r"^\s*\d+(?:\s+\d+)+\s*$"
"""Class ids by rank, joined by spaces."""
_LABELLED = r"""['"]label['"]\s*:\s*(?:"([^"]*)"|'([^']*)')"""
_QUOTED = r""""([^"]*)"|'([^']*)\'"""
_TOTAL = (
    r"(?i)^\W*(?:grand )?(?:total|sum|mean|average|avg|overall|accuracy|acc|summary|std|count|top-?[15])\b"
    r"[\w\s@()-]*[:=]?\s*[\d.,/%]*\W*$"
)
_PATH = r"""^\s*(?:\w*Path\(|[\[(])+['"](.*?)['"],?[\])]+\s*$"""
_LOOKED_AT = 20
_LAST_ROWS = 5
_FEW_ROWS = 5


@dataclass(frozen=True, eq=False)
class Ranks:
    """Cells that held several values, as columns.

    Attributes
    ----------
    values : numpy.ndarray or None
        Shape (rows, k), where every row has k numbers: class ids by rank, or scores.
    first : polars.Series
        The first of each.
    probability : numpy.ndarray or None
        float64, shape (rows,): the score that stands beside the first, where there is one.
    """

    values: np.ndarray | None
    first: pl.Series
    probability: np.ndarray | None = None


def as_text(path: Path, column: pl.Series) -> pl.Series:
    """Return a column of text as strings, without the marks of Python bytes; binary as UTF-8, numbers as they are."""
    if column.dtype == pl.Binary:
        try:
            column = column.cast(pl.String)
        except pl.exceptions.PolarsError as error:
            raise PredictionsError(
                "wrong_header",
                f"{path}: column '{shown(column.name, 60)}' is Binary and no text in UTF-8; expected text or ids.",
            ) from error
    return column.cast(pl.String) if column.dtype in TEXT else column


def without_marks_of_bytes(column: pl.Series) -> pl.Series | None:
    """Return text without the marks of Python bytes, b'...', as from TensorFlow's data sets; None if a row has none."""
    if column.dtype != pl.String or not column.head(1).str.contains(_BYTES).all():
        return None
    if not column.str.contains(_BYTES).all():
        return None
    return (
        pl.select(pl.coalesce(column.str.extract(_BYTES, 1), column.str.extract(_BYTES, 2)))
        .to_series()
        .alias(column.name)
    )


def plain_names(column: pl.Series) -> pl.Series:
    """Return file names without blanks around them, and without what Python prints around a path or a list of one."""
    if column.dtype != pl.String:
        return column
    first = column.head(_LOOKED_AT)
    if first.str.contains(r"^\s|\s$").any():
        column = column.str.strip_chars()
    if first.str.contains(_PATH).all():
        column = pl.select(pl.coalesce(column.str.extract(_PATH, 1), column)).to_series().alias(column.name)
    return column


def last_totals(column: pl.Series) -> int:
    """Return how many rows at the end are none but sums: `TOTAL`, `mean`, `Accuracy: 80.1 %`."""
    if column.dtype != pl.String or len(column) <= _FEW_ROWS:
        return 0
    end = column.tail(_LAST_ROWS).str.contains(_TOTAL).fill_null(False).to_list()
    return next((count for count, is_total in enumerate(reversed(end)) if not is_total), len(end))


def ranks_of(path: Path, column: pl.Series) -> Ranks | None:
    """Return what the cells of a column hold, if they hold lists, or what Python prints of them; None if one value."""
    if isinstance(column.dtype, pl.List | pl.Array):
        lists = column.arr.to_list() if isinstance(column.dtype, pl.Array) else column
        return _from_lists(path, lists)
    if isinstance(column.dtype, pl.Struct) and any(may_be_prediction(field.name) for field in column.dtype.fields):
        return _from_lists(path, pl.select(pl.concat_list(pl.lit(column))).to_series().alias(column.name))
    if column.dtype != pl.String:
        return None
    known = column.drop_nulls()
    if known.head(_LOOKED_AT).str.contains(_SPACED).all() and known.str.contains(_SPACED).mean() >= 0.9:
        return _from_lists(path, column.str.extract_all(r"\d+").list.eval(pl.element().cast(pl.Int64, strict=False)))
    if not known.head(1).str.contains(_PRINTED).any() or known.str.contains(_PRINTED).mean() < 0.9:
        return None
    return _from_printed(path, column)


def _from_lists(path: Path, lists: pl.Series) -> Ranks:
    inner = lists.dtype.inner
    if isinstance(inner, pl.Struct):
        return _from_structs(path, lists)
    if isinstance(inner, pl.List | pl.Array):
        # a class with its names, as Keras's decode_predictions gives it; or lists with a single list in each
        return _from_lists(path, lists.list.first().alias(lists.name))
    lengths = lists.list.len()
    first = lists.list.first().alias(lists.name)
    if not inner.is_numeric() or lengths.n_unique() > 1 or lists.null_count() or not lengths.max():
        return Ranks(None, as_text(path, first))
    values = lists.explode().to_numpy().reshape(len(lists), int(lengths[0]))
    return Ranks(None, first) if values.shape[1] == 1 else Ranks(values, first)


def _from_structs(path: Path, lists: pl.Series) -> Ranks:
    """Read lists of labels with scores: the label of the largest score, as a pipeline of Hugging Face gives it."""
    fields = [field.name for field in lists.dtype.inner.fields]
    label = next((name for name in fields if may_be_prediction(name)), None)
    score = next((name for name in fields if plain(name) in ALIASES["predicted_probability"]), None)
    if label is None:
        raise PredictionsError(
            "unknown_layout",
            f"{path}: column '{shown(lists.name, 60)}' holds records with {listed(fields)}; "
            "expected a label (label, class, prediction) and a score.",
        )
    rows = lists.to_frame("cell").with_row_index("row").explode("cell").unnest("cell")
    if score is not None:
        rows = rows.with_columns(_score=pl.col(score).cast(pl.Float64, strict=False))
        rows = rows.sort("_score", descending=True, nulls_last=True, maintain_order=True)
    best = rows.group_by("row", maintain_order=True).first().sort("row")
    probability = best["_score"].fill_null(np.nan).to_numpy() if score is not None else None
    return Ranks(None, as_text(path, best[label]).alias(lists.name), probability)


def _from_printed(path: Path, column: pl.Series) -> Ranks:
    if column.str.contains(r"(?s)[\d\s,]\.\.\.[\s,\]]").any():
        raise PredictionsError(
            "unknown_layout",
            f"{path}: the cells of column '{shown(column.name, 60)}' are lists of which Python printed only the ends "
            "('...'). Save the whole array with numpy.save, or the class id.",
        )
    labelled = column.str.extract_groups(_LABELLED).struct.unnest()
    if not labelled["1"].is_null().all() or not labelled["2"].is_null().all():
        return Ranks(None, _either(labelled, column.name))
    inside = column.str.extract(_INSIDE, 1).str.replace(_ABOUT_TENSOR, "")
    if inside.str.contains(_NUMBERS).mean() < 0.9:
        quoted = column.str.extract_groups(_QUOTED).struct.unnest()
        first = _either(quoted, column.name)
        return Ranks(None, first if first.null_count() <= column.null_count() + 0.1 * len(first) else column)
    numbers = inside.str.extract_all(_NUMBER).list.eval(pl.element().cast(pl.Float64, strict=False)).alias(column.name)
    ranks = _from_lists(path, numbers)
    if ranks.values is not None and ranks.values.shape[1] == 2 and _is_class_with_probability(ranks.values):
        return Ranks(None, ranks.first, ranks.values[:, 1])
    whole = ranks.values is not None and bool((ranks.values == np.round(ranks.values)).all())
    return Ranks(ranks.values.astype(np.int64), ranks.first) if whole else ranks


def _is_class_with_probability(values: np.ndarray) -> bool:
    first, second = values.T
    is_share = ((second >= 0) & (second <= 1)).all() and (second != np.round(second)).any()
    return bool(is_share and (first == np.round(first)).all() and (first > 1).any())


def _either(groups: pl.DataFrame, name: str) -> pl.Series:
    return groups.select(pl.coalesce("1", "2").alias(name)).to_series()
