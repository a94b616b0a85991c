"""ReaL, re-assessed labels of the ImageNet validation set, and label tables with them."""

import json
from pathlib import Path

import polars as pl

from errata.errors import InputError
from errata.files import read_text
from errata.labels.tables import LABELS
from errata.tables import CLASS_ID, read_metadata

LABEL_SET_KEY = "errata.label_set"
"""Metadata of a label table with another label set: a JSON object that says which, and how many images it left out."""


def read_real(path: Path | str, targets: pl.DataFrame) -> pl.DataFrame:
    """Read ReaL labels (Beyer et al. 2020) and join them with the targets.

    Parameters
    ----------
    path : path
        The JSON list of 50,000 lists of class ids, in the order of the validation file names.
    targets : polars.DataFrame
        `file_name`, `position`, `target` of the whole data set; the position says which list is the image's.

    Returns
    -------
    polars.DataFrame
        `file_name`, `target`, `real_labels` (list of int16, empty where no label holds).

    Raises
    ------
    InputError
        If the file is no such list or its length is not the number of images.
    """
    try:
        lists = json.loads(read_text(path))
        labels = pl.Series("real_labels", lists, dtype=pl.List(CLASS_ID))
    except (json.JSONDecodeError, TypeError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path}: expected a JSON list with a list of class ids per image ({error}).") from error
    if len(labels) != targets.height:
        raise InputError(
            f"{path}: expected {targets.height} lists, one per image of the data set, found {len(labels)}."
        )
    return targets.sort("position").select("file_name", "target").with_columns(labels)


def reassess_labels(labels: pl.DataFrame, reassessed: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, object]]:
    """Replace the multi-labels by re-assessed labels, on the annotated images that have both.

    Images with an empty list are left out. An image whose list lacks its target is called problematic, as images
    whose multi-labels lack it are, so that the same rules hold; images that were problematic stay so.

    Parameters
    ----------
    labels : polars.DataFrame
        The table `errata.labels.tables.LABELS`.
    reassessed : polars.DataFrame
        What `errata.labels.reassessed.read_real` returned.

    Returns
    -------
    labels : polars.DataFrame
        The table `errata.labels.tables.LABELS`.
    note : dict
        `label_set`; of the images that counted before, how many have an empty list (`empty`) and how many a list
        without their target (`without_target`).
    """
    joined = labels.join(reassessed.select("file_name", "real_labels"), on="file_name", how="left")
    found = pl.col("real_labels").list.unique(maintain_order=True)
    is_empty = pl.col("real_labels").list.len().fill_null(0) == 0
    lacks_target = ~pl.col("real_labels").list.contains(pl.col("target"))
    counted = joined.filter(~pl.col("is_problematic"))
    note = {
        "label_set": "real",
        "empty": counted.filter(is_empty).height,
        "without_target": counted.filter(~is_empty & lacks_target).height,
    }
    kept = joined.filter(~is_empty).with_columns(
        multi_labels=found,
        unclear_labels=pl.lit([], dtype=pl.List(CLASS_ID)),
        is_problematic=pl.col("is_problematic") | lacks_target,
    )
    return kept.sort("file_name").select(*LABELS.columns), note


def label_set_note(note: dict[str, object]) -> dict[str, str]:
    """Return the metadata of a label table that name its label set."""
    return {LABEL_SET_KEY: json.dumps(note)}


def read_label_set(path: Path | str) -> dict[str, object] | None:
    """Read the note on its label set from a label table; None for the multi-labels."""
    note = read_metadata(path).get(LABEL_SET_KEY)
    return None if note is None else json.loads(note)
