"""The gate: does a candidate make more errors of some kind than the baseline, by more than chance?

For every category that is watched the rise is the candidate's count minus the baseline's. The gate closes if the
rise is more than what is allowed with 95 % confidence: if its one-sided lower limit, from the paired variance of
`errata.paired.differences`, lies above it. Where k categories are watched each limit holds at 1 - 5 %/k (Bonferroni),
so a candidate that is no worse anywhere is turned away in at most 5 % of all cases, however many are watched.

A gate that stays open does not show that nothing rose; a rise that the images cannot tell from chance passes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from errata.atlas.compiled import Atlas
from errata.categories import FORGIVEN, AccuracyWords, accuracy_words
from errata.errors import InputError
from errata.paired.compare import LEVEL
from errata.paired.differences import relative_change, weighted_difference_of_counts
from errata.paired.transitions import Count, Transitions, counts_in, moves_behind


@dataclass(frozen=True)
class Allowance:
    """Allowed rise of a count: per cent of the baseline's count (`%`) or points of the images that count (`pp`)."""

    amount: float
    unit: str

    def __str__(self) -> str:
        """Return the allowance as text."""
        return f"{self.amount:g} {self.unit}" if self.amount else "0"


NO_RISE = Allowance(0.0, "%")


@dataclass(frozen=True)
class GateRow:
    """Result for one watched category.

    `baseline`, `candidate`: images whose answer is such an error.
    `limit`: the rise is at least this, in the unit of the allowance, with the gate's confidence; None where the
        baseline makes too few such errors for a limit in per cent.
    `is_raised`: whether the rise is more than allowed, with that confidence.
    `milder`, `more_severe`: what the images that only one of them counts have become: answers that are milder, and more
        severe, with the candidate. A rise with more of the former came from worse mistakes.
    """

    category: str
    baseline: int
    candidate: int
    allowed: Allowance
    limit: float | None
    is_raised: bool
    milder: int
    more_severe: int

    @property
    def rise(self) -> int:
        """Candidate minus baseline."""
        return self.candidate - self.baseline


@dataclass(frozen=True)
class Gate:
    """Results for all watched categories, the confidence of each limit, and what errors are called."""

    rows: tuple[GateRow, ...]
    confidence: float
    words: AccuracyWords

    @property
    def is_open(self) -> bool:
        """Whether nothing that is watched rose by more than allowed."""
        return not any(row.is_raised for row in self.rows)


def check_gate(transitions: Transitions, atlas: Atlas, allowances: Mapping[str, Allowance]) -> Gate:
    """Check the candidate (model B of `transitions`) against the baseline (model A).

    Parameters
    ----------
    transitions : Transitions
    atlas : Atlas
    allowances : mapping of str to Allowance
        Which counts are watched, and how far each may rise; `watched_by_default` names those that usually are.
    """
    counts = {count.column: count for count in _counts(atlas)}
    quantile = NormalDist().inv_cdf(1 - LEVEL / len(allowances))
    rows = tuple(_row(transitions, counts[name], allowed, quantile) for name, allowed in allowances.items())
    return Gate(rows, 1 - LEVEL / len(allowances), accuracy_words(atlas.undefined))


def watched_by_default(atlas: Atlas) -> tuple[str, ...]:
    """Return the categories that are defined in the atlas and not forgiven by the multi-labels."""
    return tuple(
        count.column
        for count in counts_in(atlas)
        if count.is_category and count.column not in FORGIVEN and not count.column.startswith("provisional_")
    )


def read_allowances(categories: Sequence[str] | None, everywhere: str, atlas: Atlas) -> dict[str, Allowance]:
    """Read which counts are watched, and how far each may rise.

    `categories`: `CATEGORY` or `CATEGORY=RISE`; None for `watched_by_default`.
    `everywhere`: the rise that is allowed where none is given.
    Raises InputError if a rise cannot be read, or a category is unknown or undefined in the atlas.
    """
    usual = read_allowance(everywhere)
    allowances = {}
    for text in categories or watched_by_default(atlas):
        name, given, rise = text.partition("=")
        allowances[name] = read_allowance(rise) if given else usual
    known = [count.column for count in _counts(atlas)]
    for name in allowances:
        if name not in known:
            why = "cannot be decided by" if name in atlas.undefined else "is no category of"
            raise InputError(
                f"--category: '{name}' {why} the atlas '{atlas.name}' of '{atlas.dataset}'. "
                f"Name any of {', '.join(known)}."
            )
    return allowances


def read_allowance(text: str) -> Allowance:
    """Read `0`, `5%` (of the baseline's count) or `0.2pp` (points of the images that count).

    Raises InputError if it is anything else; a number other than 0 needs its unit.
    """
    unit = next((unit for unit in ("%", "pp") if text.endswith(unit)), "")
    try:
        amount = float(text.removesuffix(unit))
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf or (amount and not unit):
        raise InputError(
            f"--max-rise: expected 0, a per cent of the baseline's count such as 5%, or percentage points of the "
            f"images such as 0.2pp; found '{text}'."
        )
    return Allowance(amount, unit or "%")


def _counts(atlas: Atlas) -> list[Count]:
    return [count for count in counts_in(atlas) if count.column != "correct"]


def _row(transitions: Transitions, count: Count, allowed: Allowance, quantile: float) -> GateRow:
    in_per_cent = allowed.unit == "%"
    arrays = transitions.counts, transitions.sizes
    images = int(transitions.sizes.sum())
    ratio = 1 + allowed.amount / 100 if in_per_cent else 1.0
    difference = weighted_difference_of_counts(*arrays, count.codes, ratio=ratio)
    least = float(difference.value - quantile * difference.deviation)
    if in_per_cent:
        limit = 100 * float(relative_change(*arrays, count.codes, quantile=quantile)[1])
        is_raised = least > 0
    else:
        limit = 100 * least / images
        is_raised = limit > allowed.amount
    plain = weighted_difference_of_counts(*arrays, count.codes, ratio=1.0)
    behind = moves_behind(transitions.matrix, count)
    return GateRow(
        category=count.column,
        baseline=int(plain.before),
        candidate=int(plain.after),
        allowed=allowed,
        limit=None if math.isnan(limit) else limit,
        is_raised=is_raised,
        milder=behind.milder,
        more_severe=behind.more_severe,
    )
