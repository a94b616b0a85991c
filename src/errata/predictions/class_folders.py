"""Recognise predictions that stand in class-folder order: all images of a class, then all of the next."""

from dataclasses import dataclass

import numpy as np

_DISTINCT = 0.9
_PURER = 3.0
_LEAST_FOLDERS = 0.5


@dataclass(frozen=True, eq=False)
class ClassFolders:
    """The class that each folder holds, as most of its rows say.

    Attributes
    ----------
    classes : numpy.ndarray
        int32, shape (folders,): class ids; a last folder that is cut short is left out.
    purity : float
        Share of the rows that say it.
    """

    classes: np.ndarray
    purity: float


def read_class_folders(predictions: np.ndarray, classes: int, per_folder: int) -> ClassFolders | None:
    """Return the folders, if the predictions (shape (rows,), negative for none) stand in class-folder order.

    The folders' most frequent classes must differ (nine of ten), and be three times as frequent in them as in folders
    of rows in random order. Targets are not looked at, so it does not matter how folders are sorted, nor whether rows
    at the end were dropped or added.
    """
    folders = len(predictions) // per_folder
    if per_folder < 2 or folders < max(2, _LEAST_FOLDERS * classes):
        return None
    rows = np.where(predictions < classes, predictions, -1)[: folders * per_folder]
    counts = _counts(rows, folders, classes)
    by_chance = _counts(np.random.default_rng(0).permutation(rows), folders, classes)
    most = counts.argmax(axis=1)
    if len(np.unique(most)) < _DISTINCT * folders or counts.max(axis=1).sum() < _PURER * by_chance.max(axis=1).sum():
        return None
    return ClassFolders(most.astype(np.int32), float(counts.max(axis=1).mean() / per_folder))


def _counts(rows: np.ndarray, folders: int, classes: int) -> np.ndarray:
    folder = np.repeat(np.arange(folders), len(rows) // folders)
    known = rows >= 0
    cells = np.bincount(folder[known] * classes + rows[known], minlength=folders * classes)
    return cells.reshape(folders, classes)
