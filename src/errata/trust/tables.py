"""The tables of the room of trust, each declared once."""

import polars as pl

from errata.tables import (
    CLASS,
    COUNT,
    COUNT_OR_NULL,
    LARGE_COUNT,
    PERCENT,
    POINTS,
    TEXT,
    TEXT_OR_NULL,
    Column,
    Table,
    with_limits,
)

_number = Column(pl.Float64)
_flag = Column(pl.Boolean)
_flag_or_null = Column(pl.Boolean, nullable=True)
_errors_or_null = Column(pl.Int64, nullable=True, low=0)
_ratio = Column(pl.Float64, nullable=True, low=0)

EXPERT_MISTAKES = Table(
    "expert_mistakes",
    key=("expert_list", "file_name"),
    columns={
        "expert_list": TEXT.means("The expert list."),
        "file_name": TEXT,
        "target": CLASS,
        "predicted_class": CLASS,
        "expert_category": TEXT.means("What the experts call the mistake, as published."),
        "expert_means": TEXT.means("The same under our names; two are separated by a comma and a blank."),
        "expert_severity": TEXT.means("How severe the experts find the mistake."),
        "category": TEXT.means("What the atlas calls the mistake."),
        "provisional_category": TEXT_OR_NULL,
        "is_decided": _flag.means("Whether it is certain, whatever an open-world check says, who agrees."),
        "agrees": _flag_or_null.means("Whether atlas and experts agree; null if undecided."),
    },
)
"""Every mistake that experts looked at and that counts: what they call it, and what the atlas calls it."""

AGREEMENT = Table(
    "agreement",
    key=("expert_list", "category"),
    columns={
        "expert_list": TEXT.means("The expert list."),
        "category": TEXT.means(
            "A category, or all mistakes: `all`, `all_but_non_prototypical`, `all_if_nothing_oov`.",
        ),
        "experts": COUNT.means("Mistakes that the experts put there.", "mistakes"),
        "decided": COUNT.means("Those of them for which agreement is certain either way.", "mistakes"),
        "agreeing": COUNT.means("Those of them that the atlas puts there too.", "mistakes"),
        **with_limits("recall", PERCENT, "agreeing as a share of decided.", "per cent"),
        "at_least": PERCENT.means("Agreement if no undecided mistake agrees.", "per cent"),
        "at_most": PERCENT.means("Agreement if every undecided mistake agrees.", "per cent"),
        "ours": COUNT.means("Mistakes that the atlas puts there.", "mistakes"),
        **with_limits("precision", PERCENT, "Share of ours that the experts put there too.", "per cent"),
        **with_limits(
            "kappa",
            Column(pl.Float64, nullable=True, low=-1, high=1),
            "Cohen's kappa: agreement beyond chance; of a category against the rest, or over all categories.",
            "",
        ),
    },
)
"""How often the atlas and the experts agree about the same mistakes, by the experts' category. Circularity does not
touch `all_but_non_prototypical`; `all_if_nothing_oov` takes unchecked mistakes by their provisional category."""

FIDELITY = Table(
    "fidelity",
    key=("model", "published_model", "group", "quantity"),
    columns={
        "model": TEXT,
        "published_model": TEXT.means("The published model with the same predictions."),
        "group": TEXT,
        "quantity": TEXT.means("A count of images or errors, or an accuracy in per cent."),
        "ours": _number.means("What Errata finds."),
        "published": _number.means("What the paper's tables say."),
        "difference": _number.means("ours minus published."),
        "is_exact": _flag.means("Whether the two are the same; accuracies to a billionth of a point."),
    },
)
"""Counts of models whose predictions are those that the paper used, beside the paper's own."""

CHECKPOINTS = Table(
    "checkpoints",
    key=("figure",),
    columns={
        "figure": TEXT.means("Name of the figure."),
        "about": TEXT.means("What is counted, in words."),
        "ours": _number.means("What Errata finds."),
        "published": _number.means("What the paper or its artefacts say."),
        "difference": _number.means("ours minus published."),
        "is_exact": _flag.means("Whether the two are the same."),
    },
)
"""What is known of the paper's images, classes, superclasses and pairs, beside what the atlas is compiled from."""

_pair = {
    "base": TEXT.means("The atlas that another one is compared with."),
    "atlas": TEXT.means("The other atlas."),
}

