"""Transitions: how many images of each target class went from each outcome of one model to each of another."""

from dataclasses import dataclass

import numpy as np

from errata.atlas.atlas import Atlas
from errata.profile.counts import COUNTED, images_that_count


@dataclass(frozen=True)
class Transitions:
    """All that any paired statistic needs of one group of images.

    Attributes
    ----------
    group : str
    counts : numpy.ndarray
        int64, shape (classes, outcomes, outcomes): images of each target class by the outcome code of model A's answer
        and of model B's.
    sizes : numpy.ndarray
        int64, shape (classes,): images of each target class.
    """

    group: str
    counts: np.ndarray
    sizes: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """int64, shape (outcomes, outcomes): images by the outcome of A's answer and of B's."""
        return self.counts.sum(axis=0)


def count_transitions(atlas: Atlas, before: np.ndarray, after: np.ndarray, group: str) -> Transitions:
    """Count the transitions on the images of `group` that count.

    Parameters
    ----------
    atlas : Atlas
    before, after : numpy.ndarray
        uint8, shape (images,): outcome codes of the answers of model A and of model B, in the order of the atlas.
    group : str
        One of `errata.groups.GROUPS`.
    """
    rows, classes = images_that_count(atlas, group), atlas.outcomes.shape[1]
    targets = atlas.targets[rows].astype(np.int64)
    cells = (targets * COUNTED + before[rows]) * COUNTED + after[rows]
    counted = np.bincount(cells, minlength=classes * COUNTED**2).reshape(classes, COUNTED, COUNTED)
    return Transitions(group, counted, np.bincount(targets, minlength=classes))
