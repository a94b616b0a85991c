"""Build a view: the pixels of all images of a data set in one memory map, made once for all models that need it."""

import logging
from pathlib import Path

import numpy as np
import polars as pl

from errata.files import atomic_write, check_room
from errata.job import log_progress
from errata.views.read import decode_batches, readable_rows
from errata.views.view import View

LOG = logging.getLogger(__name__)

BATCH_IMAGES = 64
"""Images that are written at once; a few such batches are in memory."""


def build_view(
    root: Path | str,
    index: pl.DataFrame,
    view: View,
    path: Path | str,
    *,
    threads: int,
    rows: np.ndarray | None = None,
) -> None:
    """Write the pixels of all images in a view atomically.

    The file is a NumPy array, uint8 [N, crop, crop, 3]; row i is row i of `index`, 0 where the image cannot be read
    or was not asked for. What is 0 takes no space where the file system can leave holes.
    The pixels do not depend on the number of threads.

    `root`: the folder or tar with the images.
    `index`: the data set's table of images, `errata.images.tables.IMAGES`.
    `path`: where to write.
    `threads`: threads that decode.
    `rows`: only these rows of `index`; None: all.
    Raises InputError if an image is not what it was when it was indexed.
    Raises StorageError if the disk is too small, or may not be written.
    """
    path = Path(path)
    shape = (index.height, view.crop, view.crop, 3)
    image_bytes = view.crop * view.crop * 3
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen = readable_rows(index, rows)
    check_room(
        path,
        len(chosen) * image_bytes,
        instead="set the config key cache_views_from above the number of models, which then decode for themselves",
    )
    sizes = index["bytes"].to_numpy()
    advance = log_progress(f"view {view.key}", total=int(sizes[chosen].sum()))
    with atomic_write(path) as temporary, temporary.open("r+b") as stream:
        header = {"descr": np.lib.format.dtype_to_descr(np.dtype(np.uint8)), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        start = stream.tell()
        # what is never written reads as zeros
        stream.truncate(start + index.height * image_bytes)
        for batch_rows, pixels in decode_batches(root, index, view, batch=BATCH_IMAGES, threads=threads, rows=chosen):
            # written, not mapped: a full disk then raises an error instead of killing the process
            for row, image in zip(batch_rows, pixels, strict=True):
                stream.seek(start + int(row) * image_bytes)
                stream.write(image.data)
            advance(int(sizes[batch_rows].sum()))


def leave_uncached(view: View, path: Path | str) -> None:
    """Write an array of no images in place of a view's pixels: readers then decode the images themselves.

    So a model's inputs are the same files whether or not its view is cached, and another model that makes the view
    worth caching makes no predictions stale.
    """
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, np.empty((0, view.crop, view.crop, 3), dtype=np.uint8), allow_pickle=False)
