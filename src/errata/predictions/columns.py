"""The doctor's checks of columns: which of several columns of class ids is the prediction, and what scores say."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from errata.predictions.align import Aligned
from errata.predictions.class_ids import MISSING
from errata.predictions.evidence import Evidence
from errata.predictions.findings import Finding, is_clear_gain, percent

_IS_TARGET = 0.999
"""A column that equals so large a share of the targets is the targets: no model does."""
_SORTED_ROWS = {2: 0.995}
_SORTED_ROWS_OF_MANY = 0.98
"""Rows whose ids rise (or fall) from column to column by chance: half of them with two columns, 1 in 120 with five."""
_SIGMA = 5.0
"""Standard errors by which a column must be better than another, or the share of the first too small."""
_ROWS = 20
_HITS = 30
_CLEAR_REACH = 0.05
"""The columns together must be right so often: columns of rows in a wrong order are not."""
_WEAK_TOP1 = 0.35
"""Published lists of ranked classes were looked at down to this top-1; below it an unranked list is a warning."""
_TIES_WARN, _UNFILLED_REFUSE = 0.01, 0.02
COLUMN = "column "
"""How a repair by another column is called; the number, counted from 0, follows."""


@dataclass(frozen=True)
class Columns:
    """What several columns of class ids are.

    Attributes
    ----------
    verdict : {'ranked', 'target', 'row number', 'sorted', 'reversed', 'unranked'}
    column : int or None
        The column that the verdict is about; None where it is about all of them.
    accuracies : tuple of float
        Share of rows in which each column is the target.
    """

    verdict: str
    column: int | None
    accuracies: tuple[float, ...]


def column_profile(ranked: np.ndarray, targets: np.ndarray) -> Columns:
    """Judge what the columns of a matrix of class ids are.

    Parameters
    ----------
    ranked : numpy.ndarray
        Shape (rows, k), k at least 2.
    targets : numpy.ndarray
        The target of every row.

    Notes
    -----
    A ranked list has a steeply falling accuracy by column: the first has at least `least_first_share` of all hits.
    Columns are compared by McNemar's bound. Rows in a wrong order have no hits to speak of, so nothing is said of the
    ranks of their columns; the targets and ids in ascending order are recognised in any order.
    """
    rows, k = ranked.shape
    accuracies = tuple(float((ranked[:, column] == targets).mean()) for column in range(k))
    best = int(np.argmax(accuracies))
    if rows >= _ROWS and accuracies[best] >= _IS_TARGET:
        return Columns("target", best, accuracies)
    if rows >= _ROWS and (k > 2 or rows >= 5 * _ROWS):
        pairs = [(ranked[:, column], ranked[:, column + 1]) for column in range(k - 1)]
        rises = np.logical_and.reduce([left <= right for left, right in pairs]).mean()
        falls = np.logical_and.reduce([left >= right for left, right in pairs]).mean()
        if max(rises, falls) >= _SORTED_ROWS.get(k, _SORTED_ROWS_OF_MANY):
            return Columns("sorted", None, accuracies)
    hits = np.array(accuracies) * rows
    total, reach = hits.sum(), sum(accuracies)
    if total < _HITS or reach < _CLEAR_REACH:
        return Columns("ranked", None, accuracies)
    if _is_better(hits[-1], hits[0]) and _rises(hits):
        return Columns("reversed", k - 1, accuracies)
    least = least_first_share(min(reach, 1.0), k)
    error = np.sqrt(max(least * (1 - least), 0.01) / total)
    if hits[0] / total < least - _SIGMA * error or any(_is_better(other, hits[0]) for other in hits[1:]):
        return Columns("unranked", None, accuracies)
    return Columns("ranked", None, accuracies)


def _is_better(hits: float, others: float) -> bool:
    return hits > others and (hits - others) ** 2 >= _SIGMA**2 * (hits + others)


def _rises(hits: np.ndarray) -> bool:
    """Tell whether the hits rise from the first column to the last, but for chance."""
    return hits[-1] > hits[1:-1].max(initial=0) and bool(
        (np.diff(hits) >= -3 * np.sqrt(hits[1:] + hits[:-1] + 1)).all()
    )


def least_first_share(reach: float, k: int) -> float:
    """Return the least share of the hits of k ranked columns that the first has, given the sum of their accuracies.

    A weak model's list falls slowly. Of the 1,556 models of timm's table of results (k = 5), all lie at least 0.03
    above the line.
    """
    return max(1.05 / k, (0.05 + 0.70 * reach) * (1.0 if k <= 5 else 0.8))


def check_columns(aligned: Aligned, evidence: Evidence, judged: np.ndarray) -> Iterator[Finding]:
    """Yield findings about columns of class ids that are not predictions by rank."""
    ranked = aligned.source.ranked
    if ranked is None or ranked.shape[1] < 2 or ranked.shape[0] != len(aligned.row_classes):
        return
    rows, accuracy, k = aligned.match.rows[judged], percent(evidence.accuracy), ranked.shape[1]
    found = column_profile(ranked[rows], evidence.targets)
    number = _row_number_column(ranked)
    if number is not None:
        found = Columns("row number", number, found.accuracies)
    if found.verdict in ("target", "row number"):
        yield _not_a_prediction(found, k, accuracy, rows=len(ranked))
        return
    by_probability = list(_probability_order(aligned, evidence, rows, accuracy))
    if by_probability:
        yield from by_probability
        return
    if found.verdict != "ranked":
        yield _not_by_rank(found, k, accuracy, rows=len(ranked))
        return
    differs = (aligned.row_classes != ranked[:, 0]) & (aligned.row_classes != MISSING)
    if differs.any():
        yield Finding(
            "top_k_order",
            "refuse",
            f"{int(differs.sum())} row(s) have a prediction that is not the first of their top-k, first "
            f"{aligned.source.first_of(differs)}: two different outputs were put together.",
            int(differs.sum()),
            accuracy,
            percent(found.accuracies[0]),
        )
    repeats = (np.diff(np.sort(ranked, axis=1), axis=1) == 0).any(axis=1)
    if repeats.any():
        yield Finding(
            "top_k_repeats",
            "warn",
            f"{int(repeats.sum())} row(s) name a class twice among their top-k, first "
            f"{aligned.source.first_of(repeats)}.",
            int(repeats.sum()),
        )


def _row_number_column(ranked: np.ndarray) -> int | None:
    """Return the column that counts the rows, if one does."""
    if len(ranked) < _ROWS:
        return None
    counting = [j for j in range(min(ranked.shape[1], 20)) if (np.diff(ranked[:, j].astype(float)) == 1).all()]
    return counting[0] if counting else None


def _not_by_rank(found: Columns, k: int, accuracy: float, *, rows: int) -> Finding:
    """Return what to say of columns that are sorted by id, reversed or in no order."""
    by_column = ", ".join(f"{percent(each):.1f}" for each in found.accuracies[:8])
    right = f"(right by column: {by_column}{', ...' if k > 8 else ''} %)"
    if found.verdict == "sorted":
        message = (
            f"The {k} class ids of every row are sorted by id, not by probability {right}: the first is not the "
            "prediction. Save the arg-max, or the scores of all classes."
        )
        return Finding("top_k_order", "refuse", message, rows, accuracy)
    if found.verdict == "reversed":
        message = (
            f"The last of {k} columns is the prediction {right}: they are sorted from the least to the most probable, "
            "as argsort gives them. Reverse them."
        )
        after = percent(found.accuracies[-1])
        return Finding("top_k_order", "refuse", message, rows, accuracy, after, f"{COLUMN}{k - 1}")
    is_weak = sum(found.accuracies) < _WEAK_TOP1 + 0.2 * min(1.0, (k - 1) / 4)
    message = (
        f"The {k} columns are not ranked {right}; the accuracy of ranked ones falls steeply. argpartition and an "
        "unsorted topk give such sets. Save the arg-max, or the scores of all classes."
    )
    return Finding("top_k_order", "warn" if is_weak else "refuse", message, rows, accuracy)


def _not_a_prediction(found: Columns, k: int, accuracy: float, *, rows: int) -> Finding:
    """Return what to say of a column that holds the targets or the numbers of the rows."""
    share = percent(found.accuracies[found.column])
    what = "the number of the row" if found.verdict == "row number" else f"the target in {share:.1f} % of the rows"
    said = f"Column {found.column} of {k} (counted from 0) is {what}, not a prediction"
    if k == 2:
        other = 1 - found.column
        if found.column == 1:
            return Finding("target_column", "warn", f"{said}. Column {other} was read.", rows, accuracy)
        message = f"{said}: column {other} seems to be the prediction. Save it alone."
        return Finding(
            "target_column", "refuse", message, rows, accuracy, percent(found.accuracies[other]), f"{COLUMN}{other}"
        )
    message = f"{said}, so the columns are no classes by rank. Save the prediction alone."
    return Finding("target_column", "refuse", message, rows, accuracy)


def _probability_order(aligned: Aligned, evidence: Evidence, rows: np.ndarray, accuracy: float) -> Iterator[Finding]:
    ranked, probability = aligned.source.ranked, aligned.source.ranked_probability
    if probability is None:
        return
    wrong = (np.diff(probability, axis=1) > 1e-6).any(axis=1)
    if wrong.any():
        best = ranked[np.arange(len(ranked)), probability.argmax(axis=1)]
        yield Finding(
            "top_k_order",
            "refuse",
            f"{int(wrong.sum())} row(s) have top-k probabilities that do not fall from left to right, first "
            f"{aligned.source.first_of(wrong)}: the first column is not the prediction. Sort by falling probability.",
            int(wrong.sum()),
            accuracy,
            percent((best[rows] == evidence.targets).mean()),
            "most probable column",
        )


_MIXED_SIGNS = 0.02
"""Share of rows that are right by their largest score although more are by their smallest, from which on both signs
occur. Of scores that are merely negated the label is rarely the one at the other end."""


def check_scores(aligned: Aligned, evidence: Evidence, judged: np.ndarray) -> Iterator[Finding]:
    """Yield findings about rows of scores that were never filled, have no single largest, or are negated."""
    source = aligned.source
    if source.score_columns is None:
        return
    count = len(source)
    accuracy = percent(evidence.accuracy)
    if source.constant_rows:
        share = source.constant_rows / count
        yield Finding(
            "rows_unfilled",
            "refuse" if share >= _UNFILLED_REFUSE else "warn",
            f"{source.constant_rows} row(s) ({share:.1%}) have the same score for every class: they were never filled. "
            "Predict these images again.",
            source.constant_rows,
            accuracy,
        )
    if source.tied_rows > _TIES_WARN * count:
        yield Finding(
            "score_ties",
            "warn",
            f"{source.tied_rows} row(s) ({source.tied_rows / count:.1%}) have several classes with the largest score, "
            "as coarsely rounded scores do; the first of them was read. Save finer scores or the arg-max.",
            source.tied_rows,
            accuracy,
        )
    if source.lowest is not None:
        after = float((source.lowest[aligned.match.rows[judged]] == evidence.targets).mean())
        if evidence.accuracy < after and is_clear_gain(evidence.accuracy, after, len(evidence.ids)):
            # what is wrong by the smallest of negated scores has its label anywhere, rarely at the other end
            if evidence.accuracy > _MIXED_SIGNS + (1 - after) / max(source.score_columns - 1, 1):
                yield Finding(
                    "scores_overflowed",
                    "refuse",
                    f"{percent(evidence.accuracy):.1f} % of the rows are right by their largest score and "
                    f"{percent(after):.1f} % by their smallest: large scores became negative, as integers of 8 bits "
                    "do, or rows of two signs are mixed. Save the arg-max, taken before the conversion.",
                    count,
                    accuracy,
                )
                return
            yield Finding(
                "scores_negated",
                "refuse",
                "The smallest score of a row is right more often than the largest: these are distances, or negated. "
                "Save the arg-min, or turn their sign.",
                count,
                accuracy,
                percent(after),
                "smallest score",
            )
