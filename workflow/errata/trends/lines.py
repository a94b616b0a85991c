"""The lines that every share and every count follows along the accuracy, of any set of models."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from errata.groups import GROUPS
from errata.published.trend import ALWAYS_TWO_LINES, FEWEST_MODELS, QUANTITIES, Trend, fit_trend
from errata.tables import CATEGORY_COLUMNS, Column, Table, check_table
from errata.trends.cloud import share

ACCURACIES = ("mla", "top1")

Key = tuple[str, str, str, str]
"""Group, category, quantity, kind of accuracy."""

TREND_LINES = Table(
    "trend_lines",
    key=("models_from", "group", "category", "quantity", "accuracy_kind", "piece"),
    columns={
        "models_from": Column(pl.String, meaning="`published` or `here`: which models the line is fitted to."),
        "group": Column(pl.String),
        "category": Column(pl.String),
        "quantity": Column(pl.String, meaning="`share` in per cent, or `count`."),
        "accuracy_kind": Column(pl.String, meaning="`mla` or `top1`: what the line runs along."),
        "piece": Column(pl.Int8, low=1, high=2, meaning="1: the line, or that below the inflection; 2: that above."),
        "accuracy_from": Column(pl.Float64, meaning="Where the line begins.", unit="per cent"),
        "accuracy_to": Column(pl.Float64, meaning="Where the line ends.", unit="per cent"),
        "slope": Column(pl.Float64, meaning="Change of the quantity per point of accuracy."),
        "slope_low": Column(pl.Float64, meaning="Lower 95 % limit of the slope, by the textbook."),
        "slope_high": Column(pl.Float64, meaning="Upper 95 % limit of the slope, by the textbook."),
        "intercept": Column(pl.Float64, meaning="Height of the line at an accuracy of 0."),
        "deviation": Column(pl.Float64, low=0, meaning="Standard deviation of the models about the line."),
        "models": Column(pl.Int32, low=0, meaning="Models that the line is fitted to.", unit="models"),
        "inflection": Column(pl.Float64, nullable=True, meaning="Where two lines change.", unit="per cent"),
        "inflection_low": Column(pl.Float64, nullable=True, meaning="Its lower 95 % limit.", unit="per cent"),
        "inflection_high": Column(pl.Float64, nullable=True, meaning="Its upper 95 % limit.", unit="per cent"),
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


def cloud_points(models: pl.DataFrame, *, group: str, category: str, quantity: str, accuracy: str) -> pl.DataFrame:
    """Return `model, x, y`: accuracy and value of every model that has both.

    `models` has the columns `errata.trends.models.COLUMNS`.
    """
    value = share(category) if quantity == "share" else pl.col(category).cast(pl.Float64)
    rows = models.filter(pl.col("group") == group)
    return rows.select("model", pl.col(accuracy).alias("x"), value.alias("y")).drop_nulls()


def fit_lines(models: pl.DataFrame) -> dict[Key, Trend]:
    """Fit every share and count of every group against MLA and top-1, where enough models define it.

    Model failures and unchecked errors always get two lines, the others where the information criterion prefers them.
    """
    fits = {}
    for group in [group for group in GROUPS if group in set(models["group"])]:
        for category in CATEGORY_COLUMNS:
            for quantity in QUANTITIES:
                for accuracy in ACCURACIES:
                    key = (group, category, quantity, accuracy)
                    points = cloud_points(models, group=group, category=category, quantity=quantity, accuracy=accuracy)
                    x, y = points["x"].to_numpy(), points["y"].to_numpy()
                    if x.size >= FEWEST_MODELS and np.ptp(x) > 0:
                        fits[key] = fit_trend(x, y, two_lines=True if category in ALWAYS_TWO_LINES else None)
    return fits


def explained(trend: Trend, y: np.ndarray) -> float | None:
    """Return how many per cent of the variance of `y` the trend explains; None where there is none."""
    whole = float(((y - y.mean()) ** 2).sum())
    return None if whole == 0 else 100 * (1 - float((trend.residuals**2).sum()) / whole)


def lines_table(sets: Mapping[str, tuple[pl.DataFrame, Mapping[Key, Trend]]]) -> pl.DataFrame:
    """Return table `TREND_LINES` of the models and fits of each set, `published` or `here`."""
    rows = []
    for models_from, (models, fits) in sets.items():
        for (group, category, quantity, accuracy), trend in fits.items():
            y = cloud_points(models, group=group, category=category, quantity=quantity, accuracy=accuracy)["y"]
            ends = [trend.accuracies[0], trend.accuracies[-1]]
            borders = [ends[0], *([] if trend.inflection is None else [trend.inflection]), ends[1]]
            for piece, line in enumerate(trend.lines):
                half = line.quantile * line.deviation / np.sqrt(line.spread)
                rows.append(
                    (
                        *(models_from, group, category, quantity, accuracy, piece + 1),
                        *(borders[piece], borders[piece + 1]),
                        *(line.slope, line.slope - half, line.slope + half, line.intercept, line.deviation),
                        *(line.points, trend.inflection, *(trend.inflection_limits or (None, None))),
                        explained(trend, y.to_numpy()),
                    )
                )
    schema = {name: column.dtype for name, column in TREND_LINES.columns.items()}
    return check_table(pl.DataFrame(rows, schema=schema, orient="row"), TREND_LINES, where="trend lines")
