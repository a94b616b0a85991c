"""The vocabulary of outcomes: what an answer can be, in one sentence each.

A *category* is what an error is counted as. An *outcome* is what the atlas stores per image and class: a category
or, for an image that the annotators called problematic, one of a few outcomes of its own. An outcome may carry a
*provisional category*: what the later rules would say if nothing were out of vocabulary.
"""

from dataclasses import asdict, dataclass

from errata.categories import AFTER_OPEN_WORLD

CORRECT = "correct"
OPEN_WORLD_UNCHECKED = "open_world_unchecked"


@dataclass(frozen=True)
class Outcome:
    """What one answer is.

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


SENTENCES = {
    CORRECT: "The prediction is the image's label.",
    "class_overlap": "The prediction's class means the same thing as the label's, or contains it.",
    "multi_label": "The prediction names another thing that the image also shows, says the multi-label.",
    "fine_grained": "The prediction belongs to the same superclass as something the image shows.",
    OPEN_WORLD_UNCHECKED: (
        "Whether the image shows something outside the vocabulary was not checked; "
        "the provisional category says what the error would be if it does not."
    ),
    "fine_grained_oov": (
        "The image shows something that resembles the prediction but is none of the known classes (out of vocabulary)."
    ),
    "spurious_correlation": "The prediction often occurs together with something that the image shows.",
    "non_prototypical": "The image shows its object in a form that is not typical for the class.",
    "model_failure": "None of the other explanations applies.",
    "unlabelled_correct": "No label of the image holds; the prediction is the original label.",
    "unlabelled_overlap": "No label of the image holds; the prediction's class overlaps with the original label's.",
    "unlabelled_wrong": "No label of the image holds and the prediction is another class.",
    "similar_to_target": (
        "The original label does not hold; the prediction is that label or shares a superclass with it."
    ),
    "co_occurs_with_target": ("The original label does not hold; the prediction often occurs together with it."),
}

_ONLY_PROBLEMATIC = (
    "unlabelled_correct",
    "unlabelled_overlap",
    "unlabelled_wrong",
    "similar_to_target",
    "co_occurs_with_target",
)


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
