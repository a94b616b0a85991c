"""Pairs of classes: those whose meanings overlap, and those that occur together on images."""

from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.tables import COOCCURRENCE, OVERLAP
from errata.errors import InputError, listed
from errata.user_files import read_csv

SPURIOUS_MINIMUM = 2
"""A pair must be seen together in this many images (the paper's rule)."""


def read_overlap(path: Path | str, wnids: list[str]) -> pl.DataFrame:
    """Read the accepted pairs from a CSV with `target`, `prediction` (wnids) and `reason`, one direction a row.

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
    frame = read_csv(path, comment_prefix="#")
    if frame.columns != ["target", "prediction", "reason"]:
        raise InputError(f"{path}: expected the columns target, prediction, reason; found {listed(frame.columns)}.")
    classes = pl.DataFrame({"wnid": wnids, "class_id": range(len(wnids))}, schema_overrides={"class_id": pl.Int16})
    return (
        frame.join(classes.rename({"wnid": "target", "class_id": "target_id"}), on="target")
        .join(classes.rename({"wnid": "prediction", "class_id": "prediction_id"}), on="prediction")
        .select(pl.col("target_id").alias("target"), pl.col("prediction_id").alias("predicted_class"), "reason")
        .select(*OVERLAP.columns)
        .sort("target", "predicted_class")
    )


def overlap_matrix(overlap: pl.DataFrame, class_count: int) -> np.ndarray:
    """Return a bool matrix, shape (targets, predictions): whether the prediction is accepted for the target."""
    matrix = np.zeros((class_count, class_count), dtype=bool)
    matrix[overlap["target"].to_numpy(), overlap["predicted_class"].to_numpy()] = True
    return matrix


def count_cooccurrence(images: pl.DataFrame, sharing: np.ndarray) -> pl.DataFrame:
    """Count in how many images two classes occur together.

    Parameters
    ----------
    images : polars.DataFrame
        Columns `target` and `real_labels` (list of class ids), one row per image that is used. The target is added
        to the labels where it is missing; images without labels do not count.
    sharing : numpy.ndarray
        bool, shape (classes, classes): whether two classes share a superclass.

    Returns
    -------
    polars.DataFrame
        The table `errata.classes.tables.COOCCURRENCE`: unordered pairs, `class_a` < `class_b`. A pair is spurious-prone
        if it is seen at least `SPURIOUS_MINIMUM` times and shares no superclass.
    """
    labels = (
        images.with_row_index("image")
        .filter(pl.col("real_labels").list.len() > 0)
        .select("image", label=pl.concat_list("real_labels", "target").list.unique())
        .explode("label")
    )
    pairs = (
        labels.join(labels, on="image")
        .filter(pl.col("label") < pl.col("label_right"))
        .group_by(class_a="label", class_b="label_right")
        .agg(count=pl.len().cast(pl.Int32))
    )
    return judge_pairs(pairs, sharing)


def judge_pairs(pairs: pl.DataFrame, sharing: np.ndarray) -> pl.DataFrame:
    """Judge which counted pairs are spurious-prone, and return the table `COOCCURRENCE`, sorted.

    `pairs`: `class_a`, `class_b` and `count`.
    """
    shares = sharing[pairs["class_a"].to_numpy(), pairs["class_b"].to_numpy()]
    return (
        pairs.with_columns(shares_superclass=pl.Series(shares, dtype=pl.Boolean))
        .sort("class_a", "class_b")
        .with_columns(is_spurious_prone=(pl.col("count") >= SPURIOUS_MINIMUM) & ~pl.col("shares_superclass"))
        .select(*COOCCURRENCE.columns)
    )


def spurious_matrix(cooccurrence: pl.DataFrame, class_count: int) -> np.ndarray:
    """Return a symmetric bool matrix, shape (classes, classes): whether the pair is spurious-prone."""
    prone = cooccurrence.filter("is_spurious_prone")
    matrix = np.zeros((class_count, class_count), dtype=bool)
    for one, other in (("class_a", "class_b"), ("class_b", "class_a")):
        matrix[prone[one].to_numpy(), prone[other].to_numpy()] = True
    return matrix
