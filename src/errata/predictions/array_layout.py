"""Read predictions from arrays and tensors: class ids, ranked ids, scores, and the archives of the paper's authors."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from errata.errors import InputError, listed, shown
from errata.predictions.cells import IMAGE_NAME
from errata.predictions.column_names import (
    is_file_name,
    is_prediction,
    is_target,
    may_be_prediction,
    may_be_scores,
    plain,
)
from errata.predictions.prediction_file import (
    NEEDS_CLASSES,
    ModelRows,
    PredictionFile,
    PredictionsError,
    read_order,
    samples_info_of,
    text_series,
)
from errata.user_files import Archive, UserFile, read_npy, read_torch

_RANKS = ("indices", "ids", "topk", "top_k", "top5", "classes")
_OF_WEIGHTS = ("weight", "bias", "running_mean", "state_dict", "model_state_dict")
_FLOAT8 = ("torch.float8_e4m3fn", "torch.float8_e5m2")
_CHUNK_ROWS = 4096
_SUM_TOLERANCE = 1e-2
_RANKING_ROWS = 200


def read_array(file: UserFile, *, model: str, classes: int) -> PredictionFile:
    """Read class ids, ranked class ids or scores from a `.npy` file. Nothing is ever unpickled."""
    return array_predictions(file.path, read_npy(file), None, model=model, classes=classes, what="NumPy array")


def read_archive(file: UserFile, *, model: str, classes: int) -> PredictionFile:
    """Read such an array, or the arrays of the paper's authors, from a `.npz` file. Nothing is ever unpickled."""
    arrays = Archive(file)
    if not arrays:
        raise PredictionsError("empty_file", f"{file}: the archive holds no array. Write it again.")
    if "top1" in arrays and not any(is_file_name(key) for key in arrays):
        return _from_authors(file.path, arrays, model=model)
    return named_arrays(file.path, arrays, arrays.describe, model=model, classes=classes, what="NumPy archive")


def read_torch_file(file: UserFile, *, model: str, classes: int) -> PredictionFile:
    """Read a tensor, a dict of tensors or a list of batches that `torch.save` wrote. Nothing is ever unpickled."""
    value = read_torch(file)
    if isinstance(value, Mapping) and len(value) == 1 and isinstance(only := next(iter(value.values())), Mapping):
        value = only
    if isinstance(value, list | tuple) and value and all(isinstance(each, Mapping) for each in value):
        # a dict per image or batch
        value = {key: [each[key] for each in value] for key in value[0] if all(key in each for each in value)}
    if isinstance(value, Mapping) and value and all(re.search(IMAGE_NAME, str(key)) for key in value):
        names = pl.Series("file_name", [str(key) for key in value], dtype=pl.String)
        array = _of_tensors(
            [each.flatten() if hasattr(each, "flatten") else each for each in value.values()], join=False
        )
        if array is not None:
            what = "PyTorch file, a value per image"
            return array_predictions(file.path, array, names, model=model, classes=classes, what=what)
    if isinstance(value, tuple | list) and sorted(getattr(each, "ndim", 0) for each in value) == [1, 2]:
        # (logits, targets), as a loop returns them
        value = {"logits" if each.ndim == 2 else "targets": each for each in value}
    if isinstance(value, Mapping):
        arrays = {str(key): array for key, each in value.items() if (array := _of_tensors(each)) is not None}
        if not arrays or any(str(key).split(".")[-1] in _OF_WEIGHTS for key in value):
            raise PredictionsError(
                "unknown_layout",
                f"{file}: it holds {listed(value, 4)}, like the weights of a model or a checkpoint, no predictions. "
                "Save what the model answers, such as torch.save(logits, path).",
            )

        def describe(key: str) -> str:
            return f"{shown(key, 40)} {arrays[key].dtype}{list(arrays[key].shape)}"

        return named_arrays(file.path, arrays, describe, model=model, classes=classes, what="PyTorch file")
    array = _of_tensors(value)
    if array is None:
        raise PredictionsError(
            "unknown_layout",
            f"{file}: expected a tensor, or a dict of tensors, found {type(value).__name__}. Save torch.save(logits, "
            "path).",
        )
    return array_predictions(file.path, array, None, model=model, classes=classes, what="PyTorch tensor")


def tensor_array(tensor: Any) -> np.ndarray:
    """Return a tensor of torch, on any device, as an array; numbers that NumPy does not have as float32."""
    here = tensor.detach().cpu()
    here = here.dequantize() if here.is_quantized else here
    here = here.to_dense() if here.layout is not here.new_empty(0).layout else here
    return (here.float() if str(here.dtype) in ("torch.bfloat16", *_FLOAT8) else here).numpy()


