"""The tables of trends: the lines, and the statements about them."""

import polars as pl

from errata.tables import COUNT, TEXT, TEXT_OR_NULL, Column, Table

_number = Column(pl.Float64)
_number_or_null = Column(pl.Float64, nullable=True)

TREND_LINES = Table(
    "trend_lines",
    key=("models_from", "group", "category", "quantity", "accuracy_kind", "piece"),
    columns={
        "models_from": TEXT.means("`published` or `here`: which models the line is fitted to."),
        "group": TEXT,
        "category": TEXT,
        "quantity": TEXT.means("`share`, `of_errors` or `of_images` in per cent, or `count`."),
        "accuracy_kind": TEXT.means("`mla` or `top1`: what the line runs along."),
        "piece": Column(pl.Int8, low=1, high=2, meaning="1: the line, or that below the inflection; 2: that above."),
        "accuracy_from": _number.means("Where the line begins.", "per cent"),
        "accuracy_to": _number.means("Where the line ends.", "per cent"),
        "slope": _number.means("Change of the quantity per point of accuracy."),
        "slope_low": _number.means("Lower 95 % limit of the slope, by the textbook."),
        "slope_high": _number.means("Upper 95 % limit of the slope, by the textbook."),
        "intercept": _number.means("Height of the line at an accuracy of 0."),
        "deviation": Column(pl.Float64, low=0, meaning="Standard deviation of the models about the line."),
        "models": COUNT.means("Models that the line is fitted to.", "models"),
        "inflection": _number_or_null.means("Where two lines change.", "per cent"),
        "inflection_low": _number_or_null.means("Its lower 95 % limit.", "per cent"),
        "inflection_high": _number_or_null.means("Its upper 95 % limit.", "per cent"),
        "explained": Column(
            pl.Float64,
            nullable=True,
            high=100,
            meaning="Part of the variance among the models that the line or the two lines explain.",
            unit="per cent",
        ),
    },
)
"""The lines of the trends, one row per line; two where the cloud bends. The limits of the inflection are those of a
profile likelihood."""

STATEMENTS = Table(
    "statements",
    key=("models_from", "statement", "group", "category", "measure"),
    columns={
        "models_from": TEXT.means("`published` or `here`: which models the statement is about."),
        "statement": TEXT.means("Name of the claim."),
        "group": TEXT,
        "category": TEXT.means("The category that it is about; empty if it is about several."),
        "measure": TEXT.means("Which number of the statement; `none` if there is none."),
        "unit": TEXT.means("What the number counts."),
        "decides": Column(pl.Boolean, meaning="Whether the criterion looks at the number."),
        "value": _number_or_null.means("The number."),
        "low": _number_or_null.means("Lower 95 % limit of the number."),
        "high": _number_or_null.means("Upper 95 % limit of the number."),
        "models": COUNT.means("Models that it is computed from.", "models"),
        "blocks": COUNT.means("Of how many kinds the models are; each counts as one draw."),
        "holds": TEXT.means("`yes`, `no` or `cannot tell`: whether the whole statement holds."),
        "why": TEXT_OR_NULL.means("Why there is no number."),
    },
)
"""Statements about trends, one number per row; `errata.trends.claims` says what is claimed and when it holds."""

ESTIMATE = Table(
    "estimate",
    key=("model", "group", "category"),
    columns={
        "model": TEXT,
        "group": TEXT,
        "category": TEXT.means("A category that only the open-world check tells apart."),
        "unchecked": COUNT.means("Errors of the model that are not checked for the open world.", "errors"),
        "estimate": Column(
            pl.Float64,
            nullable=True,
            low=0,
            meaning="How many of them would be of the category, estimated from published models.",
            unit="errors",
        ),
        "low": COUNT.means("Lower 95 % prediction limit; 0 without an estimate.", "errors"),
        "high": COUNT.means("Upper 95 % prediction limit; without an estimate, the most that are possible.", "errors"),
        "why_not": TEXT_OR_NULL.means("Why there is no estimate; null if there is one."),
    },
)
"""How the errors that were not checked for the open world would split, estimated from published models of like
accuracy: not measured. `errata.trends.estimate` has the formulas."""
