"""How the published models' categories of errors follow their accuracy, and where new models stand.

For every group, category and quantity (the share in per cent, the count) the published models give a cloud of points
over an accuracy: the group's MLA, or the top-1 accuracy for the two categories that the MLA itself forgives. A
straight line is fitted to the cloud by ordinary least squares, or two lines, below and above an inflection point,
where the cloud bends (`errata.published.fit` has the formulas).

Each of two lines has its own n, s and bands, since the scatter changes along the accuracy.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.published.fit import Inflection, Line, find_inflection, fit_line
from errata.published.tables import COMPARISON
from errata.tables import check_table

QUANTITIES = ("share", "count")
ALWAYS_TWO_LINES = ("model_failure", OPEN_WORLD_UNCHECKED)
NEARBY = 2.0
"""Accuracies that differ by at most so many points count as alike."""

FEWEST_MODELS = 10
"""The fewest points that a line is fitted to."""


@dataclass(frozen=True)
class Trend:
    """One line, or two that meet at an inflection point, and the published residuals about them.

    Attributes
    ----------
    lines : tuple of Line
        One or two, from low to high accuracy.
    inflection : float or None
        Accuracies below it belong to the first line, all others to the second.
    inflection_limits : tuple of float or None
        Its 95 % confidence limits.
    accuracies : numpy.ndarray
        float64, shape (models,), sorted: the published accuracies.
    residuals : numpy.ndarray
        float64, shape (models,), sorted: published values minus the trend.
    """

    lines: tuple[Line, ...]
    inflection: float | None
    accuracies: np.ndarray
    residuals: np.ndarray
    inflection_limits: tuple[float, float] | None = None

    def bands(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Return `expected`, `deviation` of a prediction, and the 95 % `confidence_` and `prediction_low`/`_high`."""
        x = np.asarray(x, dtype=np.float64)
        above = np.zeros(x.shape, bool) if self.inflection is None else x >= self.inflection

        def chosen(of: Callable[[Line], np.ndarray]) -> np.ndarray:
            return np.where(above, of(self.lines[-1]), of(self.lines[0]))

        expected = chosen(lambda line: line.at(x))
        confidence = chosen(lambda line: line.quantile * line.confidence_deviation(x))
        prediction = chosen(lambda line: line.quantile * line.prediction_deviation(x))
        return {
            "expected": expected,
            "deviation": chosen(lambda line: line.prediction_deviation(x)),
            "confidence_low": expected - confidence,
            "confidence_high": expected + confidence,
            "prediction_low": expected - prediction,
            "prediction_high": expected + prediction,
        }

    def nearby(self, x: np.ndarray) -> np.ndarray:
        """Return how many published accuracies are within `NEARBY` of `x`."""
        up_to = np.searchsorted(self.accuracies, np.asarray(x) + NEARBY, side="right")
        return up_to - np.searchsorted(self.accuracies, np.asarray(x) - NEARBY, side="left")

    def percentile(self, residual: np.ndarray) -> np.ndarray:
        """Return the per cent of published residuals below `residual`, equal ones counted half."""
        below = np.searchsorted(self.residuals, residual, side="left")
        up_to = np.searchsorted(self.residuals, residual, side="right")
        return 50.0 * (below + up_to) / self.residuals.size


