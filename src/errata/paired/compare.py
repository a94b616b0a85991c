"""Comparison of two models: every difference with its interval, its test and a word."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.errors import InputError, RefusedError, listed, shown
from errata.paired.differences import (
    Difference,
    difference_of_counts,
    difference_of_means,
    difference_of_shares,
    holm,
    membership,
    mid_p,
    relative_change,
)
from errata.paired.tables import PAIRED_DIFFERENCES, SEVERITY_MOVES
from errata.paired.transitions import (
    AMONG,
    Count,
    Transitions,
    accuracies_in,
    count_transitions,
    counts_in,
    moves,
    moves_behind,
    shares_in,
)
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.findings import Diagnosis, exit_status, format_diagnosis
from errata.predictions.read import Source, as_source
from errata.profiles.answers import Answers, look_up
from errata.profiles.statistics import Accuracy, Share
from errata.tables import check_table


def read_pair(
    first: Source,
    second: Source,
    atlas: Atlas,
    *,
    order: Path | str | None = None,
    accepted: Collection[str] = (),
) -> tuple[Answers, tuple[Diagnosis, Diagnosis]]:
    """Examine the predictions of two models, each in a file or in memory, and look their answers up.

    Two files may hold models of one name, as those of two branches do; then the models are called `NAME (A)` and
    `NAME (B)`.

    Raises
    ------
    InputError
        If a file cannot be read, holds several models, or is refused by the doctor for another reason than those that
        are accepted; or if the two have no image in common.
    """
    aligner = Aligner(atlas)
    return pair_answers(atlas, *(_read(source, aligner, order, accepted) for source in (first, second)))


def pair_answers(
    atlas: Atlas, first: tuple[Diagnosis, np.ndarray], second: tuple[Diagnosis, np.ndarray]
) -> tuple[Answers, tuple[Diagnosis, Diagnosis]]:
    """Look up the answers of two models, of each its diagnosis and its predictions as `examine` returns them.

    Raises
    ------
    InputError
        If the two have no image in common.
    """
    (a, of_a), (b, of_b) = first, second
    counts = ~atlas.images["is_problematic"].to_numpy()
    if not ((of_a >= 0) & (of_b >= 0) & counts).any():
        raise InputError(f"{a.path} and {b.path}: they have predictions of no common image. Compare others.")
    if a.model == b.model:
        a, b = (replace(each, model=f"{each.model} ({letter})") for each, letter in ((a, "A"), (b, "B")))
    return look_up(atlas, [a.model, b.model], np.stack([of_a, of_b])), (a, b)


def _read(
    source: Source, aligner: Aligner, order: Path | str | None, accepted: Collection[str]
) -> tuple[Diagnosis, np.ndarray]:
    path = as_source(source).path
    examined = examine(source, aligner, order=order, accepted=accepted)
    if len(examined) != 1:
        models = listed((diagnosis.model for diagnosis, _ in examined), 5)
        raise InputError(
            f"{path}: expected the predictions of one model, found {len(examined)} ({models}). "
            "Write each model into a file of its own."
        )
    diagnosis, predicted = examined[0]
    if predicted is None:
        raise RefusedError(
            f"{shown(path)}: the doctor refuses these predictions.\n\n{format_diagnosis(diagnosis)}\n\n"
            "Mend the file; errata doctor says more.",
            status=exit_status([diagnosis]),
        )
    return diagnosis, predicted


LEVEL = 0.05
"""A difference is more than chance if its p value is below this."""

BETTER, WORSE, CANNOT_TELL = "better", "worse", "cannot tell"
HIGHER, LOWER = "higher", "lower"


@dataclass(frozen=True)
class PairedComparison:
    """Model B compared with model A on the same images.

    Attributes
    ----------
    atlas : Atlas
    answers : Answers
        Of the two models, A first.
    transitions : tuple of Transitions
        One per group of images.
    differences, moves : polars.DataFrame
        The tables `errata.paired.tables.PAIRED_DIFFERENCES` and `SEVERITY_MOVES`.
    marks : mapping
        Model -> what to keep in mind of its predictions, in sentences; models without are left out.
    """

    atlas: Atlas
    answers: Answers
    transitions: tuple[Transitions, ...]
    differences: pl.DataFrame
    moves: pl.DataFrame
    marks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, str]:
        """The names of A and B."""
        return self.answers.models[0], self.answers.models[1]

    @property
    def word(self) -> str:
        """Whether B is better than A: what the difference of the MLA over all images says."""
        return self.row("all", "mla")["word"]

    def row(self, group: str, statistic: str) -> dict:
        """Return one row of the differences."""
        return self.differences.row(
            by_predicate=(pl.col("group") == group) & (pl.col("statistic") == statistic), named=True
        )


def compare_pair(
    atlas: Atlas, answers: Answers, *, marks: Mapping[str, Sequence[str]] | None = None
) -> PairedComparison:
    """Compare the second model of `answers` with the first, group by group.

    Words of categories hold for all categories of a group together (Holm's correction, and another one for the
    shares). Everything else is judged by itself. There is no correction across groups.
    """
    before, after = answers.outcomes
    transitions = tuple(count_transitions(atlas, before, after, group) for group in atlas.groups)
    differences = [frame for counted in transitions for frame in _differences_in(atlas, counted)]
    rows = pl.DataFrame(differences, schema=PAIRED_DIFFERENCES.schema, orient="row")
    moved = [_moves_in(counted, among) for counted in transitions for among in AMONG]
    return PairedComparison(
        atlas,
        answers,
        transitions,
        check_table(rows, PAIRED_DIFFERENCES, where="paired differences"),
        check_table(pl.DataFrame(moved, schema=SEVERITY_MOVES.schema, orient="row"), SEVERITY_MOVES, where="moves"),
        marks or {},
    )


def _differences_in(atlas: Atlas, transitions: Transitions) -> list[dict]:
    if not transitions.sizes.sum():
        return []
    defined = counts_in(atlas)
    counts = [_count_row(transitions, count) for count in defined]
    _judge_together([row for row, count in zip(counts, defined, strict=True) if count.is_category])
    for row, count in zip(counts, defined, strict=True):
        row["word"] = _word_of_count(row, count, transitions)
    shares = [_share_row(transitions, share) for share in shares_in(atlas)]
    _judge_together([row for row in shares if row["p"] is not None])
    for row in shares:
        row["word"] = _word(row, up=HIGHER, down=LOWER)
    accuracies = [_top1_row(transitions, counts[0])]
    accuracies += [_accuracy_row(atlas, transitions, each) for each in accuracies_in(atlas, transitions.group)]
    return [*accuracies, *counts, *shares]


def _row(group: str, kind: str, statistic: str, difference: Difference, *, scale: float = 1.0) -> dict:
    parts = ("before", "after", "value", "low", "high")
    a, b, value, low, high = (_number(scale * getattr(difference, part)) for part in parts)
    row = dict.fromkeys(PAIRED_DIFFERENCES.columns) | {"group": group, "kind": kind, "statistic": statistic}
    return row | {"a": a, "b": b, "difference": value, "low": low, "high": high}


def _count_row(transitions: Transitions, count: Count) -> dict:
    arrays = transitions.counts, transitions.sizes
    row = _row(transitions.group, "count", count.column, difference_of_counts(*arrays, count.codes))
    relative, low, high = (_number(100 * value) for value in relative_change(*arrays, count.codes))
    only_a, only_b = _counted_by_one(transitions.matrix, count)
    p = mid_p(only_b, only_a)
    return row | {
        **{"relative": relative, "relative_low": low, "relative_high": high},
        **{"only_a": only_a, "only_b": only_b, "test": "mid-p", "p": p, "p_adjusted": p},
    }


def _counted_by_one(matrix: np.ndarray, count: Count) -> tuple[int, int]:
    """Return the images that only A, and that only B counts."""
    counts = membership(count.codes).astype(bool)
    return int(matrix[counts][:, ~counts].sum()), int(matrix[~counts][:, counts].sum())


def _top1_row(transitions: Transitions, correct: dict) -> dict:
    """Return top-1 accuracy: the count of right answers, in per cent of the images."""
    scale = 100 / transitions.sizes.sum()
    scaled = {key: scale * correct[key] for key in ("a", "b", "difference", "low", "high")}
    kept = {key: correct[key] for key in ("group", "test", "p", "p_adjusted", "only_a", "only_b")}
    row = dict.fromkeys(PAIRED_DIFFERENCES.columns) | kept | {"kind": "accuracy", "statistic": "top1", **scaled}
    return row | {"word": _word(row, up=BETTER, down=WORSE)}


def _share_row(transitions: Transitions, share: Share) -> dict:
    difference = difference_of_shares(transitions.counts, transitions.sizes, share.numerator, share.denominator)
    row = _row(transitions.group, "share", share.column, difference, scale=100.0)
    return row | _normal_test(difference)


def _accuracy_row(atlas: Atlas, transitions: Transitions, accuracy: Accuracy) -> dict:
    sizes, counts = transitions.sizes, transitions.counts
    if accuracy.own_classes:
        own = atlas.classes["group"].to_numpy() == transitions.group
        sizes, counts = np.where(own, sizes, 0), counts * own[:, None, None]
    difference = difference_of_means(counts, sizes, accuracy.accepted)
    row = _row(transitions.group, "accuracy", accuracy.column, difference, scale=100.0) | _normal_test(difference)
    return row | {"word": _word(row, up=BETTER, down=WORSE)}


def _normal_test(difference: Difference) -> dict:
    z = _number(difference.value / difference.deviation)
    p = None if z is None else math.erfc(abs(z) / math.sqrt(2))
    return {"test": "normal", "p": p, "p_adjusted": p}


def _judge_together(rows: list[dict]) -> None:
    for row, adjusted in zip(rows, holm([row["p"] for row in rows]).tolist(), strict=True):
        row["p_adjusted"] = adjusted


def _word(row: dict, *, up: str, down: str) -> str:
    if row["p_adjusted"] is None or row["p_adjusted"] >= LEVEL or not row["difference"]:
        return CANNOT_TELL
    return up if row["difference"] > 0 else down


def _word_of_count(row: dict, count: Count, transitions: Transitions) -> str:
    """Return whether a changed count is for the better.

    More right answers are better and more errors are worse. A category between them may change because answers became
    milder or because they became more severe; so its word says which of the two happened more often, if that too is
    more than chance.
    """
    if count.better:
        return _word(row, up=BETTER if count.better > 0 else WORSE, down=WORSE if count.better > 0 else BETTER)
    if _word(row, up=HIGHER, down=LOWER) == CANNOT_TELL:
        return CANNOT_TELL
    behind = moves_behind(transitions.matrix, count)
    return _word_of_moves(behind.milder, behind.more_severe)


def _word_of_moves(milder: int, more_severe: int) -> str:
    if mid_p(milder, more_severe) >= LEVEL:
        return CANNOT_TELL
    return BETTER if milder > more_severe else WORSE


def _moves_in(transitions: Transitions, among: str) -> dict:
    found = moves(transitions.matrix, among)
    return {
        "group": transitions.group,
        "among": among,
        "milder": found.milder,
        "more_severe": found.more_severe,
        "p": mid_p(found.milder, found.more_severe),
        "word": _word_of_moves(found.milder, found.more_severe),
    }


def _number(value: np.ndarray) -> float | None:
    return None if not np.isfinite(value) else float(value)
