"""Predictions from a matrix of scores (logits or probabilities)."""

import numpy as np
import polars as pl

from errata.predictions.prediction_file import ModelRows

_CHUNK_ROWS = 4096
_SUM_TOLERANCE = 1e-2


def read_scores(model: str, scores: np.ndarray, names: pl.Series | None, *, classes: int) -> ModelRows:
    """Take the arg-max of every row, in pieces so that a mapped file is never in memory as a whole.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (rows, classes) or (rows, classes + 1), floating point.

    Returns
    -------
    ModelRows
        The label is null where a row has a score that is not finite. `probability` is set if every row looks like a
        probability distribution. With one column more than classes, `other_columns` holds the arg-max without the
        first and without the last column.
    """
    rows, columns = scores.shape
    labels = np.empty(rows, np.int32)
    best = np.empty(rows, np.float64)
    finite = np.empty(rows, bool)
    without = {name: np.empty(rows, np.int32) for name in ("background_first", "background_last")}
    is_distribution = True
    for start in range(0, rows, _CHUNK_ROWS):
        piece = np.asarray(scores[start : start + _CHUNK_ROWS], dtype=np.float32)
        part = slice(start, start + len(piece))
        finite[part] = np.isfinite(piece).all(axis=1)
        labels[part] = piece.argmax(axis=1)
        best[part] = piece.max(axis=1)
        if columns == classes + 1:
            without["background_first"][part] = piece[:, 1:].argmax(axis=1)
            without["background_last"][part] = piece[:, :-1].argmax(axis=1)
        if is_distribution:
            good = piece[finite[part]]
            is_distribution = bool((good >= 0).all() and (abs(good.sum(axis=1) - 1) < _SUM_TOLERANCE).all())
    series = pl.Series("predicted_class", labels)
    if not finite.all():
        series = pl.select(pl.when(pl.Series(finite)).then(series).alias("predicted_class")).to_series()
    return ModelRows(
        model,
        series,
        file_names=names,
        probability=np.where(finite, best, np.nan) if is_distribution else None,
        score_columns=columns,
        other_columns=without if columns == classes + 1 else {},
    )
