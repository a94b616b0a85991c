"""Statements about a set of models: numbers with intervals, and whether each holds by a criterion that is written down.

`errata.trends.claims` has the criteria, `errata.report.trends` makes the words from the numbers, never the other way
round. The bounds of the criteria are constants here, beside the functions that compute the numbers.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from functools import wraps
from itertools import groupby
from operator import itemgetter

import numpy as np
import polars as pl

from errata.categories import CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED
from errata.groups import GROUPS
from errata.tables import check_table
from errata.trends.cloud import Cloud, accuracy_kind, cloud_of
from errata.trends.fit import find_inflection
from errata.trends.jackknife import FEWEST_BLOCKS, Estimate, choices, estimate, regressions, sums
from errata.trends.tables import STATEMENTS

FEWEST_MODELS = 20
"""With fewer models no statement is made."""

STRONG = 50.0
"""An accuracy that explains more than this many per cent of the variance predicts a share."""

LITTLE = 10.0
"""What explains less than this many per cent of the variance matters little. By Cohen's convention (*Statistical Power
Analysis*, 2nd ed., 1988, section 9.2) the border between a small and a medium effect is near it."""

ENDS = (5, 95)
"""Percentiles of the models' accuracies that stand for weak and strong models."""

MAJORITY = 50.0
FALLEN_BY = 50.0
"""A share that falls by more than this many per cent of itself drops fast."""

IMAGENET_1K = 1.5e6
"""Training sets of up to so many images are no larger than ImageNet-1k's 1.28 million."""

MATCHED = 0.5
"""Models whose accuracies differ by at most so many points are matched."""

FEWEST_MATCHES = 5
"""A model that fewer others match is left out."""

FAILURE, FINE = "model_failure", "fine_grained"


@dataclass(frozen=True)
class Measure:
    """A number of a statement; `decides` if the criterion looks at it."""

    name: str
    unit: str
    estimate: Estimate
    decides: bool = False


@dataclass(frozen=True)
class Statement:
    """What one set of models says about one question.

    `name`, `group`, `category`: which claim (`errata.trends.claims`), in which group, about which category; `category`
        may be empty.
    `models`, `blocks`: how many models were used, of how many kinds.
    `holds`: `yes`, `no` or `cannot tell`.
    `measures`: the first is the one that matters most.
    `why`: why nothing could be computed, if so.
    """

    name: str
    group: str
    category: str
    models: int
    blocks: int
    holds: str
    measures: tuple[Measure, ...] = ()
    why: str = ""

    def of(self, measure: str) -> Estimate:
        """Return a measure's estimate.

        Raises KeyError if the statement has no such measure.
        """
        found = [each.estimate for each in self.measures if each.name == measure]
        if not found:
            raise KeyError(f"statement '{self.name}' has no measure '{measure}'")
        return found[0]


def above(estimate: Estimate, bound: float) -> str:
    """Return whether a number is above a bound: yes or no if its whole interval is on one side of it."""
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return "cannot tell"
    return "yes" if estimate.low > bound else "no" if estimate.high < bound else "cannot tell"


def below(estimate: Estimate, bound: float) -> str:
    """Return whether a number is below a bound: yes or no if its whole interval is on one side of it."""
    return above(estimate.negative, -bound)


def all_of(verdicts: Iterable[str]) -> str:
    """Return `yes` if all are, `no` if one is, else `cannot tell`."""
    verdicts = list(verdicts)
    if "no" in verdicts:
        return "no"
    return "yes" if verdicts and all(verdict == "yes" for verdict in verdicts) else "cannot tell"


def statement_table(sets: dict[str, Iterable[Statement]]) -> pl.DataFrame:
    """Return table `STATEMENTS` of the statements about each set of models, `published` or `here`."""
    rows = []
    for models_from, statements in sets.items():
        for each in statements:
            about = (models_from, each.name, each.group, each.category)
            end = (each.models, each.blocks, each.holds, each.why or None)
            rows += [
                (*about, part.name, part.unit, part.decides, *astuple(part.estimate), *end) for part in each.measures
            ]
            if not each.measures:
                rows.append((*about, "none", "none", True, None, None, None, *end))
    return check_table(
        pl.DataFrame(rows, schema=STATEMENTS.schema, orient="row").fill_nan(None), STATEMENTS, where="statements"
    )


