"""The lines that every share and every count follows along the accuracy, and where new models stand beside them.

For every group, category and quantity (the share in per cent, the count) models give a cloud of points over an
accuracy: the group's MLA, or the top-1 accuracy for the two categories that the MLA itself forgives. A straight line is
fitted to the cloud by ordinary least squares, or two lines, below and above an inflection point, where the cloud bends
(`errata.trends.fit` has the formulas).
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from errata.categories import CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED
from errata.groups import GROUPS
from errata.profiles.intervals import Z
from errata.published.tables import COMPARISON
from errata.tables import check_table
from errata.trends.cloud import DENOMINATORS, QUANTITIES, accuracy_kind, measures, points_of, trend_models
from errata.trends.fit import FEWEST_POINTS, Trend, fit_trend
from errata.trends.tables import TREND_LINES

ALWAYS_TWO_LINES = ("model_failure", OPEN_WORLD_UNCHECKED)

SLACK = 0.01
"""How far, in points, an accuracy may lie beyond the published ones, which are rounded."""

Key = tuple[str, str, str, str]
"""Group, category, quantity, kind of accuracy."""


def fit_lines(models: pl.DataFrame) -> dict[Key, Trend]:
    """Fit every category of every group, divided in every way, against its own accuracy where enough models define it.

    `models` has the columns `errata.trends.cloud.TREND_COLUMNS`.
    """
    return {(*key, accuracy_kind(key[1])): trend for key, trend in _fits(models, DENOMINATORS)}


def fit_trends(published: pl.DataFrame) -> dict[tuple[str, str, str], Trend]:
    """Fit every share and count of the published table against its own accuracy, by (group, category, quantity)."""
    return dict(_fits(trend_models(published), QUANTITIES))


def _fits(models: pl.DataFrame, quantities: Sequence[str]) -> Iterator[tuple[tuple[str, str, str], Trend]]:
    """Fit two lines to model failures and unchecked errors, to others where the information criterion prefers them."""
    for group in GROUPS:
        for (category, quantity), (x, y) in points_of(models, group, quantities).items():
            if x.size >= FEWEST_POINTS and np.ptp(x) > 0:
                two_lines = True if category in ALWAYS_TWO_LINES else None
                yield (group, category, quantity), fit_trend(x, y, two_lines=two_lines)


def explained(trend: Trend, y: np.ndarray) -> float | None:
    """Return how many per cent of the variance of `y` the trend explains; None where there is none."""
    whole = float(((y - y.mean()) ** 2).sum())
    return None if whole == 0 else 100 * (1 - float((trend.residuals**2).sum()) / whole)


def lines_table(sets: Mapping[str, tuple[pl.DataFrame, Mapping[Key, Trend]]]) -> pl.DataFrame:
    """Return table `TREND_LINES` of the models and fits of each set, `published` or `here`."""
    rows = []
    for models_from, (models, fits) in sets.items():
        points = {group: points_of(models, group) for group in {key[0] for key in fits}}
        for (group, category, quantity, accuracy), trend in fits.items():
            y = points[group][category, quantity][1]
            for piece, line in enumerate(trend.lines):
                half = line.quantile * line.deviation / np.sqrt(line.spread)
                rows.append(
                    (
                        *(models_from, group, category, quantity, accuracy, piece + 1),
                        *trend.borders[piece : piece + 2],
                        *(line.slope, line.slope - half, line.slope + half, line.intercept, line.deviation),
                        *(line.points, trend.inflection, *(trend.inflection_limits or (None, None))),
                        explained(trend, y),
                    )
                )
    return check_table(pl.DataFrame(rows, schema=TREND_LINES.schema, orient="row"), TREND_LINES, where="trend lines")


def compare(
    profile: pl.DataFrame, published: pl.DataFrame, trends: Mapping[tuple[str, str, str], Trend] | None = None
) -> pl.DataFrame:
    """Place every model of `profile` among the published models.

    `profile`, `published`: tables `errata.profiles.tables.PROFILE` and `errata.published.tables.PUBLISHED` of the same
        data set.
    Returns the table `COMPARISON`: a row for every count and share that both sides define, in the order of the profile.
    `open_world_unchecked` is compared only where its four parts were not told apart, counts only where the model was
    run on as many images as the published models.
    """
    same_images = published.select("group", "images", same_images=pl.lit(value=True)).unique()
    known = profile.select("model", "group", "images", told_apart=pl.col("fine_grained_oov").is_not_null())
    new = (
        measures(profile)
        .join(known.join(same_images, on=["group", "images"], how="left"), on=["model", "group"])
        .filter(
            (pl.col("category") != OPEN_WORLD_UNCHECKED) | ~pl.col("told_apart"),
            (pl.col("quantity") == "share") | pl.col("same_images"),
        )
        .drop("images", "told_apart", "same_images")
    )
    trends = fit_trends(published) if trends is None else trends
    placed = [
        _place(points, trends[key])
        for key, points in new.group_by("group", "category", "quantity", maintain_order=True)
        if key in trends
    ]
    frame = pl.concat(placed) if placed else pl.DataFrame(schema=COMPARISON.schema)
    order = {
        "model": profile["model"].unique(maintain_order=True),
        "group": profile["group"].unique(maintain_order=True),
        "category": list(CATEGORY_COLUMNS),
        "quantity": list(QUANTITIES),
    }
    ranks = [
        pl.col(name).replace_strict(values, range(len(values)), return_dtype=pl.Int64) for name, values in order.items()
    ]
    return check_table(frame.sort(ranks), COMPARISON, where="comparison")


def _place(points: pl.DataFrame, trend: Trend) -> pl.DataFrame:
    x, y = points["accuracy"].to_numpy(), points["value"].to_numpy()
    # where the line is extended far, it leaves what a share or count can be
    highest = 100.0 if points["quantity"][0] == "share" else np.inf
    bands = trend.bands(x)
    bands |= {name: np.clip(band, 0.0, highest) for name, band in bands.items() if name != "deviation"}
    extrapolated = (x < trend.accuracies[0] - SLACK) | (x > trend.accuracies[-1] + SLACK)
    residual = y - bands["expected"]
    below, above = _own_reach(points, trend, bands["expected"])
    # half an error more: shares of few errors move in steps (a correction for continuity)
    half = np.where(points["value_low"].is_null(), 0.0, points["step"] / 2)
    with_scatter = [half + np.hypot(reach, bands["prediction_high"] - bands["expected"]) for reach in (below, above)]
    facing = np.where(residual > 0, *with_scatter)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = np.where(residual == 0, 0.0, Z * residual / facing)
    return points.drop("accuracy_low", "accuracy_high", "step").with_columns(
        pl.Series("expected", bands["expected"]),
        pl.Series("residual", residual),
        pl.Series("residual_low", residual - with_scatter[0]),
        pl.Series("residual_high", residual + with_scatter[1]),
        *(pl.Series(name, bands[name]) for name in ("confidence_low", "confidence_high")),
        *(pl.Series(name, bands[name]) for name in ("prediction_low", "prediction_high")),
        pl.Series("standard_deviations", deviations),
        pl.Series("percentile", trend.percentile(residual)),
        pl.Series("percentile_low", trend.percentile(residual - below)),
        pl.Series("percentile_high", trend.percentile(residual + above)),
        pl.Series("outside", (np.abs(residual) > facing) & ~extrapolated),
        pl.Series("extrapolated", extrapolated),
        pl.lit(trend.residuals.size, pl.Int32).alias("published_models"),
        pl.Series("published_nearby", trend.nearby(x), dtype=pl.Int32),
    )


def _own_reach(points: pl.DataFrame, trend: Trend, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far a model's own sampling error takes its residual down and up, at 95 %.

    The limits of value and accuracy are joined as those of a difference are ("MOVER": Zou and Donner, Statistics in
    Medicine 27, 2008): the roots of the sums of squares of the distances to the limits that lie in the same direction.
    An accuracy's limits count as the trend's heights there. Where there are no limits the value counts as exact.
    """
    value, low, high = (points[name].to_numpy() for name in ("value", "value_low", "value_high"))
    heights = np.stack([trend.bands(points[f"accuracy_{side}"].to_numpy())["expected"] for side in ("low", "high")])
    down, up = (expected - heights).clip(max=0).min(axis=0), (expected - heights).clip(min=0).max(axis=0)
    # without limits these are NaN
    parts = [np.nan_to_num(part) for part in (value - low, down, high - value, up)]
    return np.hypot(*parts[:2]), np.hypot(*parts[2:])
