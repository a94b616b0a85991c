"""Match the files of an image store with the images of a data set.

The list of a data set may say `ILSVRC2012_val_00000001.JPEG` where the store has `n01751748/ILSVRC2012_val_….JPEG`, or
the store may have one more folder around. So an image is its file by location, else by folder and name, else, if one
side knows no folders, by name, else by the name without suffix and without the wnid that the Hugging Face copy of
ImageNet has at its end (`ILSVRC2012_val_00000001_n01751748.JPEG`).
"""

import logging
from pathlib import Path

import polars as pl

from errata.errors import InputError
from errata.images.store import IMAGE_SUFFIXES

LOG = logging.getLogger(__name__)

_CLASS_AT_END = r"_n\d{8}$"

NAMED = 5
"""How many files a message names."""


def match_files(targets: pl.DataFrame, files: pl.DataFrame, *, root: Path, is_part: bool = False) -> pl.DataFrame:
    """Find the file of every image.

    `targets`: `file_name` and `position` of every image of the data set (`errata.labels.tables.TARGETS`).
    `files`: what `ImageStore.list_files` returned.
    `root`: the store, for messages.
    `is_part`: whether the store may hold a part of the images only.
    Returns `file_name`, `position`, `location`, `offset`, `bytes`, by position. Files that are no image of the data set
    are left out; the log says how many.
    Raises InputError if an image has no file, or could be one of several. Of a part, one image must have a file.
    """
    wanted, spare = targets.select("file_name", "position"), files
    matched = []
    for is_same in (_by_location, _by_folder_and_name, _by_name, _by_name_without_class):
        found = is_same(wanted, spare)
        several = found.filter(pl.col("file_name").is_duplicated() | pl.col("location").is_duplicated())
        if several.height:
            raise _ambiguous(several, root)
        matched.append(found)
        wanted = wanted.join(found, on="file_name", how="anti")
        spare = spare.join(found, on="location", how="anti")
    extra = spare.filter(is_image_name("location"))["location"]
    if wanted.height and not (is_part and wanted.height < targets.height):
        raise _missing(wanted, extra, total=targets.height, root=root)
    if len(extra):
        LOG.warning("%s: %d image files are not in the data set and left out: %s", root, len(extra), _some(extra))
    return pl.concat(matched).sort("position")


def is_image_name(column: str) -> pl.Expr:
    """Return whether a column of file names has names that image files have."""
    return pl.col(column).str.to_lowercase().str.extract(r"(\.[^./]+)$").is_in(sorted(IMAGE_SUFFIXES))


def _by_location(wanted: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    return wanted.join(files, left_on="file_name", right_on="location", coalesce=False)


def _by_folder_and_name(wanted: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    return _by_last_parts(wanted, files, parts=2)


def _by_name(wanted: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Match by name alone, but never an image in one folder with a file in another."""
    found = _by_last_parts(wanted, files, parts=1)
    return found.filter(~pl.all_horizontal(pl.col("file_name", "location").str.contains("/", literal=True)))


def _by_name_without_class(wanted: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Match image files by name without suffix and without a wnid at its end, if one side knows no folders."""

    def key(column: str) -> pl.Expr:
        name = pl.col(column).str.split("/").list.last().str.replace(r"\.[^.]*$", "")
        return name.str.replace(_CLASS_AT_END, "").alias("key")

    images = files.filter(is_image_name("location")).with_columns(key("location"))
    found = wanted.with_columns(key("file_name")).join(images, on="key").drop("key")
    return found.filter(~pl.all_horizontal(pl.col("file_name", "location").str.contains("/", literal=True)))


def _by_last_parts(wanted: pl.DataFrame, files: pl.DataFrame, *, parts: int) -> pl.DataFrame:
    def key(column: str) -> pl.Expr:
        return pl.col(column).str.split("/").list.tail(parts).list.join("/").alias("key")

    return wanted.with_columns(key("file_name")).join(files.with_columns(key("location")), on="key").drop("key")


def _ambiguous(several: pl.DataFrame, root: Path) -> InputError:
    several = several.sort("position", "location")
    first = several["file_name"][0]
    choices = several.filter(pl.col("file_name") == first)["location"]
    found = (
        f"{first} could be any of {len(choices)} files: {_some(choices)}"
        if len(choices) > 1
        else f"the file {choices[0]} could be several images of the data set, {first} among them"
    )
    return InputError(
        f"{root}: {found} ({several['file_name'].n_unique()} images like this). Name the folder or tar that has the "
        "images of this data set only, or list the images with their folders."
    )


def _missing(wanted: pl.DataFrame, extra: pl.Series, *, total: int, root: Path) -> InputError:
    others = f"other images there: {_some(extra)}" if len(extra) else "there are no other images"
    return InputError(
        f"{root}: has no file for the image {wanted.sort('position')['file_name'][0]} ({wanted.height:,} of {total:,} "
        f"images are missing; {others}). Is this the right folder or tar, and is it complete? If it is a part of the "
        "data set on purpose, say so in the configuration: parts: [DATASET], or --config 'parts=[DATASET]'; where "
        "the table of labels is your own, leave out the rows of the missing images."
    )


def _some(names: pl.Series) -> str:
    shown = ", ".join(names.sort().head(NAMED))
    return f"{shown}, ..." if len(names) > NAMED else shown
