"""Batches through a forward pass, so that a GPU never waits: while it computes, the next batch is on its way to it and
the answers about the last one are on their way back."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from errata.zoo.forward import Forward, Launched, NotFiniteError
from errata.zoo.pace import Pace
from errata.zoo.pixels import Batches
from errata.zoo.transfer import HostCopy

Answer = Callable[[torch.Tensor, slice], Mapping[str, torch.Tensor]]
"""From the logits of a batch, and which of all images these are, to what is wanted of them, all on the device."""


@dataclass(frozen=True)
class _Asked:
    """A batch on the device, and the answers that will come back."""

    rows: np.ndarray
    place: slice
    launched: Launched
    copies: Mapping[str, HostCopy]


def overlapped(
    forward: Forward, batches: Batches, answer: Answer, *, pace: Pace
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Yield rows and answers of every batch, each launched before those of the one before are waited for.

    Parameters
    ----------
    forward : Forward
    batches : iterator
        Rows and pixels, see `errata.zoo.pixels`.
    answer : callable
    pace : Pace
        Is told of every batch, and how long pixels were waited for.

    Yields
    ------
    rows : numpy.ndarray
        int64, shape (B,).
    answers : dict of numpy.ndarray
        What `answer` returned, and `precision`: at which one each image was computed.

    Raises
    ------
    NotFiniteError
        If logits are not finite at any precision; `place` is the image's row.
    TooLargeError
        If a single image does not fit into memory.
    """
    before: _Asked | None = None
    done = 0
    while True:
        asked = time.perf_counter()
        rows, pixels = next(batches, (None, None))
        pace.waited(time.perf_counter() - asked)
        if rows is None or pixels is None:
            break
        now = _ask(forward.launch(pixels), rows, slice(done, done + len(rows)), answer)
        done += len(rows)
        if before is not None:
            yield before.rows, _answers(before, forward, answer)
            pace.advance(len(before.rows))
        before = now
    if before is not None:
        yield before.rows, _answers(before, forward, answer)
        pace.advance(len(before.rows))


def _ask(launched: Launched, rows: np.ndarray, place: slice, answer: Answer) -> _Asked:
    with torch.inference_mode():
        copies = {name: HostCopy(values) for name, values in answer(launched.logits, place).items()}
    return _Asked(rows, place, launched, copies)


def _answers(asked: _Asked, forward: Forward, answer: Answer) -> dict[str, np.ndarray]:
    try:
        settled = forward.settle(asked.launched)
    except NotFiniteError as error:
        raise NotFiniteError(int(asked.rows[error.place])) from error
    if settled is not asked.launched:
        asked = _ask(settled, asked.rows, asked.place, answer)
    found = {name: copy.wait() for name, copy in asked.copies.items()}
    return {**found, "precision": np.full(len(asked.rows), settled.precision)}
