"""Embed images and prompts: unit vectors, written batch by batch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import torch

from errata.errors import InputError
from errata.files import atomic_write, check_room
from errata.inference.device import device_name, first_batch
from errata.inference.encoder import Encoder
from errata.inference.forward import Forward, Network, NotFiniteError, TooLargeError
from errata.inference.pixels import pixel_batches
from errata.inference.progress import Progress


def embed_images(
    encoder: Encoder,
    index: pl.DataFrame,
    path: Path | str,
    *,
    images: Path | str | None,
    view_file: Path | str | None = None,
    precision: str = "fp32",
    threads: int = 1,
) -> dict[str, object]:
    """Write the vectors of all images of a data set atomically.

    The file is a NumPy array, float32 [images, dimensions]; row i is row i of `index`, NaN where the image cannot be
    read. Only a few batches are in memory. A lack of memory on the device halves the batches.

    `index`: the table `errata.images.tables.IMAGES`.
    `path`: where to write.
    `images`, `view_file`: the pixels: the folder or tar of the images, or the memory map of the encoder's view.
    `precision`: `fp32`, or `amp`: half precision, float32 where it overflows.
    `threads`: threads that decode images.
    Returns notes: dimensions, number of images, names of unreadable ones, fall-backs. JSON types only.
    Raises InputError if not a single image fits into the memory, or an image gives no finite vector.
    Raises StorageError if the disk is too small, or may not be written.
    """
    unreadable = index.filter(pl.col("problem").is_not_null())["file_name"].to_list()
    batch = first_batch(encoder.view.crop, encoder.device)
    network = Network(encoder.encode_images, encoder.mean, encoder.std)
    forward = Forward(network, device=encoder.device, precision=precision, batch=batch)
    pixels = pixel_batches(
        view_file=view_file,
        images=images,
        index=index,
        view=encoder.view,
        batch=batch,
        threads=threads,
        pinned=encoder.device.type == "cuda",
    )
    progress = Progress(encoder.name, index.height - len(unreadable))
    dimensions = encoder.dimensions
    check_room(path, index.height * dimensions * np.dtype(np.float32).itemsize)
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        header = {"descr": "<f4", "fortran_order": False, "shape": (index.height, dimensions)}
        np.lib.format.write_array_header_1_0(stream, header)
        written = 0
        # written, not mapped: a full disk then raises an error instead of killing the process
        for rows, some in pixels:
            stop = int(rows[-1]) + 1
            # unreadable images leave gaps between the rows
            vectors = np.full((stop - written, dimensions), np.nan, dtype=np.float32)
            vectors[rows - written] = _vectors(forward, some, index["file_name"].gather(rows), encoder)
            stream.write(vectors.data)
            written = stop
            progress.advance(len(rows))
        stream.write(np.full((index.height - written, dimensions), np.nan, dtype=np.float32).data)
    progress.finish(how=f"{device_name(encoder.device)} in {' and '.join(forward.images_at) or precision}")
    return {
        "dimensions": dimensions,
        "images": index.height,
        "unreadable": unreadable,
        "precision": precision,
        "fallbacks": list(forward.fallbacks),
    }


def embed_prompts(encoder: Encoder, prompts: Sequence[str], path: Path | str) -> dict[str, object]:
    """Write the vectors of prompts atomically, float32 [prompts, dimensions], and return notes."""
    vectors = encoder.encode_texts(prompts).cpu().numpy()
    with atomic_write(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, vectors, allow_pickle=False)
    return {"dimensions": vectors.shape[1], "prompts": len(prompts)}


def _vectors(forward: Forward, pixels: torch.Tensor, file_names: pl.Series, encoder: Encoder) -> np.ndarray:
    try:
        return forward(pixels).cpu().numpy()
    except NotFiniteError as error:
        raise InputError(
            f"encoder '{encoder.name}' gives no finite vector for {file_names[error.place]}; are its weights whole?"
        ) from error
    except TooLargeError as error:
        raise InputError(
            f"encoder '{encoder.name}': the memory of {device_name(encoder.device)} does not suffice for one image."
        ) from error
