"""The orders in which the rows of a file may stand, other than the one that was used."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from errata.predictions.align import NO_ROW, Aligned, Aligner
from errata.predictions.dead_rows import DeadRows, find_dead_rows
from errata.predictions.orders import OTHER_COUNT
from errata.predictions.prediction_file import FROM_0, RowNumbers
from errata.predictions.regular_orders import FoundOrder, find_shift, measure_order, nearby_hits
from errata.predictions.unfilled_rows import Region

WNID_FOLDERS = "class folders"
_SHIFTS = (1, -1, 2, -2, 3, -3)
_DISPLACED = 0.2
_PART_LAGS = 256
"""A part of the rows is looked for this many rows away; further, the one distance that stands out is tried."""
_PART_SHARE = 0.6
"""It must be right there this often, measured by the other rows' accuracy."""
_PART_HITS = 5


@dataclass(frozen=True, eq=False)
class FileRows:
    """One model's rows in file order: targets of the images that count, predicted classes; both -1 where there is none.

    `rows` (int32, shape (images,)) is the row of every image, `judged` (bool) the images that count and have one.
    """

    targets: np.ndarray
    predictions: np.ndarray
    rows: np.ndarray
    judged: np.ndarray
    class_count: int
    numbers: RowNumbers = FROM_0

    @classmethod
    def of(cls, aligned: Aligned, aligner: Aligner, ids: np.ndarray | None = None) -> "FileRows":
        """Return the rows of a file as they were matched; with other class ids (shape (rows,)) if they are given."""
        rows, ids = aligned.match.rows, aligned.row_classes if ids is None else ids
        judged = aligner.counts & (rows != NO_ROW)
        targets = np.full(aligned.match.row_count, -1, np.int64)
        targets[rows[judged]] = aligner.targets[judged]
        valid = (ids >= 0) & (ids < aligner.class_count)
        predictions = np.where(valid, ids, -1).astype(np.int64)
        return cls(targets, predictions, rows, judged, aligner.class_count, aligned.source.numbers)

    @cached_property
    def dead(self) -> DeadRows:
        """The rows that say nothing about their images."""
        return find_dead_rows(self.targets, self.predictions, self.class_count)

    @cached_property
    def nearby(self) -> tuple[int, float]:
        """Within how many rows predictions are right for another image, and which share of the hits these are."""
        return nearby_hits(self.targets, self.predictions)

    @property
    def are_displaced(self) -> bool:
        """Whether so many rows say nothing about their images that another order of the rows may explain it."""
        lost = [region.rows for region in self.dead.regions if region.label is None]
        return self.nearby[1] >= _DISPLACED or (bool(lost) and float(np.logical_or.reduce(lost).mean()) >= _DISPLACED)

    def reordered(self, rows: np.ndarray) -> "FileRows":
        """Return the predictions at the places of their images, if `rows` (shape (images,)) are the images' rows."""
        predictions = np.full(len(self.predictions), -1, np.int64)
        has = (self.rows != NO_ROW) & (rows != NO_ROW)
        predictions[self.rows[has]] = self.predictions[rows[has]]
        return replace(self, predictions=predictions, judged=self.judged & has)


@dataclass(frozen=True, eq=False)
class RowOrder:
    """A possible order of the rows.

    `rows` (int32, shape (images,)) is the row of every image. `source` (int32, shape (rows,)), where it is known for
    all rows, is the row whose prediction belongs into each row. `NO_ROW` stands for none. `is_by_class`: all images of
    a class stand together, so that targets say nothing about the order among them.
    """

    name: str
    cause: str
    rows: np.ndarray
    source: np.ndarray | None = None
    is_by_class: bool = False

    @classmethod
    def of(cls, found: FoundOrder, used: np.ndarray) -> "RowOrder":
        """Return an order that was found. `used` (shape (images,)): the rows of the images in the order that was used.

        Where several rows are of one image, as where a sampler filled up, the first counts.
        """
        row_of_place = np.full(len(found.image), NO_ROW, np.int32)
        kept = np.flatnonzero(found.image >= 0)[::-1]
        row_of_place[found.image[kept]] = kept
        rows = np.where(used == NO_ROW, NO_ROW, row_of_place[used]).astype(np.int32)
        return cls(found.name, found.cause, rows, row_of_place)


