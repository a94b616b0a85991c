"""The categories of errors: the one table that says what each is called, how it is drawn and what it means.

To add a category, add a row here and the rule that decides it in `errata.atlas.decision`. Tables, accuracies, pages,
figures and sentences ask this table. The accuracies that forgive some of the categories stand beside it. The colours
are those of Okabe and Ito ("Color Universal Design", 2008), which the common kinds of colour blindness tell apart. What
the multi-labels do not count as an error is blue or grey; the warmer the colour, the more severe the error.
"""

from collections.abc import Collection
from dataclasses import dataclass

OPEN_WORLD_UNCHECKED = "open_world_unchecked"


@dataclass(frozen=True)
class Category:
    """A category of errors.

    Attributes
    ----------
    name : str
        In tables, rules and addresses.
    label : str
        In legends and headings.
    singular, plural : str
        One such error, and several, within a sentence.
    colour : str
        Of bars and swatches, as #RRGGBB.
    sentence : str
        What an answer of the category is. Atlases carry it, so it changes only with their version.
    meaning : str
        What a column of this name counts.
    basis : str
        What the decision rests on, where the data set defines the category.
    forgiven_by : str or None
        The first of `MULTI_LABEL_ACCURACIES` that forgives the category; so do all after it.
    needs_open_world : bool
        Whether answers get the category only after the open-world check.
    provisional : tuple of (str, str) or None
        Singular and plural of its provisional twin: what an unchecked error is called that would have this category if
        nothing were out of vocabulary. None if it has no such twin.
    published : str or None
        The column of the paper's CSV files that counts it.
    plain : str
        The sentence for readers who know no terms, where the sentence has some.
    """

    name: str
    label: str
    singular: str
    plural: str
    colour: str
    sentence: str
    meaning: str
    basis: str
    forgiven_by: str | None = None
    needs_open_world: bool = False
    provisional: tuple[str, str] | None = None
    published: str | None = None
    plain: str = ""

    @property
    def explanation(self) -> str:
        """What an answer of the category is, for readers who know no terms."""
        return self.plain or self.sentence

    @property
    def is_unchecked(self) -> bool:
        """Whether it stands for those that an open-world check would tell apart."""
        return self.name == OPEN_WORLD_UNCHECKED


