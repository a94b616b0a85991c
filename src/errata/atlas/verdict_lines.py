"""What the open-world check says about answers: the best proposals and how far they are apart."""

import polars as pl

from errata.atlas.trail_lines import lines
from errata.atlas.trail_words import CLOSE_MARGIN
from errata.categories import BEYOND_OPEN_WORLD


def verdict_lines(asked: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Return the lines about the proposals of answers, and which verdicts were close calls.

    Parameters
    ----------
    asked : polars.DataFrame
        Answers with the columns of `errata.openworld.tables.VERDICTS` and `neighbours`, their number; null where no
        neighbour opened the visual gate.
    classes : polars.DataFrame
        The classes of the atlas.
    """
    decided = asked.filter(pl.col("margin").is_not_null())
    best = decided.select("answer", "best_offsets", "best_lemmas", "best_probabilities").explode(
        "best_offsets", "best_lemmas", "best_probabilities", empty_as_null=False
    )
    wnid = wnids(pl.col("best_offsets"))
    is_class = wnid.is_in(classes["wnid"].implode())
    kind = pl.when(is_class).then(pl.lit("proposal_known")).otherwise(pl.lit("proposal_new"))
    reached = pl.col("category").is_in(BEYOND_OPEN_WORLD)
    narrow = decided.filter(reached, pl.col("margin").abs() < CLOSE_MARGIN)
    last = decided.filter(reached, pl.col("neighbour_rank") == pl.col("neighbours"))
    return pl.concat(
        [
            lines(best, kind, pl.col("best_lemmas"), wnid, decimals(pl.col("best_probabilities"))),
            lines(decided, "margin", signed_decimals(pl.col("margin")), pl.col("proposals")),
            lines(narrow, "close_margin"),
            lines(last, "close_gate", pl.col("neighbours")),
        ]
    )


def wnids(offset: pl.Expr) -> pl.Expr:
    """Return the wnids of synsets: n and eight digits."""
    return pl.lit("n") + offset.cast(pl.String).str.zfill(8)


def winner() -> pl.Expr:
    """Return the best proposal in words: lemma, wnid and probability."""
    first = (pl.col(name).list.first() for name in ("best_lemmas", "best_offsets", "best_probabilities"))
    lemma, offset, probability = first
    percent = (100 * probability.cast(pl.Float64)).round(0).cast(pl.Int64)
    return pl.format("{} [{}] ({}%)", lemma, wnids(offset), percent)


def decimals(value: pl.Expr) -> pl.Expr:
    """Return numbers from 0 on with three decimals, as texts."""
    thousandths = (1000 * value.cast(pl.Float64)).round(0).cast(pl.Int64)
    return pl.format("{}.{}", thousandths // 1000, (thousandths % 1000).cast(pl.String).str.zfill(3))


def signed_decimals(value: pl.Expr) -> pl.Expr:
    """Return numbers with their sign and three decimals, as texts."""
    return pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit("+")) + decimals(value.abs())
