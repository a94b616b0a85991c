"""How difficult every image is: how many models are wrong about it, and whether they agree."""

import polars as pl

from errata.atlas.compiled import Atlas
from errata.categories import FORGIVEN
from errata.mistakes.tables import DIFFICULTY
from errata.tables import check_table


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
