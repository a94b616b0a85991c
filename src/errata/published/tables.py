"""The tables of the paper's own counts, and of models beside them."""

import polars as pl

from errata.categories import PUBLISHED_CATEGORIES
from errata.tables import COUNT, COUNT_OR_NULL, PERCENT, TEXT, TEXT_OR_NULL, Column, Table

_number = Column(pl.Float64)
_limit_or_null = Column(pl.Float64, nullable=True)

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
        "imagenet_m_errors": COUNT_OR_NULL,
        "parameters": Column(pl.Int64, nullable=True, low=0),
        "training_data": TEXT_OR_NULL,
        "architecture": TEXT_OR_NULL,
        "architecture_name": TEXT_OR_NULL,
        "architecture_family": TEXT_OR_NULL,
    },
    version=3,
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
        "value_low": _limit_or_null.means("Lower 95 % limit of a share, from the model's own images.", "per cent"),
        "value_high": _limit_or_null.means("Upper 95 % limit of a share, from the model's own images.", "per cent"),
        "expected": _number.means("What the published trend leads to expect at that accuracy.", "as value"),
        "residual": _number.means("value minus expected.", "as value"),
        "residual_low": _number.means("Lower 95 % limit of the residual, see outside.", "as value"),
        "residual_high": _number.means("Upper 95 % limit of the residual, see outside.", "as value"),
        "confidence_low": _number.means("Lower 95 % confidence limit of the trend.", "as value"),
        "confidence_high": _number.means("Upper 95 % confidence limit of the trend.", "as value"),
        "prediction_low": _number.means("Lower limit of where 95 % of new models should fall.", "as value"),
        "prediction_high": _number.means("Upper limit of where 95 % of new models should fall.", "as value"),
        "standard_deviations": _number.means(
            "The residual in standard deviations of a prediction for a model with as many images."
        ),
        "percentile": Column(
            pl.Float64, low=0, high=100, meaning="Rank of the residual among the published ones.", unit="per cent"
        ),
        "percentile_low": PERCENT.means("The rank if other images had been drawn, lower 95 % limit.", "per cent"),
        "percentile_high": PERCENT.means("The rank if other images had been drawn, upper 95 % limit.", "per cent"),
        "outside": Column(
            pl.Boolean,
            meaning="Whether the model differs from the trend beyond the scatter of published models and the sampling "
            "error of its own value and accuracy: 0 is not between residual_low and residual_high.",
        ),
        "extrapolated": Column(
            pl.Boolean,
            meaning="Whether the accuracy lies beyond those of the published models; then nothing is called outside.",
        ),
        "published_models": COUNT.means("Published models that the trend was fitted to.", "models"),
        "published_nearby": COUNT.means("Published models within two points of the accuracy.", "models"),
    },
    version=2,
)
"""One position per row: a model's value (`share` in per cent or `count`) at its accuracy (`mla` or `top1`, per cent)
beside what the published trend expects there. `residual_low` and `residual_high` join the prediction band with the
model's own intervals, `standard_deviations` is the residual in those units, `percentile` its rank among the published
residuals, `outside` whether both together put the model off the trend, `extrapolated` whether the accuracy lies beyond
the published models', `published_nearby` how many of them are within two points of it. Counts have no intervals of
their own: they are compared on the same images only."""
