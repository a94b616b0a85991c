"""Read the pixels of a view from its memory map, or decode them on the fly. Both give the same pixels."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from errata.errors import InputError
from errata.images.decode import rgb_image
from errata.images.store import ImageStore, open_store
from errata.views.view import View, transform

SLICE_IMAGES = 8
"""Images that a thread decodes in one go: enough to make the hand-over cheap, few enough to keep all threads busy."""

READING_THREADS = 4
"""Threads that read a view's file, at most: what memory copies side by side."""

SLICES_AHEAD = 3
"""Slices per thread that are decoded before they are asked for, at least."""

Held = TypeVar("Held")
"""Memory that NumPy takes for an array without copying it, such as an array or a tensor."""


def _array(shape: tuple[int, ...]) -> np.ndarray:
    return np.empty(shape, dtype=np.uint8)


def readable_rows(index: pl.DataFrame, rows: np.ndarray | None = None) -> np.ndarray:
    """Return the rows of readable images among `rows` (all if None): int64, in their order."""
    is_readable = index["problem"].is_null().to_numpy()
    rows = np.arange(index.height) if rows is None else np.asarray(rows, dtype=np.int64)
    return rows[is_readable[rows]]


def open_view(path: Path | str) -> np.ndarray:
    """Open the memory map of a view: uint8 [N, H, W, 3], read-only; rows of unreadable images are 0.

    Raises InputError if the file is not there or is no such array.
    """
    try:
        # unlike numpy.load it knows one format only, and never unpickles
        pixels = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: expected the pixels of a view, but it cannot be read ({error}).") from error
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] != 3:
        raise InputError(
            f"{path}: expected the pixels of a view, uint8 [images, height, width, 3]; found {pixels.dtype} "
            f"{list(pixels.shape)}."
        )
    return pixels


def read_view(
    path: Path | str,
    index: pl.DataFrame,
    *,
    batch: int,
    empty: Callable[[tuple[int, ...]], Held] = _array,
    threads: int = 1,
    rows: np.ndarray | None = None,
) -> Iterator[tuple[np.ndarray, Held]]:
    """Yield rows and pixels of a view's file in batches, as `decode_batches` does.

    The file is read straight into memory of the caller's kind: pages of a memory map come one fault at a time, and
    pinned memory for a GPU would take another copy.

    `path`: the view's memory map.
    `index`: the data set's table of images.
    `batch`: images per batch.
    `empty`: from a shape to memory for so many uint8.
    `threads`: threads that read, up to `READING_THREADS`.
    `rows`: rows of `index`, in this order; None: all.
    Raises InputError if the view has another number of images than `index`, or its file ends early.
    """
    pixels = _view_of(path, index)
    threads = max(1, min(threads, READING_THREADS))
    with Path(path).open("rb", buffering=0) as stream, ThreadPoolExecutor(threads) as pool:
        for chosen in _batches(readable_rows(index, rows), batch):
            held = empty((len(chosen), *pixels.shape[1:]))
            parts = zip(np.array_split(chosen, threads), np.array_split(np.asarray(held), threads), strict=True)
            reads = [pool.submit(_read_rows, stream, pixels.offset, some, out) for some, out in parts]
            for read in reads:
                read.result()
            yield chosen, held


def _view_of(path: Path | str, index: pl.DataFrame) -> np.memmap:
    pixels = open_view(path)
    if len(pixels) != index.height:
        raise InputError(f"{path}: has {len(pixels)} images, the table of images has {index.height}. Build it again.")
    return pixels


def _read_rows(file: FileIO, start: int, rows: np.ndarray, out: np.ndarray) -> None:
    """Read images from a file whose first begins at byte `start`; consecutive ones with one call."""
    size = out[:1].nbytes
    ends = np.flatnonzero(np.diff(rows, append=-1) != 1) + 1
    first = 0
    for end in ends:
        wanted = memoryview(out[first:end]).cast("B")
        offset = start + int(rows[first]) * size
        while wanted and (count := os.preadv(file.fileno(), [wanted], offset)):
            wanted, offset = wanted[count:], offset + count
        if wanted:
            raise InputError(f"{file.name}: ends before its last image. Build it again.")
        first = end


def decode_batches(
    root: Path | str, index: pl.DataFrame, view: View, *, batch: int, threads: int, rows: np.ndarray | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Decode images and yield them in batches, a few batches ahead of the caller.

    `root`: the folder or tar with the images.
    `index`: the data set's table of images, `errata.images.tables.IMAGES`.
    `batch`: images per batch; the last one may be smaller.
    `threads`: threads that decode. Pillow lets them run side by side.
    `rows`: rows of `index` to decode, in this order; None: all. Those of unreadable images are left out.
    Raises InputError if an image is not what it was when it was indexed.
    """
    chosen = readable_rows(index, rows)
    slices_per_batch = -(-batch // SLICE_IMAGES)
    batches_ahead = max(1, -(-threads * SLICES_AHEAD // slices_per_batch))
    pending: deque[tuple[np.ndarray, np.ndarray, list[Future[None]]]] = deque()
    pool = ThreadPoolExecutor(threads)
    with open_store(root) as store:
        try:
            for batch_rows in _batches(chosen, batch):
                pixels = np.empty((len(batch_rows), view.crop, view.crop, 3), dtype=np.uint8)
                pending.append((batch_rows, pixels, _submit(pool, store, index, view, batch_rows, pixels)))
                if len(pending) > batches_ahead:
                    yield _finished(*pending.popleft())
            while pending:
                yield _finished(*pending.popleft())
        finally:
            # also when the caller stops early: no thread may read from a closed store
            pool.shutdown(wait=True, cancel_futures=True)


def decode(root: Path | str, index: pl.DataFrame, view: View, rows: np.ndarray) -> np.ndarray:
    """Return the pixels of some rows of `index` in a view: uint8 [len(rows), H, W, 3]; 0 for unreadable images."""
    rows = np.asarray(rows, dtype=np.int64)
    pixels = np.zeros((len(rows), view.crop, view.crop, 3), dtype=np.uint8)
    is_readable = index["problem"].is_null().to_numpy()[rows]
    with open_store(root) as store:
        for place in np.flatnonzero(is_readable):
            _decode_into(pixels[place : place + 1], store, index[rows[place : place + 1]], view)
    return pixels


def _batches(rows: np.ndarray, batch: int) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), batch):
        yield rows[start : start + batch]


def _submit(
    pool: ThreadPoolExecutor, store: ImageStore, index: pl.DataFrame, view: View, rows: np.ndarray, pixels: np.ndarray
) -> list[Future[None]]:
    files = index.select("location", "offset", "bytes")[rows]
    return [
        pool.submit(
            _decode_into, pixels[start : start + SLICE_IMAGES], store, files[start : start + SLICE_IMAGES], view
        )
        for start in range(0, len(rows), SLICE_IMAGES)
    ]


def _decode_into(pixels: np.ndarray, store: ImageStore, files: pl.DataFrame, view: View) -> None:
    for place, (location, offset, size) in enumerate(files.select("location", "offset", "bytes").iter_rows()):
        data = store.read(location, offset=offset, size=size)
        try:
            image = rgb_image(data)
        except Exception as error:
            raise InputError(
                f"{store.root}: {location} cannot be decoded any more ({error}). Did the images change since they were "
                "indexed? Index them again."
            ) from error
        pixels[place] = transform(image, view)


def _finished(rows: np.ndarray, pixels: np.ndarray, futures: list[Future[None]]) -> tuple[np.ndarray, np.ndarray]:
    for future in futures:
        future.result()
    return rows, pixels
