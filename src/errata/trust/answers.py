"""Wrong answers as positions in an atlas, and as two atlases of a data set judge them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas


@dataclass(frozen=True)
class WrongAnswers:
    """Every wrong answer of some models; one entry per answer.

    `model`: int64: position among `models`.
    `image`: int64: row among the images of the atlas.
    `predicted`: int64: class id.
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


@dataclass(frozen=True)
class BothJudge:
    """The wrong answers to images that count in two atlases, as both judge them.

    `counts`: bool, shape (images of base,): the image counts in both atlases.
    `answers`: those to such images.
    `base_codes`, `other_codes`: uint8, one per answer: its outcome code in either atlas.
    """

    base: Atlas
    other: Atlas
    counts: np.ndarray
    answers: WrongAnswers
    base_codes: np.ndarray
    other_codes: np.ndarray


def both_judge(base: Atlas, other: Atlas, answers: WrongAnswers) -> BothJudge:
    """Look wrong answers up in two atlases of a data set; `answers` are positions in `base`."""
    theirs = other.images.with_row_index("other_row").filter(~pl.col("is_problematic")).select("file_name", "other_row")
    rows = base.images.select("file_name", "is_problematic").join(
        theirs, on="file_name", how="left", maintain_order="left"
    )
    counts = (~rows["is_problematic"] & rows["other_row"].is_not_null()).to_numpy()
    other_row = rows["other_row"].fill_null(0).to_numpy()
    keep = counts[answers.image]
    kept = WrongAnswers(answers.models, answers.model[keep], answers.image[keep], answers.predicted[keep])
    return BothJudge(
        base=base,
        other=other,
        counts=counts,
        answers=kept,
        base_codes=base.outcomes[kept.image, kept.predicted],
        other_codes=other.outcomes[other_row[kept.image], kept.predicted],
    )
