"""The words of evidence trails, each written once.

A line is the name of a template and its values as texts. `fill` makes the words of it; the report's explorer does the
same with the same templates, so that the page and the command line say the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from errata.atlas.outcomes import OUTCOMES, SENTENCES
from errata.openworld.settings import GATE_BY_NAMES

TERMS = (
    "target",
    "multi-label",
    "prediction",
    "outcome",
    "meaning",
    "because",
    "rules",
    "otherwise",
    "neighbour",
    "proposal",
    "margin",
    "close call",
    "note",
)
"""What lines are about, in the order in which they are told."""

CLOSE_MARGIN = 0.05
"""A smaller difference between the best proposal out of vocabulary and the best other one is a close call."""


@dataclass(frozen=True)
class Template:
    """The words of a line, about a term.

    Slots are filled from the values in their order: `{class}` with the name of a class, `{named}` with its id, name
    and wnid, both from its id; `{text}` with the value as it is.
    """

    name: str
    term: str
    words: str


_WORDS = {
    "target": [("target", "{named}")],
    "multi-label": [
        ("label_correct", "{named}"),
        ("label_unclear", "{named} (unclear)"),
        ("no_label", "none holds"),
        ("label_outside", "{text}, outside the classes"),
    ],
    "prediction": [("prediction", "{named}")],
    "outcome": [
        (
            f"outcome_{outcome.code}",
            outcome.category
            + (f" (provisionally {outcome.provisional_category})" if outcome.provisional_category else ""),
        )
        for outcome in OUTCOMES
    ],
    "meaning": [(f"meaning_{outcome.code}", outcome.sentence) for outcome in OUTCOMES],
    "because": [
        (
            "unchecked",
            "The prediction shares no superclass with any label, so the open world would be asked next, but this atlas "
            "has no open-world evidence.",
        ),
        (
            "unread",
            "The prediction shares no superclass with any label, so the open world would be asked next, but the image "
            "could not be read.",
        ),
        *(
            (f"provisionally_{outcome.code}", f"If nothing is out of vocabulary: {SENTENCES[provisional]}")
            for outcome in OUTCOMES
            if (provisional := outcome.provisional_category)
        ),
        ("overlap", "{text}."),
        ("in_multi_label", "The annotators call the label {class} {text}."),
        ("shared", "{class} and {class} are both in the superclass {text}."),
        ("own_superclass", "{class} is a label of the image and a superclass of its own."),
        ("shared_outside", "{class} shares a superclass with a label outside the classes: {text}."),
        ("gate_closed", "None of the {text} nearest training images shows {class} or a class that shares a superclass "
         "with it, so the open world is not asked."),
        ("gate", "The nearest training image number {text} shows {class}, so the open world is asked."),
        ("gate_kin", "The nearest training image number {text} shows {class}, in a superclass with {class}, so the "
         "open world is asked."),
        ("gate_closed_by_name", "Among the {text} classes whose names are most like the image there is neither {class} "
         "nor a class that shares a superclass with it, so the open world is not asked."),
        ("gate_by_name", "Number {text} of the classes whose names are most like the image is {class}, so the open "
         "world is asked."),
        ("gate_kin_by_name", "Number {text} of the classes whose names are most like the image is {class}, in a "
         "superclass with {class}, so the open world is asked."),
        ("winner_out", "The most similar text, {text}, is none of the known classes."),
        ("winner_in", "The most similar text, {text}, does not name anything out of vocabulary."),
        ("pair", "{class} and {class} are seen together in {text} images."),
        ("pair_outside", "{class} and {text}, a label outside the classes, are seen together in {text} images."),
        ("expert_list", "Experts called the image non-prototypical (list: {text})."),
        ("nothing", "No label shares a superclass with the prediction, none often occurs together with it, and no "
         "expert list names the image."),
    ],
    "rules": [("rules", "{text}")],
    "otherwise": [(f"otherwise_{category}", f"{category}: {sentence}") for category, sentence in SENTENCES.items()],
    "neighbour": [("neighbour", "{text}: {named}"), ("neighbour_cosine", "{text}: {named}, cosine {text}")],
    "proposal": [
        ("proposal_known", "{text} [{text}], probability {text}, one of the classes"),
        ("proposal_new", "{text} [{text}], probability {text}, none of the classes"),
    ],
    "margin": [("margin", "{text} between the best one out of vocabulary and the best other; {text} prompts competed")],
    "close call": [
        ("close_margin", f"The best one out of vocabulary and the best other are less than {CLOSE_MARGIN} apart."),
        ("close_gate", "Only the last of the {text} nearest training images made the open world be asked."),
        ("close_gate_by_name", "Only the last of the {text} classes whose names are most like the image made the open "
         "world be asked."),
        ("close_label", "The label that decides is unclear to the annotators."),
        ("close_pair", "The two are seen together no more often than it takes for a pair to count."),
    ],
    "note": [("problematic", "The annotators called this image problematic; statistics leave it out.")],
}  # fmt: skip

GATES = {None: "", GATE_BY_NAMES: "_by_name"}
"""What opens the visual gate (`gate` of the settings of an atlas) -> how the names of its lines end."""

TEMPLATES: tuple[Template, ...] = tuple(Template(name, term, words) for term in TERMS for name, words in _WORDS[term])
"""Every template, by term."""

POSITIONS: dict[str, int] = {template.name: position for position, template in enumerate(TEMPLATES)}
"""Name of a template -> its position among all."""

_SLOT = re.compile(r"\{(class|named|text)\}")


def fill(position: int, values: Sequence[str], classes: pl.DataFrame) -> tuple[str, str]:
    """Return the term and the words of a line.

    Parameters
    ----------
    position : int
        Of the template.
    values : sequence of str
        One per slot.
    classes : polars.DataFrame
        `name` and `wnid` by class id.
    """
    remaining = iter(values)

    def word(slot: re.Match) -> str:
        value = next(remaining)
        if slot[1] == "text":
            return value
        row = classes.row(int(value), named=True)
        if slot[1] == "class":
            return row["name"]
        # classes without a wnid have their names in its place
        return f"{value} {row['name']}" + (f" [{row['wnid']}]" if row["wnid"] != row["name"] else "")

    template = TEMPLATES[position]
    return template.term, _SLOT.sub(word, template.words)
