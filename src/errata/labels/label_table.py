"""The label table of a data set: everything known about its annotated images, expert lists included."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata.errors import InputError
from errata.files import read_text
from errata.images.tables import ABSENT
from errata.labels.tables import LABELS
from errata.tables import CLASS_ID, read_metadata

LOG = logging.getLogger(__name__)

NON_PROTOTYPICAL = "Non-prototypical"
"""What expert lists call such an image."""
UNREADABLE_KEY = "errata.unreadable"
"""Metadata: the annotated images that cannot be read, as a JSON list of [file name, problem]."""
NOT_ANNOTATED_KEY = "errata.unreadable_not_annotated"
"""Metadata: how many images without annotation cannot be read."""

PART_KEY = "errata.part"
"""Metadata: where only a part of the data set is there, how many images of how many."""
NOTES = (UNREADABLE_KEY, NOT_ANNOTATED_KEY, PART_KEY)


def read_experts(paths: Mapping[str, Path | str]) -> pl.DataFrame:
    """Read expert lists: mistakes of two models that people judged one by one (Vasudevan et al. 2022).

    Parameters
    ----------
    paths : mapping
        Name of the list -> a JSON object {file name: {top_prediction, failure category, failure severity}}.

    Returns
    -------
    polars.DataFrame
        `expert_list`, `file_name`, `predicted_class`, `expert_category`, `expert_severity`, one row per judged mistake.

    Raises
    ------
    InputError
        If a file has another layout.
    """
    rows: list[tuple] = []
    for name, path in paths.items():
        try:
            judged = json.loads(read_text(path))
            rows += [
                (name, file, row["top_prediction"], row["failure category"], row["failure severity"])
                for file, row in judged.items()
            ]
        except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
            raise InputError(
                f"{path}: expected a JSON object {{file name: {{top_prediction, failure category, failure severity}}}} "
                f"({error!r})."
            ) from error
    schema = {
        "expert_list": pl.String,
        "file_name": pl.String,
        "predicted_class": pl.Int16,
        "expert_category": pl.String,
        "expert_severity": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def non_prototypical(experts: pl.DataFrame) -> pl.DataFrame:
    """Return the images that any list calls non-prototypical: `file_name`, `non_prototypical_source` (list names)."""
    return (
        experts.filter(pl.col("expert_category") == NON_PROTOTYPICAL)
        .group_by("file_name", maintain_order=True)
        .agg(non_prototypical_source=pl.col("expert_list").unique(maintain_order=True).str.join(", "))
    )


def build_labels(
    targets: pl.DataFrame, *, multilabels: pl.DataFrame | None, experts: pl.DataFrame | None
) -> pl.DataFrame:
    """Join the targets, multi-labels and expert lists of a data set.

    Parameters
    ----------
    targets : polars.DataFrame
        `file_name`, `position`, `target` of every image (`errata.labels.targets`).
    multilabels : polars.DataFrame or None
        What `read_multilabels` returned. None: every image counts as annotated with its target alone, none is
        problematic.
    experts : polars.DataFrame or None
        What `read_experts` returned. None: whether an image is non-prototypical is undefined.

    Returns
    -------
    polars.DataFrame
        The table `errata.labels.tables.LABELS`, annotated images only, by file name.

    Raises
    ------
    InputError
        If the multi-labels or expert lists name an image that the data set does not have, or the multi-labels of an
        image that is not problematic lack its target.
    """
    if multilabels is None:
        labels = targets.with_columns(
            multi_labels=pl.concat_list("target"),
            unclear_labels=pl.lit([], dtype=pl.List(CLASS_ID)),
            is_problematic=pl.lit(value=False),
            is_imagenet_m=pl.lit(None, dtype=pl.Boolean),
        )
    else:
        _refuse_unknown_images(multilabels["file_name"], targets["file_name"], what="multi-labels")
        labels = targets.join(multilabels, on="file_name")
        _refuse_missing_targets(labels)
    if experts is None:
        labels = labels.with_columns(
            is_non_prototypical=pl.lit(None, dtype=pl.Boolean),
            non_prototypical_source=pl.lit(None, dtype=pl.String),
        )
    else:
        _refuse_unknown_images(experts["file_name"], targets["file_name"], what="expert lists")
        labels = labels.join(non_prototypical(experts), on="file_name", how="left").with_columns(
            is_non_prototypical=pl.col("non_prototypical_source").is_not_null()
        )
    return labels.sort("file_name").select(*LABELS.columns)


def _refuse_unknown_images(names: pl.Series, known: pl.Series, *, what: str) -> None:
    unknown = names.filter(~names.is_in(known.to_list()))
    if len(unknown):
        raise InputError(
            f"the {what} name the image {unknown[0]}, which the data set does not have ({len(unknown):,} images "
            "like this). Do they belong to another data set? If the listed images are a part of this one, say so in "
            "the configuration: parts: [DATASET]."
        )


def _refuse_missing_targets(labels: pl.DataFrame) -> None:
    lost = labels.filter(~pl.col("is_problematic") & ~pl.col("multi_labels").list.contains(pl.col("target")))
    if lost.height:
        raise InputError(
            f"the multi-labels of {lost['file_name'][0]} lack its target, class {lost['target'][0]}, and the image is "
            f"not marked as problematic ({lost.height} images like this); mark it as problematic or add the label."
        )


def leave_out_unreadable(
    labels: pl.DataFrame, targets: pl.DataFrame, index: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Remove images that are unreadable or not there from a label table: no model can predict them.

    Parameters
    ----------
    labels, targets, index : polars.DataFrame
        The tables `LABELS` and `TARGETS` of `errata.labels.tables` and `errata.images.tables.IMAGES`, of the same
        data set.

    Returns
    -------
    labels : polars.DataFrame
        Without these images. The log names those that cannot be read.
    notes : dict of str
        The metadata for the table: which annotated images were left out, how many others cannot be read,
        and how many images of how many are there, if that is a part.

    Raises
    ------
    InputError
        If `index` is of other images than `targets`, or no annotated image is left.
    """
    if not index["file_name"].sort().equals(targets["file_name"].sort()):
        raise InputError(
            f"the table of images has {index.height} images and the targets {targets.height}, or their names differ; "
            "they must be of the same data set. Index the images again."
        )
    absent = index.filter(pl.col("problem") == ABSENT)
    unreadable = pl.col("problem").is_not_null() & (pl.col("problem") != ABSENT)
    problems = index.filter(unreadable).select("file_name", "problem").sort("file_name")
    annotated = problems.join(labels, on="file_name", how="semi").sort("file_name")
    for file_name, problem in annotated.iter_rows():
        LOG.warning("%s cannot be read and is left out: %s", file_name, problem)
    notes = {
        UNREADABLE_KEY: json.dumps(annotated.rows(), ensure_ascii=False),
        NOT_ANNOTATED_KEY: str(problems.height - annotated.height),
    }
    if absent.height:
        notes[PART_KEY] = json.dumps({"images": index.height - absent.height, "of": index.height})
    left_out = pl.concat([annotated.select("file_name"), absent.select("file_name")])
    labels = labels.join(left_out, on="file_name", how="anti").sort("file_name")
    if absent.height and not labels.height:
        raise InputError(
            f"none of the {index.height - absent.height} images that are there is annotated, so there is nothing to "
            "classify. Take a part of the data set with annotated images."
        )
    return labels, notes


