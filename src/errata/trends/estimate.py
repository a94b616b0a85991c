"""An estimate of what a labels-only run cannot check, from the counts of published models of like accuracy.

A run without open-world evidence leaves some errors unchecked: they are out of vocabulary, spurious correlations,
non-prototypical or model failures, and only neighbours among training images tell which. For the published models the
split is known. In every group of images, the share of each of the four among a model's U unchecked errors is fitted by
logistic regression over the published models,

    logit(share) = b0 + b1 x + b2 x² + b3 x³ + b4 log(U / MLE),        x = log(100 - MLA)

with U and MLE, the multi-label errors, and MLA of the group; the four shares are then scaled to add up to 1. Around the
expected count U p, limits stand at the 2.5 % and 97.5 % quantile of what was seen when every architecture was left out
in turn: the quantiles of (count - U p) / sqrt(U p (1 - p)) over all published models, each predicted from the others'
architectures.

The unchecked errors that would be, say, a spurious correlation if nothing were out of vocabulary are known for every
model: its provisional counts. The open-world check only takes errors away from them, so they are upper bounds; an
estimate never exceeds them, and they stand alone where nothing can be estimated. That is so, too, where a lower limit
exceeds its bound: such a model errs unlike the published ones.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.categories import AFTER_OPEN_WORLD, BEYOND_OPEN_WORLD, OPEN_WORLD_UNCHECKED
from errata.tables import check_table
from errata.trends.lines import SLACK
from errata.trends.tables import ESTIMATE

FEWEST_MODELS = 100
"""The fewest published models that an estimate is made from."""

_TOO_FEW = f"fewer than {FEWEST_MODELS} published models"

_STEPS = 50
_RIDGE = 1e-3
"""A weak pull of the coefficients towards 0, so that a category without a single error has a finite fit."""

LIMITS = (0.025, 0.975)


def estimate_unchecked(profile: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Estimate how every model's unchecked errors split into the categories of the open-world check.

    `profile`, `published`: tables `errata.profiles.tables.PROFILE` and `errata.published.tables.PUBLISHED` of the same
        data set.
    Returns the table `ESTIMATE`: a row for every model and group that has unchecked errors and every category that the
    atlas defines, in the order of the profile. The counts of `profile` are not touched.
    """
    published = _with_unchecked(published, pl.sum_horizontal(BEYOND_OPEN_WORLD))
    profile = _with_unchecked(profile.filter(pl.col("fine_grained_oov").is_null()), pl.col(OPEN_WORLD_UNCHECKED))
    parts = [
        _estimate_group(rows, published.filter(pl.col("group") == group))
        for (group,), rows in profile.with_row_index().group_by("group", maintain_order=True)
    ]
    frame = pl.concat(parts).sort("index", maintain_order=True).drop("index") if parts else None
    return check_table(pl.DataFrame(frame, schema=ESTIMATE.schema), ESTIMATE, where="estimate")


def _with_unchecked(frame: pl.DataFrame, count: pl.Expr) -> pl.DataFrame:
    """Return the rows that have errors that a labels-only run leaves unchecked, with their number as `unchecked`."""
    return frame.with_columns(count.cast(pl.Int32).alias("unchecked")).filter(pl.col("unchecked") > 0)


