"""The vocabulary of outcomes: what an answer can be, in one sentence each.

A *category* is what an error is counted as. An *outcome* is what the atlas stores per image and class: a category
or, for an image that the annotators called problematic, one of a few outcomes of its own. An outcome may carry a
*provisional category*: what the later rules would say if nothing were out of vocabulary.
"""

from dataclasses import asdict, dataclass

from errata.categories import AFTER_OPEN_WORLD, CATEGORIES, OPEN_WORLD_UNCHECKED

CORRECT = "correct"


@dataclass(frozen=True)
class Outcome:
    """Outcome of one answer.

    `code` is what the atlas stores; `category` names the outcome; `provisional_category` is set for outcomes that
    a later rule would split further; `only_problematic` outcomes never occur on images that count.
    """

    code: int
    category: str
    sentence: str
    provisional_category: str | None = None
    only_problematic: bool = False

    def as_dict(self) -> dict:
        """Return the fields as a plain dictionary, for the atlas's metadata."""
        return asdict(self)


_ONLY_PROBLEMATIC = {
    "unlabelled_correct": "No label of the image holds; the prediction is the original label.",
    "unlabelled_overlap": "No label of the image holds; the prediction's class overlaps with the original label's.",
    "unlabelled_wrong": "No label of the image holds and the prediction is another class.",
    "similar_to_target": (
        "The original label does not hold; the prediction is that label or shares a superclass with it."
    ),
    "co_occurs_with_target": "The original label does not hold; the prediction often occurs together with it.",
}

SENTENCES = {
    CORRECT: "The prediction is the image's label.",
    **{category.name: category.sentence for category in CATEGORIES},
    **_ONLY_PROBLEMATIC,
}
"""What an answer of every category or outcome is."""


def _outcomes() -> tuple[Outcome, ...]:
    rows: list[tuple[str, str | None]] = []
    for category in SENTENCES:
        if category == OPEN_WORLD_UNCHECKED:
            rows += [(category, provisional) for provisional in AFTER_OPEN_WORLD]
        else:
            rows.append((category, None))
    return tuple(
        Outcome(code, category, SENTENCES[category], provisional, category in _ONLY_PROBLEMATIC)
        for code, (category, provisional) in enumerate(rows)
    )


OUTCOMES: tuple[Outcome, ...] = _outcomes()
"""Every outcome with its code; the codes are the positions."""

CODES: dict[tuple[str, str | None], int] = {
    (outcome.category, outcome.provisional_category): outcome.code for outcome in OUTCOMES
}
"""(category, provisional category or None) -> code."""
