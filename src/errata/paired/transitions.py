"""Transitions between two models' answers: how many images went from each outcome of A to each of B.

From them come the counts, shares and accuracies that are compared, the moves between categories, and the list of
images that changed. Categories are ordered, not measured: the list of categories runs from the mildest to the most
severe, right answers before all. So moves are counted and never added up with weights. Errors whose open-world check
is missing share one place, whatever their provisional category.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CORRECT, OUTCOMES
from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.paired.tables import CATEGORY_TRANSITIONS, CHANGED_IMAGES
from errata.profiles.answers import COUNTED, UNANSWERED, Answers, images_that_count
from errata.profiles.statistics import (
    ACCURACIES,
    MULTI_LABEL_ERROR_CODES,
    PROVISIONAL_CODES,
    SHARES,
    TOP1_ERROR_CODES,
    Accuracy,
    Share,
    codes_of,
    has_unchecked,
    is_counted,
    is_defined,
)
from errata.tables import check_table


@dataclass(frozen=True)
class Count:
    """A count of outcomes.

    `column`: its name in the profile.
    `codes`: the outcome codes that are counted.
    `better`: 1 if more are better, -1 if fewer are, 0 if it depends on what the answers were before.
    `is_category`: whether it is one of the categories, which are judged together.
    """

    column: str
    codes: tuple[int, ...]
    better: int = 0
    is_category: bool = False


COUNTS: tuple[Count, ...] = (
    Count("correct", codes_of(CORRECT), better=1),
    Count("top1_errors", TOP1_ERROR_CODES, better=-1),
    Count("forgiven", codes_of(*FORGIVEN)),
    Count("mle", MULTI_LABEL_ERROR_CODES, better=-1),
    *(Count(category, codes_of(category), is_category=True) for category in CATEGORY_COLUMNS),
    *(Count(name, codes, is_category=True) for name, codes in PROVISIONAL_CODES.items()),
)
"""Right answers, all errors, those that the multi-labels forgive, the others, and every category."""


def counts_in(atlas: Atlas) -> tuple[Count, ...]:
    """Return the counts that are defined in an atlas."""
    return tuple(
        count
        for count in COUNTS
        if is_counted(count.column, atlas) and (count.column != OPEN_WORLD_UNCHECKED or has_unchecked(atlas))
    )


def shares_in(atlas: Atlas) -> tuple[Share, ...]:
    """Return the shares of categories that are defined in an atlas."""
    names = {f"share_{count.column}" for count in counts_in(atlas)}
    return tuple(share for share in SHARES if share.column in names)


def accuracies_in(atlas: Atlas, group: str) -> tuple[Accuracy, ...]:
    """Return the multi-label accuracies that are defined in an atlas; bounds are none.

    The bounds of an accuracy in an atlas without open-world evidence say nothing about a difference.
    """
    return tuple(
        accuracy
        for accuracy in ACCURACIES
        if is_defined(accuracy, atlas)
        and accuracy.with_open_world is not False
        and not (accuracy.own_classes and group == "all")
    )


@dataclass(frozen=True)
class Transitions:
    """All that any paired statistic needs of one group of images.

    `counts`: int64, shape (classes, outcomes, outcomes): images of each target class by the outcome code of model A's
        answer and of model B's.
    `sizes`: int64, shape (classes,): images of each target class.
    """

    group: str
    counts: np.ndarray
    sizes: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """int64, shape (outcomes, outcomes): images by the outcome of A's answer and of B's."""
        return self.counts.sum(axis=0)


def count_transitions(atlas: Atlas, before: np.ndarray, after: np.ndarray, group: str) -> Transitions:
    """Count the transitions on the images of `group` that count and that both models have predictions of.

    `before`, `after`: uint8, shape (images,): outcome codes of the answers of model A and of model B, in the order of
        the atlas.
    `group`: one of `errata.groups.GROUPS`.
    """
    rows, classes = images_that_count(atlas, group), atlas.outcomes.shape[1]
    rows = rows[(before[rows] != UNANSWERED) & (after[rows] != UNANSWERED)]
    targets = atlas.targets[rows].astype(np.int64)
    cells = (targets * COUNTED + before[rows]) * COUNTED + after[rows]
    counted = np.bincount(cells, minlength=classes * COUNTED**2).reshape(classes, COUNTED, COUNTED)
    return Transitions(group, counted, np.bincount(targets, minlength=classes))


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


CHANGES = ("fixed", "broken", "milder", "more_severe")


def changed_images(atlas: Atlas, answers: Answers) -> pl.DataFrame:
    """List the images whose answers by the two models of `answers` are of other categories.

    Returns the table `errata.paired.tables.CHANGED_IMAGES`, fixed images first, by file name.
    """
    rows = images_that_count(atlas, "all")
    rows = rows[(answers.outcomes[:, rows] != UNANSWERED).all(axis=0)]
    before, after = SEVERITY[answers.outcomes[:, rows]]
    change = np.select([after == before, after == 0, before == 0, after < before], [-1, 0, 1, 2], default=3)
    kept = change >= 0
    images = rows[kept]
    names = pl.Series([CORRECT, *CATEGORY_COLUMNS])
    a, b = SEVERITY[answers.outcomes[:, images]]
    frame = pl.DataFrame(
        {
            "file_name": atlas.images["file_name"].gather(images),
            "change": pl.Series(CHANGES).gather(change[kept]),
            "target": atlas.images["target"].gather(images),
            "predicted_class_a": answers.predictions[0, images].astype(np.int16),
            "predicted_class_b": answers.predictions[1, images].astype(np.int16),
            "category_a": names.gather(a),
            "category_b": names.gather(b),
        }
    ).sort(pl.col("change").replace_strict(CHANGES, range(len(CHANGES)), return_dtype=pl.Int8), "file_name")
    return check_table(frame, CHANGED_IMAGES, where="changed images")


def category_transitions(transitions: tuple[Transitions, ...]) -> pl.DataFrame:
    """Return the table `errata.paired.tables.CATEGORY_TRANSITIONS`, groups in order, categories by severity."""
    names = [CORRECT, *CATEGORY_COLUMNS]
    frames = []
    for counted in transitions:
        matrix = by_category(counted.matrix)
        before, after = np.nonzero(matrix)
        frames.append(
            pl.DataFrame(
                {
                    "group": [counted.group] * len(before),
                    "category_a": pl.Series(names).gather(before),
                    "category_b": pl.Series(names).gather(after),
                    "images": matrix[before, after],
                }
            )
        )
    return check_table(pl.concat(frames), CATEGORY_TRANSITIONS, where="transitions")


def by_category(matrix: np.ndarray) -> np.ndarray:
    """Add a matrix of outcome codes up to one of categories, int64, shape (categories, categories), `correct` first."""
    member = SEVERITY[:, None] == np.arange(1 + len(CATEGORY_COLUMNS))
    return member.T.astype(np.int64) @ matrix @ member.astype(np.int64)
