"""How model failures fall as models get better."""

import numpy as np
import polars as pl

from errata.published.fit import find_inflection
from errata.trends.about import not_stated, refused, stated
from errata.trends.cloud import Cloud, cloud_of
from errata.trends.jackknife import Estimate, choices, estimate
from errata.trends.regression import regressions
from errata.trends.statement import Measure, Statement, above, below

FAILURE = "model_failure"


def failures_fall_faster(models: pl.DataFrame, group: str) -> Statement:
    """Compare how model failures and multi-label errors fall, from model to model.

    The slope of ln(model failures) against ln(multi-label errors) by least squares: 1 if both fall by the same
    factor, 2 if the failures fall by its square.
    """
    name = "failures_fall_faster"
    cloud = cloud_of(models.filter(pl.col(FAILURE) > 0), group, FAILURE)
    errors, failures = np.log(cloud.numbers("mle")), np.log(cloud.numbers(FAILURE))
    if why := refused(cloud, models, spread=errors):
        return not_stated(name, cloud, why)
    columns = np.stack([np.ones(cloud.size), errors - errors.mean()], axis=1)
    power = estimate(regressions(columns, failures, cloud.blocks).coefficients[:, 1])
    halved = power.mapped(lambda value: 100 * (1 - 0.5**value))
    return stated(
        name,
        cloud,
        above(power, 1),
        Measure("power", "ratio", power, decides=True),
        Measure("fall_when_errors_halve", "per cent", halved),
    )


def failure_share_falls(models: pl.DataFrame, group: str) -> Statement:
    """Measure how the failures' share of the multi-label errors changes per point of MLA, by one straight line."""
    name = "failure_share_falls"
    cloud = cloud_of(models, group, FAILURE)
    if why := refused(cloud, models, spread=cloud.x):
        return not_stated(name, cloud, why)
    fall = estimate(regressions(cloud.line(), cloud.y, cloud.blocks).coefficients[:, 1])
    return stated(name, cloud, below(fall, 0), Measure("slope", "points per point", fall, decides=True))


def failure_share_bends(models: pl.DataFrame, group: str) -> Statement:
    """Find where the fall of the failures' share changes, and its slopes below and above that MLA.

    The limits of the place are those of the profile likelihood (`errata.published.fit.find_inflection`); those of the
    slopes take the place as found. `inflection_without_a_block` is how far the place moves if any one block of
    similar models is left out.
    """
    name = "failure_share_bends"
    cloud = cloud_of(models, group, FAILURE)
    if why := refused(cloud, models, spread=cloud.x):
        return not_stated(name, cloud, why)
    found = find_inflection(cloud.x, cloud.y)
    if found is None:
        return not_stated(name, cloud, "too few different accuracies on either side of any inflection point")
    lower, upper = regressions(cloud.lines(), cloud.y, cloud.blocks).coefficients[:, 2:].T
    change = estimate(upper - lower)
    return stated(
        name,
        cloud,
        below(change, 0),
        Measure("change_of_slope", "points per point", change, decides=True),
        Measure("slope_below", "points per point", estimate(lower)),
        Measure("slope_above", "points per point", estimate(upper)),
        Measure("inflection", "per cent", Estimate(found.at, found.low, found.high)),
        Measure("inflection_without_a_block", "per cent", _moved(cloud, found.at)),
    )


def _moved(cloud: Cloud, at: float) -> Estimate:
    found = [find_inflection(cloud.x[kept], cloud.y[kept]) for kept in choices(cloud.blocks)]
    places = [each.at for each in found if each is not None]
    return Estimate(at, min(places), max(places))
