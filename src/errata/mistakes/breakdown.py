"""Errors of all models by class and by superclass, as target and as prediction."""

import polars as pl

from errata.atlas.atlas import Atlas
from errata.mistakes.category_sums import category_sums, zero_where_defined
from errata.mistakes.tables import CLASS_MISTAKES, SUPERCLASS_MISTAKES
from errata.tables import check_table

ROLES = ("target", "prediction")
_COLUMN = {"target": "target", "prediction": "predicted_class"}
_TOTALS = (
    pl.col("models").sum().cast(pl.Int32).alias("errors"),
    pl.col("file_name").n_unique().cast(pl.Int32).alias("wrong_images"),
)


def by_class(atlas: Atlas, mistakes: pl.DataFrame, models: int) -> pl.DataFrame:
    """Break the mistakes down by class.

    Parameters
    ----------
    atlas : Atlas
    mistakes : polars.DataFrame
        The table `errata.mistakes.tables.MISTAKES`.
    models : int

    Returns
    -------
    polars.DataFrame
        The table `errata.mistakes.tables.CLASS_MISTAKES`: every class in both roles, by class id.
    """
    classes = atlas.classes.select("class_id", "name", "group")
    parts = [_tallied(atlas, classes.with_columns(owner="class_id"), mistakes, models, role) for role in ROLES]
    frame = pl.concat(parts).rename({"owner": "class_id"})
    return check_table(
        classes.join(frame, on="class_id").sort("class_id", _rank_of_role()).select(*CLASS_MISTAKES.columns),
        CLASS_MISTAKES,
        where="mistakes by class",
    )


def by_superclass(atlas: Atlas, mistakes: pl.DataFrame, members: pl.DataFrame, models: int) -> pl.DataFrame:
    """Break the mistakes down by superclass.

    Parameters
    ----------
    atlas : Atlas
    mistakes : polars.DataFrame
        The table `errata.mistakes.tables.MISTAKES`.
    members : polars.DataFrame
        The table `errata.classes.tables.SUPERCLASSES`.
    models : int

    Returns
    -------
    polars.DataFrame
        The table `errata.mistakes.tables.SUPERCLASS_MISTAKES`, by name. Classes in no superclass are in none of its
        rows.
    """
    owners = members.rename({"superclass": "owner"})
    both = (
        mistakes.join(owners, left_on="target", right_on="class_id")
        .join(owners, left_on=["predicted_class", "owner"], right_on=["class_id", "owner"])
        .group_by("owner")
        .agg(within=pl.col("models").sum().cast(pl.Int32))
    )
    parts = [_tallied(atlas, owners, mistakes, models, role) for role in ROLES]
    frame = (
        pl.concat(parts)
        .join(owners.group_by("owner").agg(classes=pl.len().cast(pl.Int32)), on="owner")
        .join(both, on="owner", how="left")
        .with_columns(pl.col("within").fill_null(0))
        .rename({"owner": "superclass"})
        .sort("superclass", _rank_of_role())
    )
    return check_table(frame.select(*SUPERCLASS_MISTAKES.columns), SUPERCLASS_MISTAKES, where="mistakes by superclass")


def _tallied(atlas: Atlas, owners: pl.DataFrame, mistakes: pl.DataFrame, models: int, role: str) -> pl.DataFrame:
    """Add up answers and errors over the classes of each owner (`owner`, `class_id`), the classes having one role."""
    counted = atlas.images.filter(~pl.col("is_problematic"))
    per_class = atlas.classes.select("class_id").join(
        counted.group_by(pl.col("target").alias("class_id")).agg(images=pl.len().cast(pl.Int32)),
        on="class_id",
        how="left",
    )
    wrong = [
        mistakes.group_by(pl.col(column).alias("class_id")).agg(pl.col("models").sum().cast(pl.Int64).alias(name))
        for column, name in (("target", "missed"), ("predicted_class", "given"))
    ]
    for tally in wrong:
        per_class = per_class.join(tally, on="class_id", how="left")
    per_class = per_class.fill_null(0).with_columns(shown=pl.col("images").cast(pl.Int64) * models)
    named = pl.col("shown") - pl.col("missed") + pl.col("given")
    answers = (
        owners.select("owner", "class_id")
        .join(per_class, on="class_id")
        .group_by("owner")
        .agg(pl.col("images").sum(), answers=(pl.col("shown") if role == "target" else named).sum())
    )
    tallied = (
        owners.select("owner", "class_id")
        .join(mistakes, left_on="class_id", right_on=_COLUMN[role])
        .group_by("owner")
        .agg(*_TOTALS, *category_sums(atlas))
    )
    images = pl.col("images") if role == "target" else pl.col("wrong_images")
    return (
        answers.join(tallied, on="owner", how="left")
        .with_columns(pl.col("errors", "wrong_images").fill_null(0), *zero_where_defined(atlas))
        .with_columns(
            images=images,
            role=pl.lit(role),
            error_share=pl.when(pl.col("answers") > 0).then(100 * pl.col("errors") / pl.col("answers")),
        )
        .drop("wrong_images")
    )


def _rank_of_role() -> pl.Expr:
    return pl.col("role").replace_strict(ROLES, range(len(ROLES)))
