"""The tables of the paper's own counts, and of models beside them."""

import polars as pl

from errata.categories import PUBLISHED_CATEGORIES
from errata.tables import COUNT, COUNT_OR_NULL, PERCENT, TEXT, TEXT_OR_NULL, Column, Table

_number = Column(pl.Float64)

PUBLISHED = Table(
    "published",
    key=("model", "group"),
    columns={
        "model": TEXT,
        "group": TEXT,
        "images": COUNT,
        "correct": COUNT,
        "top1_errors": COUNT,
        **dict.fromkeys(PUBLISHED_CATEGORIES, COUNT_OR_NULL),
        "mla": PERCENT,
        "mla_minor": PERCENT,
        "mla_explainable": PERCENT,
        "top1": PERCENT,
        "parameters": Column(pl.Int64, nullable=True, low=0),
        "training_data": TEXT_OR_NULL,
        "architecture": TEXT_OR_NULL,
        "architecture_name": TEXT_OR_NULL,
        "architecture_family": TEXT_OR_NULL,
    },
    version=2,
)
"""The paper's own counts per model and group, under Errata's names. `top1` is over all 50,000 images. The paper sorts
its models into 70 architectures by name (resnext), these into 14 (ResNet), and those into 4 families (cnn)."""

COMPARISON = Table(
    "comparison",
    key=("model", "group", "category", "quantity"),
    columns={
        "model": TEXT,
        "group": TEXT,
        "category": TEXT,
        "quantity": TEXT.means("What value is: share or count."),
        "accuracy_kind": TEXT.means("Which accuracy the trend follows: mla or top1."),
        "accuracy": Column(pl.Float64, low=0, high=100, meaning="The model's accuracy of that kind.", unit="per cent"),
        "value": Column(pl.Float64, low=0, meaning="The model's share or count.", unit="per cent or errors"),
        "expected": _number.means("What the published trend leads to expect at that accuracy.", "as value"),
        "residual": _number.means("value minus expected.", "as value"),
        "confidence_low": _number.means("Lower 95 % confidence limit of the trend.", "as value"),
        "confidence_high": _number.means("Upper 95 % confidence limit of the trend.", "as value"),
        "prediction_low": _number.means("Lower limit of where 95 % of new models should fall.", "as value"),
        "prediction_high": _number.means("Upper limit of where 95 % of new models should fall.", "as value"),
        "standard_deviations": _number.means("The residual in standard deviations of a prediction."),
        "percentile": Column(
            pl.Float64, low=0, high=100, meaning="Rank of the residual among the published ones.", unit="per cent"
        ),
        "inside": Column(pl.Boolean, meaning="Whether value lies within the prediction limits."),
        "extrapolated": Column(pl.Boolean, meaning="Whether the accuracy lies beyond those of the published models."),
        "published_models": COUNT.means("Published models that the trend was fitted to.", "models"),
        "published_nearby": COUNT.means("Published models within two points of the accuracy.", "models"),
    },
)
"""One position per row: a model's value (`share` in per cent or `count`) at its accuracy (`mla` or `top1`, per cent)
beside what the published trend expects there. `standard_deviations` is the residual in standard deviations of a
prediction, `percentile` its rank among the published residuals, `inside` whether the value lies in the 95 % prediction
band, `extrapolated` whether the accuracy lies beyond the published models', `published_nearby` how many of them are
within two points of it."""
