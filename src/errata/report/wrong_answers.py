"""The wrong answers of every model in a compact form, for scripts of pages.

A page opened from disk may not read files, but it may load scripts. So every model's answers are a script that hands
strings over. `packed` says how outcomes become one: in base64, one bit per image (1: the answer is wrong; the first
image is the highest bit of the first byte), then four bits per wrong answer, its outcome code (first the higher half
of the byte).
"""

import base64
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from errata.atlas.outcomes import CODES, CORRECT
from errata.profiles.answers import MODELS_PER_CHUNK

RIGHT = CODES[CORRECT, None]


def wrong_answers(
    file_names: pl.Series, errors: pl.LazyFrame, models: Sequence[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every model with its wrong answers: `place`, `code` and `predicted_class`, by place.

    `file_names`: of the images; an answer's `place` is the position of its image.
    `errors`: the table `errata.predictions.tables.ERRORS`.
    """
    places = file_names.to_frame("file_name").with_row_index("place").lazy()
    codes = pl.LazyFrame(
        [(category, provisional, code) for (category, provisional), code in CODES.items()],
        schema={"category": pl.String, "provisional_category": pl.String, "code": pl.UInt8},
        orient="row",
    )
    nothing = pl.DataFrame(schema={"place": pl.UInt32, "code": pl.UInt8, "predicted_class": pl.Int16})
    for start in range(0, len(models), MODELS_PER_CHUNK):
        chunk = list(models[start : start + MODELS_PER_CHUNK])
        found = (
            errors.filter(pl.col("model").is_in(chunk))
            .join(places, on="file_name")
            .join(codes, on=["category", "provisional_category"], nulls_equal=True)
            .select("model", *nothing.columns)
            .sort("place")
            .collect()
            .partition_by("model", as_dict=True, include_key=False)
        )
        for model in chunk:
            yield model, found.get((model,), nothing)


def outcomes_of(answers: pl.DataFrame, images: int) -> np.ndarray:
    """Return outcome codes, uint8, shape (images,); an image without a wrong answer counts as right."""
    outcomes = np.full(images, RIGHT, dtype=np.uint8)
    outcomes[answers["place"].to_numpy()] = answers["code"].to_numpy()
    return outcomes


def packed(outcomes: np.ndarray) -> str:
    """Pack outcome codes below 16 (uint8, shape (images,)) into a string, as the module says."""
    wrong = outcomes != RIGHT
    halves = outcomes[wrong]
    halves = np.append(halves, np.zeros(len(halves) % 2, dtype=np.uint8))
    return base64_of(np.concatenate([np.packbits(wrong), halves[0::2] << 4 | halves[1::2]]))


def base64_of(values: np.ndarray) -> str:
    """Return the bytes of an array in base64."""
    return base64.b64encode(values.tobytes()).decode("ascii")
