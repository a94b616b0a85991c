"""Images that cannot be read: left out of the label table, and named in its metadata, so that reports can say so."""

import json
import logging
from pathlib import Path

import polars as pl

from errata.errors import InputError
from errata.tables import read_metadata

LOG = logging.getLogger(__name__)

UNREADABLE_KEY = "errata.unreadable"
"""Metadata: the annotated images that cannot be read, as a JSON list of [file name, problem]."""

NOT_ANNOTATED_KEY = "errata.unreadable_not_annotated"
"""Metadata: how many images without annotation cannot be read."""


def leave_out_unreadable(
    labels: pl.DataFrame, targets: pl.DataFrame, index: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Leave the images that cannot be read out of a label table: no model can answer for them.

    Parameters
    ----------
    labels, targets, index : polars.DataFrame
        The tables `LABELS` and `TARGETS` of `errata.labels.tables` and `errata.images.tables.IMAGES`, of the same
        data set.

    Returns
    -------
    labels : polars.DataFrame
        Without these images. The log names them.
    notes : dict of str
        The metadata for the table: which annotated images were left out, and how many others cannot be read.

    Raises
    ------
    InputError
        If `index` is of other images than `targets`.
    """
    if not index["file_name"].sort().equals(targets["file_name"].sort()):
        raise InputError(
            f"the table of images has {index.height} images and the targets {targets.height}, or their names differ; "
            "they must be of the same data set. Index the images again."
        )
    problems = index.filter(pl.col("problem").is_not_null()).select("file_name", "problem").sort("file_name")
    annotated = problems.join(labels, on="file_name", how="semi").sort("file_name")
    for file_name, problem in annotated.iter_rows():
        LOG.warning("%s cannot be read and is left out: %s", file_name, problem)
    notes = {
        UNREADABLE_KEY: json.dumps(annotated.rows(), ensure_ascii=False),
        NOT_ANNOTATED_KEY: str(problems.height - annotated.height),
    }
    return labels.join(annotated, on="file_name", how="anti").sort("file_name"), notes


def unreadable_images(path: Path | str) -> list[tuple[str, str]]:
    """Return file name and problem of the annotated images that a label table leaves out; none without pixels.

    Raises
    ------
    InputError
        If the file is no table.
    """
    return [(file_name, problem) for file_name, problem in json.loads(read_metadata(path).get(UNREADABLE_KEY, "[]"))]


def unreadable_notes(path: Path | str) -> dict[str, str]:
    """Return what the metadata of a label table say of such images, for a table that is made from it."""
    return {key: note for key, note in read_metadata(path).items() if key in (UNREADABLE_KEY, NOT_ANNOTATED_KEY)}