def other_row_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield the possible orders that fit the number of rows, but for the one that was used."""
    used = aligned.match.rows
    for order in _candidates(aligned, aligner):
        if not np.array_equal(order.rows, used):
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
    """Return whether every annotated image has a row and no other image has, so that both can be ordered alike."""
    rows = aligned.match.rows
    return len(rows) == aligned.match.row_count and bool((rows != NO_ROW).all())


def _name_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield the orders of file names that are sorted as text and by their numbers."""
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


def folder_lists(aligner: Aligner) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield name, cause and classes (shape (classes,)) of the orders in which class folders are known to be listed."""
    where = "by class folder (sorted by wnid), as an image-folder reader lists them"
    yield WNID_FOLDERS, f"the predictions are sorted {where}, the rows are not", np.arange(aligner.class_count)
    for name, cause, table in aligner.orders.sorted_tables:
        yield (
            f"class folders, {name}",
            f"the predictions are sorted by class folder; {cause}, the rows are not",
            table,
        )


def _folder_orders(aligned: Aligned, aligner: Aligner) -> Iterator[RowOrder]:
    """Yield orders in which all images of a class stand together, by file name within the class.

    Known are the orders of the annotated images, if only they have rows, and of a data set with as many images of each
    class, whose atlas says where each annotated image stands among all.
    """
    images, classes, count = aligner.atlas.images, aligner.class_count, aligned.match.row_count
    size = aligner.atlas.dataset_images
    if _covers_exactly(aligned):
        for name, cause, table in folder_lists(aligner):
            frame = images.select("file_name").with_columns(place=pl.Series(np.argsort(table)[aligner.targets]))
            yield RowOrder(name, cause, _rank(frame, [pl.col("place"), pl.col("file_name")]), is_by_class=True)
    elif "folder_rank" in images.columns and abs(count - size) <= OTHER_COUNT * size:
        rank = images["folder_rank"].to_numpy()
        for name, cause, table in folder_lists(aligner):
            rows = rank
            if name != WNID_FOLDERS:
                if size % classes:
                    return
                rows = (np.argsort(table)[aligner.targets] - aligner.targets) * (size // classes) + rank
            yield RowOrder(name, cause, np.where(rows < count, rows, NO_ROW).astype(np.int32), is_by_class=True)


def find_part_shift(rows: FileRows, region: Region) -> tuple[int, float] | None:
    """Return k and the accuracy, if the rows of a region are right for the image k rows further."""
    sound = ~rows.dead.rows & (rows.targets >= 0)
    usual = float((rows.targets == rows.predictions)[sound].mean()) if sound.any() else 0.0
    masked = np.where(region.rows, rows.predictions, -1)
    further = find_shift(rows.targets, masked)
    best: tuple[float, int] = (0.0, 0)
    place = np.flatnonzero(region.rows)
    for lag in {*range(-_PART_LAGS, _PART_LAGS + 1), further or 0} - {0}:
        there = place + lag
        inside = (there >= 0) & (there < len(masked))
        targets = rows.targets[there[inside]]
        right = (targets == masked[place[inside]])[targets >= 0]
        if right.sum() >= _PART_HITS:
            best = max(best, (float(right.mean()), lag))
    return (best[1], best[0]) if best[0] >= _PART_SHARE * usual and best[1] else None


def find_shifted_ranks(rows: FileRows) -> FoundOrder | None:
    """Return the order in which every so-many-th row is some steps off, if that explains all dead rows.

    A process whose sampler began one step late gives every row of its own to the image that is its own next.
    """
    count = len(rows.targets)
    image, names = np.arange(count), []
    for region in rows.dead.regions:
        shift = find_part_shift(rows, region) if region.period else None
        if shift is None or shift[0] % region.period:
            return None
        place = np.flatnonzero(region.rows)
        there = place + shift[0]
        image[place] = np.where((there >= 0) & (there < count), there, -1)
        names.append(f"row {region.residues[0]} of every {region.period} shifted by {-shift[0]:+d}")
    if not names:
        return None
    cause = "the rows of some processes stand one or more steps off their images"
    return measure_order(", ".join(names), cause, image, rows.targets, rows.predictions)
