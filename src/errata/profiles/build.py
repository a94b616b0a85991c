"""The profile of every model in every group: counts, shares and accuracies with 95 % intervals, and probabilities.

The soft profile says which categories a model's probability goes to, not only its first answer.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS
from errata.errors import InputError
from errata.profiles.answers import COUNTED, Answers, Counts, count_outcomes, images_that_count
from errata.profiles.intervals import Estimate, mean_of_classes, pooled_share, share
from errata.profiles.statistics import (
    ACCURACIES,
    MULTI_LABEL_ERROR_CODES,
    PROVISIONAL_CODES,
    SHARES,
    TOP1_ERROR_CODES,
    Accuracy,
    Share,
    codes_of,
    is_counted,
    is_defined,
)
from errata.profiles.tables import POOLED, PROFILE, SOFT_PROFILE
from errata.tables import check_table


def build_profile(atlas: Atlas, answers: Answers) -> pl.DataFrame:
    """Build the profile of every model.

    Returns
    -------
    polars.DataFrame
        The table `errata.profiles.tables.PROFILE`, by model in the order given, then by group, and after its columns:
        `mle` (multi-label errors), provisional counts, `imagenet_m_errors`, and in per cent with `_low` and `_high`
        limits `top1`, the shares, `mla_own_classes` and, where open-world evidence is missing, bounds for the
        accuracies that depend on it. What is undefined on the data set or in the atlas is null.
    """
    frames = [_profile_of(atlas, counts) for counts in count_outcomes(atlas, answers)]
    order = pl.DataFrame({"model": answers.models, "rank": range(len(answers.models))})
    groups = pl.DataFrame({"group": atlas.groups, "group_rank": range(len(atlas.groups))})
    profile = (
        pl.concat(frames)
        .join(order, on="model")
        .join(groups, on="group")
        .sort("rank", "group_rank")
        .drop("rank", "group_rank")
        .join(_imagenet_m_errors(atlas, answers), on=["model", "group"], how="left", maintain_order="left")
    )
    return check_table(profile, PROFILE, where="profile")


def _profile_of(atlas: Atlas, counts: Counts) -> pl.DataFrame:
    totals = counts.outcomes.sum(axis=2)
    nothing = [None] * len(counts.models)
    columns: dict[str, pl.Series | list | np.ndarray] = {
        "model": list(counts.models),
        "group": [counts.group] * len(counts.models),
        "images": counts.sizes.sum(axis=1),
        "correct": _total(totals, codes_of(CORRECT)),
        "top1_errors": _total(totals, TOP1_ERROR_CODES),
        **{
            category: _total(totals, codes_of(category)) if is_counted(category, atlas) else nothing
            for category in CATEGORY_COLUMNS
        },
        **dict.fromkeys(("mla", "mla_minor", "mla_explainable"), nothing),
        "mle": _total(totals, MULTI_LABEL_ERROR_CODES),
        **{
            name: _total(totals, codes) if is_counted(name, atlas) else nothing
            for name, codes in PROVISIONAL_CODES.items()
        },
    }
    for statistic in (*ACCURACIES, *SHARES):
        limits = (statistic.column, f"{statistic.column}_low", f"{statistic.column}_high")
        if is_defined(statistic, atlas):
            estimate = _estimate(atlas, counts, statistic)
            columns.update(zip(limits, (100 * estimate.value, 100 * estimate.low, 100 * estimate.high), strict=True))
        else:
            columns.update(dict.fromkeys(limits, pl.Series(nothing, dtype=pl.Float64)))
    return pl.DataFrame(columns, strict=False, nan_to_null=True).with_columns(
        *(pl.col(name).cast(column.dtype) for name, column in PROFILE.columns.items()),
        pl.col("mle", *PROVISIONAL_CODES).cast(pl.Int32),
    )


def _estimate(atlas: Atlas, counts: Counts, statistic: Share | Accuracy) -> Estimate:
    sizes = counts.sizes.astype(np.float64)
    if isinstance(statistic, Share):
        return share(counts.of(statistic.numerator), counts.of(statistic.denominator), sizes)
    if statistic.own_classes and counts.group != "all":
        sizes = np.where(atlas.classes["group"].to_numpy() == counts.group, sizes, 0)
    return mean_of_classes(counts.of(statistic.accepted) * (sizes > 0), sizes)


def _total(totals: np.ndarray, codes: tuple[int, ...]) -> np.ndarray:
    return totals[:, codes].sum(axis=1)


def _imagenet_m_errors(atlas: Atlas, answers: Answers) -> pl.DataFrame:
    """Count, per model and group, ImageNet-M images whose prediction is not in the multi-label; null without a list.

    As in the paper, a class that overlaps with the target is wrong here unless the image's labels name it.
    """
    listed = atlas.images["is_imagenet_m"]
    is_listed = listed.fill_null(value=False).to_numpy()
    multi_labels = atlas.images["multi_labels"]
    frames = []
    for group in atlas.groups:
        rows = images_that_count(atlas, group)
        errors = np.zeros(len(answers.models), dtype=np.int64)
        for row in rows[is_listed[rows]]:
            predicted = answers.predictions[:, row]
            # an image without a prediction has -1
            errors += ~np.isin(predicted, multi_labels[int(row)]) & (predicted >= 0)
        frames.append(
            pl.DataFrame(
                {
                    "model": list(answers.models),
                    "group": [group] * len(answers.models),
                    "imagenet_m_errors": pl.Series(errors, dtype=pl.Int32)
                    if not listed.null_count()
                    else pl.Series([None] * len(answers.models), dtype=pl.Int32),
                }
            )
        )
    return pl.concat(frames)


def build_pooled(atlas: Atlas, answers: Answers) -> pl.DataFrame:
    """Pool the answers of all models: how many errors of each category, and their share.

    Returns
    -------
    polars.DataFrame
        The table `errata.profiles.tables.POOLED`; shares of `class_overlap` and `multi_label` are of the top-1 errors,
        the others of the multi-label errors. Intervals treat an image with the answers of all models as one draw.
    """
    answered = np.stack([(answers.outcomes == code).sum(axis=0) for code in range(COUNTED)]).astype(np.float64)
    classes = atlas.outcomes.shape[1]
    rows: list[dict] = []
    for group in atlas.groups:
        images = images_that_count(atlas, group)
        targets = atlas.targets[images]
        sizes = np.bincount(targets, minlength=classes).astype(np.float64)
        for statistic in SHARES:
            if statistic.column == "top1" or not is_defined(statistic, atlas):
                continue
            a = answered[list(statistic.numerator)][:, images].sum(axis=0)
            b = answered[list(statistic.denominator)][:, images].sum(axis=0)
            sums = [np.bincount(targets, weights=value, minlength=classes) for value in (a, b, a * a, a * b, b * b)]
            estimate = pooled_share(sums[0], sums[1], (sums[2], sums[3], sums[4]), sizes)
            rows.append(
                {
                    "group": group,
                    "category": statistic.column.removeprefix("share_"),
                    "models": len(answers.models),
                    "count": int(a.sum()),
                    "denominator": int(b.sum()),
                    **{
                        f"share{suffix}": _defined(100 * value)
                        for suffix, value in (("", estimate.value), ("_low", estimate.low), ("_high", estimate.high))
                    },
                }
            )
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in POOLED.columns.items()})


def _defined(value: np.ndarray) -> float | None:
    return None if np.isnan(value) else float(value)


BEYOND_TOP_CLASSES = "beyond_top_classes"
"""The probability outside the classes that a predictions table keeps; no one knows its categories."""


def build_soft_profile(atlas: Atlas, predictions: Iterable[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    """Build the soft error profile of some models.

    An image's probabilities are added up by what each class would be as an answer; the mean over the images that
    count, are in the group and have a prediction is the mass. The masses of a model and group add up to 100.

    Parameters
    ----------
    atlas : Atlas
    predictions : iterable of (str, polars.DataFrame)
        Name of each model and its table `errata.predictions.tables.PREDICTIONS`; taken one at a time. Images outside
        the atlas are not used.

    Returns
    -------
    polars.DataFrame
        The table `errata.profiles.tables.SOFT_PROFILE`, by model in the order given, then by group and category:
        `correct`, `errata.categories.CATEGORY_COLUMNS`, `beyond_top_classes`. Masses of categories that are undefined
        in the atlas, and of a group without images, are null.

    Raises
    ------
    InputError
        If a table has a class that the atlas does not know, other numbers of classes and probabilities, or no
        image of the atlas that counts.
    """
    frames = list(_masses_of_models(atlas, predictions))
    if not frames:
        raise InputError("No table of predictions was given; expected one for each model.")
    return check_table(pl.concat(frames), SOFT_PROFILE, where="soft profile")


def _masses_of_models(atlas: Atlas, predictions: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[pl.DataFrame]:
    row_of = atlas.images.select("file_name", pl.int_range(pl.len(), dtype=pl.Int64).alias("_row"))
    row_of = row_of[images_that_count(atlas, "all")]
    groups = np.zeros((atlas.images.height, len(atlas.groups)))
    for number, group in enumerate(atlas.groups):
        groups[images_that_count(atlas, group), number] = 1
    categories = (CORRECT, *CATEGORY_COLUMNS)
    membership = np.zeros((COUNTED, len(categories)))
    for column, category in enumerate(categories):
        membership[list(codes_of(category)), column] = 1
    undefined = [category for category in CATEGORY_COLUMNS if not is_counted(category, atlas)]
    for model, table in predictions:
        known = table.select("file_name", "top_classes", "top_probabilities").join(row_of, on="file_name", how="inner")
        mass = _mass_by_outcome(atlas, known, model=model) @ membership
        mean = _mean_by_group(mass, groups[known["_row"].to_numpy()])
        # rounding of stored probabilities may take a sum a little above one
        beyond = np.maximum(1 - mean.sum(axis=1, keepdims=True), 0)
        per_cent = np.minimum(100 * np.hstack([mean, beyond]), 100)
        names = (*categories, BEYOND_TOP_CLASSES)
        frame = pl.DataFrame(
            {
                "model": [model] * per_cent.size,
                "group": np.repeat(atlas.groups, len(names)).tolist(),
                "category": names * len(atlas.groups),
                "mass": pl.Series(per_cent.ravel()).fill_nan(None),
            }
        )
        yield frame.with_columns(pl.when(~pl.col("category").is_in(undefined)).then("mass").alias("mass"))


def _mass_by_outcome(atlas: Atlas, known: pl.DataFrame, *, model: str) -> np.ndarray:
    """Add up the probabilities of each image by outcome code; float64, shape (images of `known`, counted outcomes)."""
    if known.is_empty():
        raise InputError(
            f"The predictions of '{model}' hold no image of the atlas '{atlas.name}' that counts. Give predictions on "
            f"the data set '{atlas.dataset}'."
        )
    lengths = known["top_classes"].list.len().to_numpy().astype(np.int64)
    if (known["top_probabilities"].list.len().to_numpy() != lengths).any():
        raise InputError(
            f"The predictions of '{model}' have an image with other numbers of top_classes and top_probabilities; "
            "expected one probability for each class. Predict again."
        )
    classes = known["top_classes"].explode(empty_as_null=False).to_numpy()
    probabilities = known["top_probabilities"].explode(empty_as_null=False).to_numpy().astype(np.float64)
    if classes.size and not 0 <= classes.min() <= classes.max() < atlas.outcomes.shape[1]:
        raise InputError(
            f"The predictions of '{model}' name class {int(classes.max())}; the atlas '{atlas.name}' has the classes 0 "
            f"to {atlas.outcomes.shape[1] - 1}. Give predictions over the same classes."
        )
    codes = atlas.outcomes.ravel().take(
        np.repeat(known["_row"].to_numpy() * atlas.outcomes.shape[1], lengths) + classes
    )
    cells = np.repeat(np.arange(known.height) * COUNTED, lengths) + codes
    sums = np.bincount(cells, weights=probabilities, minlength=known.height * COUNTED)
    return sums.reshape(known.height, COUNTED)


def _mean_by_group(mass: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the mean of `mass`, shape (images, columns), over the images of each column of `groups`; NaN for none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return groups.T @ mass / groups.sum(axis=0)[:, None]