def statements_of(table: pl.DataFrame) -> list[Statement]:
    """Return the statements in a table `STATEMENTS` about one set of models."""
    found = []
    for about, rows in groupby(table.iter_rows(named=True), itemgetter("statement", "group", "category")):
        numbers = list(rows)
        measures = tuple(
            Measure(
                row["measure"],
                row["unit"],
                Estimate(*(math.nan if row[name] is None else row[name] for name in ("value", "low", "high"))),
                row["decides"],
            )
            for row in numbers
            if row["measure"] != "none"
        )
        first = numbers[0]
        found.append(Statement(*about, first["models"], first["blocks"], first["holds"], measures, first["why"] or ""))
    return found


class _NotStatedError(Exception):
    """Nothing can be said of a cloud, and why."""

    def __init__(self, cloud: Cloud, why: str) -> None:
        super().__init__(why)
        self.cloud = cloud


Found = tuple[Cloud, str, list[Measure]]
"""The models that a statement is about, whether it holds, and its numbers."""


def _states(measure: Callable[..., Found]) -> Callable[..., Statement]:
    """Turn what a function measures into the statement of the function's name, or into why nothing can be said."""

    @wraps(measure)
    def state(*about: object) -> Statement:
        try:
            (cloud, holds, measures), why = measure(*about), ""
        except _NotStatedError as error:
            cloud, holds, measures, why = error.cloud, "cannot tell", [], str(error)
        kinds = cloud.block_count
        return Statement(measure.__name__, cloud.group, cloud.category, cloud.size, kinds, holds, tuple(measures), why)

    return state


def _check_cloud(
    cloud: Cloud, models: pl.DataFrame, *, spread: np.ndarray | None = None, about: Cloud | None = None
) -> None:
    """Refuse a cloud of too few models or kinds, or whose numbers `spread`, shape (models of the cloud,), are the same.

    `models` are all models, to see whether the category is known of any. The statement is about the cloud `about`, if
    that is another one.
    """
    if cloud.size < FEWEST_MODELS:
        why = f"it takes {FEWEST_MODELS} models with known numbers and descriptions, there are {cloud.size}"
        if models.filter(pl.col("group") == cloud.group)[cloud.category].is_null().all():
            why = "the category is not told apart for these models"
    elif cloud.block_count < FEWEST_BLOCKS:
        why = f"it takes {FEWEST_BLOCKS} kinds of models, there are {cloud.block_count}"
    elif spread is not None and not np.ptp(spread) > 0:
        why = "the models do not differ"
    else:
        return
    raise _NotStatedError(about or cloud, why)


def all_statements(models: pl.DataFrame) -> list[Statement]:
    """Compute every statement about the models of `errata.trends.cloud.TREND_COLUMNS`.

    Categories that no model knows are left out of the statements that are made per category.
    """
    # sums depend on the order in their last digits
    models = models.sort("group", "model")
    groups = [group for group in GROUPS if group in set(models["group"])]
    known = [name for name in CATEGORY_COLUMNS if _is_known(models, name)]
    predicted = [accuracy_predicts_share(models, group, name) for group in groups for name in known]
    architecture = [architecture_matters_little(models, group, name) for group in groups for name in known]
    return [
        *(accuracy_predicts_shares(predicted, group) for group in groups),
        *(failures_fall_faster(models, group) for group in groups),
        *(failure_share_falls(models, group) for group in groups),
        *(failure_share_bends(models, group) for group in groups),
        artifacts_fail_more(models),
        artifact_failures_drop(models),
        organisms_fine_grained(models),
        *(data_lowers_failures(models, group) for group in groups),
        data_raises_accuracy(models),
        *architecture,
        *predicted,
    ]


