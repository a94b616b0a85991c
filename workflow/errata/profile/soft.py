"""The soft error profile: which categories a model's probability goes to, not only its first answer."""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import CORRECT
from errata.groups import GROUPS
from errata.input_error import InputError
from errata.profile.counts import COUNTED, images_that_count
from errata.profile.statistics import codes_of, is_counted
from errata.tables import CATEGORY_COLUMNS, SOFT_PROFILE, check_table

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
        Name of each model and its table `errata.tables.PREDICTIONS`; taken one at a time. Images outside the atlas
        are not used.

    Returns
    -------
    polars.DataFrame
        The table `errata.tables.SOFT_PROFILE`, by model in the order given, then by group and category: `correct`,
        `errata.tables.CATEGORY_COLUMNS`, `beyond_top_classes`. Masses of categories that are undefined in the atlas,
        and of a group without images, are null.

    Raises
    ------
    InputError
        If a table has a class that the atlas does not know, as many probabilities as classes are not there, or no
        image of the atlas.
    """
    frames = list(_masses_of_models(atlas, predictions))
    if not frames:
        raise InputError("No table of predictions was given; expected one for each model.")
    return check_table(pl.concat(frames), SOFT_PROFILE, where="soft profile")


def _masses_of_models(atlas: Atlas, predictions: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[pl.DataFrame]:
    rows = {name: row for row, name in enumerate(atlas.images["file_name"])}
    row_of = pl.DataFrame({"file_name": list(rows), "_row": pl.Series(list(rows.values()), dtype=pl.Int64)})
    groups = np.zeros((len(GROUPS), atlas.images.height), dtype=bool)
    for number, group in enumerate(GROUPS):
        groups[number, images_that_count(atlas, group)] = True
    categories = (CORRECT, *CATEGORY_COLUMNS)
    membership = np.zeros((COUNTED, len(categories)))
    for column, category in enumerate(categories):
        membership[list(codes_of(category)), column] = 1
    undefined = [category for category in CATEGORY_COLUMNS if not is_counted(category, atlas)]
    for model, table in predictions:
        known = table.select("file_name", "top_classes", "top_probabilities").join(row_of, on="file_name", how="inner")
        mass = _mass_by_outcome(atlas, known, model=model) @ membership
        mean = _mean_by_group(mass, groups[:, known["_row"].to_numpy()])
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
    """Add up the probabilities of each image by outcome code; float64, shape (images of `known`, counted outcomes).

    Problematic images have other codes too, which are left out here, as these images are later.
    """
    if known.is_empty():
        raise InputError(
            f"The predictions of '{model}' hold no image of the atlas '{atlas.name}'. Give predictions on the data set "
            f"'{atlas.dataset}'."
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
    image = np.repeat(np.arange(known.height), lengths)
    codes = atlas.outcomes[known["_row"].to_numpy()[image], classes].astype(np.int64)
    counted = codes < COUNTED
    cells = (image * COUNTED + codes)[counted]
    sums = np.bincount(cells, weights=probabilities[counted], minlength=known.height * COUNTED)
    return sums.reshape(known.height, COUNTED)


def _mean_by_group(mass: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the mean of `mass`, shape (images, columns), over the images of each group; NaN for none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return groups.astype(np.float64) @ mass / groups.sum(axis=1, keepdims=True)