def keep_part(labels: pl.DataFrame, targets: pl.DataFrame, listed: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """Keep the labels of the images that a list names, as a part of the data set.

    Parameters
    ----------
    labels, targets : polars.DataFrame
        The tables `LABELS` and `TARGETS` of `errata.labels.tables`, of the whole data set.
    listed : polars.DataFrame
        The images of the part: `file_name`, `target`.

    Returns
    -------
    labels : polars.DataFrame
    notes : dict of str
        The metadata for the table: how many images of how many.

    Raises
    ------
    InputError
        If the list names an image that the data set does not have, or with another target, or no annotated image.
    """
    strange = listed.join(targets, on=["file_name", "target"], how="anti")
    if strange.height:
        raise InputError(
            f"the list of a part names {strange['file_name'][0]} with target {strange['target'][0]}, which the data "
            f"set does not have ({strange.height:,} of {listed.height:,} images like this). List images of it, "
            "with their own targets."
        )
    kept = labels.join(listed, on="file_name", how="semi", maintain_order="left")
    if not kept.height:
        raise InputError(
            f"none of the {listed.height:,} images of the list is annotated, so there is nothing to classify. List "
            "annotated images."
        )
    return kept, {PART_KEY: json.dumps({"images": listed.height, "of": targets.height})}


def read_part(path: Path | str) -> dict[str, int] | None:
    """Return how many images of the whole data set are there, `images` and `of`; None if it is whole."""
    note = read_metadata(path).get(PART_KEY)
    return None if note is None else json.loads(note)


def unreadable_images(path: Path | str) -> list[tuple[str, str]]:
    """Return file name and problem of the unreadable images that a label table left out; none without pixels.

    Raises
    ------
    InputError
        If the file is no table.
    """
    return [(file_name, problem) for file_name, problem in json.loads(read_metadata(path).get(UNREADABLE_KEY, "[]"))]


def unreadable_notes(path: Path | str) -> dict[str, str]:
    """Return the metadata of a label table about unreadable images, for a table that is made from it."""
    return {key: note for key, note in read_metadata(path).items() if key in NOTES}
