"""Other orders that the rows of a file may be in."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.predictions.align import Aligned, Aligner
from errata.predictions.row_match import NO_ROW

_SHIFTS = (1, -1, 2, -2, 3, -3)


@dataclass(frozen=True, eq=False)
class RowOrder:
    """A supposition about the order of the rows.

    `rows` (int32, shape (images,)) is the row of every image, if the supposition says that much. Otherwise
    `row_targets` (int32, shape (rows,)) is the target of the image in each row: enough to judge, not to repair.
    """

    name: str
    cause: str
    rows: np.ndarray | None = None
    row_targets: np.ndarray | None = None


def other_row_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield the suppositions that fit the number of rows, other than the order that was used."""
    used = aligned.match.rows
    for order in _candidates(aligned, aligner):
        if order.rows is None or not np.array_equal(order.rows, used):
            yield order


def _candidates(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    match = aligned.match
    rows, count = match.rows, match.row_count
    yield RowOrder(
        "rows reversed", "the predictions run from the last image to the first", _within(count - 1 - rows, rows, count)
    )
    for shift in _SHIFTS:
        lost, steps = ("lost", -shift) if shift < 0 else ("too many", shift)
        cause = (
            f"the predictions stand {steps} row(s) {'above' if shift < 0 else 'below'} their image: "
            f"{steps} row(s) {lost} at the top, such as a header that was read as data or data that was read as header"
        )
        yield RowOrder(f"rows shifted by {shift:+d}", cause, _within(rows + shift, rows, count))
    if count == aligner.atlas.dataset_images:
        yield RowOrder(
            "data set order",
            "the predictions are in the data set's order, the file names in another",
            aligner.positions,
        )
    yield from _name_orders(aligned, aligner)
    yield from _folder_orders(aligned, aligner)


def _within(rows: np.ndarray, original: np.ndarray, count: int) -> np.ndarray:
    return np.where((original != NO_ROW) & (rows >= 0) & (rows < count), rows, NO_ROW).astype(np.int32)


def _covers_exactly(aligned: Aligned) -> bool:
    """Tell whether rows and annotated images are the same, so that any order of the images is one of the rows."""
    rows = aligned.match.rows
    return len(rows) == aligned.match.row_count and bool((rows != NO_ROW).all())


def _name_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield the rows' names sorted as text and by their numbers."""
    names, rows = aligned.match.names, aligned.match.rows
    if names is None:
        if not _covers_exactly(aligned):
            return
        names, rows = aligner.atlas.images["file_name"], np.arange(len(rows), dtype=np.int32)
    for name, cause, keys in (
        (
            "file names sorted as text",
            "the predictions are in the order of file names sorted as text",
            [pl.col("name")],
        ),
        (
            "file names sorted by number",
            "the predictions are in the natural order of file names (2 before 10)",
            [_number("name", r"(\d+)"), _number("name", r"(\d+)\D*$"), pl.col("name")],
        ),
    ):
        rank = _rank(names.alias("name").to_frame(), keys)
        yield RowOrder(name, cause, np.where(rows == NO_ROW, NO_ROW, rank[rows]).astype(np.int32))


def _number(column: str, pattern: str) -> pl.Expr:
    return pl.col(column).str.extract(pattern).cast(pl.Int64, strict=False)


def _rank(frame: pl.DataFrame, keys: list[pl.Expr]) -> np.ndarray:
    order = frame.select(pl.arg_sort_by(keys)).to_series().to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def _folder_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield orders in which all images of a class stand together, as an image folder per class gives them."""
    classes = aligner.class_count
    tables = [
        ("class folders", "by class folder (sorted by wnid), as an image-folder reader lists them", np.arange(classes))
    ]
    tables += [
        (f"class folders, {name}", f"by class folder; {cause}", table)
        for name, cause, table in aligner.orders.sorted_tables
    ]
    count = aligned.match.row_count
    for name, where, table in tables:
        cause = f"the predictions are sorted {where}, the rows are not"
        if _covers_exactly(aligned):
            place = np.empty(classes, np.int32)
            place[table] = np.arange(classes, dtype=np.int32)
            frame = aligner.atlas.images.select("file_name").with_columns(place=pl.Series(place[aligner.targets]))
            yield RowOrder(name, cause, _rank(frame, [pl.col("place"), pl.col("file_name")]))
        elif count == aligner.atlas.dataset_images and count % classes == 0:
            row_targets = np.repeat(table, count // classes).astype(np.int32)
            yield RowOrder(name, cause, row_targets=row_targets)