CATEGORIES: tuple[Category, ...] = (
    Category(
        "class_overlap",
        label="class overlap",
        singular="class-overlap error",
        plural="class-overlap errors",
        colour="#8A939E",
        sentence="The prediction's class means the same thing as the label's, or contains it.",
        meaning="Errors whose predicted class means the same as the target or contains it.",
        basis="a property of the classes",
        forgiven_by="mla",
        published="num_collapsed_mappings",
    ),
    Category(
        "multi_label",
        label="multi-label",
        singular="error that the multi-label explains",
        plural="errors that the multi-label explains",
        colour="#56B4E9",
        sentence="The prediction names another thing that the image also shows, says the multi-label.",
        meaning="Errors whose prediction names another thing that the image shows, says the multi-label.",
        basis="people labelled everything that the images show",
        forgiven_by="mla",
        published="num_ambiguous",
        plain="The prediction names something else that the image also shows.",
    ),
    Category(
        "fine_grained",
        label="fine-grained",
        singular="fine-grained error",
        plural="fine-grained errors",
        colour="#009E73",
        sentence="The prediction belongs to the same superclass as something the image shows.",
        meaning="Errors that share a superclass with something that the image shows.",
        basis="by superclass",
        forgiven_by="mla_minor",
        published="num_same_superclass",
        plain="The prediction is a class that is easily confused with one that the image shows.",
    ),
    Category(
        OPEN_WORLD_UNCHECKED,
        label="open world not checked",
        singular="error not checked for the open world",
        plural="errors not checked for the open world",
        colour="#0072B2",
        sentence=(
            "Whether the image shows something outside the vocabulary was not checked; "
            "the provisional category says what the error would be if it does not."
        ),
        meaning="Errors that only an open-world check could tell apart.",
        basis="the open world is not checked",
        plain="Whether the image shows something that is none of the classes was not checked.",
    ),
    Category(
        "fine_grained_oov",
        label="fine-grained out of vocabulary",
        singular="fine-grained out-of-vocabulary error",
        plural="fine-grained out-of-vocabulary errors",
        colour="#E3D42B",
        sentence=(
            "The image shows something that resembles the prediction but is none of the known classes "
            "(out of vocabulary)."
        ),
        meaning="Errors on something that the image shows and that is none of the classes (out of vocabulary).",
        basis="an atlas of this run checks the open world",
        forgiven_by="mla_minor",
        needs_open_world=True,
        published="num_OOV_clip",
        plain="The image shows something like the prediction that is none of the classes.",
    ),
    Category(
        "spurious_correlation",
        label="spurious correlation",
        singular="spurious-correlation error",
        plural="spurious-correlation errors",
        colour="#CC79A7",
        sentence="The prediction often occurs together with something that the image shows.",
        meaning="Errors whose prediction often occurs together with something that the image shows.",
        basis="pairs from the re-assessed labels",
        forgiven_by="mla_explainable",
        needs_open_world=True,
        provisional=(
            "unchecked error that would otherwise be a spurious correlation",
            "unchecked errors that would otherwise be spurious correlations",
        ),
        published="num_common_co_occ",
    ),
    Category(
        "non_prototypical",
        label="non-prototypical",
        singular="non-prototypical error",
        plural="non-prototypical errors",
        colour="#E69F00",
        sentence="The image shows its object in a form that is not typical for the class.",
        meaning="Errors on images that show their object in an untypical form.",
        basis="expert lists",
        forgiven_by="mla_explainable",
        needs_open_world=True,
        provisional=(
            "unchecked error that would otherwise be non-prototypical",
            "unchecked errors that would otherwise be non-prototypical",
        ),
        published="num_non_prototypical",
    ),
    Category(
        "model_failure",
        label="model failure",
        singular="model failure",
        plural="model failures",
        colour="#D55E00",
        sentence="None of the other explanations applies.",
        meaning="Errors that nothing explains.",
        basis="what remains, so it also holds what is undefined here",
        needs_open_world=True,
        provisional=(
            "unchecked error that would otherwise be a model failure",
            "unchecked errors that would otherwise be model failures",
        ),
        published="num_not_classified",
    ),
)
"""Every category, least severe first; every error is counted in exactly one."""

CATEGORY_COLUMNS = tuple(category.name for category in CATEGORIES)
"""Names of the categories, which are the columns that count them, least severe first."""

CHECKED = tuple(category.name for category in CATEGORIES if not category.is_unchecked)
"""Categories that say what an error is."""

PUBLISHED_CATEGORIES = tuple(category.name for category in CATEGORIES if category.published)
"""Categories that the paper counts."""

FORGIVEN = tuple(category.name for category in CATEGORIES if category.forgiven_by == "mla")
"""Categories that the multi-label accuracy (MLA) forgives: their shares are of the top-1 errors."""

BEYOND_OPEN_WORLD = tuple(category.name for category in CATEGORIES if category.needs_open_world)
"""Categories of answers that reach the open-world check: what `open_world_unchecked` is the sum of, once checked."""

AFTER_OPEN_WORLD = tuple(category.name for category in CATEGORIES if category.provisional)
"""Categories that an answer has only if the open-world check found nothing."""

PROVISIONAL_COLUMNS = tuple(f"provisional_{name}" for name in AFTER_OPEN_WORLD)
"""What unchecked errors would be if nothing were out of vocabulary."""


@dataclass(frozen=True)
class MultiLabelAccuracy:
    """An accuracy that forgives some categories.

    Attributes
    ----------
    name : str
        In tables and addresses.
    note : str
        What sets it apart from the plain multi-label accuracy (MLA), in a heading.
    meaning : str
        What a column of this name holds.
    own_classes : bool
        Whether it is over target classes of the group only.
    """

    name: str
    note: str
    meaning: str
    own_classes: bool = False

    @property
    def label(self) -> str:
        """What it is called in a heading."""
        return f"MLA, {self.note}" if self.note else "MLA"

    @property
    def forgives(self) -> tuple[str, ...]:
        """The categories that count as right answers."""
        names = [accuracy.name for accuracy in MULTI_LABEL_ACCURACIES]
        so_far = names[: names.index(self.name) + 1]
        return tuple(category.name for category in CATEGORIES if category.forgiven_by in so_far)

    @property
    def needs_open_world(self) -> bool:
        """Whether it is known only after the open-world check; without it, it has bounds."""
        return not set(BEYOND_OPEN_WORLD).isdisjoint(self.forgives)


