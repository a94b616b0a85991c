"""Targets: the images of a data set and the one class that each was collected for."""

import json
from pathlib import Path

import polars as pl

from errata.errors import InputError, listed
from errata.files import read_text
from errata.images.match import is_image_name
from errata.images.store import open_store
from errata.labels.tables import TARGETS
from errata.tables import CLASS_ID
from errata.user_files import read_csv

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
"""What the names of tars end with. Compressed ones are refused where they are opened."""

ADVICE = (
    "If the images have no class folders, list them in a CSV with the columns file_name and wnid or class_id, and name "
    "it in the config under targets."
)


def read_targets(path: Path | str, wnids: list[str]) -> pl.DataFrame:
    """Read the images of a data set and their targets.

    Parameters
    ----------
    path : path
        One of: a folder, or a plain tar, with one subfolder per class, named by wnid or by class id; a tar with one
        tar per class; a CSV with `file_name` and `wnid` or `class_id`; the JSON of ImageNetV2's metadata for the
        ImageNet validation set (`image_filenames`).
    wnids : list of str
        The vocabulary, in class-id order.

    Returns
    -------
    polars.DataFrame
        The table `errata.labels.tables.TARGETS`, by file name.

    Raises
    ------
    InputError
        If the layout is none of these, a class is not in the vocabulary, or a file name repeats.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(
            f"{path}: there is no such file or folder; expected the images of a data set or a list of them."
        )
    has_images = not is_list(path)
    if has_images:
        rows = class_folders(path)
    elif path.suffix.lower() == ".json":
        rows = _from_validation_json(path)
    else:
        rows = _from_csv(path)
    known = pl.DataFrame({"label": wnids, "target": range(len(wnids))}, schema_overrides={"target": CLASS_ID})
    by_id = known.with_columns(label=pl.col("target").cast(pl.String))
    targets = rows.join(pl.concat([known, by_id]), on="label", how="left")
    unknown = targets.filter(pl.col("target").is_null())
    if unknown.height:
        found = unknown.row(0, named=True)
        raise InputError(
            f"{path}: {found['file_name']} has class '{found['label']}', which is neither a wnid nor a class id of the "
            f"vocabulary of {len(wnids)} classes ({unknown.height} images like this)."
            + (f" {ADVICE}" if has_images else "")
        )
    repeated = targets.filter(pl.col("file_name").is_duplicated())
    if repeated.height:
        raise InputError(f"{path}: the image {repeated['file_name'][0]} is listed more than once.")
    return (
        targets.sort("file_name")
        .with_row_index("position")
        .select(pl.col(name).cast(column.dtype) for name, column in TARGETS.columns.items())
    )


def is_list(path: Path | str) -> bool:
    """Return whether a path is a list of images; if not, it is the images themselves, a folder or a tar."""
    path = Path(path)
    return path.is_file() and not path.name.lower().endswith(TAR_SUFFIXES)


def class_folders(root: Path) -> pl.DataFrame:
    """Read images in class folders: `file_name`, `class/name` wherever those folders are, and `label`."""
    with open_store(root) as store:
        files = store.list_files().filter(is_image_name("location"))
    if not files.height:
        raise InputError(f"{root}: expected one subfolder of images per class, found no image in any subfolder.")
    parts = pl.col("location").str.split("/")
    rows = files.select(
        "location",
        file_name=parts.list.tail(2).list.join("/"),
        label=parts.list.get(-2, null_on_oob=True),
        around=parts.list.head(parts.list.len() - 2).list.join("/"),
    )
    flat = rows.filter(pl.col("label").is_null())
    if flat.height:
        raise InputError(
            f"{root}: {flat['location'][0]} lies in no class folder ({flat.height} images like this), so its target is "
            f"unknown. {ADVICE}"
        )
    around = rows["around"].unique().sort()
    if len(around) > 1:
        raise InputError(
            f"{root}: has class folders in several folders: {', '.join(name or '.' for name in around.head(4))}. Which "
            "of them is the data set? Name that one."
        )
    return rows.select("file_name", "label")


def _from_validation_json(path: Path) -> pl.DataFrame:
    try:
        files = json.loads(read_text(path))["image_filenames"]
        rows = [(name, wnid) for name, wnid in files]
        return pl.DataFrame(rows, schema={"file_name": pl.String, "label": pl.String}, orient="row")
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: expected a JSON object with `image_filenames`: [[file name, wnid], ...] ({error!r})."
        ) from error


def _from_csv(path: Path) -> pl.DataFrame:
    try:
        frame = read_csv(path, infer_schema=False)
    except InputError as error:
        raise InputError(f"{error} Expected a folder or tar of images, a CSV or a JSON list.") from error
    label = next((name for name in ("wnid", "class_id") if name in frame.columns), None)
    if "file_name" not in frame.columns or label is None:
        raise InputError(
            f"{path}: expected a CSV with the columns file_name and wnid or class_id; found {listed(frame.columns)}."
        )
    return frame.select("file_name", label=label)
