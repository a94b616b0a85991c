"""Read predictions from NumPy arrays: class ids, ranked class ids, scores, and the archives of the paper's authors."""

import re
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import InputError
from errata.predictions.prediction_file import (
    ModelRows,
    PredictionFile,
    PredictionsError,
    read_order,
    samples_info_of,
    text_series,
)

NAME_KEYS = ("file_name", "file_names", "sample_files")
PREDICTION_KEYS = ("predicted_class", "predictions", "preds", "logits", "probabilities", "scores")
_CHUNK_ROWS = 4096
_SUM_TOLERANCE = 1e-2
_RANKING_ROWS = 200


def read_array(path: Path, *, model: str, classes: int) -> PredictionFile:
    """Read class ids, ranked class ids or scores from a `.npy` file. Nothing is ever unpickled."""
    return _from_array(path, _load(path), None, model=model, classes=classes, what="NumPy array")


def read_archive(path: Path, *, model: str, classes: int) -> PredictionFile:
    """Read such an array, or the arrays of the paper's authors, from a `.npz` file. Nothing is ever unpickled."""
    arrays = _load(path)
    if not arrays:
        raise PredictionsError("empty_file", f"{path}: the archive holds no array. Write it again.")
    if "top1" in arrays:
        return _from_authors(path, arrays, model=model)
    names_key = next((key for key in NAME_KEYS if key in arrays), None)
    names = _text(arrays[names_key], where=f"{path}: array '{names_key}'") if names_key else None
    rest = {key: array for key, array in arrays.items() if key != names_key}
    key = next((key for key in PREDICTION_KEYS if key in rest), next(iter(rest)) if len(rest) == 1 else None)
    if key is None:
        found = ", ".join(f"{key} {array.dtype}{list(array.shape)}" for key, array in arrays.items())
        raise PredictionsError(
            "unknown_layout",
            f"{path}: which array holds the predictions? Found {found}. "
            f"Name it one of {', '.join(PREDICTION_KEYS)}, or use the authors' top1, top5, probs.",
        )
    return _from_array(path, rest[key], names, model=model, classes=classes, what=f"NumPy archive, array '{key}'")


