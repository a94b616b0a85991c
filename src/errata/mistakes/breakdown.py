"""Breakdown of errors: by class and superclass, as target and as prediction, by pairs of classes, and by image."""

import polars as pl

from errata.atlas.compiled import Atlas
from errata.categories import CATEGORY_COLUMNS, FORGIVEN, PROVISIONAL_COLUMNS
from errata.mistakes.tables import CLASS_MISTAKES, CONFUSIONS, DIFFICULTY, SPURIOUS_PAIRS, SUPERCLASS_MISTAKES
from errata.profiles.statistics import is_counted
from errata.tables import check_table

_NOTHING = pl.lit(None, dtype=pl.Int32)


def category_sums(atlas: Atlas) -> list[pl.Expr]:
    """Return one sum of `models` per category and provisional category, for use in an aggregation of mistakes.

    What cannot be decided on the data set or in the atlas is null.
    """
    sums = {name: pl.col("category") == name for name in CATEGORY_COLUMNS}
    sums |= {
        name: pl.col("provisional_category").eq_missing(name.removeprefix("provisional_"))
        for name in PROVISIONAL_COLUMNS
    }
    return [
        (pl.col("models").filter(here).sum().cast(pl.Int32) if is_counted(name, atlas) else _NOTHING).alias(name)
        for name, here in sums.items()
    ]


def zero_where_defined(atlas: Atlas) -> list[pl.Expr]:
    """Return the columns of `category_sums` with zeros for rows that had no mistakes."""
    return [
        pl.col(name).fill_null(0) if is_counted(name, atlas) else pl.col(name)
        for name in (*CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS)
    ]


ROLES = ("target", "prediction")
_COLUMN = {"target": "target", "prediction": "predicted_class"}
_TOTALS = (
    pl.col("models").sum().cast(pl.Int32).alias("errors"),
    pl.col("file_name").n_unique().cast(pl.Int32).alias("wrong_images"),
)


def by_class(atlas: Atlas, mistakes: pl.DataFrame, models: int) -> pl.DataFrame:
    """Count the mistakes by class.

    `mistakes`: the table `errata.mistakes.tables.MISTAKES`.
    Returns the table `errata.mistakes.tables.CLASS_MISTAKES`: every class in both roles, by class id.
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
    """Count the mistakes by superclass.

    `mistakes`: the table `errata.mistakes.tables.MISTAKES`.
    `members`: the table `errata.classes.tables.SUPERCLASSES`.
    Returns the table `errata.mistakes.tables.SUPERCLASS_MISTAKES`, by name. Classes in no superclass are in none of its
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

    `mistakes`: the table `errata.mistakes.tables.MISTAKES`.
    `evidence`: the table `errata.atlas.tables.EVIDENCE` beside the atlas.
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


def difficulty(atlas: Atlas, mistakes: pl.DataFrame, models: int) -> pl.DataFrame:
    """Return the table `errata.mistakes.tables.DIFFICULTY`: every image that counts, most difficult first.

    Of images that are equally difficult, those come first on which most models give the same wrong answer.

    The entropy is that of the answers of all models to the image, -sum p log p with p the share of the models that
    give an answer, the target among them; 0 where all agree.
    """
    share_of = max(models, 1)
    is_error = ~pl.col("category").is_in(FORGIVEN)
    by_image = (
        mistakes.sort("file_name", -pl.col("models"), "predicted_class")
        .group_by("file_name", maintain_order=True)
        .agg(
            wrong=pl.col("models").sum().cast(pl.Int32),
            multi_label_errors=pl.col("models").filter(is_error).sum().cast(pl.Int32),
            wrong_answers=pl.len(),
            entropy_of_wrong=_surprise(pl.col("models") / share_of).sum(),
            common_mistake=pl.col("predicted_class").first(),
            common_mistake_category=pl.col("category").first(),
            common_mistake_models=pl.col("models").first(),
        )
    )
    correct = (models - pl.col("wrong")) / share_of
    counts = ("wrong", "multi_label_errors", "wrong_answers", "common_mistake_models")
    frame = (
        atlas.images.filter(~pl.col("is_problematic"))
        .select("file_name", "target")
        .join(by_image, on="file_name", how="left")
        .with_columns(pl.col(counts).fill_null(0), pl.col("entropy_of_wrong").fill_null(0))
        .with_columns(
            models=pl.lit(models, pl.Int32),
            share_wrong=100 * pl.col("wrong") / share_of,
            share_multi_label_errors=100 * pl.col("multi_label_errors") / share_of,
            answers=(pl.col("wrong_answers") + (pl.col("wrong") < models)).cast(pl.Int32),
            # rounded, as sums in another order differ in the last digits; agreement is 0, not a little below
            entropy=(pl.col("entropy_of_wrong") + _surprise(correct)).round(9).abs(),
        )
        .sort("wrong", "multi_label_errors", "common_mistake_models", "file_name", descending=[True, True, True, False])
    )
    return check_table(frame.select(*DIFFICULTY.columns), DIFFICULTY, where="difficulty")


def _surprise(share: pl.Expr) -> pl.Expr:
    return pl.when(share > 0).then(-share * share.log()).otherwise(0.0)
