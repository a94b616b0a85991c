"""What a predictions file holds, before anything is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import InputError


class PredictionsError(InputError):
    """A predictions file that cannot be read or matched; `kind` names the cause in one word for the doctor."""

    def __init__(self, kind: str, message: str):  # noqa: D107 - the class docstring says it
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, eq=False)
class ModelRows:
    """The rows of one model, as they stand in the file.

    Attributes
    ----------
    model : str
        The model's name.
    labels : polars.Series
        One raw label per row: class ids (integers or floats), wnids or class names (strings). Null where there is no
        usable prediction.
    file_names : polars.Series or None
        The image of every row, where the file or its order file says it.
    probability : numpy.ndarray or None
        float64, shape (rows,): the probability of the predicted class. NaN where it is missing.
    ranked : numpy.ndarray or None
        Shape (rows, k): class ids by rank, the prediction first.
    ranked_probability : numpy.ndarray or None
        Shape (rows, k): their probabilities.
    score_columns : int or None
        Number of columns, where the labels are the arg-max of scores.
    other_columns : mapping
        Where there is one score column more than classes: the class ids (int32) under the readings
        `background_first` and `background_last`.
    """

    model: str
    labels: pl.Series
    file_names: pl.Series | None = None
    probability: np.ndarray | None = None
    ranked: np.ndarray | None = None
    ranked_probability: np.ndarray | None = None
    score_columns: int | None = None
    other_columns: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class PredictionFile:
    """A predictions file: one or more models and how the file was read.

    `layout` says in words what was recognised; `remarks` are oddities that changed nothing, such as a byte-order mark.
    """

    path: Path
    layout: str
    models: tuple[ModelRows, ...]
    remarks: tuple[str, ...] = ()
