"""What larger training sets do."""

import numpy as np
import polars as pl

from errata.trends.about import not_stated, refused, stated
from errata.trends.cloud import Cloud, cloud_of
from errata.trends.failures import FAILURE
from errata.trends.jackknife import Estimate, choices, estimate
from errata.trends.regression import regressions
from errata.trends.statement import Measure, Statement, above, all_of, below

IMAGENET_1K = 1.5e6
"""Training sets of up to so many images are no larger than ImageNet-1k's 1.28 million."""

ALIKE = 0.5
"""Models whose accuracies differ by at most so many points are matched."""

FEWEST_MATCHES = 5
"""A model that fewer others match is left out."""


def data_lowers_failures(models: pl.DataFrame, group: str) -> Statement:
    """Measure how training data change the failures' share at equal MLA, in two ways.

    `per_tenfold`: the coefficient of log10(training images) in a regression of the share beside the two lines that
    follow the MLA. `matched`: the mean difference between models trained on more than ImageNet-1k and the models
    trained on no more whose MLA is within `ALIKE`. The criterion looks at both. `fine_grained_per_tenfold` is the same
    regression for the fine-grained share.
    """
    name = "data_lowers_failures"
    cloud = cloud_of(models, group, FAILURE, known=("training_images", "fine_grained"))
    if why := refused(cloud, models, spread=cloud.x) or _one_size(cloud):
        return not_stated(name, cloud, why)
    fine = cloud_of(cloud.models, group, "fine_grained")
    per_tenfold, matched = _per_tenfold(cloud), _matched(cloud)
    return stated(
        name,
        cloud,
        all_of([below(per_tenfold, 0), below(matched, 0)]),
        Measure("per_tenfold", "points", per_tenfold, decides=True),
        Measure("matched", "points", matched, decides=True),
        Measure("fine_grained_per_tenfold", "points", _per_tenfold(fine)),
    )


def data_raises_accuracy(models: pl.DataFrame) -> Statement:
    """Measure how many points of MLA ten times the training images bring, at an equal number of parameters.

    The coefficient of log10(training images) in a regression of the MLA on it and on log10(parameters).
    """
    name = "data_raises_accuracy"
    # the category only says which models are compared
    cloud = cloud_of(models, "all", "fine_grained", known=("training_images", "parameters"))
    if why := refused(cloud, models, spread=cloud.x) or _one_size(cloud):
        return not_stated(name, cloud, why)
    columns = np.stack(
        [np.ones(cloud.size), np.log10(cloud.numbers("training_images")), np.log10(cloud.numbers("parameters"))], axis=1
    )
    _, data, parameters = map(estimate, regressions(columns, cloud.x, cloud.blocks).coefficients.T)
    return stated(
        name,
        cloud,
        above(data, 0),
        Measure("per_tenfold", "points", data, decides=True),
        Measure("per_tenfold_parameters", "points", parameters),
    )


def _one_size(cloud: Cloud) -> str:
    larger = int((cloud.numbers("training_images") > IMAGENET_1K).sum())
    if min(larger, cloud.size - larger) < FEWEST_MATCHES:
        return f"{larger} models were trained on more than ImageNet-1k, {cloud.size - larger} on no more"
    return ""


def _per_tenfold(cloud: Cloud) -> Estimate:
    columns = np.column_stack([np.log10(cloud.numbers("training_images")), cloud.lines()])
    return estimate(regressions(columns, cloud.y, cloud.blocks).coefficients[:, 0])


def _matched(cloud: Cloud) -> Estimate:
    larger = cloud.numbers("training_images") > IMAGENET_1K
    alike = np.abs(cloud.x[:, None] - cloud.x[None]) <= ALIKE

    def difference(kept: np.ndarray) -> float:
        near = alike[np.ix_(kept & larger, kept & ~larger)]
        matches = near.sum(axis=1)
        enough = matches >= FEWEST_MATCHES
        if not enough.any():
            return float("nan")
        expected = (near @ cloud.y[kept & ~larger])[enough] / matches[enough]
        return float((cloud.y[kept & larger][enough] - expected).mean())

    return estimate(np.array([difference(kept) for kept in choices(cloud.blocks)]))
