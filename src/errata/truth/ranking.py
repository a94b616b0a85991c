"""Ranking: which atlas recovers the planted causes best."""

import polars as pl

from errata.tables import check_table
from errata.truth.tables import RECALL


def rank_atlases(recall: pl.DataFrame) -> pl.DataFrame:
    """Average the recall of every atlas over the causes, each counting alike, and rank the atlases by it.

    The limits of an average come from the limits of its parts, which are independent because no image has two causes:
    the squared distances of the parts' limits from their values add up (Zou and Donner, Statistics in Medicine 27,
    2008, "MOVER").

    Parameters
    ----------
    recall : polars.DataFrame
        The table `errata.truth.tables.RECALL`.

    Returns
    -------
    polars.DataFrame
        `atlas`, `causes` (averaged over), and in per cent with `_low` and `_high` limits `as_planted` (errors that the
        plant accounts for), `all_errors`, and `behind` (points by which the best atlas is ahead, errors as planted).
        Best first: by `as_planted`, then `all_errors`, then the order of `recall`.
    """
    recall = check_table(recall, RECALL, where="recall")
    planted = pl.col("as_planted")
    order = best_first(recall)
    ranks = {atlas: rank for rank, atlas in enumerate(order)}
    return (
        _recalls(recall)
        .group_by("atlas")
        .agg(
            planted.sum().alias("causes"),
            *_average("as_planted", "share", among=planted),
            *_average("all_errors", "share", among=~planted),
            *_average("behind", "behind", among=planted),
        )
        .sort(pl.col("atlas").replace_strict(ranks, return_dtype=pl.Int32))
    )


def best_first(recall: pl.DataFrame) -> list[str]:
    """Return the atlases by their average recall of errors as planted, ties by that of all errors, best first."""
    planted = pl.col("as_planted")
    averages = recall.group_by("atlas", maintain_order=True).agg(
        # equal averages may differ by rounding
        pl.col("share").filter(pl.col("category") == pl.col("cause"), which).mean().round(9).alias(name)
        for name, which in (("as_planted", planted), ("all_errors", ~planted))
    )
    by = ("as_planted", "all_errors")
    return averages.sort(by, descending=True, nulls_last=True, maintain_order=True)["atlas"].to_list()


def _recalls(recall: pl.DataFrame) -> pl.DataFrame:
    return recall.filter((pl.col("category") == pl.col("cause")) & pl.col("share").is_not_null())


def _average(name: str, column: str, *, among: pl.Expr) -> list[pl.Expr]:
    value, low, high = (pl.col(f"{column}{suffix}").filter(among) for suffix in ("", "_low", "_high"))
    return [
        value.mean().alias(name),
        (value.mean() - ((value - low) ** 2).sum().sqrt() / value.count()).alias(f"{name}_low"),
        (value.mean() + ((high - value) ** 2).sum().sqrt() / value.count()).alias(f"{name}_high"),
    ]