MULTI_LABEL_ACCURACIES: tuple[MultiLabelAccuracy, ...] = (
    MultiLabelAccuracy(
        "mla",
        note="",
        meaning=(
            "Multi-label accuracy: per target class, the share of images that are correct, class_overlap or "
            "multi_label; mean over classes."
        ),
    ),
    MultiLabelAccuracy(
        "mla_own_classes",
        note="own classes",
        meaning="The same over target classes of the group only.",
        own_classes=True,
    ),
    MultiLabelAccuracy(
        "mla_minor",
        note="minor errors forgiven",
        meaning="The multi-label accuracy that also forgives both fine-grained categories.",
    ),
    MultiLabelAccuracy(
        "mla_explainable",
        note="explainable forgiven",
        meaning="The multi-label accuracy that also forgives spurious_correlation and non_prototypical.",
    ),
)
"""The multi-label accuracies, strictest first; each forgives what those before it do."""


@dataclass(frozen=True)
class AccuracyWords:
    """What accuracies, and the errors that they count, are called on a data set.

    Attributes
    ----------
    top1, mla : str
        In tables.
    top1_in_full, mla_in_full : str
        In sentences.
    error, mle : str
        One error of all, and one of those that `mla` does not forgive.
    forgiven : str
        What the other errors are.
    """

    top1: str
    mla: str
    top1_in_full: str
    mla_in_full: str
    error: str
    mle: str
    forgiven: str

    @property
    def errors(self) -> str:
        """All errors."""
        return f"{self.error}s"

    @property
    def mles(self) -> str:
        """The errors that `mla` does not forgive."""
        return f"{self.mle}s"

    @property
    def statistics(self) -> dict[str, str]:
        """What is told of models, by column: accuracies and counts that are no category.

        Where nothing is forgiven, all errors are alike, and the other accuracies are left out.
        """
        told = {"top1": self.top1_in_full, "mla": self.mla, "correct": "right answers", "top1_errors": self.errors}
        if self is ACCURACY:
            return told
        others = {each.name: f"{self.mla}, {each.note}" for each in MULTI_LABEL_ACCURACIES if each.note}
        return told | others | {"forgiven": self.forgiven, "mle": self.mles}

    def retold(self, text: str) -> str:
        """Return a text about multi-label accuracies and errors in these words.

        Examples
        --------
        >>> OVERLAPPING.retold("Multi-label accuracy: ... The share of multi-label errors per point of MLA.")
        'Per-class accuracy: ... The share of other errors per point of per-class accuracy.'
        """
        if self is MULTI_LABEL:
            return text
        one = "an error" if self is ACCURACY else "another error"
        for old, new in (
            *(("a multi-label error", one), ("multi-label error", self.mle), ("multi-label accuracy", self.mla)),
            *(("top-1 error", self.error), ("an MLA", "an accuracy"), ("MLA", self.mla)),
        ):
            text = text.replace(old, new).replace(old.capitalize(), new.capitalize())
        return text


ACCURACY = AccuracyWords(
    *("accuracy", "accuracy per class", "accuracy", "accuracy per class"),
    *("error", "error", "forgiven errors"),
)
"""Where an answer is right if it is the label."""

OVERLAPPING = AccuracyWords(
    *("top-1", "per-class accuracy", "top-1 accuracy", "mean per-class accuracy"),
    *("top-1 error", "other error", "forgiven, as classes overlap"),
)
"""Where images have one label each, but classes overlap, as in ImageNet-A: the overlap alone is forgiven."""

MULTI_LABEL = AccuracyWords(
    *("top-1", "MLA", "top-1 accuracy", "multi-label accuracy (MLA)"),
    *("top-1 error", "multi-label error", "forgiven by the MLA"),
)
"""Where images may have several labels."""


def accuracy_words(undefined: Collection[str]) -> AccuracyWords:
    """Return what accuracies are called where some categories are undefined.

    Examples
    --------
    >>> accuracy_words(["multi_label", "non_prototypical"]).mla
    'per-class accuracy'
    """
    if "multi_label" not in undefined:
        return MULTI_LABEL
    return ACCURACY if set(FORGIVEN) <= set(undefined) else OVERLAPPING
