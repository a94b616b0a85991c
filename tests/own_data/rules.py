"""A small data set, and the rules for its answers written down once more."""

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas

NAMES = ["scratch", "dent", "crack", "hole", "stain", "knot"]
SUPERCLASS = {"scratch": {"surface"}, "dent": {"surface"}, "crack": {"structure"}, "hole": {"structure", "surface"}}
ACCEPTED = {("dent", "scratch")}

CLASSES = pl.DataFrame(
    {
        "name": NAMES,
        "superclass": [";".join(sorted(SUPERCLASS.get(name, ()))) for name in NAMES],
        "overlaps": ["scratch" if name == "dent" else "" for name in NAMES],
        "group": ["metal", "metal", "metal", "cloth", "cloth", "wood"],
    }
)


def labels(images: int = 60) -> pl.DataFrame:
    """Images with one to three labels, some of them odd in form."""
    random = np.random.default_rng(3)
    shown = [random.permutation(NAMES)[: random.integers(1, 4)] for _ in range(images)]
    return pl.DataFrame(
        {
            "file_name": [f"{number:03d}.png" for number in range(images)],
            "labels": [";".join(names) for names in shown],
            "non_prototypical": ["yes" if number % 9 == 0 else "no" for number in range(images)],
        }
    )


def by_the_rules(target: str, shown: list[str], predicted: str, *, odd: bool, together: set[frozenset[str]]) -> str:
    """Say what an answer is, rule by rule; what the open world decides stays open."""

    def shares(a: str, b: str) -> bool:
        return a == b or bool(SUPERCLASS.get(a, set()) & SUPERCLASS.get(b, set()))

    if predicted == target:
        return "correct"
    if (target, predicted) in ACCEPTED:
        return "class_overlap"
    if predicted in shown:
        return "multi_label"
    if any(shares(predicted, label) for label in shown):
        return "fine_grained"
    if any(frozenset((predicted, label)) in together for label in shown):
        return "provisional spurious_correlation"
    return "provisional non_prototypical" if odd else "provisional model_failure"


def seen_together(shown: list[list[str]]) -> set[frozenset[str]]:
    """Pairs of classes that two images show together and that share no superclass."""
    counts: dict[frozenset[str], int] = {}
    for names in shown:
        for pair in {frozenset((a, b)) for a in names for b in names if a != b}:
            counts[pair] = counts.get(pair, 0) + 1
    return {
        pair
        for pair, count in counts.items()
        if count >= 2 and not set.intersection(*(SUPERCLASS.get(name, set()) for name in pair))
    }


def category_names(atlas: Atlas) -> dict[int, str]:
    """What an atlas's codes are, as `by_the_rules` says it."""
    return {
        outcome.code: outcome.category
        if outcome.provisional_category is None
        else f"provisional {outcome.provisional_category}"
        for outcome in atlas.outcome_list
    }
