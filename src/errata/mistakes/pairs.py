"""Pairs of classes: which are confused, and which spurious-prone pairs models fall for."""

import polars as pl

from errata.atlas.atlas import Atlas
from errata.mistakes.category_sums import category_sums
from errata.mistakes.tables import CONFUSIONS, SPURIOUS_PAIRS
from errata.tables import check_table


def confusions(atlas: Atlas, mistakes: pl.DataFrame) -> pl.DataFrame:
    """Return the table `errata.mistakes.tables.CONFUSIONS`: what is taken for what, most frequent first."""
    counted = mistakes.group_by("target", "predicted_class").agg(
        pl.col("models").sum().cast(pl.Int32).alias("errors"),
        pl.col("file_name").n_unique().cast(pl.Int32).alias("images"),
        *category_sums(atlas),
    )
    named = _named(_named(counted, atlas, "target", "target_name"), atlas, "predicted_class", "predicted_name")
    ordered = named.sort("errors", "target", "predicted_class", descending=[True, False, False])
    return check_table(ordered.select(*CONFUSIONS.columns), CONFUSIONS, where="confusions")


def spurious_pairs(atlas: Atlas, mistakes: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return the table `errata.mistakes.tables.SPURIOUS_PAIRS`, most errors first.

    Parameters
    ----------
    atlas : Atlas
    mistakes : polars.DataFrame
        The table `errata.mistakes.tables.MISTAKES`.
    evidence : polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE` beside the atlas.
    """
    provisional = pl.col("provisional_category").eq_missing("spurious_correlation")
    fallen_for = mistakes.filter((pl.col("category") == "spurious_correlation") | provisional)
    labels = evidence.filter(kind="multi_label").select("file_name", label="class_a")
    prone = evidence.filter(kind="cooccurrence", text="spurious-prone").select("class_a", "class_b", "number")
    counted = (
        fallen_for.join(labels, on="file_name")
        .with_columns(
            class_a=pl.min_horizontal("label", "predicted_class"),
            class_b=pl.max_horizontal("label", "predicted_class"),
        )
        .join(prone, on=["class_a", "class_b"])
        .group_by("label", "predicted_class")
        .agg(
            cooccurrences=pl.col("number").first().cast(pl.Int32),
            errors=pl.col("models").sum().cast(pl.Int32),
            images=pl.col("file_name").n_unique().cast(pl.Int32),
            is_provisional=pl.col("provisional_category").is_not_null().any(),
        )
    )
    named = _named(_named(counted, atlas, "label", "label_name"), atlas, "predicted_class", "predicted_name")
    ordered = named.sort("errors", "label", "predicted_class", descending=[True, False, False])
    return check_table(ordered.select(*SPURIOUS_PAIRS.columns), SPURIOUS_PAIRS, where="spurious pairs")


def _named(frame: pl.DataFrame, atlas: Atlas, column: str, name: str) -> pl.DataFrame:
    names = atlas.classes.select(pl.col("class_id").alias(column), pl.col("name").alias(name))
    return frame.join(names, on=column, how="left")
