"""Which answers the explorer holds: everything that some model of the report says about an annotated image."""

from dataclasses import dataclass

import polars as pl

from errata.mistakes.listing import Mistakes

MOST_ANSWERS = 250_000
"""Distinct answers that the explorer holds. With more, only the most frequent ones of each image are kept: the list of
all answers, which every visit loads, takes about ten bytes for each."""

NAMED = 5
"""Models that are named of those that give an answer."""


ROWS_AT_ONCE = 500_000


@dataclass(frozen=True)
class Explored:
    """The answers of the explorer.

    Attributes
    ----------
    answers : polars.DataFrame
        `file_name`, `predicted_class`, `models` (how many give the answer) and `named` (positions of the first of
        them in the report's order); by image, most frequent first.
    wrong : polars.DataFrame
        `file_name` and `wrong`: how many models do not answer with the target.
    distinct : int
        Answers before any were left out.
    per_image : int or None
        How many answers of each image were kept at most; None if all were.
    """

    answers: pl.DataFrame
    wrong: pl.DataFrame
    distinct: int
    per_image: int | None


def explored_answers(
    listed: Mistakes,
    models: list[str],
    *,
    errors: pl.LazyFrame | None = None,
    problematic: pl.LazyFrame | None = None,
    most: int,
) -> Explored:
    """Gather the answers.

    Parameters
    ----------
    listed : Mistakes
    models : list of str
        All models, in the report's order.
    errors, problematic : polars.LazyFrame, optional
        The tables `errata.predictions.tables.ERRORS`, to name models, and `PROBLEMATIC`, for the images that do not
        count.
    most : int
        Answers to keep.
    """
    correct = listed.difficulty.select(
        "file_name", predicted_class="target", models=(pl.col("models") - pl.col("wrong")).cast(pl.Int32)
    ).filter(pl.col("models") > 0)
    parts = [listed.mistakes.select("file_name", "predicted_class", "models"), correct]
    wrong = [listed.difficulty.select("file_name", "wrong")]
    if problematic is not None:
        counted = problematic.group_by("file_name", "target", "predicted_class").agg(pl.len().cast(pl.Int32))
        counted = counted.rename({"len": "models"}).collect(engine="streaming")
        parts.append(counted.select("file_name", "predicted_class", "models"))
        missed = pl.col("models").filter(pl.col("predicted_class") != pl.col("target")).sum().cast(pl.Int32)
        wrong.append(counted.group_by("file_name").agg(wrong=missed))
    ordered = pl.concat(parts).sort("file_name", -pl.col("models"), "predicted_class")
    kept, per_image = _bounded(ordered, most)
    named = kept.join(
        _named(models, errors, problematic),
        on=["file_name", "predicted_class"],
        how="left",
        maintain_order="left",
    )
    return Explored(named.with_columns(pl.col("named").fill_null([])), pl.concat(wrong), ordered.height, per_image)


def _bounded(ordered: pl.DataFrame, most: int) -> tuple[pl.DataFrame, int | None]:
    """Keep the most frequent answers of each image, as many for every image as fit."""
    if ordered.height <= most:
        return ordered, None
    ranked = ordered.with_columns(rank=pl.int_range(pl.len()).over("file_name"))
    sizes = ranked.group_by("rank").len().sort("rank")["len"].cum_sum()
    per_image = max(int((sizes <= most).sum()), 1)
    return ranked.filter(pl.col("rank") < per_image).drop("rank"), per_image


def _named(models: list[str], *tables: pl.LazyFrame | None) -> pl.DataFrame:
    """Return the first models that give each wrong answer, and each answer to a problematic image.

    The tables are read in slices, of which only the first models of every answer stay in memory.
    """
    first = pl.col("named").bottom_k(NAMED)
    parts = [pl.DataFrame(schema={"file_name": pl.String, "predicted_class": pl.Int16, "named": pl.Int16})]
    for table in tables:
        rows = 0 if table is None else table.select(pl.len()).collect().item()
        for start in range(0, rows, ROWS_AT_ONCE):
            number = pl.col("model").cast(pl.Enum(models)).to_physical().cast(pl.Int16)
            part = table.slice(start, ROWS_AT_ONCE).select("file_name", "predicted_class", named=number)
            parts.append(part.group_by("file_name", "predicted_class").agg(first).explode("named").collect())
    return pl.concat(parts).group_by("file_name", "predicted_class").agg(first.sort())
