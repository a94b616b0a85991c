"""The visual gate: is there a training image of the prediction's kind among the image's nearest?"""

from dataclasses import dataclass

import numpy as np
import polars as pl

NO_NEIGHBOUR = -1


@dataclass(frozen=True)
class Gate:
    """Which (image, class) pass the gate, and through which neighbour.

    Attributes
    ----------
    is_open : numpy.ndarray
        bool, shape (images, classes).
    rank : numpy.ndarray
        int16, shape (images, classes): rank, from 1, of the first neighbour that opens it; meaningless where closed.
    """

    is_open: np.ndarray
    rank: np.ndarray


def open_gate(neighbour_classes: np.ndarray, sharing: np.ndarray) -> Gate:
    """Open the gate for every class that shares a superclass with the class of some neighbour, or is that class.

    Parameters
    ----------
    neighbour_classes : numpy.ndarray
        int, shape (images, neighbours): classes of the nearest training images, nearest first; `NO_NEIGHBOUR` where
        there are fewer.
    sharing : numpy.ndarray
        bool, shape (classes, classes): whether two classes share a superclass.
    """
    # [image, neighbour, class]; the row of NO_NEIGHBOUR is the last one, which shares with none
    shares = np.vstack([sharing, np.zeros_like(sharing[:1])])[neighbour_classes]
    return Gate(is_open=shares.any(axis=1), rank=(shares.argmax(axis=1) + 1).astype(np.int16))


def nearest_classes(neighbours: pl.Series, count: int) -> np.ndarray:
    """Return the classes of the first `count` neighbours, int64 of shape (images, count), padded with NO_NEIGHBOUR.

    Parameters
    ----------
    neighbours : polars.Series
        The column `train_classes` of `errata.openworld.tables.NEIGHBOURS`.
    count : int
    """
    columns = [neighbours.list.get(rank, null_on_oob=True).fill_null(NO_NEIGHBOUR) for rank in range(count)]
    return np.column_stack([column.cast(pl.Int64).to_numpy() for column in columns])