def _is_known(models: pl.DataFrame, category: str) -> bool:
    # unchecked errors are a category only where they are not told apart
    stands_for_others = category == OPEN_WORLD_UNCHECKED and models["fine_grained_oov"].is_not_null().any()
    return models[category].is_not_null().any() and not stands_for_others


@_states
def accuracy_predicts_share(models: pl.DataFrame, group: str, category: str) -> Found:
    """Measure how much of the variance of a category's share the top-1 accuracy explains, along two lines.

    `explained` is by the top-1 accuracy on the group's images, `explained_by_mla` by the MLA. Both allow for the
    number of coefficients.
    """
    cloud = cloud_of(models, group, category, accuracy="top1", known=("mla",))
    _check_cloud(cloud, models, spread=cloud.x)
    if not np.ptp(cloud.y) > 0:
        raise _NotStatedError(cloud, "the share is the same for all models")
    measures = [Measure("explained", "per cent", _explained(cloud), decides=True)]
    if accuracy_kind(category) == "mla":
        by_mla = cloud_of(cloud.models, group, category)
        measures.append(Measure("explained_by_mla", "per cent", _explained(by_mla)))
    return cloud, above(measures[0].estimate, STRONG), measures


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
    fits = regressions(cloud.lines, cloud.y, cloud.blocks)
    with np.errstate(divide="ignore", invalid="ignore"):
        return estimate(100 * (1 - fits.unexplained / fits.whole))


@_states
def failures_fall_faster(models: pl.DataFrame, group: str) -> Found:
    """Compare how model failures and multi-label errors fall, from model to model.

    The slope of ln(model failures) against ln(multi-label errors) by least squares: 1 if both fall by the same
    factor, 2 if the failures fall by its square.
    """
    cloud = cloud_of(models.filter(pl.col(FAILURE) > 0), group, FAILURE)
    errors, failures = np.log(cloud.numbers("mle")), np.log(cloud.numbers(FAILURE))
    _check_cloud(cloud, models, spread=errors)
    columns = np.stack([np.ones(cloud.size), errors - errors.mean()], axis=1)
    power = estimate(regressions(columns, failures, cloud.blocks).coefficients[:, 1])
    halved = power.mapped(lambda value: 100 * (1 - 0.5**value))
    measures = [
        Measure("power", "ratio", power, decides=True),
        Measure("fall_when_errors_halve", "per cent", halved),
    ]
    return cloud, above(power, 1), measures


@_states
def failure_share_falls(models: pl.DataFrame, group: str) -> Found:
    """Measure how the failures' share of the multi-label errors changes per point of MLA, by one straight line."""
    cloud = cloud_of(models, group, FAILURE)
    _check_cloud(cloud, models, spread=cloud.x)
    fall = estimate(regressions(cloud.line(), cloud.y, cloud.blocks).coefficients[:, 1])
    return cloud, below(fall, 0), [Measure("slope", "points per point", fall, decides=True)]


@_states
def failure_share_bends(models: pl.DataFrame, group: str) -> Found:
    """Find where the fall of the failures' share changes, and its slopes below and above that MLA.

    The limits of the place are those of the profile likelihood (`errata.trends.fit.find_inflection`); those of the
    slopes take the place as found. `inflection_without_a_block` is how far the place moves if any one block of
    similar models is left out.
    """
    cloud = cloud_of(models, group, FAILURE)
    _check_cloud(cloud, models, spread=cloud.x)
    found = find_inflection(cloud.x, cloud.y)
    if found is None:
        raise _NotStatedError(cloud, "too few different accuracies on either side of any inflection point")
    lower, upper = regressions(cloud.lines, cloud.y, cloud.blocks).coefficients[:, 2:].T
    change = estimate(upper - lower)
    measures = [
        Measure("change_of_slope", "points per point", change, decides=True),
        Measure("slope_below", "points per point", estimate(lower)),
        Measure("slope_above", "points per point", estimate(upper)),
        Measure("inflection", "per cent", Estimate(found.at, found.low, found.high)),
        Measure("inflection_without_a_block", "per cent", _moved(cloud, found.at)),
    ]
    return cloud, below(change, 0), measures


