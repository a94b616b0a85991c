"""The mark that a profile carries of models that are not as accurate as published."""

import polars as pl

from errata.accuracy.tables import NOT_CHECKED


def mark_profile(profile: pl.DataFrame, accuracy: pl.DataFrame) -> pl.DataFrame:
    """Add the column `accuracy_check` to a profile: a column of the table ACCURACY, `not_checked` for other models.

    Parameters
    ----------
    profile : polars.DataFrame
        The table `errata.profile.tables.PROFILE`.
    accuracy : polars.DataFrame
        The table ACCURACY.
    """
    checks = accuracy.select("model", pl.col("check").alias("accuracy_check"))
    return profile.join(checks, on="model", how="left", maintain_order="left").with_columns(
        pl.col("accuracy_check").fill_null(NOT_CHECKED)
    )