def _load(path: Path) -> np.ndarray | dict[str, np.ndarray]:
    """Load an array, mapped into memory so that a large score matrix is read in pieces, or those of an archive."""
    try:
        loaded = np.load(path, mmap_mode="r", allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        with loaded:
            return dict(loaded)
    except Exception as error:
        if isinstance(error, ValueError) and re.search("pickle|object", str(error), re.IGNORECASE):
            raise PredictionsError(
                "pickled_objects",
                f"{path}: it holds Python objects, which only unpickling could read, and Errata never unpickles. "
                "Save plain arrays: class ids as integers, file names with dtype=str.",
            ) from error
        raise PredictionsError(
            "damaged_file",
            f"{path}: it begins like a NumPy file but cannot be read ({error}). "
            "It is probably truncated: write or download it again.",
        ) from error


def _text(array: np.ndarray, *, where: str) -> pl.Series:
    try:
        return text_series(array, where=where)
    except InputError as error:
        raise PredictionsError("unknown_layout", str(error)) from error


def _from_authors(path: Path, arrays: dict[str, np.ndarray], *, model: str) -> PredictionFile:
    """Read `top1`, `top5` and `probs`. The model is named after the folder, since every file is called preds.npz."""
    top1, top5, probs = arrays["top1"], arrays.get("top5"), arrays.get("probs")
    if top1.ndim != 1 or not np.issubdtype(top1.dtype, np.integer):
        raise PredictionsError(
            "unknown_layout",
            f"{path}: array 'top1' must hold one integer class id per row, found {top1.dtype} of shape {top1.shape}.",
        )
    for key, array in (("top5", top5), ("probs", probs)):
        if array is not None and array.shape[0] != len(top1):
            raise PredictionsError(
                "unknown_layout", f"{path}: 'top1' has {len(top1)} rows but '{key}' has {array.shape[0]}."
            )
    samples = samples_info_of(path)
    names = read_order(samples) if samples else None
    if names is not None and len(names) != len(top1):
        raise PredictionsError(
            "order_length", f"{path}: 'top1' has {len(top1)} rows but {samples} names {len(names)} samples."
        )
    ranked_probability = probs if probs is not None and probs.ndim == 2 else None
    probability = None
    if probs is not None:
        probability = (probs if probs.ndim == 1 else probs.max(axis=1)).astype(np.float64)
    same_shape = top5 is not None and ranked_probability is not None and ranked_probability.shape == top5.shape
    rows = ModelRows(
        path.parent.name if path.name == "preds.npz" and path.parent.name else model,
        pl.Series("predicted_class", top1),
        file_names=names,
        probability=probability,
        ranked=top5,
        ranked_probability=ranked_probability if same_shape else None,
    )
    where = f", rows named by {samples}" if samples else ""
    return PredictionFile(path, f"the paper authors' archive (top1, top5, probs){where}", (rows,))


def _from_array(
    path: Path, array: np.ndarray, names: pl.Series | None, *, model: str, classes: int, what: str
) -> PredictionFile:
    if array.size == 0:
        raise PredictionsError("empty_file", f"{path}: the array is empty (shape {array.shape}). Write it again.")
    if names is not None and len(names) != array.shape[0]:
        raise PredictionsError(
            "order_length", f"{path}: {array.shape[0]} rows of predictions but {len(names)} file names."
        )
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 1:
        rows, layout = _from_labels(path, model, array, names), f"{what}: one class per row"
    elif array.ndim == 2:
        rows, layout = _from_matrix(path, model, array, names, classes=classes, what=what)
    else:
        raise PredictionsError(
            "unknown_layout",
            f"{path}: expected an array of shape (rows,), (rows, k) or (rows, {classes}), found {array.shape}.",
        )
    return PredictionFile(path, layout, (rows,))


def _from_labels(path: Path, model: str, array: np.ndarray, names: pl.Series | None) -> ModelRows:
    if array.dtype.kind in "US":
        labels = _text(array, where=str(path)).alias("predicted_class")
    elif array.dtype.kind in "iuf":
        # half floats hold integers only up to 2048 exactly, enough for ids, but polars has no such dtype
        labels = pl.Series("predicted_class", array.astype(np.float32) if array.dtype == np.float16 else array)
    else:
        raise PredictionsError(
            "unknown_layout", f"{path}: expected class ids or text, found an array of {array.dtype}."
        )
    return ModelRows(model, labels, file_names=names)


def _from_matrix(
    path: Path, model: str, array: np.ndarray, names: pl.Series | None, *, classes: int, what: str
) -> tuple[ModelRows, str]:
    columns = array.shape[1]
    if columns in (classes, classes + 1) and array.dtype.kind in "biuf" and not _is_full_ranking(array, classes):
        return read_scores(model, array, names, classes=classes), f"{what}: {columns} scores per row"
    holds_ids = columns <= classes and (array.dtype.kind in "iuUS" or _is_integral(array))
    if holds_ids and array.dtype.kind in "iuf":
        ranked = np.asarray(array)
        labels = _from_labels(path, model, ranked[:, 0], names).labels
        rows = ModelRows(model, labels, file_names=names, ranked=ranked)
        return rows, f"{what}: {columns} class ids per row, the first is the prediction"
    if array.dtype.kind in "biuf":
        raise PredictionsError("other_class_count", f"{path}: {_column_hint(array.shape, classes)}")
    raise PredictionsError(
        "unknown_layout", f"{path}: expected class ids or scores, found {array.dtype} of shape {array.shape}."
    )


def _is_full_ranking(array: np.ndarray, classes: int) -> bool:
    """Tell whether every row names every class once: all classes by rank, not scores."""
    if array.shape[1] != classes:
        return False
    ordered = np.sort(np.asarray(array[:_RANKING_ROWS], dtype=np.float64), axis=1)
    return bool(((ordered == np.arange(classes)) | (ordered == np.arange(1, classes + 1))).all())


def _is_integral(array: np.ndarray) -> bool:
    values = np.asarray(array[:100], dtype=np.float64)
    values = values[np.isfinite(values)]
    return array.dtype.kind == "f" and values.size > 0 and bool((values == np.round(values)).all())


def _column_hint(shape: tuple[int, ...], classes: int) -> str:
    found = f"found scores of shape {shape}, expected {classes} columns, one per class"
    known = {21841: "ImageNet-21k", 21843: "ImageNet-21k", 11221: "ImageNet-21k-P", 10450: "ImageNet-21k (winter)"}
    if shape[0] in (classes, classes + 1):
        return f"{found}. The array seems to be transposed: save array.T."
    if shape[1] in known:
        return f"{found}. These are {known[shape[1]]} scores: use a head with the data set's {classes} classes."
    if shape[1] <= 10:
        return f"{found}. Are these the probabilities of the best {shape[1]}? Save their class ids instead."
    return f"{found}. The model has another set of classes: save class ids of this data set instead."


def read_scores(model: str, scores: np.ndarray, names: pl.Series | None, *, classes: int) -> ModelRows:
    """Read predictions from scores by the arg-max, in pieces, so that a mapped file is never in memory as a whole.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (rows, classes) or (rows, classes + 1), of numbers: logits, probabilities, rounded scores, or a row of
        zeros with a one. Classes that a model masks may have minus infinity.

    Returns
    -------
    ModelRows
        The label is null where a row has a score that is not a number or plus infinity, or no finite one. `probability`
        is set if every row looks like a probability distribution. With one column more than classes, `other_columns`
        holds the arg-max without the first and without the last column.
    """
    rows, columns = scores.shape
    labels, lowest = np.empty(rows, np.int32), np.empty(rows, np.int32)
    best = np.empty(rows, np.float64)
    usable, constant, tied = (np.empty(rows, bool) for _ in range(3))
    without = {name: np.empty(rows, np.int32) for name in ("background_first", "background_last")}
    is_distribution = True
    for start in range(0, rows, _CHUNK_ROWS):
        piece = np.asarray(scores[start : start + _CHUNK_ROWS])
        # half floats are slow; integers keep their precision
        piece = piece.astype(np.float32) if piece.dtype.kind == "f" else piece.astype(np.int64)
        part = slice(start, start + len(piece))
        labels[part], lowest[part] = piece.argmax(axis=1), piece.argmin(axis=1)
        largest = piece.max(axis=1)
        # a row with NaN has NaN as its largest
        usable[part] = np.isfinite(largest)
        best[part] = largest
        times = (piece == largest[:, None]).sum(axis=1)
        constant[part], tied[part] = times == columns, (times > 1) & (times < columns)
        if columns == classes + 1:
            without["background_first"][part] = piece[:, 1:].argmax(axis=1)
            without["background_last"][part] = piece[:, :-1].argmax(axis=1)
        if is_distribution:
            good = piece[usable[part]]
            is_distribution = bool((good >= 0).all() and (abs(good.sum(axis=1) - 1) < _SUM_TOLERANCE).all())
    series = pl.Series("predicted_class", labels)
    if not usable.all():
        series = pl.select(pl.when(pl.Series(usable)).then(series).alias("predicted_class")).to_series()
    return ModelRows(
        model,
        series,
        file_names=names,
        probability=np.where(usable, best, np.nan) if is_distribution else None,
        score_columns=columns,
        other_columns=without if columns == classes + 1 else {},
        lowest=lowest,
        constant_rows=int((constant & usable).sum()),
        tied_rows=int((tied & usable).sum()),
    )
