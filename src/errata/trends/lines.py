"""The lines that every share and every count follows along the accuracy, of any set of models."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from errata.categories import CATEGORY_COLUMNS
from errata.groups import GROUPS
from errata.published.trend import ALWAYS_TWO_LINES, FEWEST_MODELS, QUANTITIES, Trend, fit_trend
from errata.tables import check_table
from errata.trends.cloud import share
from errata.trends.tables import TREND_LINES

ACCURACIES = ("mla", "top1")

Key = tuple[str, str, str, str]
"""Group, category, quantity, kind of accuracy."""


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