def _of_tensors(value: Any, *, join: bool = True) -> np.ndarray | None:
    """Return a tensor, a list of numbers, text or batches (unjoined: of rows) as an array; None for anything else."""
    if hasattr(value, "detach"):
        return tensor_array(value)
    if not isinstance(value, list | tuple) or not value:
        return None
    if all(isinstance(each, str | int | float) for each in value):
        array = np.array(value)
        return array if array.dtype.kind in "iufU" else None
    parts = [_of_tensors(each) for each in value]
    if any(part is None for part in parts):
        return None
    if {part.ndim for part in parts} == {0} or not join:
        return np.stack(parts) if len({part.shape for part in parts}) == 1 else None
    return np.concatenate(parts) if len({part.shape[1:] for part in parts}) == 1 else None


def named_arrays(
    path: Path,
    arrays: Mapping[str, np.ndarray],
    describe: Callable[[str], str],
    *,
    model: str,
    classes: int,
    what: str,
) -> PredictionFile:
    """Return the predictions among arrays with names: class ids before scores, targets left out.

    Raises
    ------
    PredictionsError
        If none of the names, or several, say that an array holds the predictions.
    """
    names_key = next((key for key in arrays if plain(key) == "file_name"), None)
    names_key = names_key or next((key for key in arrays if is_file_name(key) and _is_text(arrays, key)), None)
    names = _text(arrays[names_key], where=f"{path}: array '{shown(names_key, 60)}'") if names_key else None
    rest = [key for key in arrays if key != names_key]
    exact = [key for key in rest if plain(key) == "predicted_class"]
    sure = [key for key in rest if is_prediction(key)]
    ranks = [key for key in rest if plain(key).endswith(_RANKS) and _is_ranking(arrays, key)]
    scores = [key for key in rest if may_be_scores(key) and key not in sure and not is_target(key)]
    unsure = [key for key in rest if may_be_prediction(key) and not is_target(key)]
    alone = [key for key in rest if not is_target(key)] if len(rest) > 1 else rest
    key = next(
        (group[0] for group in (exact, sure, ranks, scores, unsure) if group), alone[0] if len(alone) == 1 else None
    )
    if key is None:
        raise PredictionsError(
            "unknown_layout",
            f"{path}: which array holds the predictions? Found {listed(map(describe, arrays))}. Name it "
            "predicted_class, predictions, logits, probabilities or scores, or use the authors' top1, top5, probs.",
        )
    file = array_predictions(
        path, arrays[key], names, model=model, classes=classes, what=f"{what}, array '{shown(key, 60)}'"
    )
    # `label` may be the targets of `class`: the atlas tells
    others = [other for other in unsure if other != key and key not in (*exact, *sure, *scores)]
    (rows,) = file.models
    columns = {other: array for other in others if (array := _vector(arrays[other], len(rows))) is not None}
    not_used = [other for other in rest if other != key]
    layout = f"{file.layout} (not used: {listed(not_used)})" if not_used else file.layout
    return replace(
        file,
        layout=layout,
        models=(replace(rows, column=key, is_sure=key in (*exact, *sure, *scores), others=columns),),
    )


def _is_ranking(arrays: Mapping[str, np.ndarray], key: str) -> bool:
    head = arrays.head(key) if isinstance(arrays, Archive) else arrays[key]
    return head.dtype.kind in "iu" and len(head.shape) == 2


def _is_text(arrays: Mapping[str, np.ndarray], key: str) -> bool:
    head = arrays.head(key) if isinstance(arrays, Archive) else arrays[key]
    return head.dtype.kind in "US" and len(head.shape) == 1


def _vector(array: np.ndarray, rows: int) -> pl.Series | None:
    return pl.Series(array) if array.shape == (rows,) and array.dtype.kind in "iu" else None


def _text(array: np.ndarray, *, where: str) -> pl.Series:
    try:
        return text_series(array, where=where)
    except InputError as error:
        raise PredictionsError("unknown_layout", str(error)) from error


