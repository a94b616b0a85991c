"""Co-occurrence of classes in re-assessed labels, and which pairs invite spurious correlations."""

import numpy as np
import polars as pl

from errata.classes.tables import COOCCURRENCE

SPURIOUS_MINIMUM = 2
"""A pair must be seen together in this many images (the paper's rule)."""


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
        .sort("class_a", "class_b")
    )
    shares = sharing[pairs["class_a"].to_numpy(), pairs["class_b"].to_numpy()]
    return (
        pairs.with_columns(shares_superclass=pl.Series(shares, dtype=pl.Boolean))
        .with_columns(is_spurious_prone=(pl.col("count") >= SPURIOUS_MINIMUM) & ~pl.col("shares_superclass"))
        .select(*COOCCURRENCE.columns)
    )


def spurious_matrix(cooccurrence: pl.DataFrame, class_count: int) -> np.ndarray:
    """Return a symmetric bool matrix, shape (classes, classes): is the pair spurious-prone?"""
    prone = cooccurrence.filter("is_spurious_prone")
    matrix = np.zeros((class_count, class_count), dtype=bool)
    matrix[prone["class_a"].to_numpy(), prone["class_b"].to_numpy()] = True
    return matrix | matrix.T
