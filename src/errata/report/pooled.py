"""The pooled shares of the new models beside those of the published ones."""

from dataclasses import dataclass

import polars as pl

from errata.categories import FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.report.style import LOOKS, CategoryLook
from errata.trends.cloud import measures


@dataclass(frozen=True)
class PooledCell:
    """A category's pooled share in a group, with its interval, and the published one; None where undefined."""

    share: float | None
    low: float | None
    high: float | None
    published: float | None


def published_shares(published: pl.DataFrame) -> pl.DataFrame:
    """Pool the published counts over models.

    Returns `group, category, count, denominator, share`: the share in per cent of the top-1 errors for class overlap
    and multi-label, of the multi-label errors for all others. `open_world_unchecked` is the sum of the four categories
    that need the open-world check. Undefined categories are left out.
    """
    wholes = published.group_by("group").agg(
        pl.col("top1_errors").cast(pl.Int64).sum().alias("_errors"),
        (pl.col("top1_errors") - pl.sum_horizontal(pl.col(FORGIVEN).fill_null(0)))
        .cast(pl.Int64)
        .sum()
        .alias("_real_errors"),
    )
    return (
        measures(published)
        .filter(pl.col("quantity") == "count")
        .group_by("group", "category", maintain_order=True)
        .agg(pl.col("value").sum().cast(pl.Int64).alias("count"))
        .join(wholes, on="group", maintain_order="left")
        .select(
            "group",
            "category",
            "count",
            pl.when(pl.col("category").is_in(FORGIVEN))
            .then(pl.col("_errors"))
            .otherwise(pl.col("_real_errors"))
            .alias("denominator"),
        )
        .with_columns((100 * pl.col("count") / pl.col("denominator")).alias("share"))
    )


def pooled_lines(
    pooled: pl.DataFrame, published: pl.DataFrame | None
) -> list[tuple[CategoryLook, dict[str, PooledCell]]]:
    """Return the categories that either side defines, in the report's order, with their cells by group."""
    theirs = {}
    if published is not None:
        shares = published_shares(published).select("group", "category", "share")
        theirs = {(group, category): value for group, category, value in shares.iter_rows()}
    ours = {
        (group, category): values
        for group, category, *values in pooled.select(
            "group", "category", "share", "share_low", "share_high"
        ).iter_rows()
    }
    told_apart = ours.get(("all", "fine_grained_oov"), [None])[0] is not None
    groups = pooled["group"].unique(maintain_order=True).to_list()
    lines = []
    for name, look in LOOKS.items():
        if name == OPEN_WORLD_UNCHECKED and told_apart:
            continue
        cells = {
            group: PooledCell(*ours.get((group, name), (None, None, None)), theirs.get((group, name)))
            for group in groups
        }
        if any(cell.share is not None or cell.published is not None for cell in cells.values()):
            lines.append((look, cells))
    return lines
