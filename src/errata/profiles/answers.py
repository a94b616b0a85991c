"""Answers: what every model's prediction is on every image, and how often each outcome occurs.

The counts per model, group and target class are all that any statistic needs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import OUTCOMES

UNANSWERED = 255
"""Stands for an image without a prediction among outcome codes."""

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
        uint8, shape (models, images): outcome codes, `UNANSWERED` where there is no prediction.
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
        int16, shape (models, images): class ids of the atlas, -1 for no prediction.
    """
    images, classes = atlas.outcomes.shape
    flat = np.arange(images, dtype=np.int64) * classes
    outcomes = np.empty(predictions.shape, dtype=np.uint8)
    for row, predicted in enumerate(predictions):
        np.take(atlas.outcomes.ravel(), flat + np.maximum(predicted, 0), out=outcomes[row])
        outcomes[row][predicted < 0] = UNANSWERED
    return Answers(tuple(models), predictions, outcomes)


def rows_of_errors(atlas: Atlas, answers: Answers) -> Iterator[pl.DataFrame]:
    """Yield the table `ERRORS`, some models at a time: images that count and whose prediction is not the target.

    Rows are by model, in the order given, then by file name.
    """
    counts = ~atlas.images["is_problematic"].to_numpy()
    for models in _chunks(answers):
        predicted = answers.predictions[models]
        wrong = (predicted != atlas.targets) & (predicted >= 0)
        yield _rows(atlas, answers, models, wrong & counts)


def rows_of_confidences(
    atlas: Atlas, answers: Answers, confidences: Mapping[str, np.ndarray]
) -> Iterator[pl.DataFrame]:
    """Yield the table `CONFIDENCES`, a model at a time: of the wrong answers whose confidence is known."""
    counts = ~atlas.images["is_problematic"].to_numpy()
    for model, predicted in zip(answers.models, answers.predictions, strict=True):
        if model not in confidences:
            continue
        known = counts & (predicted >= 0) & (predicted != atlas.targets) & np.isfinite(confidences[model])
        names = atlas.images["file_name"].filter(pl.Series(known))
        confidence = confidences[model][known].astype(np.float32)
        yield pl.DataFrame({"file_name": names, "confidence": confidence}).select(
            pl.lit(model).alias("model"), pl.all()
        )


def rows_of_problematic(atlas: Atlas, answers: Answers) -> Iterator[pl.DataFrame]:
    """Yield the table `PROBLEMATIC`, some models at a time: every problematic image that a model answered."""
    problematic = atlas.images["is_problematic"].to_numpy()
    for models in _chunks(answers):
        answered = answers.predictions[models] >= 0
        yield _rows(atlas, answers, models, answered & problematic).rename({"category": "outcome"})


def _chunks(answers: Answers) -> Iterator[slice]:
    for start in range(0, len(answers.models), MODELS_PER_CHUNK):
        yield slice(start, start + MODELS_PER_CHUNK)


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


def answered_all(atlas: Atlas, profile: pl.DataFrame) -> list[str]:
    """Return the models of a profile that have predictions of every image that counts."""
    images = len(images_that_count(atlas, "all"))
    return profile.filter(pl.col("group") == "all", pl.col("images") == images)["model"].to_list()


COUNTED = sum(not outcome.only_problematic for outcome in OUTCOMES)
"""Outcomes that images which count can have; their codes come first."""


@dataclass(frozen=True)
class Counts:
    """Outcome counts of some models in one group.

    Attributes
    ----------
    models : tuple of str
    group : str
    outcomes : numpy.ndarray
        int64, shape (models, outcomes, classes).
    sizes : numpy.ndarray
        int64, shape (models, classes): images of each target class in the group that a model has predictions of.
    """

    models: tuple[str, ...]
    group: str
    outcomes: np.ndarray
    sizes: np.ndarray

    def of(self, codes: Sequence[int]) -> np.ndarray:
        """Return float64 counts of any of the outcomes, shape (models, classes)."""
        return self.outcomes[:, list(codes)].sum(axis=1).astype(np.float64)


def images_that_count(atlas: Atlas, group: str) -> np.ndarray:
    """Return the rows of the atlas's images that are in the group and not problematic."""
    return np.flatnonzero(atlas.in_group(group) & ~atlas.images["is_problematic"].to_numpy())


def count_outcomes(atlas: Atlas, answers: Answers) -> Iterator[Counts]:
    """Yield the counts of some models at a time, group by group; problematic images are left out."""
    classes = atlas.outcomes.shape[1]
    rows_of = {group: images_that_count(atlas, group) for group in atlas.groups}
    for start in range(0, len(answers.models), MODELS_PER_CHUNK):
        chunk = slice(start, start + MODELS_PER_CHUNK)
        models = answers.models[chunk]
        for group, rows in rows_of.items():
            targets = atlas.targets[rows].astype(np.int64)
            # what is unanswered goes into a cell of its own, which is left out
            outcomes = np.minimum(answers.outcomes[chunk][:, rows], COUNTED)
            cells = outcomes.astype(np.int64) * classes + targets
            cells += np.arange(len(models))[:, None] * ((COUNTED + 1) * classes)
            counted = np.bincount(cells.ravel(), minlength=len(models) * (COUNTED + 1) * classes)
            counted = counted.reshape(len(models), COUNTED + 1, classes)[:, :COUNTED]
            yield Counts(models, group, counted, counted.sum(axis=1))
