"""Read batches of pixels, from a cached view or decoded on the fly, while the device computes."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import polars as pl
import torch

from errata.errors import InputError
from errata.views.read import decode_batches, open_view, read_view
from errata.views.view import View

Batches = Iterator[tuple[np.ndarray, torch.Tensor]]
"""Rows (int64 [B]) and their pixels (uint8 [B, H, W, 3], in main memory)."""

BATCHES_AHEAD = 2


def pixel_batches(
    *,
    view_file: Path | str | None,
    images: Path | str | None,
    index: pl.DataFrame,
    view: View,
    batch: int,
    threads: int,
    rows: np.ndarray | None = None,
    pinned: bool = False,
) -> Batches:
    """Yield the pixels of every readable image once, in the order of `index`.

    `view_file`: the view's memory map; one of no images stands for a view that is not cached.
    `images`: the folder or tar of the images, if there is no memory map.
    `index`: the table IMAGES.
    `view`: the preprocessing.
    `batch`: images per batch.
    `threads`: threads that read or decode.
    `rows`: only these rows of `index`, in this order; None: all.
    `pinned`: whether to put pixels into pinned memory, from where a GPU fetches them while it computes.
    Raises InputError if there is neither memory map nor images, or the memory map has another size than the view.
    """
    if view_file is not None and len(open_view(view_file)):
        height, width = open_view(view_file).shape[1:3]
        if (height, width) != (view.crop, view.crop):
            raise InputError(
                f"{view_file}: its images have {height} x {width} pixels, view {view.key} has {view.crop} x "
                f"{view.crop}. Build it again."
            )

        def empty(shape: tuple[int, ...]) -> torch.Tensor:
            return torch.empty(shape, dtype=torch.uint8, pin_memory=pinned)

        return _read_ahead(read_view(view_file, index, batch=batch, rows=rows, threads=threads, empty=empty))
    if images is not None:
        decoded = decode_batches(images, index, view, batch=batch, threads=threads, rows=rows)
        return _read_ahead(_as_tensors(decoded, pinned=pinned))
    raise InputError(f"view {view.key}: expected its pixels or the images of the data set, found neither.")


def _as_tensors(
    batches: Iterator[tuple[np.ndarray, np.ndarray]], *, pinned: bool
) -> Iterator[tuple[np.ndarray, torch.Tensor]]:
    with closing(batches):
        for rows, values in batches:
            pixels = torch.from_numpy(values)
            yield rows, pixels.pin_memory() if pinned else pixels


def _read_ahead(batches: Batches) -> Batches:
    """Prefetch a few batches in another thread.

    Not torch's DataLoader: its processes change the messages of input errors, need shared memory that containers lack
    (64 MB, less than a batch), and `build_view` decodes with these threads where torch is not loaded.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="pixels")
    with closing(batches):
        try:
            fetched = deque(thread.submit(next, batches, None) for _ in range(BATCHES_AHEAD))
            while (batch := fetched.popleft().result()) is not None:
                fetched.append(thread.submit(next, batches, None))
                yield batch
        finally:
            thread.shutdown(cancel_futures=True)
