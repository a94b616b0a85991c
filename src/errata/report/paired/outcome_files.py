"""What every model's answers are, in small files that a page of a folder on disk can load one by one.

A page opened from disk may not read files, but it may load scripts. So every model's outcomes are a script that hands
one string over. The string holds, in base64, one bit per image that counts (1: the answer is wrong; the first image is
the highest bit of the first byte), and then four bits per wrong answer, its outcome code (first the higher half of
the byte). The images are in the order of the atlas.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT
from errata.groups import GROUPS
from errata.profile.answers import MODELS_PER_CHUNK, images_that_count

RIGHT = CODES[CORRECT, None]

FOLDER = "compare"
"""Where the page's files are in the report's folder: one for the images, and one per model below `models`."""

IMAGES_FILE = "images.js"


def write_outcome_files(atlas: Atlas, errors: pl.LazyFrame, slugs: dict[str, str], folder: Path) -> None:
    """Write the images' file and one file per model.

    Parameters
    ----------
    atlas : Atlas
    errors : polars.LazyFrame
        The table `errata.predictions.tables.ERRORS`; an image of a model without an error is right.
    slugs : dict of str to str
        Model -> name of its file.
    folder : path
        The folder of the report.
    """
    own = folder / FOLDER
    (own / "models").mkdir(parents=True)
    (own / IMAGES_FILE).write_text(_call("images", images_of(atlas)), encoding="ascii")
    for model, outcomes in outcomes_of(atlas, errors, list(slugs)):
        slug = slugs[model]
        (own / "models" / f"{slug}.js").write_text(_call("outcomes", slug, packed(outcomes)), encoding="ascii")


def images_of(atlas: Atlas) -> dict[str, object]:
    """Return the images that count: `count`; `targets`, two bytes each, lower first; `groups`, one bit mask each."""
    rows = images_that_count(atlas, "all")
    groups = sum(atlas.in_group(group)[rows].astype(np.uint8) << bit for bit, group in enumerate(GROUPS))
    return {
        "count": len(rows),
        "targets": _base64(atlas.targets[rows].astype("<u2")),
        "groups": _base64(groups.astype(np.uint8)),
    }


def outcomes_of(atlas: Atlas, errors: pl.LazyFrame, models: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every model with the outcome codes of its answers, uint8, shape (images that count,)."""
    rows = images_that_count(atlas, "all")
    place = atlas.images.select("file_name")[rows].with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("place"))
    codes = pl.DataFrame(
        [(category, provisional, code) for (category, provisional), code in CODES.items()],
        schema={"category": pl.String, "provisional_category": pl.String, "code": pl.UInt8},
        orient="row",
    )
    for start in range(0, len(models), MODELS_PER_CHUNK):
        chunk = list(models[start : start + MODELS_PER_CHUNK])
        found = (
            errors.filter(pl.col("model").is_in(chunk))
            .select("model", "file_name", "category", "provisional_category")
            .join(place.lazy(), on="file_name")
            .join(codes.lazy(), on=["category", "provisional_category"], nulls_equal=True)
            .select("model", "place", "code")
            .collect()
            .partition_by("model", as_dict=True, include_key=False)
        )
        for model in chunk:
            outcomes = np.full(len(rows), RIGHT, dtype=np.uint8)
            if (model,) in found:
                outcomes[found[model,]["place"].to_numpy()] = found[model,]["code"].to_numpy()
            yield model, outcomes


def packed(outcomes: np.ndarray) -> str:
    """Pack outcome codes below 16 (uint8, shape (images,)) into a string, as the module says."""
    wrong = outcomes != RIGHT
    halves = outcomes[wrong]
    halves = np.append(halves, np.zeros(len(halves) % 2, dtype=np.uint8))
    return _base64(np.concatenate([np.packbits(wrong), halves[0::2] << 4 | halves[1::2]]))


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")


def _call(name: str, *arguments: object) -> str:
    return f"errata.paired.load.{name}({', '.join(map(json.dumps, arguments))});\n"