ATLAS_SHARES = Table(
    "atlas_shares",
    key=("base", "atlas", "group", "category"),
    columns={
        **_pair,
        "group": TEXT,
        "category": TEXT.means("Category, or provisional category."),
        "images": COUNT.means("Images of the group that count in both atlases.", "images"),
        "base_errors": _errors_or_null.means("Errors of the category in base.", "errors"),
        "atlas_errors": _errors_or_null.means("Errors of the category in atlas.", "errors"),
        "base_share": PERCENT.means("Their share of the errors that it is of, in base.", "per cent"),
        "atlas_share": PERCENT.means("The same in atlas.", "per cent"),
        **with_limits("difference", POINTS, "atlas_share minus base_share, paired by image.", "points"),
    },
)
"""The same errors of all models under two atlases of a data set: how far the share of each category moves. Groups are
those of `base`. What an atlas does not define is null."""

ATLAS_TRANSITIONS = Table(
    "atlas_transitions",
    key=("base", "atlas", "base_category", "atlas_category"),
    columns={
        **_pair,
        "base_category": TEXT.means("What base calls the error; provisional if unchecked."),
        "atlas_category": TEXT.means("What atlas calls the same error."),
        "errors": LARGE_COUNT.means("Errors of all models.", "errors"),
        "images": COUNT.means("Images that they are on.", "images"),
    },
)
"""What became of every error under another atlas, on the images that count in both."""

ATLAS_ACCURACIES = Table(
    "atlas_accuracies",
    key=("base", "atlas", "group"),
    columns={
        **_pair,
        "group": TEXT,
        "title": TEXT.means("What the other atlas is, in words."),
        "differs_in": TEXT.means("The settings in which it differs from base, separated by commas."),
        "label_set": TEXT.means("Its label set: multi_labels or real."),
        "empty_lists": COUNT_OR_NULL.means("Images it leaves out for an empty list.", "images"),
        "lists_without_target": COUNT_OR_NULL.means(
            "Images that it calls problematic for a list without the target.", "images"
        ),
        "base_images": COUNT.means("Images of the group that count in base.", "images"),
        "images": COUNT.means("Those of them that count in atlas too; all else is over these.", "images"),
        "models": COUNT,
        "base_mla": PERCENT.means("Multi-label accuracy in base, mean over models.", "per cent"),
        "atlas_mla": PERCENT.means("The same in atlas.", "per cent"),
        "difference": POINTS.means("atlas_mla minus base_mla.", "points"),
        "least": POINTS.means("The smallest difference of any model.", "points"),
        "greatest": POINTS.means("The greatest difference of any model.", "points"),
        "model_pairs": LARGE_COUNT.means("Pairs of models whose accuracies differ in both atlases.", "pairs"),
        "swapped_pairs": LARGE_COUNT.means("Those of them whose order is the other way round.", "pairs"),
    },
)
"""Multi-label accuracies under two atlases, on the images that count in both. The images that another label set leaves
out are those of all groups."""

_against_chance = {
    "share": PERCENT.means("What the models do.", "per cent"),
    "expected": PERCENT.means("What answers by chance would do, exact expectation.", "per cent"),
}

CHANCE = Table(
    "chance",
    key=("baseline", "group", "category"),
    columns={
        "baseline": TEXT.means("How chance answers: uniform, uniform_on_errors, population or own."),
        "group": TEXT,
        "category": TEXT.means("Category, or provisional category."),
        **with_limits("share", PERCENT, "The pooled share of all models.", "per cent"),
        "expected": _against_chance["expected"],
        **with_limits("ratio", _ratio, "share divided by expected.", "times"),
    },
)
"""The pooled shares beside those of wrong answers by chance. `uniform`: any image that counts, any other class alike.
`uniform_on_errors`: the images that models err on, as often as they do, any other class alike. `population`: the same
images, classes as frequent as among the wrong answers of all models. `own`: the same by model, classes as frequent as
among the model's own wrong answers. Limits of the ratio are those of the share; chance is taken as given."""

MODEL_CHANCE = Table(
    "model_chance",
    key=("model", "group", "category"),
    columns={
        "model": TEXT,
        "group": TEXT,
        "category": TEXT.means("Category, or provisional category."),
        **_against_chance,
        "ratio": _ratio.means("share divided by expected.", "times"),
    },
)
"""Every model's shares beside those of chance answers to the images that it errs on, classes as frequent as among its
own wrong answers."""

DEFINED = Table(
    "defined",
    key=("dataset", "quantity"),
    columns={
        "dataset": TEXT.means("Name of the data set."),
        "title": TEXT.means("Its name in words."),
        "in_run": _flag.means("Whether the data set is in the run."),
        "quantity": TEXT.means("A category, or something else that a report shows."),
        "is_defined": _flag_or_null.means("Whether it has a meaning there; null: not known here."),
        "reason": TEXT.means("Why, or on what it rests."),
    },
)
"""What is defined on which data set of the sheet. Undefined is not zero: there is nothing to count."""
