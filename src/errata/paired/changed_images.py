"""The images behind a comparison: which were fixed, which broken, and which mistakes changed their kind."""

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS
from errata.paired.severity import SEVERITY
from errata.paired.tables import CATEGORY_TRANSITIONS, CHANGED_IMAGES
from errata.paired.transitions import Transitions
from errata.profile.answers import Answers
from errata.profile.counts import images_that_count
from errata.tables import check_table

CHANGES = ("fixed", "broken", "milder", "more_severe")


def changed_images(atlas: Atlas, answers: Answers) -> pl.DataFrame:
    """List the images whose answers by the two models of `answers` are of other categories.

    Returns
    -------
    polars.DataFrame
        The table `errata.paired.tables.CHANGED_IMAGES`, fixed images first, by file name.
    """
    rows = images_that_count(atlas, "all")
    before, after = SEVERITY[answers.outcomes[:, rows]]
    change = np.select([after == before, after == 0, before == 0, after < before], [-1, 0, 1, 2], default=3)
    kept = change >= 0
    images = rows[kept]
    names = pl.Series([CORRECT, *CATEGORY_COLUMNS])
    a, b = SEVERITY[answers.outcomes[:, images]]
    frame = pl.DataFrame(
        {
            "file_name": atlas.images["file_name"].gather(images),
            "change": pl.Series(CHANGES).gather(change[kept]),
            "target": atlas.images["target"].gather(images),
            "predicted_class_a": answers.predictions[0, images].astype(np.int16),
            "predicted_class_b": answers.predictions[1, images].astype(np.int16),
            "category_a": names.gather(a),
            "category_b": names.gather(b),
        }
    ).sort(pl.col("change").replace_strict(CHANGES, range(len(CHANGES)), return_dtype=pl.Int8), "file_name")
    return check_table(frame, CHANGED_IMAGES, where="changed images")


def category_transitions(transitions: tuple[Transitions, ...]) -> pl.DataFrame:
    """Return the table `errata.paired.tables.CATEGORY_TRANSITIONS`, groups in order, categories by severity."""
    names = [CORRECT, *CATEGORY_COLUMNS]
    frames = []
    for counted in transitions:
        matrix = by_category(counted.matrix)
        before, after = np.nonzero(matrix)
        frames.append(
            pl.DataFrame(
                {
                    "group": [counted.group] * len(before),
                    "category_a": pl.Series(names).gather(before),
                    "category_b": pl.Series(names).gather(after),
                    "images": matrix[before, after],
                }
            )
        )
    return check_table(pl.concat(frames), CATEGORY_TRANSITIONS, where="transitions")


def by_category(matrix: np.ndarray) -> np.ndarray:
    """Add a matrix of outcome codes up to one of categories, int64, shape (categories, categories), `correct` first."""
    member = SEVERITY[:, None] == np.arange(1 + len(CATEGORY_COLUMNS))
    return member.T.astype(np.int64) @ matrix @ member.astype(np.int64)
