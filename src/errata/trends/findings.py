"""All statements about a set of models."""

import polars as pl

from errata.categories import CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED
from errata.groups import GROUPS
from errata.trends.accuracy import accuracy_predicts_share, accuracy_predicts_shares
from errata.trends.architecture import architecture_matters_little
from errata.trends.failures import failure_share_bends, failure_share_falls, failures_fall_faster
from errata.trends.groups_compared import artifact_failures_drop, artifacts_fail_more, organisms_fine_grained
from errata.trends.statement import Statement
from errata.trends.training_data import data_lowers_failures, data_raises_accuracy


def all_statements(models: pl.DataFrame) -> list[Statement]:
    """Compute every statement about the models of `errata.trends.models.COLUMNS`.

    Categories that no model knows are left out of the statements that are made per category.
    """
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
