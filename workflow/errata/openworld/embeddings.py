"""Embedding images and prompts: unit vectors, written batch by batch."""

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch

from errata.files import written_whole
from errata.openworld.encoder import Encoder
from errata.openworld.progress import logged_progress

logger = logging.getLogger(__name__)

BATCH_IMAGES = 256
"""Images per forward pass to start with; halved when the memory does not suffice."""


def embed_images(
    encoder: Encoder, pixels: Iterable[tuple[np.ndarray, np.ndarray]], path: Path | str, *, images: int, readable: int
) -> int:
    """Write the vectors of all images of a data set to `path`, whole or not at all.

    The file is a NumPy array, float32 [images, dimensions]; rows that `pixels` does not name are NaN. Only a batch is
    in memory.

    Parameters
    ----------
    encoder : Encoder
    pixels : iterable of (rows, pixels)
        Rows, int [B] in ascending order, and pixels in the encoder's view, uint8 [B, H, W, 3], as `errata.views.read`
        yields them.
    path : path
    images : int
        Images of the data set.
    readable : int
        How many of them `pixels` names; for progress.

    Returns
    -------
    int
        The number of dimensions.
    """
    # an encoder tells its dimensions by encoding
    width = encoder.encode_texts(["a"]).shape[1]
    embed = HalvingBatches(lambda batch: encoder.encode_images(normalised(batch, encoder)))
    with written_whole(path) as temporary, logged_progress(encoder.name, total=readable, unit="images") as advance:
        vectors = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.float32, shape=(images, width))
        written = 0
        for rows, batch in pixels:
            # unreadable images leave gaps between the rows
            vectors[written : rows[-1] + 1] = np.nan
            vectors[rows] = embed(batch)
            written = int(rows[-1]) + 1
            advance(len(rows))
        vectors[written:] = np.nan
        vectors.flush()
        del vectors
    return width


def embed_prompts(encoder: Encoder, prompts: Sequence[str], path: Path | str) -> int:
    """Write the vectors of prompts to `path`, float32 [prompts, dimensions], whole or not at all; return dimensions."""
    vectors = encoder.encode_texts(prompts).cpu().numpy()
    with written_whole(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, vectors, allow_pickle=False)
    return vectors.shape[1]


def normalised(pixels: np.ndarray, encoder: Encoder) -> torch.Tensor:
    """Return uint8 pixels [B, H, W, 3] as a normalised float32 batch [B, 3, H, W] on the encoder's device."""
    batch = torch.from_numpy(np.ascontiguousarray(pixels)).to(encoder.device).permute(0, 3, 1, 2).float().div_(255)
    mean, std = (torch.tensor(values, device=encoder.device).view(1, 3, 1, 1) for values in (encoder.mean, encoder.std))
    return batch.sub_(mean).div_(std)


class HalvingBatches:
    """Calls a function on parts of batches that the memory can hold: out of memory halves the parts from then on."""

    def __init__(self, function: Callable[[np.ndarray], torch.Tensor], *, largest: int = BATCH_IMAGES) -> None:
        """Start with parts of `largest` images."""
        self._function = function
        self.size = largest

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Return the function's vectors of a whole batch, float32 [B, dimensions]."""
        done: list[np.ndarray] = []
        start = 0
        while start < len(batch):
            try:
                done.append(self._function(batch[start : start + self.size]).cpu().numpy())
            except torch.OutOfMemoryError:
                if self.size == 1:
                    raise
                self.size //= 2
                torch.cuda.empty_cache()
                logger.warning("out of memory, going on with batches of %d images", self.size)
                continue
            start += self.size
        return np.concatenate(done)
