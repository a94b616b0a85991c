"""How categories and groups look and what they are called, the same in every figure and on every page."""

from dataclasses import dataclass

from errata.categories import CATEGORIES, CHECKED, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS


class GroupNames(dict[str, str]):
    """What groups of images are called; those of a data set of one's own have their own names."""

    def __missing__(self, group: str) -> str:
        """Return the name itself."""
        return group


GROUP_NAMES = GroupNames(all="all images", organism="organisms", artifact="artifacts", other="other")


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
        looks[one.name] = CategoryLook(one.name, one.label, one.colour, one.is_unchecked, one.explanation)
        for twin in CATEGORIES if one.is_unchecked else ():
            if twin.provisional:
                name, label = f"provisional_{twin.name}", f"not checked, else {twin.label}"
                sentence = f"Not checked for things outside the vocabulary; if there are none: {twin.label}."
                looks[name] = CategoryLook(name, label, twin.colour, hatched=True, sentence=sentence)
    return looks


LOOKS: dict[str, CategoryLook] = _looks()
"""Every category, least severe first, and every provisional category after the one that it splits."""

STACK = (*CHECKED, *PROVISIONAL_COLUMNS, OPEN_WORLD_UNCHECKED)
"""The order of the pieces of a bar. Unchecked errors are drawn in one piece only where they cannot be split."""
