"""Fidelity: our counts of models whose predictions are those that the paper used, beside the paper's own.

Which models these are is found in the data: a model of the report belongs to a published one if both have the same
images, top-1 errors, class overlaps and multi-label answers. These counts need neither superclasses nor an open-world
check, so all others are free to differ.
"""

import polars as pl

from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED, PUBLISHED_CATEGORIES
from errata.groups import GROUPS
from errata.tables import check_table
from errata.trust.tables import FIDELITY

MATCHED_ON = ("images", "top1_errors", "class_overlap", "multi_label")
"""Counts over all images that must be the same for a model to belong to a published one."""

COUNTS = (
    *("images", "correct", "top1_errors"),
    *(name for name in CATEGORY_COLUMNS if name in (*PUBLISHED_CATEGORIES, OPEN_WORLD_UNCHECKED)),
)
ACCURACIES = ("mla", "mla_minor", "mla_explainable")

SAME_ACCURACY = 1e-9
"""Points within which two accuracies are the same number."""


def check_fidelity(profile: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Put the counts of models that a published model matches beside the published ones.

    Parameters
    ----------
    profile, published : polars.DataFrame
        The tables `errata.profile.tables.PROFILE` and `PUBLISHED`.

    Returns
    -------
    polars.DataFrame
        The table `errata.trust.tables.FIDELITY`, by model, group and quantity; empty if no model matches. Quantities
        that the atlas or the data set leaves undefined are left out.
    """
    everyone = published.filter(pl.col("group") == "all").select(pl.col("model").alias("published_model"), *MATCHED_ON)
    pairs = (
        profile.filter(pl.col("group") == "all")
        .join(everyone, on=MATCHED_ON, nulls_equal=True)
        .select("model", "published_model")
    )
    unchecked = pl.sum_horizontal(*BEYOND_OPEN_WORLD) if profile[OPEN_WORLD_UNCHECKED].sum() else pl.lit(None, pl.Int32)
    theirs = published.with_columns(open_world_unchecked=unchecked.cast(pl.Int32))
    quantities = (*COUNTS, *ACCURACIES)
    keys = ("model", "published_model", "group")
    ours = _long(profile.join(pairs, on="model"), keys, quantities, value="ours")
    theirs = _long(theirs.rename({"model": "published_model"}), keys[1:], quantities, value="published")
    ranks = {name: rank for rank, name in enumerate(quantities)}
    groups = {name: rank for rank, name in enumerate(GROUPS)}
    frame = (
        ours.join(theirs, on=["published_model", "group", "quantity"])
        .drop_nulls(["ours", "published"])
        .with_columns(difference=pl.col("ours") - pl.col("published"))
        .with_columns(is_exact=pl.col("difference").abs() <= SAME_ACCURACY)
        .sort(
            "model",
            "published_model",
            pl.col("group").replace_strict(groups, return_dtype=pl.Int32),
            pl.col("quantity").replace_strict(ranks, return_dtype=pl.Int32),
        )
    )
    return check_table(frame.select(*FIDELITY.columns), FIDELITY, where="fidelity")


def _long(frame: pl.DataFrame, keys: tuple[str, ...], quantities: tuple[str, ...], *, value: str) -> pl.DataFrame:
    return frame.select(*keys, pl.col(quantities).cast(pl.Float64)).unpivot(
        index=keys, variable_name="quantity", value_name=value
    )
