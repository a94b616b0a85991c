"""The soft error profile: which categories a model's probability goes to, not only its first answer."""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS
from errata.errors import InputError
from errata.groups import GROUPS
from errata.profile.counts import COUNTED, images_that_count
from errata.profile.statistics import codes_of, is_counted
from errata.profile.tables import SOFT_PROFILE
from errata.tables import check_table

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
        The table `errata.profile.tables.SOFT_PROFILE`, by model in the order given, then by group and category:
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
    groups = np.zeros((atlas.images.height, len(GROUPS)))
    for number, group in enumerate(GROUPS):
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
                "group": np.repeat(GROUPS, len(names)).tolist(),
                "category": names * len(GROUPS),
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
