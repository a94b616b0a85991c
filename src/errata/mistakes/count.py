"""Every distinct mistake, and how many models make it."""

import polars as pl

from errata.categories import CATEGORY_COLUMNS
from errata.mistakes.tables import MISTAKES
from errata.tables import check_table


def count_mistakes(errors: pl.LazyFrame, models: int) -> pl.DataFrame:
    """Count the models that give each wrong answer.

    Parameters
    ----------
    errors : polars.LazyFrame
        The table `errata.predictions.tables.ERRORS`, of any number of models; it is read in a stream.
    models : int
        All models, those without errors included.

    Returns
    -------
    polars.DataFrame
        The table `errata.mistakes.tables.MISTAKES`.
    """
    answer = ("category", "file_name", "target", "predicted_class", "provisional_category")
    counted = errors.group_by(answer).agg(pl.len().cast(pl.Int32).alias("models")).collect(engine="streaming")
    severity = pl.col("category").replace_strict(CATEGORY_COLUMNS, range(len(CATEGORY_COLUMNS)))
    ranked = counted.sort(severity, -pl.col("models"), "file_name", "predicted_class").with_columns(
        rank=(pl.int_range(pl.len()).over("category") + 1).cast(pl.Int32),
        share=100 * pl.col("models") / models,
    )
    return check_table(ranked.select(*MISTAKES.columns), MISTAKES, where="mistakes")
