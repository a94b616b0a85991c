"""Predictions in memory: arrays, tensors, series, lists and frames, whatever library they are of.

They are told apart by what they can do, so that neither torch nor pandas is needed: a tensor can be detached, a frame
has columns, and everything else becomes a NumPy array. What they hold is then read as the same values in a file are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from errata.errors import reason, shown
from errata.predictions.array_layout import array_predictions, named_arrays, tensor_array
from errata.predictions.json_layout import json_predictions
from errata.predictions.prediction_file import ModelRows, PredictionFile, PredictionsError
from errata.predictions.table_layout import table_predictions

_TEXT = (pl.String, pl.Categorical, pl.Enum)
_NUMBERS = "iuf"


@dataclass(frozen=True, eq=False)
class InMemory:
    """The predictions of one model, not in a file.

    Attributes
    ----------
    model : str
        The name of the model.
    values : object
        An array, tensor, series or list of shape (rows,), (rows, k) or (rows, classes), a frame with the columns of
        a predictions file, or a `PredictionFile` that was read already.
    file_names : polars.Series or None
        The image of every row.
    """

    model: str
    values: Any
    file_names: pl.Series | None = None

    @property
    def path(self) -> Path:
        """What stands in messages in place of a file."""
        return Path(f"predictions of {shown(self.model, 80)}")


def read_in_memory(source: InMemory, *, classes: int) -> PredictionFile:
    """Read predictions in memory, as `errata.predictions.read.read_predictions` reads a file.

    Raises
    ------
    PredictionsError
        If they are of another kind or shape.
    """
    if isinstance(source.values, PredictionFile):
        return source.values
    if is_frame(source.values):
        return _from_frame(source, classes)
    if isinstance(source.values, pl.Series):
        return _from_series(source, source.values)
    if isinstance(source.values, Mapping) or _are_records(source.values):
        return _from_mapping(source, classes=classes)
    array = as_array(source.values, where=source.path)
    if array.dtype.kind == "O" and array.ndim == 1:
        return _from_series(source, as_series(array.tolist(), where=source.path))
    return array_predictions(
        source.path, array, source.file_names, model=source.model, classes=classes, what=_kind_of(source.values)
    )


def _are_records(values: object) -> bool:
    """Tell whether values are lists of records or of tuples, as pipelines and `decode_predictions` return them."""
    if not isinstance(values, list | tuple) or not values:
        return False
    first = values[0][0] if isinstance(values[0], list | tuple) and values[0] else values[0]
    return isinstance(first, Mapping) or (isinstance(first, tuple) and len(first) > 0 and isinstance(first[0], str))


def _from_mapping(source: InMemory, *, classes: int) -> PredictionFile:
    """Read arrays by name, as those of a `.npz` file, or what JSON could hold."""
    values, where = source.values, source.path
    if isinstance(values, Mapping) and values and all(hasattr(each, "shape") for each in values.values()):
        arrays = {str(key): as_array(each, where=where) for key, each in values.items()}

        def describe(key: str) -> str:
            return f"{shown(key, 40)} {arrays[key].dtype}{list(arrays[key].shape)}"

        file = named_arrays(where, arrays, describe, model=source.model, classes=classes, what=_kind_of(values))
    else:
        file = json_predictions(where, values, model=source.model, classes=classes, kind=_kind_of(values))
    (rows,) = file.models
    if source.file_names is None or rows.file_names is not None:
        return file
    if len(source.file_names) != len(rows):
        raise PredictionsError(
            "order_length", f"{where}: {len(rows)} rows of predictions but {len(source.file_names)} file names."
        )
    return replace(file, models=(replace(rows, file_names=source.file_names),))


def is_frame(values: object) -> bool:
    """Return whether values are a table with named columns, of whatever library."""
    if isinstance(values, pl.DataFrame | pl.LazyFrame):
        return True
    return hasattr(values, "__getitem__") and (
        (hasattr(values, "iloc") and hasattr(values, "columns")) or hasattr(values, "column_names")
    )


def as_array(values: Any, *, where: object) -> np.ndarray:
    """Convert a tensor on any device, an array, a series or a list to a NumPy array, without a copy where it can be.

    A list of two-dimensional arrays, as a loop collects them batch by batch, becomes one array.

    Raises
    ------
    PredictionsError
        If the values are none of these, or have no regular shape.
    """
    try:
        if hasattr(values, "detach"):
            return tensor_array(values)
        if isinstance(values, list | tuple) and values and hasattr(values[0], "shape"):
            return _from_parts([as_array(part, where=where) for part in values], where=where)
        if isinstance(values, np.ma.MaskedArray) and values.mask.any():
            raise PredictionsError(
                "unknown_layout", f"{where}: {int(values.mask.sum())} values are masked. Fill them, or leave them out."
            )
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        if isinstance(error, PredictionsError):
            raise
        raise PredictionsError(
            "unknown_layout",
            f"{where}: found {_kind_of(values)} that is no array ({reason(error)}). Expected class ids, names or "
            "scores, a row per image.",
        ) from error
    if array.dtype.kind == "O" and array.ndim != 1:
        raise PredictionsError(
            "unknown_layout",
            f"{where}: found {_kind_of(values)}; expected class ids, names or scores, a row per image, as an array, a "
            "tensor, a list, a frame or a file.",
        )
    return array


def _from_parts(parts: Sequence[np.ndarray], *, where: object) -> np.ndarray:
    """Join what a list of arrays holds: single values, or batches of two dimensions."""
    dimensions = {part.ndim for part in parts}
    if dimensions == {0}:
        return np.stack(parts)
    if dimensions == {2} and len({part.shape[1] for part in parts}) == 1:
        return np.concatenate(parts)
    raise PredictionsError(
        "unknown_layout",
        f"{where}: found a list of {len(parts)} arrays, the first of shape {parts[0].shape}. Join batches with "
        "numpy.concatenate or torch.cat, and single images with numpy.stack or torch.stack.",
    )


def as_series(values: list, *, where: object) -> pl.Series:
    """Convert Python values to a series of numbers or of text; None and NaN among them are null.

    Raises
    ------
    PredictionsError
        If they are neither, or some are the one and some the other.
    """
    kept = [None if isinstance(value, float) and value != value else value for value in values]
    try:
        series = pl.Series("predicted_class", kept, strict=True)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise _neither(values, where) from error
    if series.dtype not in (*_TEXT, pl.Null) and not series.dtype.is_numeric():
        raise _neither(values, where)
    return series


def _neither(values: list, where: object) -> PredictionsError:
    kinds = ", ".join(sorted({type(value).__name__ for value in values[:1000] if value is not None})[:4])
    return PredictionsError(
        "unknown_layout", f"{where}: expected class ids, or wnids or class names, in all rows; found values of {kinds}."
    )


def _from_series(source: InMemory, labels: pl.Series) -> PredictionFile:
    where = source.path
    if labels.dtype not in (*_TEXT, pl.Null) and not labels.dtype.is_numeric():
        raise PredictionsError(
            "unknown_layout", f"{where}: expected class ids or text, found {shown(labels.dtype, 60)}."
        )
    if labels.is_empty():
        raise PredictionsError("empty_file", f"{where}: there are no rows.")
    names = source.file_names
    if names is not None and len(names) != len(labels):
        raise PredictionsError(
            "order_length", f"{where}: {len(labels)} rows of predictions but {len(names)} file names."
        )
    labels = labels.cast(pl.String) if labels.dtype in _TEXT else labels
    rows = ModelRows(source.model, labels.alias("predicted_class"), file_names=names)
    return PredictionFile(where, f"{_kind_of(source.values)}: one class per row", (rows,))


def _from_frame(source: InMemory, classes: int) -> PredictionFile:
    frame = _as_polars(source.values, where=source.path)
    if source.file_names is not None and "file_name" not in frame.columns:
        if len(source.file_names) != frame.height:
            raise PredictionsError(
                "order_length",
                f"{source.path}: {frame.height} rows of predictions but {len(source.file_names)} file names.",
            )
        frame = frame.with_columns(source.file_names.alias("file_name"))
    kind = _kind_of(source.values)
    return table_predictions(source.path, frame, found=frame.columns, model=source.model, kind=kind, classes=classes)


def _as_polars(values: Any, *, where: Path) -> pl.DataFrame:
    if isinstance(values, pl.LazyFrame):
        return values.collect()
    if isinstance(values, pl.DataFrame):
        return values
    if not hasattr(values, "iloc"):
        return pl.DataFrame(values)
    names = [str(name) for name in values.columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise PredictionsError(
            "wrong_header", f"{where}: the column '{shown(repeated[0], 60)}' occurs more than once. Rename one of them."
        )
    columns = {name: _column(values.iloc[:, place], where=where) for place, name in enumerate(names)}
    index = names_in_index(values)
    if index is not None and "file_name" not in columns:
        columns = {"file_name": index} | columns
    return pl.DataFrame(columns)


def names_in_index(values: Any) -> pl.Series | None:
    """Return the labels of a pandas series or frame if they are text: the file names of its rows."""
    index = getattr(values, "index", None)
    if callable(index) or index is None or not len(index) or not all(isinstance(label, str) for label in index):
        return None
    return pl.Series("file_name", list(index), dtype=pl.String)


def _column(column: Any, *, where: Path) -> pl.Series:
    """Convert a column of a pandas frame; what is missing in it becomes null."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in _NUMBERS:
        return pl.Series(column.to_numpy())
    return as_series(column.astype(object).where(column.notna(), None).tolist(), where=where)


def _kind_of(values: object) -> str:
    """Return what the values are, as 'torch Tensor' or 'list'."""
    kind = type(values)
    library = kind.__module__.split(".")[0]
    return kind.__name__ if library == "builtins" else f"{library} {kind.__name__}"
