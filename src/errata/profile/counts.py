"""Counting outcomes per model, group and target class: all that any statistic needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import OUTCOMES
from errata.groups import GROUPS
from errata.profile.answers import MODELS_PER_CHUNK, Answers

COUNTED = sum(not outcome.only_problematic for outcome in OUTCOMES)
"""Outcomes that images which count can have; their codes come first."""


@dataclass(frozen=True)
class Counts:
    """Outcome counts of some models in one group.

    Attributes
    ----------
    models : tuple of str
    group : str
    outcomes : numpy.ndarray
        int64, shape (models, outcomes, classes).
    sizes : numpy.ndarray
        int64, shape (classes,): images of each target class in the group.
    """

    models: tuple[str, ...]
    group: str
    outcomes: np.ndarray
    sizes: np.ndarray

    def of(self, codes: Sequence[int]) -> np.ndarray:
        """Return float64 counts of any of the outcomes, shape (models, classes)."""
        return self.outcomes[:, list(codes)].sum(axis=1).astype(np.float64)


def images_that_count(atlas: Atlas, group: str) -> np.ndarray:
    """Return the rows of the atlas's images that are in the group and not problematic."""
    return np.flatnonzero(atlas.in_group(group) & ~atlas.images["is_problematic"].to_numpy())


def count_outcomes(atlas: Atlas, answers: Answers) -> Iterator[Counts]:
    """Yield the counts of some models at a time, group by group; problematic images are left out."""
    classes = atlas.outcomes.shape[1]
    rows_of = {group: images_that_count(atlas, group) for group in GROUPS}
    for start in range(0, len(answers.models), MODELS_PER_CHUNK):
        chunk = slice(start, start + MODELS_PER_CHUNK)
        models = answers.models[chunk]
        for group, rows in rows_of.items():
            targets = atlas.targets[rows].astype(np.int64)
            cells = answers.outcomes[chunk][:, rows].astype(np.int64) * classes + targets
            cells += np.arange(len(models))[:, None] * (COUNTED * classes)
            counted = np.bincount(cells.ravel(), minlength=len(models) * COUNTED * classes)
            yield Counts(
                models,
                group,
                counted.reshape(len(models), COUNTED, classes),
                np.bincount(targets, minlength=classes),
            )
