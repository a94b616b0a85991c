"""Answers: what every model's prediction is on every image, looked up in the atlas."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import CORRECT
from errata.tables import ERRORS, PROBLEMATIC

MODELS_PER_CHUNK = 50
"""Models whose error rows or counts are in memory at once."""


@dataclass(frozen=True)
class Answers:
    """Predictions of models and their outcomes.

    Attributes
    ----------
    models : tuple of str
    predictions : numpy.ndarray
        int16, shape (models, images): predicted class, images in the order of the atlas.
    outcomes : numpy.ndarray
        uint8, shape (models, images): outcome codes.
    """

    models: tuple[str, ...]
    predictions: np.ndarray
    outcomes: np.ndarray


def look_up(atlas: Atlas, models: list[str], predictions: np.ndarray) -> Answers:
    """Look up the outcome of every prediction.

    Parameters
    ----------
    atlas : Atlas
    models : list of str
    predictions : numpy.ndarray
        Integer, shape (models, images), every value a class id of the atlas.
    """
    images, classes = atlas.outcomes.shape
    flat = np.arange(images, dtype=np.int64) * classes
    outcomes = np.empty(predictions.shape, dtype=np.uint8)
    for row, predicted in enumerate(predictions):
        np.take(atlas.outcomes.ravel(), flat + predicted, out=outcomes[row])
    return Answers(tuple(models), predictions, outcomes)


def error_tables(atlas: Atlas, answers: Answers) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield, for some models at a time, the tables `ERRORS` and `PROBLEMATIC`.

    `ERRORS` has the images that count and whose prediction is not the target; `PROBLEMATIC` has every problematic
    image, whatever was predicted. Rows are by model, in the order given, then by file name.
    """
    problematic = atlas.images["is_problematic"].to_numpy()
    correct = np.array([outcome.category == CORRECT for outcome in atlas.outcome_list])
    for start in range(0, len(answers.models), MODELS_PER_CHUNK):
        rows = slice(start, start + MODELS_PER_CHUNK)
        wrong = ~correct[answers.outcomes[rows]]
        yield (
            _rows(atlas, answers, rows, wrong & ~problematic).select(
                *ERRORS.columns,
            ),
            _rows(atlas, answers, rows, np.broadcast_to(problematic, wrong.shape))
            .rename({"category": "outcome"})
            .select(*PROBLEMATIC.columns),
        )


def _rows(atlas: Atlas, answers: Answers, models: slice, mask: np.ndarray) -> pl.DataFrame:
    model, image = np.nonzero(mask)
    codes = answers.outcomes[models][model, image]
    categories = pl.Series([outcome.category for outcome in atlas.outcome_list])
    provisional = pl.Series([outcome.provisional_category for outcome in atlas.outcome_list], dtype=pl.String)
    return pl.DataFrame(
        {
            "model": pl.Series(answers.models[models], dtype=pl.String).gather(model),
            "file_name": atlas.images["file_name"].gather(image),
            "target": atlas.images["target"].gather(image),
            "predicted_class": answers.predictions[models][model, image].astype(np.int16),
            "category": categories.gather(codes),
            "provisional_category": provisional.gather(codes),
        }
    )
