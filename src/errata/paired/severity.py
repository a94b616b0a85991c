"""Moves between categories: how many answers became milder, and how many more severe.

Categories are ordered, not measured: the list of categories runs from the mildest to the most severe, right answers
before all. So moves are counted and never added up with weights. Errors whose open-world check is missing share one
place, whatever their provisional category.
"""

from dataclasses import dataclass

import numpy as np

from errata.atlas.outcomes import CORRECT, OUTCOMES
from errata.categories import CATEGORY_COLUMNS
from errata.paired.statistics import Count
from errata.profile.counts import COUNTED

SEVERITY: np.ndarray = np.array(
    [(CORRECT, *CATEGORY_COLUMNS).index(outcome.category) for outcome in OUTCOMES[:COUNTED]]
)
"""int64, shape (outcomes,): the place of every outcome code from right to most severe."""

_BECAME_MILDER = SEVERITY[None, :] < SEVERITY[:, None]
_BECAME_MORE_SEVERE = SEVERITY[None, :] > SEVERITY[:, None]
_BOTH_WRONG = (SEVERITY[None, :] > 0) & (SEVERITY[:, None] > 0)

AMONG = {"all": np.ones_like(_BOTH_WRONG), "both_wrong": _BOTH_WRONG}
"""Whose moves are counted: of all images, or of those that both models get wrong."""


@dataclass(frozen=True)
class Moves:
    """Images whose answer is milder with model B than with model A, and images whose answer is more severe."""

    milder: int
    more_severe: int


def moves(matrix: np.ndarray, among: str) -> Moves:
    """Count the moves; `matrix`, int, shape (outcomes, outcomes), holds images by A's and by B's outcome."""
    counted = matrix * AMONG[among]
    return Moves(int(counted[_BECAME_MILDER].sum()), int(counted[_BECAME_MORE_SEVERE].sum()))


def moves_behind(matrix: np.ndarray, count: Count) -> Moves:
    """Count the moves of the images that only one of the models counts: what lies behind the change of a count."""
    counts = np.isin(np.arange(COUNTED), count.codes)
    one_of_them = counts[:, None] != counts[None, :]
    return moves(matrix * one_of_them, "all")
