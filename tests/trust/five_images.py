"""Five images of four classes, and an atlas of them that is written down cell by cell.

Classes 0 and 1 are organisms, 2 an artifact, 3 something else. The last image is problematic.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES
from errata.classes.tables import CLASSES
from errata.predictions.tables import ERRORS
from errata.tables import check_table

OK = CODES["correct", None]
OVERLAP, MULTI, FINE = (CODES[name, None] for name in ("class_overlap", "multi_label", "fine_grained"))
OOV, SPURIOUS, UNTYPICAL, FAILURE = (
    CODES[name, None] for name in ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure")
)
ELSE_SPURIOUS, ELSE_UNTYPICAL, ELSE_FAILURE = (
    CODES["open_world_unchecked", name] for name in ("spurious_correlation", "non_prototypical", "model_failure")
)

TARGETS = {"a.jpg": 0, "b.jpg": 0, "c.jpg": 1, "d.jpg": 2, "problematic.jpg": 3}
CHECKED = [
    [OK, FINE, MULTI, FAILURE],
    [OK, FINE, FAILURE, OOV],
    [FINE, OK, SPURIOUS, FAILURE],
    [FAILURE, UNTYPICAL, OK, OVERLAP],
    [OK, FINE, FAILURE, OK],
]
UNCHECKED = [
    [OK, FINE, MULTI, ELSE_FAILURE],
    [OK, FINE, ELSE_FAILURE, ELSE_FAILURE],
    [FINE, OK, ELSE_SPURIOUS, ELSE_FAILURE],
    [ELSE_FAILURE, ELSE_UNTYPICAL, OK, OVERLAP],
    [OK, FINE, ELSE_FAILURE, OK],
]


def classes() -> pl.DataFrame:
    columns = {
        "class_id": range(4),
        "wnid": [f"n{number:08d}" for number in range(4)],
        "name": ["cat", "dog", "mug", "cliff"],
        "lemmas": [["cat"], ["dog"], ["mug"], ["cliff"]],
        "group": ["organism", "organism", "artifact", "other"],
    }
    return pl.DataFrame(columns, schema={name: column.dtype for name, column in CLASSES.columns.items()})


def atlas(outcomes: list[list[int]] = CHECKED, *, name: str = "paper") -> Atlas:
    """An atlas of the five images; without open-world evidence if any cell is unchecked."""
    targets = np.array(list(TARGETS.values()))
    images = pl.DataFrame(
        {
            "file_name": list(TARGETS),
            "position": pl.Series(range(len(TARGETS)), dtype=pl.Int32),
            "target": pl.Series(targets, dtype=pl.Int16),
            "multi_labels": pl.Series([[0, 2], [0], [1], [2], [3]], dtype=pl.List(pl.Int16)),
            "is_problematic": [file == "problematic.jpg" for file in TARGETS],
            "in_organism": targets < 2,
            "in_artifact": (targets == 2) | (np.arange(len(targets)) == 0),
            "in_other": targets == 3,
            "is_imagenet_m": pl.Series([None] * len(TARGETS), dtype=pl.Boolean),
        }
    )
    codes = np.array(outcomes, dtype=np.uint8)
    unchecked = np.isin(codes, (ELSE_SPURIOUS, ELSE_UNTYPICAL, ELSE_FAILURE)).any()
    undefined = ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure") if unchecked else ()
    return Atlas(name, "small", images, codes, classes(), dataset_images=len(TARGETS), undefined=undefined)


def without(whole: Atlas, file_name: str) -> Atlas:
    """The same atlas, but the image does not count."""
    flag = pl.col("is_problematic") | (pl.col("file_name") == file_name)
    return replace(whole, images=whole.images.with_columns(is_problematic=flag))


def errors(whole: Atlas, *rows: tuple[str, str, int]) -> pl.LazyFrame:
    """The table of errors from (model, file name, predicted class), classified with the atlas."""
    files = list(TARGETS)
    found = [whole.outcome_list[whole.outcomes[files.index(file), predicted]] for _, file, predicted in rows]
    columns = {
        "model": [model for model, _, _ in rows],
        "file_name": [file for _, file, _ in rows],
        "target": [TARGETS[file] for _, file, _ in rows],
        "predicted_class": [predicted for _, _, predicted in rows],
        "category": [outcome.category for outcome in found],
        "provisional_category": [outcome.provisional_category for outcome in found],
    }
    frame = pl.DataFrame(columns, schema={name: column.dtype for name, column in ERRORS.columns.items()})
    return check_table(frame, ERRORS, where="errors").lazy()