def fit_trend(x: np.ndarray, y: np.ndarray, *, two_lines: bool | None = None) -> Trend:
    """Fit one line or two to the published models.

    Parameters
    ----------
    x, y
        float, shape (models,): accuracies and values.
    two_lines
        Whether to fit two lines. None leaves it to the Bayesian information criterion n ln(RSS/n) + k ln n with
        k = 2 parameters for one line and 5 for two and their inflection point.

    Raises
    ------
    ValueError
        If there are fewer than three points or they all share one x.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    one = _trend(x, y, None)
    if two_lines is False:
        return one
    inflection = find_inflection(x, y)
    if inflection is None:
        return one
    below = x < inflection.at
    if np.ptp(x[below]) == 0 or np.ptp(x[~below]) == 0:
        return one
    two = _trend(x, y, inflection)
    if two_lines or _information(two, y, parameters=5) < _information(one, y, parameters=2):
        return two
    return one


def _trend(x: np.ndarray, y: np.ndarray, inflection: Inflection | None) -> Trend:
    if inflection is None:
        line = fit_line(x, y)
        return Trend((line,), None, np.sort(x), np.sort(y - line.at(x)))
    above = x >= inflection.at
    lines = (fit_line(x[~above], y[~above]), fit_line(x[above], y[above]))
    residuals = y - np.where(above, lines[1].at(x), lines[0].at(x))
    return Trend(lines, inflection.at, np.sort(x), np.sort(residuals), (inflection.low, inflection.high))


def _information(trend: Trend, y: np.ndarray, *, parameters: int) -> float:
    # residuals of rounding size count as none, or noise would choose between two perfect fits
    floor = 1e-18 * max(float((y**2).mean()), 1e-300)
    return y.size * np.log(max(float((trend.residuals**2).mean()), floor)) + parameters * np.log(y.size)


def measures(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a profile or the published table in long form.

    Returns
    -------
    polars.DataFrame
        `model, group, category, quantity, accuracy_kind, accuracy, value`: one row for every count that is defined and
        every share whose denominator is not 0. `open_world_unchecked` is the sum of the four categories that it stands
        for where the frame has those instead.
    """
    if OPEN_WORLD_UNCHECKED not in frame.columns:
        unchecked = pl.sum_horizontal(pl.col(BEYOND_OPEN_WORLD).fill_null(0))
        frame = frame.with_columns(unchecked.alias(OPEN_WORLD_UNCHECKED))
    unknown = [name for name in CATEGORY_COLUMNS if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.Int32).alias(name) for name in unknown)
    errors = pl.col("top1_errors")
    real_errors = errors - pl.sum_horizontal(pl.col(FORGIVEN).fill_null(0))
    top1 = 100 * pl.col("correct") / pl.when(pl.col("images") > 0).then(pl.col("images"))
    forgiven = pl.col("category").is_in(FORGIVEN)
    long = (
        frame.select(
            "model",
            "group",
            top1.alias("top1"),
            "mla",
            errors.alias("_errors"),
            real_errors.alias("_real_errors"),
            *(pl.col(name).cast(pl.Float64) for name in CATEGORY_COLUMNS),
        )
        .unpivot(
            on=CATEGORY_COLUMNS,
            index=["model", "group", "top1", "mla", "_errors", "_real_errors"],
            variable_name="category",
            value_name="count",
        )
        .with_columns(
            pl.when(forgiven).then(pl.col("_errors")).otherwise(pl.col("_real_errors")).alias("_whole"),
            pl.when(forgiven).then(pl.lit("top1")).otherwise(pl.lit("mla")).alias("accuracy_kind"),
            pl.when(forgiven).then(pl.col("top1")).otherwise(pl.col("mla")).alias("accuracy"),
        )
        .with_columns((100 * pl.col("count") / pl.when(pl.col("_whole") > 0).then(pl.col("_whole"))).alias("share"))
    )
    return (
        long.unpivot(
            on=QUANTITIES,
            index=["model", "group", "category", "accuracy_kind", "accuracy"],
            variable_name="quantity",
            value_name="value",
        )
        .drop_nulls(["accuracy", "value"])
        .select("model", "group", "category", "quantity", "accuracy_kind", "accuracy", "value")
    )


def fit_trends(published: pl.DataFrame) -> dict[tuple[str, str, str], Trend]:
    """Fit the trend of every (group, category, quantity) that enough published models define.

    `model_failure` and `open_world_unchecked` always get two lines, the others where the information criterion
    prefers them.
    """
    trends = {}
    for key, cloud in measures(published).group_by("group", "category", "quantity", maintain_order=True):
        x, y = cloud["accuracy"].to_numpy(), cloud["value"].to_numpy()
        if x.size >= FEWEST_MODELS and np.ptp(x) > 0:
            trends[key] = fit_trend(x, y, two_lines=True if key[1] in ALWAYS_TWO_LINES else None)
    return trends


def compare(profile: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Place every model of `profile` among the published models.

    Parameters
    ----------
    profile, published
        Tables `errata.profile.tables.PROFILE` and `PUBLISHED` of the same data set.

    Returns
    -------
    polars.DataFrame
        Table `COMPARISON`; a row for every count and share that both sides define, in the order of the profile.
        `open_world_unchecked` is compared only where its four parts were not told apart, counts only where the
        model was run on as many images as the published models.
    """
    told_apart = profile.filter(pl.col("fine_grained_oov").is_not_null()).select("model", "group").unique()
    new = measures(profile)
    new = pl.concat(
        [
            new.filter(pl.col("category") != OPEN_WORLD_UNCHECKED),
            new.filter(pl.col("category") == OPEN_WORLD_UNCHECKED).join(told_apart, on=["model", "group"], how="anti"),
        ]
    )
    same_images = profile.join(published.select("group", "images").unique(), on=["group", "images"], how="semi")
    new = pl.concat(
        [
            new.filter(pl.col("quantity") == "share"),
            new.filter(pl.col("quantity") == "count").join(same_images, on=["model", "group"], how="semi"),
        ]
    )
    trends = fit_trends(published)
    placed = [
        _place(points, trends[key])
        for key, points in new.group_by("group", "category", "quantity", maintain_order=True)
        if key in trends
    ]
    columns = {name: column.dtype for name, column in COMPARISON.columns.items()}
    frame = pl.concat(placed) if placed else pl.DataFrame(schema=columns)
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
    bands = trend.bands(x)
    residual = y - bands["expected"]
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = np.where(residual == 0, 0.0, residual / bands["deviation"])
    return points.with_columns(
        pl.Series("expected", bands["expected"]),
        pl.Series("residual", residual),
        *(pl.Series(name, bands[name]) for name in ("confidence_low", "confidence_high")),
        *(pl.Series(name, bands[name]) for name in ("prediction_low", "prediction_high")),
        pl.Series("standard_deviations", deviations),
        pl.Series("percentile", trend.percentile(residual)),
        pl.Series("inside", (y >= bands["prediction_low"]) & (y <= bands["prediction_high"])),
        pl.Series("extrapolated", (x < trend.accuracies[0]) | (x > trend.accuracies[-1])),
        pl.lit(trend.residuals.size, pl.Int32).alias("published_models"),
        pl.Series("published_nearby", trend.nearby(x), dtype=pl.Int32),
    )
