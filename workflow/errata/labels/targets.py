"""Targets: which images a data set has, and the one class that each was collected for."""

import json
from pathlib import Path

import polars as pl

from errata.input_error import InputError
from errata.tables import CLASS_ID, TARGETS

IMAGE_SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


def read_targets(path: Path | str, wnids: list[str]) -> pl.DataFrame:
    """Read the images of a data set and their targets.

    Parameters
    ----------
    path : path
        One of: a folder with one subfolder per class, named by wnid or by class id; a CSV with `file_name` and `wnid`
        or `class_id`; the JSON of ImageNetV2's metadata for the ImageNet validation set (`image_filenames`).
    wnids : list of str
        The vocabulary, in class-id order.

    Returns
    -------
    polars.DataFrame
        The table `errata.tables.TARGETS`, by file name.

    Raises
    ------
    InputError
        If the layout is none of these, a class is not in the vocabulary, or a file name repeats.
    """
    path = Path(path)
    if path.is_dir():
        rows = _from_folder(path)
    elif path.suffix == ".json":
        rows = _from_validation_json(path)
    elif path.is_file():
        rows = _from_csv(path)
    else:
        raise InputError(
            f"{path}: there is no such file or folder; expected the images of a data set or a list of them."
        )
    known = pl.DataFrame({"label": wnids, "target": range(len(wnids))}, schema_overrides={"target": CLASS_ID})
    by_id = known.with_columns(label=pl.col("target").cast(pl.String))
    targets = rows.join(pl.concat([known, by_id]), on="label", how="left")
    strangers = targets.filter(pl.col("target").is_null())
    if strangers.height:
        found = strangers.row(0, named=True)
        raise InputError(
            f"{path}: {found['file_name']} has class '{found['label']}', which is neither a wnid nor a class id of the "
            f"vocabulary of {len(wnids)} classes ({strangers.height} images like this)."
        )
    repeated = targets.filter(pl.col("file_name").is_duplicated())
    if repeated.height:
        raise InputError(f"{path}: the image {repeated['file_name'][0]} is listed more than once.")
    return (
        targets.sort("file_name")
        .with_row_index("position")
        .select(pl.col(name).cast(column.dtype) for name, column in TARGETS.columns.items())
    )


def _from_folder(folder: Path) -> pl.DataFrame:
    files = [
        (f"{image.parent.name}/{image.name}", image.parent.name)
        for image in folder.glob("*/*")
        if image.suffix.lower() in IMAGE_SUFFIXES
    ]
    if not files:
        raise InputError(f"{folder}: expected one subfolder of images per class, found no image in any subfolder.")
    return _rows(files)


def _from_validation_json(path: Path) -> pl.DataFrame:
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["image_filenames"]
        return _rows([(name, wnid) for name, wnid in files])
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: expected a JSON object with `image_filenames`: [[file name, wnid], ...] ({error!r})."
        ) from error


def _from_csv(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False)
    label = next((name for name in ("wnid", "class_id") if name in frame.columns), None)
    if "file_name" not in frame.columns or label is None:
        raise InputError(
            f"{path}: expected a CSV with the columns file_name and wnid or class_id; found {', '.join(frame.columns)}."
        )
    return frame.select("file_name", label=label)


def _rows(files: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(files, schema={"file_name": pl.String, "label": pl.String}, orient="row")
