"""Find the row of every image: by the names of files, or by an order."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

NO_ROW = -1
"""Stands for an image without a row."""

_NONE = np.empty(0, np.int32)
_IMAGE_EXTENSION = r"\.(jpe?g|png|webp|bmp|tiff?)$"
_CLASS_AT_END = r"_n\d{8}$"
"""The Hugging Face copy of ImageNet names an image `NAME_wnid.JPEG`."""


@dataclass(frozen=True, eq=False)
class RowMatch:
    """The row of every annotated image.

    Attributes
    ----------
    rows : numpy.ndarray
        int32, shape (images,): the row of each image in the file, `NO_ROW` where the file has none.
    row_count : int
        Number of rows in the file.
    outside : int
        Number of rows that name no annotated image; they are left out.
    how : str
        How the rows were matched, in words.
    is_assumed : bool
        True if the rows carry no names and an order was assumed.
    names : polars.Series or None
        The file names, as read.
    repeated : numpy.ndarray
        int32: rows whose file name occurred in an earlier row.
    first_of_repeated : numpy.ndarray
        int32, same length: that earlier row.
    unnamed : int
        Number of rows whose file name is null or blank.
    lost, extra : int
        Rows that a named order has and the file does not, and the other way round; at the end.
    elsewhere : tuple of (str, str)
        Images without a row and the file names of rows that would be theirs, did they not lie in another folder of the
        data set.
    """

    rows: np.ndarray
    row_count: int
    outside: int
    how: str
    is_assumed: bool = False
    names: pl.Series | None = None
    repeated: np.ndarray = field(default_factory=lambda: _NONE)
    first_of_repeated: np.ndarray = field(default_factory=lambda: _NONE)
    unnamed: int = 0
    lost: int = 0
    extra: int = 0
    elsewhere: tuple[tuple[str, str], ...] = ()


def match_by_name(images: pl.Series, names: pl.Series) -> RowMatch:
    """Match rows to images by file name: exactly; by folder and base name; by base name; ignoring case and extension.

    A looser rule is only used for images that the stricter ones left without a row, and only where the shortened
    name is unique among the images and among the rows. A row in another folder of the data set is another image's:
    `dog/1.png` is not `cat/1.png`.

    Parameters
    ----------
    images : polars.Series
        File names of the annotated images.
    names : polars.Series
        File names of the rows.
    """
    repeated, first = _repeats(names)
    row_index = np.arange(len(names), dtype=np.int32)
    if len(repeated):
        keep = np.ones(len(names), bool)
        keep[repeated] = False
        row_index = row_index[keep]
    rows = np.full(len(images), NO_ROW, np.int32)
    used, elsewhere = [], []
    for how, key in _KEYS:
        open_images = np.flatnonzero(rows == NO_ROW).astype(np.int32)
        if not len(open_images):
            break
        taken = np.isin(row_index, rows[rows != NO_ROW]) if used else np.zeros(len(row_index), bool)
        free = row_index[~taken]
        found_images, found_rows = _matched(images, names.gather(free) if len(free) < len(names) else names, key)
        is_open = rows[found_images] == NO_ROW
        strange = is_open & _in_other_folders(images, found_images, names, free[found_rows])
        elsewhere += zip(images[found_images[strange]], names[free[found_rows[strange]]], strict=True)
        is_open &= ~strange
        rows[found_images[is_open]] = free[found_rows[is_open]]
        if is_open.any():
            used.append(how)
    blank = int((names.is_null() | (names == "")).sum())
    matched = int((rows != NO_ROW).sum())
    outside = len(names) - matched - int(np.isin(first, rows).sum())
    return RowMatch(
        rows,
        len(names),
        outside,
        f"by {', then '.join(used)}" if used else "not at all: no file name fits",
        names=names,
        repeated=repeated,
        first_of_repeated=first,
        unnamed=blank,
        elsewhere=tuple(dict.fromkeys(elsewhere)),
    )


def _in_other_folders(images: pl.Series, of_images: np.ndarray, names: pl.Series, of_rows: np.ndarray) -> np.ndarray:
    """Tell which pairs of an image and a row lie in different folders, where the row's is one of the data set's.

    Folders are compared from the innermost on; where they differ first decides, as what is around a copy has any name.
    """
    if not images.str.contains(r"[/\\]").any():
        return np.zeros(len(of_rows), bool)
    own = pl.select(_parts(pl.lit(images)).list.reverse()).to_series()
    theirs = pl.select(_parts(pl.lit(names.gather(of_rows))).list.reverse()).to_series()
    strange, is_same = np.zeros(len(of_rows), bool), np.ones(len(of_rows), bool)
    for depth in range(1, own.list.len().max() or 0):
        known = own.list.get(depth, null_on_oob=True)
        here, there = known.gather(of_images), theirs.list.get(depth, null_on_oob=True)
        differs = is_same & (here != there).fill_null(False).to_numpy()
        strange |= differs & there.is_in(known.drop_nulls().implode()).fill_null(False).to_numpy()
        is_same &= ~differs
    return strange


def match_by_order(row_of_image: np.ndarray, row_count: int, *, how: str) -> RowMatch:
    """Match rows without names, given the row (int32) of every image in the assumed order."""
    rows = np.where((row_of_image >= 0) & (row_of_image < row_count), row_of_image, NO_ROW).astype(np.int32)
    return RowMatch(rows, row_count, row_count - int((rows != NO_ROW).sum()), how, is_assumed=True)


def _repeats(names: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    if names.n_unique() == len(names):
        return _NONE, _NONE
    frame = names.to_frame("name").with_row_index("row").drop_nulls("name")
    frame = frame.with_columns(first=pl.col("row").first().over("name")).filter(pl.col("row") != pl.col("first"))
    return frame["row"].to_numpy().astype(np.int32), frame["first"].to_numpy().astype(np.int32)


def _matched(images: pl.Series, names: pl.Series, key: Callable[[pl.Expr], pl.Expr]) -> tuple[np.ndarray, np.ndarray]:
    """Return positions in `images` and in `names` that share a key which is unique on both sides."""
    left = pl.select(key=key(pl.lit(images))).with_row_index("image").drop_nulls("key")
    right = pl.select(key=key(pl.lit(names))).with_row_index("row").drop_nulls("key")
    left, right = (
        frame if frame["key"].n_unique() == frame.height else frame.filter(~pl.col("key").is_duplicated())
        for frame in (left, right)
    )
    both = left.join(right, on="key", how="inner")
    return both["image"].to_numpy(), both["row"].to_numpy()


def _exact(name: pl.Expr) -> pl.Expr:
    return name


def _parts(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.replace_all("\\", "/", literal=True).str.split("/")


def _base_name(name: pl.Expr) -> pl.Expr:
    return name.str.replace_all("\\", "/", literal=True).str.split("/").list.last()


def _folder_and_base_name(name: pl.Expr) -> pl.Expr:
    return name.str.replace_all("\\", "/", literal=True).str.extract(r"([^/]+/[^/]+)$")


def _folder_and_folded(name: pl.Expr) -> pl.Expr:
    return _folder_and_base_name(name).str.to_lowercase().str.replace(_IMAGE_EXTENSION, "")


def _folded(name: pl.Expr) -> pl.Expr:
    return _base_name(name).str.to_lowercase().str.replace(_IMAGE_EXTENSION, "")


def _without_class(name: pl.Expr) -> pl.Expr:
    return _folded(name).str.replace(_CLASS_AT_END, "")


_KEYS = (
    ("exact file name", _exact),
    ("folder and base name", _folder_and_base_name),
    ("base name", _base_name),
    ("folder and base name without regard to case and extension", _folder_and_folded),
    ("base name without regard to case and extension", _folded),
    ("base name without the wnid at its end", _without_class),
)
