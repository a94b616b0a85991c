"""Pairs of models made to measure: so many images of every transition."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES
from errata.profiles.answers import COUNTED, Answers, look_up

OPEN_WORLD = ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure")


def made_atlas(targets: np.ndarray, *, checked: bool = True) -> Atlas:
    """An atlas of organisms in which predicting class number n is outcome number n, whatever the target."""
    images = len(targets)
    frame = pl.DataFrame(
        {
            "file_name": [f"{number:05d}.JPEG" for number in range(images)],
            "position": pl.Series(range(images), dtype=pl.Int32),
            "target": pl.Series(targets, dtype=pl.Int16),
            "multi_labels": pl.Series([[int(target)] for target in targets], dtype=pl.List(pl.Int16)),
            "is_problematic": [False] * images,
            "in_organism": [True] * images,
            "in_artifact": [False] * images,
            "in_other": [False] * images,
            "is_imagenet_m": pl.Series([None] * images, dtype=pl.Boolean),
        }
    )
    classes = pl.DataFrame(
        {
            "class_id": pl.Series(range(COUNTED), dtype=pl.Int16),
            "wnid": [f"n{number:08d}" for number in range(COUNTED)],
            "name": [f"class {number}" for number in range(COUNTED)],
            "lemmas": [[f"class {number}"] for number in range(COUNTED)],
            "group": ["organism"] * COUNTED,
        }
    )
    outcomes = np.tile(np.arange(COUNTED, dtype=np.uint8), (images, 1))
    return Atlas("made", "made", frame, outcomes, classes, images, () if checked else OPEN_WORLD)


def made_pair(cells: Mapping[tuple[str, str], int], *, checked: bool = True) -> tuple[Atlas, Answers]:
    """Models A and B of which so many images went from one category to another; targets take turns."""
    codes = np.repeat([[_code(a), _code(b)] for a, b in cells], list(cells.values()), axis=0)
    atlas = made_atlas(np.arange(len(codes)) % COUNTED, checked=checked)
    return atlas, look_up(atlas, ["A", "B"], codes.T.astype(np.int16))


def _code(category: str) -> int:
    provisional = "model_failure" if category == "open_world_unchecked" else None
    return CODES[category, provisional]
