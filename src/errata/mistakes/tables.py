"""The tables of the mistakes that many models make."""

import polars as pl

from errata.categories import CATEGORY_COLUMNS, PROVISIONAL_COLUMNS
from errata.tables import (
    CLASS,
    CLASS_OR_NULL,
    COUNT,
    COUNT_OR_NULL,
    LARGE_COUNT,
    PERCENT,
    TEXT,
    TEXT_OR_NULL,
    Column,
    Table,
)

_error_counts = dict.fromkeys((*CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS), COUNT_OR_NULL)

MISTAKES = Table(
    "mistakes",
    key=("file_name", "predicted_class"),
    columns={
        "category": TEXT,
        "rank": Column(pl.Int32, low=1, meaning="Rank within the category by the number of models, from 1."),
        "file_name": TEXT,
        "target": CLASS,
        "predicted_class": CLASS,
        "provisional_category": TEXT_OR_NULL,
        "models": Column(pl.Int32, low=1, meaning="Models that give this answer.", unit="models"),
        "share": PERCENT.means("Their share of all models.", "per cent"),
    },
)
"""Every wrong answer that some model gives to an image that counts: how many models give it, and their share of all
models in per cent. `rank` orders the mistakes of a category by the number of models; rows are by category and rank. The
data of a report hold the first 1,000 of each category."""

_breakdown = {
    "role": TEXT.means("`target` or `prediction`: which of the two is looked at."),
    "images": COUNT.means("Images whose target it is, or images it is wrongly given to.", "images"),
    "answers": LARGE_COUNT.means("Answers of all models to these targets, or that name it.", "answers"),
    "errors": COUNT.means("How many of the answers are wrong.", "errors"),
    "error_share": PERCENT.means("errors as a share of answers.", "per cent"),
}

CLASS_MISTAKES = Table(
    "class_mistakes",
    key=("class_id", "role"),
    columns={
        "class_id": CLASS,
        "name": TEXT,
        "group": TEXT.means("The class is an organism, an artifact or other."),
        **_breakdown,
        **_error_counts,
    },
)
"""Errors of all models by class. As `target`: of the answers to the images of the class, how many are wrong. As
`prediction`: of the answers that name the class, how many are wrong; `images` are those it is wrongly given to.
Categories that cannot be decided are null."""

SUPERCLASS_MISTAKES = Table(
    "superclass_mistakes",
    key=("superclass", "role"),
    columns={
        "superclass": TEXT,
        "classes": Column(pl.Int32, low=1, meaning="Classes in the superclass.", unit="classes"),
        **_breakdown,
        "within": COUNT.means("Errors whose target and prediction are both in it.", "errors"),
        **_error_counts,
    },
)
"""The same, added up over the classes of a superclass; a class in several superclasses counts in each. `within`
counts the errors whose target and prediction both belong to it."""

_pair_errors = {
    "errors": Column(pl.Int32, low=1, meaning="Errors of all models with this pair.", unit="errors"),
    "images": Column(pl.Int32, low=1, meaning="Images on which they are made.", unit="images"),
}

CONFUSIONS = Table(
    "confusions",
    key=("target", "predicted_class"),
    columns={
        "target": CLASS,
        "target_name": TEXT.means("Name of the target."),
        "predicted_class": CLASS,
        "predicted_name": TEXT.means("Name of the predicted class."),
        **_pair_errors,
        **_error_counts,
    },
)
"""Pairs of target and wrong prediction: errors of all models, distinct images, and errors by category; most frequent
first. The data of a report hold the first 1,000."""

SPURIOUS_PAIRS = Table(
    "spurious_pairs",
    key=("label", "predicted_class"),
    columns={
        "label": CLASS.means("A label of the image, the target or another.", "class id"),
        "label_name": TEXT.means("Name of the label."),
        "predicted_class": CLASS,
        "predicted_name": TEXT.means("Name of the predicted class."),
        "cooccurrences": Column(pl.Int32, low=1, meaning="Images that are known to show both.", unit="images"),
        **_pair_errors,
        "is_provisional": Column(pl.Boolean, meaning="Whether the open world was not checked."),
    },
)
"""Spurious-prone pairs that models fall for: a label of the image, the prediction, how many images show both, and how
many errors of category `spurious_correlation` the pair accounts for (provisionally, where the open world was not
checked). An error counts in every pair that accounts for it. Most errors first."""

DIFFICULTY = Table(
    "difficulty",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "target": CLASS,
        "models": COUNT.means("All models.", "models"),
        "wrong": COUNT.means("Models whose answer is not the target.", "models"),
        "share_wrong": PERCENT.means("Their share of all models.", "per cent"),
        "multi_label_errors": COUNT.means("Models that make a multi-label error.", "models"),
        "share_multi_label_errors": PERCENT.means("Their share of all models.", "per cent"),
        "answers": Column(pl.Int32, low=0, meaning="Different answers, the target included.", unit="answers"),
        "entropy": Column(pl.Float64, low=0, meaning="Entropy of the answers over the models.", unit="nats"),
        "common_mistake": CLASS_OR_NULL.means("The most common wrong answer.", "class id"),
        "common_mistake_category": TEXT_OR_NULL.means("Its category."),
        "common_mistake_models": COUNT.means("Models that give it.", "models"),
    },
)
"""Every image that counts: how many models are wrong about it, how many with a multi-label error, how many different
answers there are, their entropy over the models in nats, and the most common wrong answer. Most difficult first."""
