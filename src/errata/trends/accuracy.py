"""How well a model's accuracy predicts what kinds of errors it makes."""

import numpy as np
import polars as pl

from errata.categories import CATEGORY_COLUMNS
from errata.trends.about import not_stated, refused, stated
from errata.trends.cloud import Cloud, accuracy_kind, cloud_of
from errata.trends.jackknife import Estimate, estimate
from errata.trends.regression import regressions
from errata.trends.statement import Measure, Statement, above, all_of

STRONG = 50.0
"""An accuracy that explains more than this many per cent of the variance predicts a share."""


def accuracy_predicts_share(models: pl.DataFrame, group: str, category: str) -> Statement:
    """Measure how much of the variance of a category's share the top-1 accuracy explains, along two lines.

    `explained` is by the top-1 accuracy on the group's images, `explained_by_mla` by the MLA. Both allow for the
    number of coefficients.
    """
    name = "accuracy_predicts_share"
    cloud = cloud_of(models, group, category, accuracy="top1", known=("mla",))
    if why := refused(cloud, models, spread=cloud.x):
        return not_stated(name, cloud, why)
    if not np.ptp(cloud.y) > 0:
        return not_stated(name, cloud, "the share is the same for all models")
    measures = [Measure("explained", "per cent", _explained(cloud), decides=True)]
    if accuracy_kind(category) == "mla":
        by_mla = cloud_of(cloud.models, group, category)
        measures.append(Measure("explained_by_mla", "per cent", _explained(by_mla)))
    return stated(name, cloud, above(measures[0].estimate, STRONG), *measures)


def accuracy_predicts_shares(statements: list[Statement], group: str) -> Statement:
    """Sum up `accuracy_predicts_share` over the categories of a group: the least predictable one decides."""
    of_group = [each for each in statements if each.group == group and each.measures]
    order = list(CATEGORY_COLUMNS)
    of_group.sort(key=lambda each: (each.measures[0].estimate.value, order.index(each.category)))
    if not of_group:
        why = next((each.why for each in statements if each.group == group), "there is no category")
        return Statement("accuracy_predicts_shares", group, "", 0, 0, "cannot tell", why=why)
    least, most = of_group[0], of_group[-1]
    return Statement(
        "accuracy_predicts_shares",
        group,
        "",
        least.models,
        least.blocks,
        all_of(each.holds for each in of_group),
        (
            Measure(f"least_explained_{least.category}", "per cent", least.measures[0].estimate, decides=True),
            Measure(f"most_explained_{most.category}", "per cent", most.measures[0].estimate),
        ),
    )


def _explained(cloud: Cloud) -> Estimate:
    fits = regressions(cloud.lines(), cloud.y, cloud.blocks)
    with np.errstate(divide="ignore", invalid="ignore"):
        return estimate(100 * (1 - fits.unexplained / fits.whole))
