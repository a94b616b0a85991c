"""How categories look and what they are called, the same everywhere in the report.

The colours are those of Okabe and Ito ("Color Universal Design", 2008), which the common kinds of colour blindness
tell apart. What the multi-labels do not count as an error is blue or grey; the warmer the colour, the more severe the
error. Hatching means: not decided.
"""

from dataclasses import dataclass

from errata.atlas.outcomes import SENTENCES
from errata.categories import PROVISIONAL_COLUMNS

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
    words = {
        "class_overlap": ("class overlap", "#8A939E"),
        "multi_label": ("multi-label", "#56B4E9"),
        "fine_grained": ("fine-grained", "#009E73"),
        "open_world_unchecked": ("open world not checked", "#0072B2"),
        "fine_grained_oov": ("fine-grained out of vocabulary", "#E3D42B"),
        "spurious_correlation": ("spurious correlation", "#CC79A7"),
        "non_prototypical": ("non-prototypical", "#E69F00"),
        "model_failure": ("model failure", "#D55E00"),
    }
    looks = {}
    for name, (label, colour) in words.items():
        unchecked = name == "open_world_unchecked"
        looks[name] = CategoryLook(name, label, colour, hatched=unchecked, sentence=SENTENCES[name])
        for provisional in PROVISIONAL_COLUMNS if unchecked else ():
            label, colour = words[provisional.removeprefix("provisional_")]
            looks[provisional] = CategoryLook(
                provisional,
                f"not checked, else {label}",
                colour,
                hatched=True,
                sentence=f"Not checked for things outside the vocabulary; if there are none: {label}.",
            )
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

STACK = (
    "class_overlap",
    "multi_label",
    "fine_grained",
    "fine_grained_oov",
    "spurious_correlation",
    "non_prototypical",
    "model_failure",
    *PROVISIONAL_COLUMNS,
    "open_world_unchecked",
)
"""The order of the pieces of a bar. Unchecked errors are drawn in one piece only where they cannot be split."""


def stack_counts(row: dict) -> list[tuple[CategoryLook, int]]:
    """Return the pieces of the bar of one row of a profile: every category with a positive count, in bar order."""
    split = any(row.get(name) for name in PROVISIONAL_COLUMNS)
    return [
        (LOOKS[name], row[name]) for name in STACK if row.get(name) and not (split and name == "open_world_unchecked")
    ]