def _from_authors(path: Path, archive: Archive, *, model: str) -> PredictionFile:
    """Read `top1`, `top5` and `probs`."""
    kinds = {
        "top1": ("one integer class id per row", "iu", (1,)),
        "top5": ("the integer class ids of every row, by rank", "iu", (2,)),
        "probs": ("numbers, one row per row of 'top1'", "iuf", (1, 2)),
    }
    for key, (words, allowed, dimensions) in kinds.items():
        if key not in archive:
            continue
        head = archive.head(key)
        if head.dtype.kind not in allowed or len(head.shape) not in dimensions or 0 in head.shape[1:]:
            raise PredictionsError(
                "unknown_layout",
                f"{path}: array '{key}' must hold {words}, found {shown(head.dtype, 60)} of shape {head.shape}.",
            )
        if head.shape[0] != archive.head("top1").shape[0]:
            raise PredictionsError(
                "unknown_layout",
                f"{path}: 'top1' has {archive.heads['top1'].shape[0]} rows but '{key}' has {head.shape[0]}.",
            )
    top1, top5, probs = archive["top1"], archive.get("top5"), archive.get("probs")
    if not len(top1):
        raise PredictionsError("empty_file", f"{path}: 'top1' has no rows. Write it again.")
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
        model,
        pl.Series("predicted_class", top1),
        file_names=names,
        probability=probability,
        ranked=top5,
        ranked_probability=ranked_probability if same_shape else None,
    )
    where = f", rows named by {samples}" if samples else ""
    return PredictionFile(path, f"the paper authors' archive (top1, top5, probs){where}", (rows,))


def array_predictions(
    path: Path, array: np.ndarray, names: pl.Series | None, *, model: str, classes: int, what: str
) -> PredictionFile:
    """Return the predictions in an array, wherever it was read from.

    Parameters
    ----------
    array : numpy.ndarray
        Shape (rows,), (rows, k) or (rows, classes): class ids or names, ranked class ids, or scores.
    names : polars.Series or None
        The image of every row.
    what : str
        What holds the array, for the diagnosis.

    Raises
    ------
    PredictionsError
        If its shape or dtype is another, or there are not as many names as rows.
    """
    if array.ndim == 0:
        raise PredictionsError(
            "unknown_layout", f"{path}: expected a prediction per row, found a single value (an array of no dimension)."
        )
    if array.size == 0:
        raise PredictionsError("empty_file", f"{path}: the array is empty (shape {array.shape}). Write it again.")
    if names is not None and len(names) != array.shape[0]:
        raise PredictionsError(
            "order_length", f"{path}: {array.shape[0]} rows of predictions but {len(names)} file names."
        )
    if array.ndim == 3 and array.dtype.kind in "US" and array.shape[2] == 3:
        # wnid, name and score by rank, as Keras's decode_predictions gives them
        array = array[:, 0, 0]
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
        advice = f" {NEEDS_CLASSES}" if array.dtype.kind == "b" else ""
        raise PredictionsError(
            "unknown_layout", f"{path}: expected class ids or text, found an array of {shown(array.dtype, 60)}.{advice}"
        )
    return ModelRows(model, labels, file_names=names)


def _from_matrix(
    path: Path, model: str, array: np.ndarray, names: pl.Series | None, *, classes: int, what: str
) -> tuple[ModelRows, str]:
    columns = array.shape[1]
    if columns in (classes, classes + 1) and array.dtype.kind in "biuf" and not _is_full_ranking(array, classes):
        return read_scores(model, array, names, classes=classes), f"{what}: {columns} scores per row"
    holds_ids = columns <= classes and (array.dtype.kind in "iuUS" or _is_integral(array))
    if holds_ids and array.dtype.kind in "US":
        labels = _from_labels(path, model, array[:, 0], names)
        return labels, f"{what}: {columns} classes per row, the first is the prediction"
    if holds_ids and array.dtype.kind in "iuf":
        ranked = np.asarray(array)
        labels = _from_labels(path, model, ranked[:, 0], names).labels
        rows = ModelRows(model, labels, file_names=names, ranked=ranked)
        return rows, f"{what}: {columns} class ids per row, the first is the prediction"
    if array.dtype.kind in "biuf":
        raise PredictionsError("other_class_count", f"{path}: {_column_hint(array.shape, classes)}")
    raise PredictionsError(
        "unknown_layout",
        f"{path}: expected class ids or scores, found {shown(array.dtype, 60)} of shape {array.shape}.",
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
        return (
            f"{found}. Are these the probabilities of the best {shape[1]}? Save their class ids instead. Or does the "
            "model have so few classes? Name them: --classes FILE."
        )
    return f"{found}. The model has other classes: save class ids or wnids of this data set instead" + (
        ", or name its classes: --classes FILE." if shape[1] < classes else "."
    )


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
        # not with an expression: a forked process, in which polars' threads are gone, may read scores
        series = pl.Series("predicted_class", np.where(usable, labels, None).tolist(), dtype=pl.Int32)
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
