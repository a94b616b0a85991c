"""How categories look in the report: soft profiles and bars besides the looks that figures share."""

from collections.abc import Mapping
from dataclasses import dataclass

from errata.atlas.outcomes import SENTENCES
from errata.categories import OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.looks import GROUP_NAMES, LOOKS, STACK, CategoryLook
from errata.report.numerals import share

__all__ = ["GROUP_NAMES", "LOOKS", "SOFT_LOOKS", "STACK", "CategoryLook", "Piece", "stacked_bar"]

SOFT_LOOKS: dict[str, CategoryLook] = {
    "correct": CategoryLook("correct", "correct", "#C9D0D8", hatched=False, sentence=SENTENCES["correct"]),
    "beyond_top_classes": CategoryLook(
        "beyond_top_classes",
        "beyond the kept classes",
        "#5D6672",
        hatched=True,
        sentence="Probability of classes that are not among the most probable ones kept; its categories are unknown.",
    ),
}
"""What a soft profile has besides the categories."""


@dataclass(frozen=True)
class Piece:
    """A piece of a bar: a category, its count, and its share of the top-1 errors in per cent."""

    look: CategoryLook
    count: int
    share: float


def stacked_bar(row: Mapping[str, int | None], total: int | None = None) -> list[Piece]:
    """Return the pieces of the bar of some counts: every category with a positive count, in bar order.

    Their shares are of `total`, or of all pieces together.
    """
    split = any(row.get(name) for name in PROVISIONAL_COLUMNS)
    shown = [name for name in STACK if row.get(name) and not (split and name == OPEN_WORLD_UNCHECKED)]
    whole = sum(row[name] for name in shown) if total is None else total
    return [Piece(LOOKS[name], row[name], share(row[name], whole) or 0.0) for name in shown]
