"""Multi-labels: every class that human annotators accept for an image, and which images have some."""

import json
from pathlib import Path

import polars as pl

from errata.errors import InputError
from errata.files import read_text
from errata.labels.tables import ANNOTATED
from errata.tables import CLASS_ID
from errata.user_files import read_csv, read_parquet

MULTILABELS_SCHEMA = {
    "file_name": pl.String,
    "multi_labels": pl.List(CLASS_ID),
    "unclear_labels": pl.List(CLASS_ID),
    "is_problematic": pl.Boolean,
    "is_imagenet_m": pl.Boolean,
}


def read_multilabels(path: Path | str, wnids: list[str]) -> pl.DataFrame:
    """Read multi-labels from the published JSON, or from a CSV or Parquet table.

    The JSON has `initial_annots` {file name: {correct|wrong|unclear: [wnid]}}, `problematic_images` and `imagenet_m`.
    A table has `file_name`, `multi_labels` (a list, or wnids or class ids separated by spaces) and optionally
    `unclear_labels`, `is_problematic`, `is_imagenet_m`.

    Returns
    -------
    polars.DataFrame
        `multi_labels` are the correct and then the unclear ones, without repeats; `is_imagenet_m` is null everywhere
        where the file does not say (an empty list is no statement).

    Raises
    ------
    InputError
        If the layout is none of these, a label is not in the vocabulary, or an image that is not problematic has no
        label.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; expected multi-labels.")
    readers = {".json": _from_json, ".csv": _from_csv, ".parquet": _from_parquet}
    if path.suffix not in readers:
        raise InputError(f"{path}: expected multi-labels as .json, .csv or .parquet.")
    rows = readers[path.suffix](path)
    repeated = rows.filter(pl.col("file_name").is_duplicated())
    if repeated.height:
        raise InputError(f"{path}: the image {repeated['file_name'][0]} is listed more than once.")
    labels = rows.with_columns(
        _class_ids(path, rows, "correct", wnids), _class_ids(path, rows, "unclear", wnids)
    ).with_columns(
        multi_labels=pl.concat_list("correct", "unclear").list.unique(maintain_order=True),
        unclear_labels=pl.col("unclear").list.set_difference(pl.col("correct")),
    )
    empty = labels.filter(~pl.col("is_problematic") & (pl.col("multi_labels").list.len() == 0))
    if empty.height:
        raise InputError(
            f"{path}: the image {empty['file_name'][0]} has no label and is not marked as problematic "
            f"({empty.height} images like this)."
        )
    return labels.select(pl.col(name).cast(dtype) for name, dtype in MULTILABELS_SCHEMA.items())


def _from_json(path: Path) -> pl.DataFrame:
    try:
        content = json.loads(read_text(path))
        annotations = content["initial_annots"]
        problematic, imagenet_m = set(content["problematic_images"]), set(content["imagenet_m"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: expected a JSON object with initial_annots, problematic_images and imagenet_m ({error!r})."
        ) from error
    unknown = sorted((problematic | imagenet_m) - set(annotations))
    if unknown:
        raise InputError(f"{path}: {unknown[0]} is called problematic or ImageNet-M but has no annotations.")
    return pl.DataFrame(
        {
            "file_name": list(annotations),
            "correct": [annotation.get("correct", []) for annotation in annotations.values()],
            "unclear": [annotation.get("unclear", []) for annotation in annotations.values()],
            "is_problematic": [name in problematic for name in annotations],
            "is_imagenet_m": [name in imagenet_m if imagenet_m else None for name in annotations],
        },
        schema={
            "file_name": pl.String,
            "correct": pl.List(pl.String),
            "unclear": pl.List(pl.String),
            "is_problematic": pl.Boolean,
            "is_imagenet_m": pl.Boolean,
        },
    )


def _from_csv(path: Path) -> pl.DataFrame:
    return _from_columns(path, read_csv(path, infer_schema=False))


def _from_parquet(path: Path) -> pl.DataFrame:
    return _from_columns(path, read_parquet(path))


def _from_columns(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    known = {"file_name", "multi_labels", "unclear_labels", "is_problematic", "is_imagenet_m"}
    if not {"file_name", "multi_labels"} <= set(frame.columns) or set(frame.columns) - known:
        raise InputError(
            f"{path}: expected the columns file_name, multi_labels and optionally "
            f"{', '.join(sorted(known - {'file_name', 'multi_labels'}))}; found {', '.join(frame.columns)}."
        )
    return frame.select(
        "file_name",
        correct=_listed(frame, "multi_labels"),
        unclear=_listed(frame, "unclear_labels"),
        is_problematic=_flag(path, frame, "is_problematic").fill_null(value=False),
        is_imagenet_m=_flag(path, frame, "is_imagenet_m"),
    )


def _listed(frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        return pl.Series(name, [[]] * frame.height, dtype=pl.List(pl.String))
    values = frame[name]
    if values.dtype == pl.String:
        values = (
            values.fill_null("").str.strip_chars().str.split(" ").list.eval(pl.element().filter(pl.element() != ""))
        )
    return values.cast(pl.List(pl.String)).fill_null([])


def _flag(path: Path, frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        return pl.Series(name, [None] * frame.height, dtype=pl.Boolean)
    values = frame[name]
    if values.dtype == pl.Boolean:
        return values
    truth = {"true": True, "1": True, "false": False, "0": False, "": None}
    flags = values.cast(pl.String).fill_null("").str.to_lowercase()
    odd = flags.filter(~flags.is_in(list(truth)))
    if len(odd):
        raise InputError(f"{path}: column {name} must say true or false, found '{odd[0]}'.")
    return flags.replace_strict(truth, return_dtype=pl.Boolean)


def _class_ids(path: Path, rows: pl.DataFrame, name: str, wnids: list[str]) -> pl.Series:
    """Convert lists of wnids or class ids to lists of class ids, in the same order."""
    ids = {wnid: class_id for class_id, wnid in enumerate(wnids)} | {str(i): i for i in range(len(wnids))}
    flat = rows.select("file_name", label=name).explode("label", empty_as_null=False)
    unknown = flat.filter(~pl.col("label").is_in(list(ids)))
    if unknown.height:
        file_name, label = unknown.row(0)
        raise InputError(f"{path}: {file_name} has label '{label}', which is not in the vocabulary.")
    return rows[name].list.eval(pl.element().replace_strict(ids, return_dtype=CLASS_ID))


def annotated_images(targets: pl.DataFrame, multilabels: pl.DataFrame) -> pl.DataFrame:
    """Return the images that have multi-labels: the table `errata.labels.tables.ANNOTATED`, by position.

    Parameters
    ----------
    targets : polars.DataFrame
        The table `errata.labels.tables.TARGETS`: every image of the data set.
    multilabels : polars.DataFrame
        What `errata.labels.multilabels.read_multilabels` returned.

    Raises
    ------
    InputError
        If the multi-labels name an image that the data set does not have, or none.
    """
    annotated = targets.join(multilabels, on="file_name", how="semi").sort("position").select(*ANNOTATED.columns)
    if not annotated.height or annotated.height < multilabels.height:
        raise InputError(
            f"the multi-labels have {multilabels.height:,} images, {annotated.height:,} of which the data set has. Do "
            "they belong to another data set? If the listed images are a part of this one, say so in the "
            "configuration: parts: [DATASET]."
        )
    return annotated
