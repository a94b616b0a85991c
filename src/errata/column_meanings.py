"""What the columns of the tables mean, by name: a name means the same in every table that has it.

A column whose meaning is its table's own carries it in its declaration (`errata.tables.Column`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from errata.categories import AFTER_OPEN_WORLD, CATEGORIES, FORGIVEN, MULTI_LABEL_ACCURACIES


@dataclass(frozen=True)
class Meaning:
    """What a column holds, in a sentence, and its unit if it has one."""

    text: str
    unit: str = ""


_PROVISIONAL = "If nothing were out of vocabulary, the part of open_world_unchecked that would be"

MEANINGS: Mapping[str, Meaning] = {
    # images and classes
    "file_name": Meaning("Name of the image within its data set."),
    "position": Meaning("Rank of the image by file name among all images of the data set, from 0."),
    "target": Meaning("Original label of the image: its target class.", "class id"),
    "class_id": Meaning("Rank of the class by wnid, from 0.", "class id"),
    "predicted_class": Meaning("The class that the model gives first.", "class id"),
    "wnid": Meaning("WordNet identifier of the class: n and eight digits."),
    "name": Meaning("Name of the class in words."),
    "lemmas": Meaning("Lemma names of the synset, the first one first."),
    "superclass": Meaning("Name of the superclass; a class may be in several."),
    "multi_labels": Meaning(
        "Everything that the image shows, say the annotators: correct and unclear labels.", "class id"
    ),
    "unclear_labels": Meaning(
        "Labels among them on which the annotators did not agree; they count as correct.", "class id"
    ),
    "is_problematic": Meaning("Whether the annotators called the image problematic; no statistic counts it."),
    "is_non_prototypical": Meaning("Whether experts found that the image shows its object in an untypical form."),
    "non_prototypical_source": Meaning("The expert list that says so."),
    "is_imagenet_m": Meaning("Whether the image is in ImageNet-M, which every model should get right."),
    "folder_rank": Meaning("Rank of the image if all images are sorted by wnid and then by file name, from 0."),
    "in_organism": Meaning("Whether one of the image's labels is an organism."),
    "in_artifact": Meaning("Whether one of the image's labels is an artifact."),
    "in_other": Meaning("Whether one of the image's labels is neither organism nor artifact."),
    "outcomes": Meaning(
        "What each class would be as an answer: one outcome code per class, in class-id order.", "outcome code"
    ),
    # WordNet
    "offset": Meaning("Offset of the noun synset in WordNet 3.0."),
    "lemma": Meaning("A lemma name of the synset."),
    "hypernyms": Meaning("More general synsets.", "offset"),
    "instance_hypernyms": Meaning("Synsets that this one is an instance of.", "offset"),
    "hyponyms": Meaning("More special synsets.", "offset"),
    "instance_hyponyms": Meaning("Synsets that are an instance of this one.", "offset"),
    "class_a": Meaning("First class of the pair, the lower class id.", "class id"),
    "class_b": Meaning("Second class of the pair.", "class id"),
    "shares_superclass": Meaning("Whether the two classes are in one superclass."),
    "is_spurious_prone": Meaning("Whether the pair occurs at least twice and shares no superclass."),
    # answers
    "model": Meaning("Name of the model."),
    "atlas": Meaning("Name of the atlas that sorted the errors."),
    "group": Meaning("Images that are counted: all, or those with a label that is an organism, an artifact or other."),
    "category": Meaning("Category of the error; each error has exactly one."),
    "provisional_category": Meaning("What an unchecked error would be if nothing were out of vocabulary."),
    "outcome": Meaning("What the answer to a problematic image is."),
    "accuracy_check": Meaning(
        "Whether the model is as accurate as published: `as_expected`, `unexpected` or `not_checked`."
    ),
    "marks": Meaning(
        "What to keep in mind of the model: `subset` (figures hold for a part of the images), or what the doctor found "
        "in its predictions and the user accepted."
    ),
    "predicted_probability": Meaning("Probability that the model gives its first answer.", "probability"),
    "top_classes": Meaning("The most probable classes, best first.", "class id"),
    "top_probabilities": Meaning("Their probabilities.", "probability"),
    "target_probability": Meaning("Probability of the target.", "probability"),
    "target_rank": Meaning("Rank of the target among all classes, from 1."),
    "entropy": Meaning("Entropy of the model's probabilities.", "nats"),
    # counts and accuracies
    "images": Meaning("Images of the group that count.", "images"),
    "correct": Meaning("Images whose prediction is the target.", "images"),
    "top1_errors": Meaning("Images whose prediction is not the target; the categories add up to it.", "errors"),
    **{category.name: Meaning(category.meaning, "errors") for category in CATEGORIES},
    **{
        f"provisional_{name}": Meaning(f"{_PROVISIONAL} {name}; an upper bound.", "errors") for name in AFTER_OPEN_WORLD
    },
    "mle": Meaning("Multi-label errors: top-1 errors without class_overlap and multi_label.", "errors"),
    "imagenet_m_errors": Meaning("Images of ImageNet-M whose prediction is none of their labels.", "errors"),
    "top1": Meaning("Share of images whose prediction is the target.", "per cent"),
    **{accuracy.name: Meaning(accuracy.meaning, "per cent") for accuracy in MULTI_LABEL_ACCURACIES},
    "models": Meaning("Models that were pooled.", "models"),
    "denominator": Meaning("Errors that the share is of: top-1 errors, or multi-label errors.", "errors"),
    "parameters": Meaning("Parameters of the model.", "parameters"),
    "training_data": Meaning("What the model was trained on, says the paper."),
    "architecture": Meaning("Group of architectures, says the paper."),
    "architecture_name": Meaning("Name of the architecture, says the paper."),
    "architecture_family": Meaning("Family of architectures, says the paper."),
}

_LIMITS = {"_low": "Lower", "_high": "Upper"}
_BOUNDS = {"_lower_bound": "least", "_upper_bound": "most"}


def meaning_of(name: str) -> Meaning | None:
    """Return what a column of this name means, or None if nobody has said so.

    `_low` and `_high` are limits of an interval, `_lower_bound` and `_upper_bound` bounds of an accuracy that cannot
    be known, `share_` the share of a category.
    """
    if name in MEANINGS:
        return MEANINGS[name]
    for ending, side in _LIMITS.items():
        whole = meaning_of(name.removesuffix(ending)) if name.endswith(ending) else None
        if whole is not None:
            return Meaning(f"{side} 95 % limit of {name.removesuffix(ending)}.", whole.unit)
    for ending, side in _BOUNDS.items():
        accuracy = name.removesuffix(ending)
        if name.endswith(ending) and accuracy in MEANINGS:
            text = f"The {side} that {accuracy} can be, whatever an open-world check would say."
            return Meaning(text, MEANINGS[accuracy].unit)
    category = name.removeprefix("share_")
    if name != category and category in MEANINGS:
        of = "top1_errors" if category in FORGIVEN else "mle"
        return Meaning(f"{category} as a share of {of}.", "per cent")
    return None
