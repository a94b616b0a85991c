"""What is told about an image, whatever the answer is: its target, labels and nearest training images."""

import polars as pl

from errata.atlas.trail_lines import joined, lines
from errata.atlas.verdict_lines import decimals


def image_lines(images: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return the lines about images.

    Parameters
    ----------
    images : polars.DataFrame
        `image`, `file_name`, `target`, `is_problematic`, `multi_labels` and `label_states` (`correct`, `unclear`).
    evidence : polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE`.
    """
    labels = images.select("image", "multi_labels", "label_states").explode(
        "multi_labels", "label_states", empty_as_null=False
    )
    return joined(
        lines(images, "target", pl.col("target"), owner="image"),
        lines(labels, pl.format("label_{}", "label_states"), pl.col("multi_labels"), owner="image"),
        lines(images.filter(pl.col("multi_labels").list.len() == 0), "no_label", owner="image"),
        _neighbours(images, evidence),
        lines(images.filter("is_problematic"), "problematic", owner="image"),
    )


def _neighbours(images: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("text").str.split(" ").list.first().cast(pl.Int64)
    ranked = (
        evidence.filter(kind="neighbour").join(images.select("image", "file_name"), on="file_name").sort("image", rank)
    )
    known, unknown = ranked.filter(pl.col("number").is_not_null()), ranked.filter(pl.col("number").is_null())
    told = [
        lines(known, "neighbour_cosine", pl.col("text"), pl.col("class_a"), decimals(pl.col("number")), owner="image"),
        lines(unknown, "neighbour", pl.col("text"), pl.col("class_a"), owner="image"),
    ]
    return pl.concat(told)
