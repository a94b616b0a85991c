"""The tables of the room of trust, each declared once."""

from dataclasses import replace

import polars as pl

from errata.tables import CLASS_ID, Column, Table

_text = Column(pl.String)
_count = Column(pl.Int32, low=0)
_errors = Column(pl.Int64, low=0)
_percent = Column(pl.Float64, nullable=True, low=0, high=100)
_points = Column(pl.Float64, nullable=True, low=-100, high=100)
_number = Column(pl.Float64, nullable=True)


def _of(column: Column, meaning: str, unit: str = "") -> Column:
    return replace(column, meaning=meaning, unit=unit)


def _with_limits(name: str, column: Column, meaning: str, unit: str) -> dict[str, Column]:
    """Return a column and the two limits of its 95 % interval."""
    return {
        name: _of(column, meaning, unit),
        f"{name}_low": _of(column, f"Lower 95 % limit of {name}.", unit),
        f"{name}_high": _of(column, f"Upper 95 % limit of {name}.", unit),
    }


EXPERT_MISTAKES = Table(
    "expert_mistakes",
    key=("expert_list", "file_name"),
    columns={
        "expert_list": _of(_text, "The expert list."),
        "file_name": _text,
        "target": Column(CLASS_ID, low=0),
        "predicted_class": Column(CLASS_ID, low=0),
        "expert_category": _of(_text, "What the experts call the mistake, as published."),
        "expert_means": _of(_text, "The same under our names; two are separated by a comma and a blank."),
        "expert_severity": _of(_text, "How severe the experts find the mistake."),
        "category": _of(_text, "What the atlas calls the mistake."),
        "provisional_category": Column(pl.String, nullable=True),
        "is_decided": _of(Column(pl.Boolean), "Whether it is certain, whatever an open-world check says, who agrees."),
        "agrees": _of(Column(pl.Boolean, nullable=True), "Whether atlas and experts agree; null if undecided."),
    },
)
"""Every mistake that experts looked at and that counts: what they call it, and what the atlas calls it."""

