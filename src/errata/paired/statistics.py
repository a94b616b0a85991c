"""Which counts, shares and accuracies are compared, and which way is better."""

from dataclasses import dataclass

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.profile.statistics import (
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


@dataclass(frozen=True)
class Count:
    """A count of outcomes.

    Attributes
    ----------
    column : str
        Its name in the profile.
    codes : tuple of int
        The outcome codes that are counted.
    better : int
        1 if more are better, -1 if fewer are, 0 if it depends on what the answers were before.
    is_category : bool
        Whether it is one of the categories, which are judged together.
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