def _estimate_group(rows: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of `ESTIMATE`, after `index`, for all models in one group."""
    enough = published.height >= FEWEST_MODELS
    bounds = rows.select("unchecked", *(f"provisional_{category}" for category in AFTER_OPEN_WORLD))
    most = bounds.fill_null(0).to_numpy().astype(np.float64)
    counts, low, high = np.zeros_like(most), np.zeros_like(most), most
    is_unlike = np.zeros(rows.height, dtype=bool)
    if enough:
        counts, low, high = fit_split(published).counts(rows)
        is_unlike = (low > most).any(axis=1)
        counts, low, high = (np.minimum(values, most) for values in (counts, low, high))
        # what a bound takes away can only be out of vocabulary
        counts[:, 0] = most[:, 0] - counts[:, 1:].sum(axis=1)
        high[:, 0] = np.maximum(high[:, 0], np.ceil(counts[:, 0]))
    why_not = _why_not(published, pl.lit(pl.Series(is_unlike))) if enough else pl.lit(_TOO_FEW)
    rows = rows.with_columns(why_not.alias("why_not"))
    estimated = pl.col("why_not").is_null()
    tables = []
    for place, (category, bound) in enumerate(zip(BEYOND_OPEN_WORLD, bounds, strict=True)):
        known = {"estimate": counts, "low": low, "high": high}
        columns = [pl.Series(name, values[:, place]) for name, values in known.items()]
        table = rows.select(
            "index", "model", "group", pl.lit(category).alias("category"), "unchecked", *columns, "why_not"
        ).with_columns(
            pl.when(estimated).then("estimate"),
            pl.when(estimated).then("low").otherwise(0).cast(pl.Int32),
            pl.when(estimated).then("high").otherwise(bound).cast(pl.Int32).alias("high"),
        )
        tables.append(table.filter(bound.is_not_null()))
    return pl.concat(tables)


def _why_not(published: pl.DataFrame, is_unlike: pl.Expr) -> pl.Expr:
    """Return why a model has no estimate beside the published models of its group, null where it has one.

    `is_unlike`: whether its provisional counts are below what the published models lead to expect.
    """
    return (
        pl.when(pl.col("images") != published["images"].max())
        .then(pl.lit("other images than those of the published models"))
        .when(~pl.col("mla").is_between(published["mla"].min() - SLACK, published["mla"].max() + SLACK))
        .then(pl.lit("accuracy beyond that of the published models"))
        .when(is_unlike)
        .then(pl.lit("errors unlike those of the published models"))
    )


@dataclass(frozen=True)
class Split:
    """How the unchecked errors of a group split, fitted to published models.

    coefficients : float64 array (4, 5)
        Of the regression of every category of `BEYOND_OPEN_WORLD`.
    limits : float64 array (2, 4)
        Quantiles of the standardised errors of prediction, lower and upper.
    """

    coefficients: np.ndarray
    limits: np.ndarray

    def counts(self, models: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return expected counts and their lower and upper limits, each float64 (models, 4).

        `models` has the columns `unchecked`, `mle` or `fine_grained`, and `mla`.
        """
        number = models["unchecked"].to_numpy().astype(np.float64)[:, None]
        shares = _predict(_design(models), self.coefficients)
        expected, deviation = number * shares, np.sqrt(number * shares * (1 - shares))
        low = np.floor(np.maximum(expected + self.limits[0] * deviation, 0))
        return expected, low, np.ceil(np.minimum(expected + self.limits[1] * deviation, number))


def fit_split(published: pl.DataFrame) -> Split:
    """Fit the split of the unchecked errors to the published models of one group.

    `published`: rows of `errata.published.tables.PUBLISHED` and `unchecked`, the sum of the four categories.
    """
    design, number = _design(published), published["unchecked"].to_numpy().astype(np.float64)
    # a category that the data set does not define has no errors
    counts = published.select(pl.col(BEYOND_OPEN_WORLD).fill_null(0)).to_numpy().astype(np.float64)
    architectures = published["architecture"].fill_null("").to_numpy()
    errors = np.empty_like(counts)
    for architecture in np.unique(architectures):
        here = architectures == architecture
        shares = _predict(design[here], _fit(design[~here], counts[~here], number[~here]))
        expected = number[here, None] * shares
        errors[here] = (counts[here] - expected) / np.sqrt(expected * (1 - shares))
    return Split(_fit(design, counts, number), np.quantile(errors, LIMITS, axis=0))


def _design(models: pl.DataFrame) -> np.ndarray:
    """Return the matrix of the regression, float64 (models, 5)."""
    unchecked = models["unchecked"].to_numpy().astype(np.float64)
    errors = unchecked + models["fine_grained"].to_numpy()
    # centred and scaled roughly to one, which changes no fit and keeps the sums well conditioned
    x = (np.log(np.maximum(100 - models["mla"].to_numpy(), 0.01)) - 2) / 0.5
    return np.column_stack([np.ones_like(x), x, x**2, x**3, np.log(unchecked / errors)])


def _fit(design: np.ndarray, counts: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return the coefficients of a logistic regression per column of `counts` out of `number`, by Newton's method."""
    found = []
    for count in counts.T:
        beta = np.zeros(design.shape[1])
        beta[0] = np.log((count.sum() + 0.5) / (number.sum() - count.sum() + 0.5))
        for _ in range(_STEPS):
            share = 1 / (1 + np.exp(-design @ beta))
            weight = number * share * (1 - share)
            curvature = (design * weight[:, None]).T @ design + _RIDGE * np.eye(beta.size)
            step = np.linalg.solve(curvature, design.T @ (count - number * share) - _RIDGE * beta)
            beta += step
            if np.abs(step).max() < 1e-8:
                break
        found.append(beta)
    return np.array(found)


def _predict(design: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Return the shares of the categories, float64 (models, 4), which add up to 1."""
    shares = 1 / (1 + np.exp(-design @ coefficients.T))
    return shares / shares.sum(axis=1, keepdims=True)
