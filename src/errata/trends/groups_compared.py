"""How organisms and artifacts differ."""

import numpy as np
import polars as pl

from errata.trends.about import not_stated, refused, stated
from errata.trends.cloud import Cloud, cloud_of
from errata.trends.failures import FAILURE
from errata.trends.jackknife import estimate, sums
from errata.trends.regression import regressions
from errata.trends.statement import Measure, Statement, above

ENDS = (5, 95)
"""Percentiles of the models' accuracies that stand for weak and strong models."""

FINE = "fine_grained"
MAJORITY = 50.0
FALLEN_BY = 50.0
"""A share that falls by more than this many per cent of itself drops fast."""


def artifacts_fail_more(models: pl.DataFrame) -> Statement:
    """Compare the failures' share of all multi-label errors of all models, artifacts minus organisms, in points."""
    name = "artifacts_fail_more"
    artifacts, organisms = _paired(models, FAILURE)
    if why := refused(artifacts, models) or refused(organisms, models):
        return not_stated(name, artifacts, why)
    difference, of_artifacts, of_organisms = _pooled_difference(artifacts, organisms, FAILURE)
    return stated(
        name,
        artifacts,
        above(difference.estimate, 0),
        difference,
        of_artifacts,
        of_organisms,
    )


def artifact_failures_drop(models: pl.DataFrame) -> Statement:
    """Compare the failures' share on artifacts at the accuracy of weak and of strong models, on the fitted lines."""
    name = "artifact_failures_drop"
    cloud = cloud_of(models, "artifact", FAILURE)
    if why := refused(cloud, models, spread=cloud.x):
        return not_stated(name, cloud, why)
    columns = cloud.lines()
    # the row of the regression that belongs to each end: that of the model nearest to the percentile
    at = [columns[np.abs(cloud.x - np.percentile(cloud.x, end)).argmin()] for end in ENDS]
    weak, strong = np.array(at) @ regressions(columns, cloud.y, cloud.blocks).coefficients.T
    fallen = estimate(100 * (1 - strong / weak))
    return stated(
        name,
        cloud,
        above(fallen, FALLEN_BY),
        Measure("fallen_by", "per cent", fallen, decides=True),
        Measure("share_of_weak_models", "per cent", estimate(weak)),
        Measure("share_of_strong_models", "per cent", estimate(strong)),
    )


def organisms_fine_grained(models: pl.DataFrame) -> Statement:
    """Measure the fine-grained share of all multi-label errors of all models on organisms, beside artifacts."""
    name = "organisms_fine_grained"
    artifacts, organisms = _paired(models, FINE)
    if why := refused(organisms, models) or refused(artifacts, models):
        return not_stated(name, organisms, why)
    _, of_artifacts, of_organisms = _pooled_difference(artifacts, organisms, FINE)
    majority = Measure(of_organisms.name, of_organisms.unit, of_organisms.estimate, decides=True)
    return stated(name, organisms, above(majority.estimate, MAJORITY), majority, of_artifacts)


def _paired(models: pl.DataFrame, category: str) -> tuple[Cloud, Cloud]:
    """The models that have errors in both groups, in the same order."""
    usable = models.filter(pl.col(category).is_not_null() & (pl.col("mle") > 0) & pl.col("mla").is_not_null())
    both = usable.filter(pl.col("group").is_in(["artifact", "organism"])).filter(pl.len().over("model") == 2)
    return cloud_of(both, "artifact", category), cloud_of(both, "organism", category)


def _pooled_difference(artifacts: Cloud, organisms: Cloud, category: str) -> tuple[Measure, Measure, Measure]:
    on_artifacts, on_organisms = (
        100 * sums(cloud.numbers(category), cloud.blocks) / sums(cloud.numbers("mle"), cloud.blocks)
        for cloud in (artifacts, organisms)
    )
    return (
        Measure("difference", "points", estimate(on_artifacts - on_organisms), decides=True),
        Measure("share_on_artifacts", "per cent", estimate(on_artifacts)),
        Measure("share_on_organisms", "per cent", estimate(on_organisms)),
    )
