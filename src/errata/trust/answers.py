"""Wrong answers as positions in an atlas."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas


@dataclass(frozen=True)
class WrongAnswers:
    """Every wrong answer of some models; one entry per answer.

    Attributes
    ----------
    models : tuple of str
    model : numpy.ndarray
        int64: position among `models`.
    image : numpy.ndarray
        int64: row among the images of the atlas.
    predicted : numpy.ndarray
        int64: class id.
    """

    models: tuple[str, ...]
    model: np.ndarray
    image: np.ndarray
    predicted: np.ndarray


def wrong_answers(atlas: Atlas, errors: pl.DataFrame) -> WrongAnswers:
    """Return the rows of a table `errata.predictions.tables.ERRORS` as positions; all images must be in the atlas."""
    models = errors["model"].unique(maintain_order=True)
    model = errors["model"].cast(pl.Enum(models)).to_physical()
    row = errors["file_name"].cast(pl.Enum(atlas.images["file_name"])).to_physical()
    return WrongAnswers(
        tuple(models),
        model.to_numpy().astype(np.int64),
        row.to_numpy().astype(np.int64),
        errors["predicted_class"].to_numpy().astype(np.int64),
    )
