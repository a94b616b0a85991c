"""Recall: how often errors on images with a planted cause are assigned to the category of that name.

An image is one draw, with the answers of all models to it: the recall of a cause is a ratio of two sums over its
images, and its interval is that of a pooled share (`errata.profiles.intervals`), with the images of the cause as one
stratum. The atlases of a data set are compared on the same images, so the interval of their difference comes from the
differences image by image. Atlases are ranked by their average recall.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.categories import CATEGORY_COLUMNS, CHECKED
from errata.errors import InputError
from errata.profiles.intervals import Z, pooled_share
from errata.tables import check_table
from errata.truth.tables import RECALL

CAUSES = CHECKED
"""Causes that can be planted, least severe first; each is the name of the category that it should be assigned to."""

_ANSWER = ("cause", "as_planted")


@dataclass(frozen=True)
class _Recalls:
    """The recall of one atlas for every (cause, as_planted).

    `values` are shares; `influences` say how much every image, float64 of shape (images of the cause,), moves the
    share from its value: (a - R b) / B, for a of its b errors assigned to the cause, R the recall, B all errors.
    """

    values: dict[tuple[str, bool], float]
    influences: dict[tuple[str, bool], np.ndarray]


def measure_recall(planted: pl.DataFrame, errors: Iterable[tuple[str, pl.LazyFrame]]) -> pl.DataFrame:
    """Measure how the errors on images with planted causes were assigned by some atlases.

    `planted`: the table `errata.truth.tables.PLANTED`.
    `errors`: name of each atlas and its table `errata.predictions.tables.ERRORS`; taken one at a time.
    Returns the table `errata.truth.tables.RECALL`, by atlas in the order given, then by cause, typical images last. A
    cause on which no model errs has one row, without a share.
    Raises InputError if a cause is no category, or an error is on an image that `planted` does not list.
    """
    _check_causes(planted)
    planted = planted.select("file_name", "cause", "confuser").sort("file_name")
    frames, recalls = [], {}
    for atlas, table in errors:
        assigned = _assigned(planted, table, atlas=atlas)
        frames.append(_shares(planted, assigned).with_columns(pl.lit(atlas).alias("atlas")))
        recalls[atlas] = _recalls(planted, assigned)
    if not frames:
        raise InputError("No table of errors was given; expected one for each atlas to be measured.")
    frame = pl.concat(frames)
    behind = _behind(recalls, recalls[best_first(frame)[0]])
    frame = frame.join(behind, on=["atlas", "cause", "category", "as_planted"], how="left")
    ranks = {cause: rank for rank, cause in enumerate(CAUSES)}
    order = {atlas: rank for rank, atlas in enumerate(recalls)}
    frame = frame.sort(
        pl.col("atlas").replace_strict(order, return_dtype=pl.Int32),
        pl.col("cause").replace_strict(ranks, default=None, return_dtype=pl.Int32),
        pl.col("as_planted").not_(),
        pl.col("category").replace_strict(
            {category: rank for rank, category in enumerate(CATEGORY_COLUMNS)}, return_dtype=pl.Int32
        ),
        nulls_last=True,
    )
    return check_table(frame.select(*RECALL.columns), RECALL, where="recall")


def _check_causes(planted: pl.DataFrame) -> None:
    strange = planted.filter(pl.col("cause").is_not_null() & ~pl.col("cause").is_in(CAUSES))
    if not strange.is_empty():
        name, cause = strange.select("file_name", "cause").row(0)
        raise InputError(
            f"Table of planted causes: image '{name}' has the cause '{cause}'; expected none or one of "
            f"{', '.join(CAUSES)}. Correct the table."
        )


def _assigned(planted: pl.DataFrame, errors: pl.LazyFrame, *, atlas: str) -> pl.DataFrame:
    """Count errors by image, category and whether the plant accounts for them, and again over all errors."""
    listed = planted.lazy().with_columns(pl.lit(value=True).alias("_listed"))
    # the errors of all models are never in memory together, only their counts
    by_answer = (
        errors.join(listed, on="file_name", how="left")
        .group_by("file_name", "predicted_class", "category", "cause", "confuser", "_listed")
        .len("errors")
        .collect(engine="streaming")
    )
    unlisted = by_answer.filter(pl.col("_listed").is_null()).sort("file_name")
    if not unlisted.is_empty():
        raise InputError(
            f"Table of planted causes: image '{unlisted['file_name'][0]}', on which the atlas '{atlas}' has an error, "
            "is not in it. Expected a row for every image of the data set, with an empty cause where nothing was "
            "planted."
        )
    accounted = pl.col("confuser").is_null() | (pl.col("predicted_class") == pl.col("confuser"))
    keys = ("file_name", "cause", "category", "as_planted")
    as_planted = by_answer.filter(pl.col("cause").is_not_null() & accounted).with_columns(as_planted=pl.lit(value=True))
    all_errors = by_answer.with_columns(as_planted=pl.lit(value=False))
    as_planted, all_errors = (rows.group_by(keys).agg(pl.col("errors").sum()) for rows in (as_planted, all_errors))
    return pl.concat([as_planted, all_errors]).with_columns(pl.col("errors").cast(pl.Float64))


def _shares(planted: pl.DataFrame, assigned: pl.DataFrame) -> pl.DataFrame:
    """Return a row per cause, as_planted and category with any error, and per cause one for its own category."""
    by_image = assigned.group_by("file_name", *_ANSWER).agg(pl.col("errors").sum().alias("of"))
    squares = (
        assigned.join(by_image, on=["file_name", *_ANSWER], nulls_equal=True)
        .group_by(*_ANSWER, "category")
        .agg(
            pl.col("errors").sum(),
            pl.len().alias("images"),
            (pl.col("errors") ** 2).sum().alias("_aa"),
            (pl.col("errors") * pl.col("of")).sum().alias("_ab"),
        )
    )
    totals = by_image.group_by(_ANSWER).agg(
        pl.col("of").sum().alias("of_errors"), pl.len().alias("of_images"), (pl.col("of") ** 2).sum().alias("_bb")
    )
    causes = planted["cause"].drop_nulls().unique()
    own = pl.DataFrame({"cause": causes, "category": causes}).join(
        pl.DataFrame({"as_planted": [True, False]}), how="cross"
    )
    sizes = planted.group_by("cause").len("_size")
    frame = (
        pl.concat([squares.select(*_ANSWER, "category"), own.select(*_ANSWER, "category")])
        .unique()
        .join(squares, on=[*_ANSWER, "category"], how="left", nulls_equal=True)
        .join(totals, on=_ANSWER, how="left", nulls_equal=True)
        .join(sizes, on="cause", how="left", nulls_equal=True)
        .with_columns(pl.col("errors", "images", "of_errors", "of_images", "_aa", "_ab", "_bb").fill_null(0))
    )
    # a column is one stratum: the images of a cause
    a, b, aa, ab, bb, size = (
        frame[name].cast(pl.Float64).to_numpy()[:, None]
        for name in ("errors", "of_errors", "_aa", "_ab", "_bb", "_size")
    )
    estimate = pooled_share(a, b, (aa, ab, bb), size)
    return frame.with_columns(
        pl.col("errors", "images", "of_errors", "of_images").cast(pl.Int32),
        pl.Series("share", 100 * estimate.value).fill_nan(None),
        pl.Series("share_low", 100 * estimate.low).fill_nan(None),
        pl.Series("share_high", 100 * estimate.high).fill_nan(None),
    ).select(*_ANSWER, "category", "errors", "images", "of_errors", "of_images", "share", "share_low", "share_high")


def _recalls(planted: pl.DataFrame, assigned: pl.DataFrame) -> _Recalls:
    values, influences = {}, {}
    for cause in planted["cause"].drop_nulls().unique():
        images = planted.filter(pl.col("cause") == cause).select("file_name")
        for as_planted in (True, False):
            rows = assigned.filter((pl.col("cause") == cause) & (pl.col("as_planted") == as_planted))
            counts = images.join(
                rows.group_by("file_name").agg(
                    pl.col("errors").sum().alias("b"),
                    pl.col("errors").filter(pl.col("category") == cause).sum().alias("a"),
                ),
                on="file_name",
                how="left",
                maintain_order="left",
            ).fill_null(0)
            a, b = counts["a"].to_numpy(), counts["b"].to_numpy()
            if b.sum():
                values[cause, as_planted] = a.sum() / b.sum()
                influences[cause, as_planted] = (a - values[cause, as_planted] * b) / b.sum()
    return _Recalls(values, influences)


def _behind(recalls: Mapping[str, _Recalls], best: _Recalls) -> pl.DataFrame:
    """Return by how many points the best atlas is ahead of each, by cause, with 95 % limits; normal approximation."""
    rows = []
    for atlas, one in recalls.items():
        for key in one.values.keys() & best.values.keys():
            difference = best.values[key] - one.values[key]
            moves = best.influences[key] - one.influences[key]
            half = Z * np.sqrt((moves**2).sum() * len(moves) / max(len(moves) - 1, 1))
            limits = np.clip(100 * (difference + np.array([0, -half, half])), -100, 100)
            rows.append((atlas, key[0], key[0], key[1], *limits.tolist()))
    names = ("atlas", "cause", "category", "as_planted", "behind", "behind_low", "behind_high")
    return pl.DataFrame(rows, schema={name: RECALL.columns[name].dtype for name in names}, orient="row")


def rank_atlases(recall: pl.DataFrame) -> pl.DataFrame:
    """Average the recall of every atlas over the causes, each counting alike, and rank the atlases by it.

    The limits of an average come from the limits of its parts, which are independent because no image has two causes:
    the squared distances of the parts' limits from their values add up (Zou and Donner, Statistics in Medicine 27,
    2008, "MOVER").

    `recall`: the table `errata.truth.tables.RECALL`.
    Returns `atlas`, `causes` (averaged over), and in per cent with `_low` and `_high` limits `as_planted` (errors that
    the plant accounts for), `all_errors`, and `behind` (points by which the best atlas is ahead, errors as planted).
    Best first: by `as_planted`, then `all_errors`, then the order of `recall`.
    """
    recall = check_table(recall, RECALL, where="recall")
    planted = pl.col("as_planted")
    order = best_first(recall)
    ranks = {atlas: rank for rank, atlas in enumerate(order)}
    return (
        _defined(recall)
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


def _defined(recall: pl.DataFrame) -> pl.DataFrame:
    return recall.filter((pl.col("category") == pl.col("cause")) & pl.col("share").is_not_null())


def _average(name: str, column: str, *, among: pl.Expr) -> list[pl.Expr]:
    value, low, high = (pl.col(f"{column}{suffix}").filter(among) for suffix in ("", "_low", "_high"))
    return [
        value.mean().alias(name),
        (value.mean() - ((value - low) ** 2).sum().sqrt() / value.count()).alias(f"{name}_low"),
        (value.mean() + ((high - value) ** 2).sum().sqrt() / value.count()).alias(f"{name}_high"),
    ]
