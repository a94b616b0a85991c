"""Check the accuracy of models that were run against published ones.

A wrong file of weights, a wrong preprocessing or a wrong order of classes still gives predictions. They show in the
accuracy, so every run is held against a published figure, where there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.accuracy.tables import ACCURACY, AS_EXPECTED, NOT_CHECKED, UNEXPECTED
from errata.errors import InputError, RefusedError
from errata.tables import check_table
from errata.user_files import read_parquet

DRIFT = 0.30
"""Percentage points that honest runs on the same images may differ by: other versions of libraries, decoders and
resizers, half precision. The paper's and timm's own runs of the same 863 models (the columns `top1_val_acc` and `top1`
of the sources `published_imagenet_all` and `timm_results`) differ by at most 0.26, 852 of them by at most 0.05;
bfloat16 costs up to 0.10."""

DEVIATIONS = 3.0
"""How many standard deviations of sampling are allowed where a model was run on a part of the images. Of 50 models
whose predictions are published (ImageNetV2's repository), the accuracy on the 20,000 annotated images differs from that
on all 50,000 by at most 1.6 standard deviations."""

OFTEN = 8
"""Unexpected models that a refusal names."""


@dataclass(frozen=True)
class Expected:
    """What to expect of a model, None where nothing is known.

    `top1`: per cent, over all images of the data set.
    `source`: who published it.
    `published`: name of the same weights in the paper's tables.
    """

    top1: float | None = None
    source: str | None = None
    published: str | None = None


def check_accuracy(
    predictions: Mapping[str, Path | str], *, targets: pl.DataFrame, expected: Mapping[str, Expected]
) -> pl.DataFrame:
    """Compare the top-1 of models that were run with the one to expect.

    `predictions`: model -> its table of predictions.
    `targets`: the table `errata.labels.tables.TARGETS`: every image of the data set.
    `expected`: model -> what to expect; models that are missing are not checked.
    Returns the table ACCURACY, in the order of `predictions`. The tolerance is `DRIFT`, plus `DEVIATIONS` standard
    deviations of drawing the model's images, without putting back, from all images of the data set: nothing if it was
    run on all of them.
    """
    rows = []
    for model, path in predictions.items():
        known = expected.get(model, Expected())
        rows.append((model, *_images_and_top1(path, targets), known.top1, known.source, known.published))
    schema = {
        "model": pl.String,
        "images": pl.Int32,
        "top1": pl.Float64,
        "expected_top1": pl.Float64,
        "expected_from": pl.String,
        "published": pl.String,
    }
    share = pl.col("expected_top1") / 100
    # Cochran, Sampling Techniques, 3rd ed., section 3.2: a share in a sample without replacement
    variance = share * (1 - share) / pl.col("images") * (1 - pl.col("images") / targets.height)
    frame = (
        pl.DataFrame(rows, schema=schema, orient="row")
        .with_columns(
            pl.lit(targets.height, pl.Int32).alias("of_images"),
            (pl.col("top1") - pl.col("expected_top1")).alias("difference"),
            (pl.col("top1") - pl.col("expected_top1")).abs().alias("distance"),
            (DRIFT + DEVIATIONS * 100 * variance.sqrt()).alias("tolerance"),
        )
        .with_columns(
            pl.when(pl.col("expected_top1").is_null())
            .then(pl.lit(NOT_CHECKED))
            .when(pl.col("distance") <= pl.col("tolerance"))
            .then(pl.lit(AS_EXPECTED))
            .otherwise(pl.lit(UNEXPECTED))
            .alias("check")
        )
    )
    frame = frame.with_columns(_sentence().alias("sentence")).drop("distance")
    return check_table(frame, ACCURACY, where="accuracy")


def refuse_unexpected(accuracy: pl.DataFrame) -> None:
    """Refuse models whose accuracy is not the one to expect.

    Raises InputError if there are any, with what is wrong with each of the first few.
    """
    unexpected = accuracy.filter(pl.col("check") == UNEXPECTED)
    if unexpected.height:
        listed = [f"  {row['model']}: {row['sentence']}" for row in unexpected.head(OFTEN).iter_rows(named=True)]
        more = [f"  and {unexpected.height - OFTEN} more"] if unexpected.height > OFTEN else []
        raise RefusedError(
            f"{unexpected.height} of {accuracy.height} models are not as accurate as expected:\n"
            + "\n".join([*listed, *more])
            + "\nLeave them out of the config key 'models', or use them with a mark: unexpected_accuracy: flag."
        )


def _images_and_top1(path: Path | str, targets: pl.DataFrame) -> tuple[int, float]:
    # two of many columns: a table of predictions is checked as a whole where it is classified
    predicted = read_parquet(path, ["file_name", "predicted_class"])
    joined = predicted.join(targets.select("file_name", "target"), on="file_name")
    if not joined.height or joined.height < predicted.height:
        raise InputError(
            f"{path}: {predicted.height - joined.height} of {predicted.height} images are not in the data set's "
            "targets. Run the model again."
        )
    return joined.height, 100 * float(joined.select((pl.col("predicted_class") == pl.col("target")).mean()).item())


def _sentence() -> pl.Expr:
    part = pl.when(pl.col("images") == pl.col("of_images")).then(pl.lit("")).otherwise(pl.lit(", a part of them"))
    found = pl.format("Top-1 {} % on {} images{}", _written("top1"), pl.col("images"), part)
    expected = pl.format("{} % (±{}, {})", _written("expected_top1"), _written("tolerance"), pl.col("expected_from"))
    side = pl.when(pl.col("difference") < 0).then(pl.lit("lower")).otherwise(pl.lit("higher"))
    return (
        pl.when(pl.col("check") == NOT_CHECKED)
        .then(pl.format("{}; not checked, as no accuracy to expect on this data set is known.", found))
        .when(pl.col("check") == AS_EXPECTED)
        .then(pl.format("{}, as expected: {}.", found, expected))
        .otherwise(
            pl.format(
                "{}, {} points {} than the {} to expect: the weights, the preprocessing or the order of the classes "
                "may be wrong.",
                found,
                _written("distance"),
                side,
                expected,
            )
        )
    )


def _written(name: str) -> pl.Expr:
    """Write a number, zero or more, with two decimals."""
    digits = (100 * pl.col(name)).round(0).cast(pl.Int64).cast(pl.String).str.zfill(3)
    return pl.concat_str(digits.str.head(-2), pl.lit("."), digits.str.tail(2))


def mark_profile(profile: pl.DataFrame, accuracy: pl.DataFrame) -> pl.DataFrame:
    """Add the column `accuracy_check` to a profile: a column of the table ACCURACY, `not_checked` for other models.

    `profile`: the table `errata.profiles.tables.PROFILE`.
    `accuracy`: the table ACCURACY.
    """
    checks = accuracy.select("model", pl.col("check").alias("accuracy_check"))
    return profile.join(checks, on="model", how="left", maintain_order="left").with_columns(
        pl.col("accuracy_check").fill_null(NOT_CHECKED)
    )