def _moved(cloud: Cloud, at: float) -> Estimate:
    found = [find_inflection(cloud.x[kept], cloud.y[kept]) for kept in choices(cloud.blocks)]
    places = [each.at for each in found if each is not None]
    return Estimate(at, min(places), max(places))


@_states
def artifacts_fail_more(models: pl.DataFrame) -> Found:
    """Compare the failures' share of all multi-label errors of all models, artifacts minus organisms, in points."""
    artifacts, organisms = _paired(models, FAILURE)
    _check_cloud(artifacts, models)
    _check_cloud(organisms, models, about=artifacts)
    difference, of_artifacts, of_organisms = _pooled_difference(artifacts, organisms, FAILURE)
    return artifacts, above(difference.estimate, 0), [difference, of_artifacts, of_organisms]


@_states
def artifact_failures_drop(models: pl.DataFrame) -> Found:
    """Compare the failures' share on artifacts at the accuracy of weak and of strong models, on the fitted lines."""
    cloud = cloud_of(models, "artifact", FAILURE)
    _check_cloud(cloud, models, spread=cloud.x)
    columns = cloud.lines
    # the row of the regression that belongs to each end: that of the model nearest to the percentile
    at = [columns[np.abs(cloud.x - np.percentile(cloud.x, end)).argmin()] for end in ENDS]
    weak, strong = np.array(at) @ regressions(columns, cloud.y, cloud.blocks).coefficients.T
    fallen = estimate(100 * (1 - strong / weak))
    measures = [
        Measure("fallen_by", "per cent", fallen, decides=True),
        Measure("share_of_weak_models", "per cent", estimate(weak)),
        Measure("share_of_strong_models", "per cent", estimate(strong)),
    ]
    return cloud, above(fallen, FALLEN_BY), measures


@_states
def organisms_fine_grained(models: pl.DataFrame) -> Found:
    """Measure the fine-grained share of all multi-label errors of all models on organisms, beside artifacts."""
    artifacts, organisms = _paired(models, FINE)
    _check_cloud(organisms, models)
    _check_cloud(artifacts, models, about=organisms)
    _, of_artifacts, of_organisms = _pooled_difference(artifacts, organisms, FINE)
    majority = Measure(of_organisms.name, of_organisms.unit, of_organisms.estimate, decides=True)
    return organisms, above(majority.estimate, MAJORITY), [majority, of_artifacts]


def _paired(models: pl.DataFrame, category: str) -> tuple[Cloud, Cloud]:
    """Return the models that have errors in both groups, in the same order."""
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


@_states
def data_lowers_failures(models: pl.DataFrame, group: str) -> Found:
    """Measure how training data change the failures' share at equal MLA, in two ways.

    `per_tenfold`: the coefficient of log10(training images) in a regression of the share beside the two lines that
    follow the MLA. `matched`: the mean difference between models trained on more than ImageNet-1k and the models
    trained on no more whose MLA is within `MATCHED`. The criterion looks at both. `fine_grained_per_tenfold` is the
    same regression for the fine-grained share.
    """
    cloud = cloud_of(models, group, FAILURE, known=("training_images", "fine_grained"))
    _check_cloud(cloud, models, spread=cloud.x)
    _check_sizes(cloud)
    fine = cloud_of(cloud.models, group, "fine_grained")
    per_tenfold, matched = _per_tenfold(cloud), _matched(cloud)
    measures = [
        Measure("per_tenfold", "points", per_tenfold, decides=True),
        Measure("matched", "points", matched, decides=True),
        Measure("fine_grained_per_tenfold", "points", _per_tenfold(fine)),
    ]
    return cloud, all_of([below(per_tenfold, 0), below(matched, 0)]), measures


