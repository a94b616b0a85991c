"""Wrong answers as positions in an atlas, read some models at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.errors import InputError

_ROWS_AT_ONCE = 250_000
"""Rows of a table of errors that are read together, the errors of some fifty models."""


@dataclass(frozen=True)
class WrongAnswers:
    """Every wrong answer of some models; one entry per answer.

    `model`: int32: position among `models`.
    `image`: int32: row among the images of the atlas.
    `predicted`: int16: class id.
    """

    models: tuple[str, ...]
    model: np.ndarray
    image: np.ndarray
    predicted: np.ndarray


def wrong_answers(atlas: Atlas, errors: pl.LazyFrame) -> Iterator[WrongAnswers]:
    """Yield the rows of a table `errata.predictions.tables.ERRORS` as positions, some whole models at a time.

    All images must be in the atlas, and the rows of a model must follow each other, as `errata classify` writes them.

    Raises
    ------
    InputError
        If the rows of a model are apart.
    """
    seen: set[str] = set()
    image_names = pl.Enum(atlas.images["file_name"])
    columns = errors.select("model", "file_name", "predicted_class")
    rest, start = columns.head(0).collect(), 0
    while True:
        read = columns.slice(start, _ROWS_AT_ONCE).collect()
        start += read.height
        rows = rest.vstack(read)
        is_last = read.height < _ROWS_AT_ONCE
        # what follows may hold more of the last model
        whole = rows if is_last else rows.filter(pl.col("model") != rows["model"][-1])
        rest = rows[whole.height :]
        models = whole["model"].unique(maintain_order=True)
        if not seen.isdisjoint(models):
            model = next(name for name in models if name in seen)
            raise InputError(
                f"Table of errors: the rows of model '{model}' are apart; expected them to follow each other. Classify "
                "the predictions again."
            )
        seen.update(models)
        yield WrongAnswers(
            tuple(models),
            whole["model"].cast(pl.Enum(models)).to_physical().to_numpy().astype(np.int32),
            whole["file_name"].cast(image_names).to_physical().to_numpy().astype(np.int32),
            whole["predicted_class"].to_numpy(),
        )
        if is_last:
            return
