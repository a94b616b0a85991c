"""How categories look and what they are called, the same everywhere in the report.

Names, colours and sentences stand in `errata.categories`. Hatching means: not decided.
"""

from dataclasses import dataclass

from errata.atlas.outcomes import SENTENCES
from errata.categories import CATEGORIES, CHECKED, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS

GROUP_NAMES = {"all": "all images", "organism": "organisms", "artifact": "artifacts", "other": "other"}


@dataclass(frozen=True)
class CategoryLook:
    """A category's name in words, its colour, whether it is hatched, and its sentence."""

    name: str
    label: str
    colour: str
    hatched: bool
    sentence: str


def _looks() -> dict[str, CategoryLook]:
    looks = {}
    for one in CATEGORIES:
        looks[one.name] = CategoryLook(one.name, one.label, one.colour, one.is_unchecked, one.sentence)
        for twin in CATEGORIES if one.is_unchecked else ():
            if twin.provisional:
                name, label = f"provisional_{twin.name}", f"not checked, else {twin.label}"
                sentence = f"Not checked for things outside the vocabulary; if there are none: {twin.label}."
                looks[name] = CategoryLook(name, label, twin.colour, hatched=True, sentence=sentence)
    return looks


LOOKS: dict[str, CategoryLook] = _looks()
"""Every category, least severe first, and every provisional category after the one that it splits."""

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

STACK = (*CHECKED, *PROVISIONAL_COLUMNS, OPEN_WORLD_UNCHECKED)
"""The order of the pieces of a bar. Unchecked errors are drawn in one piece only where they cannot be split."""


def stack_counts(row: dict) -> list[tuple[CategoryLook, int]]:
    """Return the pieces of the bar of one row of a profile: every category with a positive count, in bar order."""
    split = any(row.get(name) for name in PROVISIONAL_COLUMNS)
    return [
        (LOOKS[name], row[name]) for name in STACK if row.get(name) and not (split and name == OPEN_WORLD_UNCHECKED)
    ]