@_states
def data_raises_accuracy(models: pl.DataFrame) -> Found:
    """Measure how many points of MLA ten times the training images bring, at an equal number of parameters.

    The coefficient of log10(training images) in a regression of the MLA on it and on log10(parameters).
    """
    # the category only says which models are compared
    cloud = cloud_of(models, "all", "fine_grained", known=("training_images", "parameters"))
    _check_cloud(cloud, models, spread=cloud.x)
    _check_sizes(cloud)
    columns = np.stack(
        [np.ones(cloud.size), np.log10(cloud.numbers("training_images")), np.log10(cloud.numbers("parameters"))], axis=1
    )
    _, data, parameters = map(estimate, regressions(columns, cloud.x, cloud.blocks).coefficients.T)
    measures = [
        Measure("per_tenfold", "points", data, decides=True),
        Measure("per_tenfold_parameters", "points", parameters),
    ]
    return cloud, above(data, 0), measures


def _check_sizes(cloud: Cloud) -> None:
    larger = int((cloud.numbers("training_images") > IMAGENET_1K).sum())
    if min(larger, cloud.size - larger) < FEWEST_MATCHES:
        why = f"{larger} models were trained on more than ImageNet-1k, {cloud.size - larger} on no more"
        raise _NotStatedError(cloud, why)


def _per_tenfold(cloud: Cloud) -> Estimate:
    columns = np.column_stack([np.log10(cloud.numbers("training_images")), cloud.lines])
    return estimate(regressions(columns, cloud.y, cloud.blocks).coefficients[:, 0])


def _matched(cloud: Cloud) -> Estimate:
    larger = cloud.numbers("training_images") > IMAGENET_1K
    alike = (np.abs(cloud.x[larger, None] - cloud.x[~larger]) <= MATCHED).astype(np.float64)
    # in the columns: all models, then those without each block
    left_out = np.append(np.nan, np.unique(cloud.blocks))
    used = (cloud.blocks[~larger, None] != left_out).astype(np.float64)
    matches, shares = alike @ used, alike @ (used * cloud.y[~larger, None])
    enough = (matches >= FEWEST_MATCHES) & (cloud.blocks[larger, None] != left_out)
    apart = np.where(enough, cloud.y[larger, None] - shares / np.maximum(matches, 1), 0.0)
    with np.errstate(invalid="ignore"):
        return estimate(apart.sum(axis=0) / enough.sum(axis=0))


@_states
def architecture_matters_little(models: pl.DataFrame, group: str, category: str) -> Found:
    """Measure how much of the variance of a category's share the architecture explains at equal accuracy.

    `added`: by how much the variance that two lines along the accuracy leave shrinks if every architecture has a level
    of its own, in per cent of the whole variance of the share; variances allow for the number of coefficients, so that
    chance adds nothing on average and the number can be below 0. `typical_difference`: its square root, the standard
    deviation between architectures in points of the share. `added_by_training_data`: the same for training sets.
    """
    cloud = cloud_of(models, group, category, known=("architecture",))
    _check_cloud(cloud, models, spread=cloud.x)
    if cloud.models["architecture"].n_unique() < 2:
        raise _NotStatedError(cloud, "all models have one architecture")
    if not np.ptp(cloud.y) > 0:
        raise _NotStatedError(cloud, "the share is the same for all models")
    added = _added(cloud, "architecture")
    whole = float(np.var(cloud.y, ddof=1))
    measures = [
        Measure("added", "per cent", added, decides=True),
        Measure("typical_difference", "points", added.mapped(lambda part: np.sqrt(max(part, 0) / 100 * whole))),
    ]
    if cloud.models["training_data"].null_count() == 0 and cloud.models["training_data"].n_unique() > 1:
        measures.append(Measure("added_by_training_data", "per cent", _added(cloud, "training_data")))
    return cloud, below(added, LITTLE), measures


def _added(cloud: Cloud, label: str) -> Estimate:
    lines = cloud.lines
    without = regressions(lines, cloud.y, cloud.blocks)
    with_it = regressions(np.column_stack([lines, cloud.one_of(label)]), cloud.y, cloud.blocks)
    with np.errstate(divide="ignore", invalid="ignore"):
        return estimate(100 * (without.unexplained - with_it.unexplained) / without.whole)
