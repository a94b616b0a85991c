"""Class overlap: predictions accepted for a target because both classes mean the same or one contains the other."""

from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.tables import OVERLAP
from errata.errors import InputError


def read_overlap(path: Path | str, wnids: list[str]) -> pl.DataFrame:
    """Read the accepted pairs: a CSV with `target`, `prediction` (wnids) and `reason`; one direction a row.

    Pairs of classes outside the vocabulary are left out, so that one file serves every class list.

    Returns
    -------
    polars.DataFrame
        The table `errata.classes.tables.OVERLAP`.

    Raises
    ------
    InputError
        If a column is missing.
    """
    frame = pl.read_csv(path, glob=False, comment_prefix="#")
    if frame.columns != ["target", "prediction", "reason"]:
        raise InputError(f"{path}: expected the columns target, prediction, reason; found {', '.join(frame.columns)}.")
    classes = pl.DataFrame({"wnid": wnids, "class_id": range(len(wnids))}, schema_overrides={"class_id": pl.Int16})
    return (
        frame.join(classes.rename({"wnid": "target", "class_id": "target_id"}), on="target")
        .join(classes.rename({"wnid": "prediction", "class_id": "prediction_id"}), on="prediction")
        .select(pl.col("target_id").alias("target"), pl.col("prediction_id").alias("predicted_class"), "reason")
        .select(*OVERLAP.columns)
        .sort("target", "predicted_class")
    )


def overlap_matrix(overlap: pl.DataFrame, class_count: int) -> np.ndarray:
    """Return a bool matrix, shape (targets, predictions): is the prediction accepted for the target?"""
    matrix = np.zeros((class_count, class_count), dtype=bool)
    matrix[overlap["target"].to_numpy(), overlap["predicted_class"].to_numpy()] = True
    return matrix
