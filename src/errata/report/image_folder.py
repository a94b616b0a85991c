"""Images in the user's own folder, which the report shows without copying them: where each of them is.

A page refers to a picture by the pattern of its place, such as `val/{wnid}/{stem}.JPEG`, since most images of a folder
share one pattern.
"""

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import polars as pl

from errata.atlas.compiled import Atlas
from errata.errors import InputError, shown
from errata.images.match import is_image_name
from errata.images.store import FolderStore

logger = logging.getLogger(__name__)

NAMED = 3
"""Names in a message."""


@dataclass(frozen=True)
class ImageFolder:
    """The images of an atlas that a folder holds.

    Attributes
    ----------
    folder : str
        The folder's name.
    base : str
        Its address from the report's pages, ending in `/`; relative where that is possible.
    places : polars.DataFrame
        `file_name` and `pattern`: the place below the folder, with `{stem}` (the file name without folder and ending)
        and `{wnid}` (of the target). Images that are not there have no row.
    images : int
        Images of the atlas.
    """

    folder: str
    base: str
    places: pl.DataFrame
    images: int


def check_image_folder(folder: Path) -> None:
    """Raise an InputError unless images of a folder can be shown where they are."""
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing"
        more = " Unpack it, if it is a tar." if folder.is_file() else ""
        raise InputError(f"{folder}: expected a folder of images, to show them in the report; found {found}.{more}")


def find_image_folder(folder: Path, atlas: Atlas, *, report: Path) -> ImageFolder:
    """Find the images of an atlas in a folder, and say in the log how many there are.

    Files may lie in class folders or in further ones (`val/`), with another ending, or with the wnid at the end of the
    name (`NAME_n01440764.JPEG`).

    Parameters
    ----------
    folder : path
    atlas : Atlas
    report : path
        The report's folder, from which the images are referred to.

    Raises
    ------
    InputError
        If it is not a folder.
    """
    check_image_folder(folder)
    with FolderStore(folder) as store:
        files = store.list_files().select("location").filter(is_image_name("location"))
    wanted = atlas.images.select("file_name", wnid=pl.lit(atlas.classes["wnid"]).gather(pl.col("target")))
    places = match_places(wanted, files)
    if places.is_empty():
        first = ", ".join(files["location"].head(NAMED)) or "no image files"
        logger.warning(
            "%s: none of the %d images of the atlas is here, so the report shows none of these pictures. They are "
            "named like %s; found: %s.",
            *(folder, atlas.images.height, atlas.images["file_name"][0], shown(first)),
        )
    else:
        logger.info(
            "Pictures: %s of %s images are in %s", *(f"{n:,}" for n in (places.height, atlas.images.height)), folder
        )
    return ImageFolder(folder.absolute().name, _address(folder, report), places, atlas.images.height)


def match_places(wanted: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Match images with files by folder and name, else by name, whatever the ending is.

    `wanted`: `file_name` and `wnid`. `files`: `location`.
    Returns `file_name` and `pattern` of the images that are there; of several files of one, the first.
    """
    own = _keyed(wanted, "file_name").with_columns(stem=_without_ending(_last("file_name")))
    there = _keyed(files.sort("location"), "location").with_columns(last=_last("location"))
    # a name that several images have, such as 0.jpg of every class, says nothing without its folder
    single = own.filter(pl.col("name").is_unique())
    same_folder = own.join(there, on=["name", "parent"], maintain_order="left_right", coalesce=False)
    same_name = single.join(there, on="name", maintain_order="left_right", coalesce=False)
    found = pl.concat([same_folder, same_name]).unique("file_name", keep="first", maintain_order=True)
    return found.select("file_name", pattern=pl.concat_str(_folder_pattern(), _name_pattern()))


def _last(column: str) -> pl.Expr:
    return pl.col(column).str.split("/").list.last()


def _without_ending(name: pl.Expr) -> pl.Expr:
    return name.str.replace(r"\.[^.]+$", "")


def _keyed(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add what names are compared by: `name`, without its class and in lower case, and `parent`, the folder."""
    return frame.with_columns(
        name=_without_ending(_last(column)).str.replace(r"_n\d{8}$", "").str.to_lowercase(),
        parent=pl.col(column).str.split("/").list.get(-2, null_on_oob=True),
    )


def _folder_pattern() -> pl.Expr:
    """Return the folder of a location, its last part as `{wnid}` where it is that."""
    folder = pl.col("location").str.head(pl.col("location").str.len_chars() - pl.col("last").str.len_chars())
    above = folder.str.head(folder.str.len_chars() - pl.col("wnid").str.len_chars() - 1)
    return pl.when(pl.col("parent_right") == pl.col("wnid")).then(above + pl.lit("{wnid}/")).otherwise(folder)


def _name_pattern() -> pl.Expr:
    """Return the name of a file, with `{stem}` and `{wnid}` in place of what it has of them."""
    rest = pl.col("last").str.slice(pl.col("stem").str.len_chars())
    ending = rest.str.slice(pl.col("wnid").str.len_chars() + 1)
    with_class = rest.str.starts_with(pl.lit("_") + pl.col("wnid"))
    return (
        pl.when(~pl.col("last").str.starts_with(pl.col("stem")))
        .then("last")
        .when(with_class)
        .then(pl.lit("{stem}_{wnid}") + ending)
        .otherwise(pl.lit("{stem}") + rest)
    )


def _address(folder: Path, report: Path) -> str:
    """Return the address of a folder from a page of the report."""
    try:
        relative = Path(os.path.relpath(folder.absolute(), report.absolute())).as_posix()
    except ValueError:
        # on another drive of Windows
        return f"{folder.absolute().as_uri()}/"
    return f"{quote(relative)}/"
