"""A classifier's answers about images: one pass at the chosen precision, then close calls again in float32."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import torch

from errata.zoo.answers import answers
from errata.zoo.classifier import Classifier
from errata.zoo.device import first_batch
from errata.zoo.forward import Forward
from errata.zoo.overlap import overlapped
from errata.zoo.pace import Pace
from errata.zoo.pixels import pixel_batches
from errata.zoo.recheck import LEAST, MARGIN, Recheck, recheck

FP32_SHARE = 0.5
"""Part of a half-precision batch that is tried at once in float32, at most."""


@dataclass(frozen=True)
class Running:
    """How to run a classifier.

    Attributes
    ----------
    device : torch.device
    precision : str
        `amp` or `fp32`.
    channels_last : bool
        Whether channels are innermost in memory.
    threads : int
        Threads that read or decode.
    margin : float
        Up to which difference of log-probabilities half precision's answers are computed again, see
        `errata.zoo.recheck`; 0: none.
    batch : int or None
        Images of the first batch; None: by their size and the device.
    """

    device: torch.device
    precision: str
    channels_last: bool = False
    threads: int = 1
    margin: float = MARGIN
    batch: int | None = None


@dataclass(frozen=True)
class Answered:
    """Answers about images, and how they came about.

    Attributes
    ----------
    found : mapping of numpy.ndarray
        What `errata.zoo.answers.answers` returns, one row per image, in their order; and `precision`.
    rechecked : Recheck or None
        None if all was computed in float32, or nothing was to be computed again.
    batch : int
        Images of the first batch.
    fallbacks : list of str
        What was resorted to, in words.
    """

    found: Mapping[str, np.ndarray]
    rechecked: Recheck | None
    batch: int
    fallbacks: list[str]


def run(
    classifier: Classifier,
    readable: pl.DataFrame,
    *,
    index: pl.DataFrame,
    view_file: Path | str | None,
    images: Path | str | None,
    running: Running,
    pace: Pace,
) -> Answered:
    """Run a classifier on images.

    Parameters
    ----------
    classifier : Classifier
    readable : polars.DataFrame
        `position` and `target` of the images, by position.
    index : polars.DataFrame
        The table IMAGES.
    view_file, images : path or None
        Where the pixels are, see `errata.zoo.pixels`.
    running : Running
    pace : Pace

    Raises
    ------
    NotFiniteError
        If logits are not finite at any precision; `place` is the image's position.
    TooLargeError
        If a single image does not fit into memory.
    """
    device = running.device
    rows = readable["position"].to_numpy().astype(np.int64)
    targets = readable["target"].to_numpy().astype(np.int64)
    pixels = partial(
        pixel_batches,
        view_file=view_file,
        images=images,
        index=index,
        view=classifier.view,
        threads=running.threads,
        pinned=device.type == "cuda",
    )
    prepared = partial(Forward, classifier, device=device, channels_last=running.channels_last)
    batch = min(running.batch or first_batch(classifier.view.crop, device), len(rows))
    forward = prepared(precision=running.precision, batch=batch)
    found = _pass(forward, pixels(batch=batch, rows=rows), rows=rows, targets=targets, device=device, pace=pace)

    # as many as are computed again at least, so that few are filled up
    share = max(1, min(LEAST, int(forward.limit * FP32_SHARE)))
    precise = prepared(precision="fp32", batch=share)

    def exact(places: np.ndarray) -> dict[str, np.ndarray]:
        return _pass(
            precise,
            pixels(batch=share, rows=rows[places]),
            rows=rows[places],
            targets=targets[places],
            rivals=found["top_classes"][places, :2],
            device=device,
            pace=Pace("close calls", len(places)),
        )

    final, rechecked = recheck(found, margin=running.margin, exact=exact)
    return Answered(final, rechecked, batch, forward.fallbacks + [f"fp32: {note}" for note in precise.fallbacks])


def _pass(
    forward: Forward,
    batches: object,
    *,
    rows: np.ndarray,
    targets: np.ndarray,
    device: torch.device,
    pace: Pace,
    rivals: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return the answers about all images of `batches`, which must be those of `rows`.

    With `rivals`, int64 of shape (images, 2), also `gap`: by how much the first's logit exceeds the second's.
    """
    # once, before the first batch: a copy from ordinary memory waits for all that the GPU is at
    there = torch.from_numpy(targets).to(device)
    pair = None if rivals is None else torch.from_numpy(rivals).to(device)

    def answer(logits: torch.Tensor, place: slice) -> dict[str, torch.Tensor]:
        said = answers(logits, there[place])
        if pair is not None:
            first, second = logits.gather(1, pair[place]).unbind(dim=1)
            said["gap"] = first - second
        return said

    parts = []
    done = 0
    for came, said in overlapped(forward, batches, answer, pace=pace):
        if not np.array_equal(came, rows[done : done + len(came)]):
            raise AssertionError(f"pixels of rows {came[:3]}... came where {rows[done : done + 3]}... were due")
        parts.append(said)
        done += len(came)
    if done != len(rows):
        raise AssertionError(f"{done} of {len(rows)} readable images were predicted")
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
