"""What the architecture explains beyond the accuracy."""

import numpy as np
import polars as pl

from errata.trends.about import not_stated, refused, stated
from errata.trends.cloud import Cloud, cloud_of, one_of
from errata.trends.jackknife import Estimate, estimate
from errata.trends.regression import regressions
from errata.trends.statement import Measure, Statement, below

LITTLE = 10.0
"""What explains less than this many per cent of the variance matters little. By Cohen's convention (*Statistical Power
Analysis*, 2nd ed., 1988, section 9.2) the border between a small and a medium effect is near it."""


def architecture_matters_little(models: pl.DataFrame, group: str, category: str) -> Statement:
    """Measure how much of the variance of a category's share the architecture explains at equal accuracy.

    `added`: by how much the variance that two lines along the accuracy leave shrinks if every architecture has a level
    of its own, in per cent of the whole variance of the share; variances allow for the number of coefficients, so that
    chance adds nothing on average and the number can be below 0. `typical_difference`: its square root, the standard
    deviation between architectures in points of the share. `added_by_training_data`: the same for training sets.
    """
    name = "architecture_matters_little"
    cloud = cloud_of(models, group, category, known=("architecture",))
    if why := refused(cloud, models, spread=cloud.x) or _one_architecture(cloud):
        return not_stated(name, cloud, why)
    if not np.ptp(cloud.y) > 0:
        return not_stated(name, cloud, "the share is the same for all models")
    added = _added(cloud, "architecture")
    whole = float(np.var(cloud.y, ddof=1))
    measures = [
        Measure("added", "per cent", added, decides=True),
        Measure("typical_difference", "points", added.mapped(lambda part: np.sqrt(max(part, 0) / 100 * whole))),
    ]
    if cloud.models["training_data"].null_count() == 0 and cloud.models["training_data"].n_unique() > 1:
        measures.append(Measure("added_by_training_data", "per cent", _added(cloud, "training_data")))
    return stated(name, cloud, below(added, LITTLE), *measures)


def _one_architecture(cloud: Cloud) -> str:
    return "all models have one architecture" if cloud.models["architecture"].n_unique() < 2 else ""


def _added(cloud: Cloud, label: str) -> Estimate:
    lines = cloud.lines()
    without = regressions(lines, cloud.y, cloud.blocks)
    with_it = regressions(np.column_stack([lines, one_of(cloud.labels(label))]), cloud.y, cloud.blocks)
    with np.errstate(divide="ignore", invalid="ignore"):
        return estimate(100 * (without.unexplained - with_it.unexplained) / without.whole)