AGREEMENT = Table(
    "agreement",
    key=("expert_list", "category"),
    columns={
        "expert_list": _of(_text, "The expert list."),
        "category": _of(
            _text,
            "A category, or all mistakes: `all`, `all_but_non_prototypical`, `all_if_nothing_oov`.",
        ),
        "experts": _of(_count, "Mistakes that the experts put there.", "mistakes"),
        "decided": _of(_count, "Those of them for which agreement is certain either way.", "mistakes"),
        "agreeing": _of(_count, "Those of them that the atlas puts there too.", "mistakes"),
        **_with_limits("recall", _percent, "agreeing as a share of decided.", "per cent"),
        "at_least": _of(_percent, "Agreement if no undecided mistake agrees.", "per cent"),
        "at_most": _of(_percent, "Agreement if every undecided mistake agrees.", "per cent"),
        "ours": _of(_count, "Mistakes that the atlas puts there.", "mistakes"),
        **_with_limits("precision", _percent, "Share of ours that the experts put there too.", "per cent"),
        **_with_limits(
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
        "model": _text,
        "published_model": _of(_text, "The published model with the same predictions."),
        "group": _text,
        "quantity": _of(_text, "A count of images or errors, or an accuracy in per cent."),
        "ours": _of(Column(pl.Float64), "What Errata finds."),
        "published": _of(Column(pl.Float64), "What the paper's tables say."),
        "difference": _of(Column(pl.Float64), "ours minus published."),
        "is_exact": _of(Column(pl.Boolean), "Whether the two are the same; accuracies to a billionth of a point."),
    },
)
"""Counts of models whose predictions are those that the paper used, beside the paper's own."""

CHECKPOINTS = Table(
    "checkpoints",
    key=("figure",),
    columns={
        "figure": _of(_text, "Name of the figure."),
        "about": _of(_text, "What is counted, in words."),
        "ours": _of(Column(pl.Float64), "What Errata finds."),
        "published": _of(Column(pl.Float64), "What the paper or its artefacts say."),
        "difference": _of(Column(pl.Float64), "ours minus published."),
        "is_exact": _of(Column(pl.Boolean), "Whether the two are the same."),
    },
)
"""What is known of the paper's images, classes, superclasses and pairs, beside what the atlas is compiled from."""

_pair = {
    "base": _of(_text, "The atlas that another one is compared with."),
    "atlas": _of(_text, "The other atlas."),
}

ATLAS_SHARES = Table(
    "atlas_shares",
    key=("base", "atlas", "group", "category"),
    columns={
        **_pair,
        "group": _text,
        "category": _of(_text, "Category, or provisional category."),
        "images": _of(_count, "Images of the group that count in both atlases.", "images"),
        "base_errors": _of(Column(pl.Int64, nullable=True, low=0), "Errors of the category in base.", "errors"),
        "atlas_errors": _of(Column(pl.Int64, nullable=True, low=0), "Errors of the category in atlas.", "errors"),
        "base_share": _of(_percent, "Their share of the errors that it is of, in base.", "per cent"),
        "atlas_share": _of(_percent, "The same in atlas.", "per cent"),
        **_with_limits("difference", _points, "atlas_share minus base_share, paired by image.", "points"),
    },
)
"""The same errors of all models under two atlases of a data set: how far the share of each category moves. Groups are
those of `base`. What an atlas does not define is null."""

ATLAS_TRANSITIONS = Table(
    "atlas_transitions",
    key=("base", "atlas", "base_category", "atlas_category"),
    columns={
        **_pair,
        "base_category": _of(_text, "What base calls the error; provisional if unchecked."),
        "atlas_category": _of(_text, "What atlas calls the same error."),
        "errors": _of(_errors, "Errors of all models.", "errors"),
        "images": _of(_count, "Images that they are on.", "images"),
    },
)
"""What became of every error under another atlas, on the images that count in both."""

ATLAS_ACCURACIES = Table(
    "atlas_accuracies",
    key=("base", "atlas", "group"),
    columns={
        **_pair,
        "group": _text,
        "title": _of(_text, "What the other atlas is, in words."),
        "differs_in": _of(_text, "The settings in which it differs from base, separated by commas."),
        "label_set": _of(_text, "Its label set: multi_labels or real."),
        "empty_lists": _of(replace(_count, nullable=True), "Images it leaves out for an empty list.", "images"),
        "lists_without_target": _of(
            replace(_count, nullable=True), "Images that it calls problematic for a list without the target.", "images"
        ),
        "base_images": _of(_count, "Images of the group that count in base.", "images"),
        "images": _of(_count, "Those of them that count in atlas too; all else is over these.", "images"),
        "models": _count,
        "base_mla": _of(_percent, "Multi-label accuracy in base, mean over models.", "per cent"),
        "atlas_mla": _of(_percent, "The same in atlas.", "per cent"),
        "difference": _of(_points, "atlas_mla minus base_mla.", "points"),
        "least": _of(_points, "The smallest difference of any model.", "points"),
        "greatest": _of(_points, "The greatest difference of any model.", "points"),
        "model_pairs": _of(_errors, "Pairs of models whose accuracies differ in both atlases.", "pairs"),
        "swapped_pairs": _of(_errors, "Those of them whose order is the other way round.", "pairs"),
    },
)
"""Multi-label accuracies under two atlases, on the images that count in both. The images that another label set leaves
out are those of all groups."""

_against_chance = {
    "share": _of(_percent, "What the models do.", "per cent"),
    "expected": _of(_percent, "What answers by chance would do, exact expectation.", "per cent"),
}

CHANCE = Table(
    "chance",
    key=("baseline", "group", "category"),
    columns={
        "baseline": _of(_text, "How chance answers: uniform, uniform_on_errors, population or own."),
        "group": _text,
        "category": _of(_text, "Category, or provisional category."),
        **_with_limits("share", _percent, "The pooled share of all models.", "per cent"),
        "expected": _against_chance["expected"],
        **_with_limits("ratio", Column(pl.Float64, nullable=True, low=0), "share divided by expected.", "times"),
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
        "model": _text,
        "group": _text,
        "category": _of(_text, "Category, or provisional category."),
        **_against_chance,
        "ratio": _of(Column(pl.Float64, nullable=True, low=0), "share divided by expected.", "times"),
    },
)
"""Every model's shares beside those of chance answers to the images that it errs on, classes as frequent as among its
own wrong answers."""

DEFINED = Table(
    "defined",
    key=("dataset", "quantity"),
    columns={
        "dataset": _of(_text, "Name of the data set."),
        "title": _of(_text, "Its name in words."),
        "in_run": _of(Column(pl.Boolean), "Whether the data set is in the run."),
        "quantity": _of(_text, "A category, or something else that a report shows."),
        "is_defined": _of(Column(pl.Boolean, nullable=True), "Whether it has a meaning there; null: not known here."),
        "reason": _of(_text, "Why, or on what it rests."),
    },
)
"""What is defined on which data set of the sheet. Undefined is not zero: there is nothing to count."""
