"""Run forward passes that recover from half-precision overflow and lack of memory, and keep a GPU busy."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch

from errata.inference.device import exact_float32
from errata.inference.pixels import Batches
from errata.inference.progress import Progress

LOG = logging.getLogger(__name__)

LADDERS = {
    "amp": (("fp16", torch.float16), ("bf16", torch.bfloat16), ("fp32", None)),
    "fp32": (("fp32", None),),
}
"""Precisions to try in turn, until all logits are finite. fp16 has more digits than bf16, which overflows later."""

OUT_OF_MEMORY = (
    "not enough memory",
    "can't allocate memory",
    "out of memory",
    "_STATUS_ALLOC_FAILED",
    "32-bit index",
)
"""How torch, cuBLAS and cuDNN word a lack of memory where they have no exception of their own; and how some of torch's
kernels refuse tensors of more than 2^31 elements, to which smaller batches help too."""


@dataclass(frozen=True)
class Network:
    """A function of images that a device computes, and how images are normalised for it.

    `logits`: float images of shape (B, 3, H, W), normalised, on the device, to logits (or vectors) of shape (B,
        classes).
    `mean`, `std`: normalisation of the red, green and blue channel, pixel values between 0 and 1.
    """

    logits: Callable[[torch.Tensor], torch.Tensor]
    mean: tuple[float, ...]
    std: tuple[float, ...]


class Upload:
    """Copies batches to a device; to a GPU in a stream of its own, beside the computation on the batch before."""

    def __init__(self, device: torch.device):
        """Prepare for copies to `device`."""
        self._device = device
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None

    def __call__(self, values: torch.Tensor) -> torch.Tensor:
        """Return the values on the device, for work in its current stream.

        Only values in pinned memory travel while the caller goes on.
        """
        if self._stream is None or values.device.type == "cuda":
            return values.to(self._device)
        current = torch.cuda.current_stream(self._device)
        with torch.cuda.stream(self._stream):
            there = values.to(self._device, non_blocking=True)
        current.wait_stream(self._stream)
        # the copy's memory belongs to the other stream, which must not hand it out again before this one has read it
        there.record_stream(current)
        return there


class HostCopy:
    """A copy from a device to main memory, not waited for yet."""

    def __init__(self, values: torch.Tensor):
        """Begin to copy, after the work that the device's current stream already has."""
        self._values = values.to("cpu", non_blocking=True)
        self._arrived = None
        if values.device.type == "cuda":
            # blocking: a thread that waits leaves its core to those that read pixels
            self._arrived = torch.cuda.Event(blocking=True)
            self._arrived.record(torch.cuda.current_stream(values.device))

    def wait(self) -> np.ndarray:
        """Return the values when they are there."""
        if self._arrived is None:
            return self._values.numpy()
        self._arrived.synchronize()
        # pinned memory is costly to get: what this copy held, the next ones take
        return self._values.numpy().copy()


class NotFiniteError(Exception):
    """Logits are NaN or infinite even in float32; `place` is the image's place in the batch."""

    def __init__(self, place: int):  # noqa: D107 - the class docstring says it
        super().__init__(f"logits of image {place} of the batch are not finite")
        self.place = place


class TooLargeError(Exception):
    """A single image does not fit into the memory of the device."""


@dataclass(frozen=True)
class Launched:
    """A batch that a device is computing.

    `pixels`: uint8, shape (B, H, W, 3).
    `logits`: float32, shape (B, classes), on the device, perhaps not computed yet.
    `is_finite`: bool, shape (B,): whether all logits of an image are finite.
    `precision`: at which precision.
    """

    pixels: torch.Tensor
    logits: torch.Tensor
    is_finite: HostCopy
    precision: str


class Forward:
    """The forward pass of a network on batches of pixels.

    A batch whose logits are not finite is run again at the next precision, which later batches then begin with. A
    batch that does not fit into memory is run again in halves, and later batches in parts of that size.

    A GPU computes while the caller goes on: `launch` returns at once, and `settle` waits. A caller that
    launches the next batch before it settles the last one never lets the GPU wait.

    On a GPU a batch of fewer images than `limit`, the last one as a rule, is filled up with copies of its last image,
    so that a pass meets one shape: cuDNN plans every convolution anew for a shape that is new to the process.

    `limit`: images that are run at once.
    `images_at`: precision -> images whose logits it gave.
    `fallbacks`: fallbacks, in words.
    """

    def __init__(
        self,
        network: Network,
        *,
        device: torch.device,
        precision: str,
        batch: int,
        channels_last: bool = False,
        filled_up: bool | None = None,
    ):
        """Prepare for batches of up to `batch` images at `precision`, a key of `LADDERS`.

        `filled_up` says whether smaller batches are filled up; None: on a GPU.
        """
        self.limit = batch
        self.images_at: Counter[str] = Counter()
        self.fallbacks: list[str] = []
        self._network = network.logits
        self._device = device
        self._filled_up = device.type == "cuda" if filled_up is None else filled_up
        self._ladder = LADDERS[precision]
        self._layout = torch.channels_last if channels_last else torch.contiguous_format
        self._upload = Upload(device)
        self._mean, self._std = (
            torch.tensor(values, dtype=torch.float32, device=device).view(1, 3, 1, 1)
            for values in (network.mean, network.std)
        )
        if channels_last and isinstance(network.logits, torch.nn.Module):
            network.logits.to(memory_format=torch.channels_last)

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the logits of a batch, float32, shape (B, classes): `launch` and `settle`."""
        return self.settle(self.launch(pixels)).logits

    def launch(self, pixels: torch.Tensor) -> Launched:
        """Launch the forward pass of a batch.

        `pixels`: uint8, shape (B, H, W, 3), on any device.
        Raises TooLargeError if a single image does not fit into memory.
        """
        parts: list[torch.Tensor] = []
        done = 0
        while done < len(pixels):
            part = pixels[done : done + self.limit]
            logits = self._unless_out_of_memory(part)
            if logits is None:
                self._halve(self.limit if self._filled_up else len(part))
                continue
            parts.append(logits)
            done += len(logits)
        logits = torch.cat(parts)
        return Launched(pixels, logits, HostCopy(torch.isfinite(logits).all(dim=1)), self._ladder[0][0])

    def settle(self, launched: Launched) -> Launched:
        """Wait for a batch and return it with finite logits: the same, or launched again at another precision.

        Raises NotFiniteError if logits are not finite at any precision.
        Raises TooLargeError if a single image does not fit into memory.
        """
        while not (is_finite := launched.is_finite.wait()).all():
            self._step_down(launched.precision, place=int(is_finite.argmin()))
            launched = self.launch(launched.pixels)
        self.images_at[launched.precision] += len(launched.pixels)
        return launched

    def _unless_out_of_memory(self, pixels: torch.Tensor) -> torch.Tensor | None:
        try:
            return self._logits(pixels, self._ladder[0][1])
        except (RuntimeError, MemoryError) as error:
            if not _lacks_memory(error):
                raise
        # outside the handler: the exception keeps the tensors of the failed pass alive
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        return None

    def _halve(self, images: int) -> None:
        if images == 1:
            raise TooLargeError
        self.limit = images // 2
        self.fallbacks.append(f"batches of {self.limit} after running out of memory")
        LOG.warning("out of memory with %d images at once; going on with %d", images, self.limit)

    def _step_down(self, precision: str, *, place: int) -> None:
        """Change to the next precision, unless an earlier batch did so already."""
        if precision != self._ladder[0][0]:
            return
        if len(self._ladder) == 1:
            raise NotFiniteError(place)
        self._ladder = self._ladder[1:]
        self.fallbacks.append(f"{self._ladder[0][0]} after {precision} overflowed")
        LOG.warning("logits are not finite in %s; going on in %s", precision, self._ladder[0][0])

    def _logits(self, pixels: torch.Tensor, dtype: torch.dtype | None) -> torch.Tensor:
        half: AbstractContextManager = (
            nullcontext() if dtype is None else torch.autocast(self._device.type, dtype=dtype)
        )
        with torch.inference_mode(), exact_float32():
            # bytes travel, floats are made on the device: a quarter of the traffic
            images = self._fill_up(self._upload(pixels)).permute(0, 3, 1, 2)
            images = images.to(torch.float32, memory_format=self._layout).div_(255).sub_(self._mean).div_(self._std)
            with half:
                return self._network(images)[: len(pixels)].float()

    def _fill_up(self, pixels: torch.Tensor) -> torch.Tensor:
        lacking = self.limit - len(pixels) if self._filled_up else 0
        return torch.cat([pixels, pixels[-1:].expand(lacking, -1, -1, -1)]) if lacking else pixels


def _lacks_memory(error: BaseException) -> bool:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return any(words in str(error) for words in OUT_OF_MEMORY)


Answer = Callable[[torch.Tensor, slice], Mapping[str, torch.Tensor]]
"""From the logits of a batch, and which of all images these are, to what is wanted of them, all on the device."""


@dataclass(frozen=True)
class _Asked:
    """A launched batch and the copies of its predictions."""

    rows: np.ndarray
    place: slice
    launched: Launched
    copies: Mapping[str, HostCopy]


def overlapped(
    forward: Forward, batches: Batches, answer: Answer, *, progress: Progress
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Yield rows and predictions of every batch; the next batch is launched before the last one is waited for.

    `batches`: rows and pixels, see `errata.inference.pixels`.
    `progress`: is told of every batch, and how long pixels were waited for.
    Yields int64, shape (B,).
    Yields what `answer` returned, and `precision`: at which one each image was computed.
    Raises NotFiniteError if logits are not finite at any precision; `place` is the image's row.
    Raises TooLargeError if a single image does not fit into memory.
    """
    before: _Asked | None = None
    done = 0
    while True:
        asked = time.perf_counter()
        rows, pixels = next(batches, (None, None))
        progress.waited(time.perf_counter() - asked)
        if rows is None or pixels is None:
            break
        now = _ask(forward.launch(pixels), rows, slice(done, done + len(rows)), answer)
        done += len(rows)
        if before is not None:
            yield before.rows, _answers(before, forward, answer)
            progress.advance(len(before.rows))
        before = now
    if before is not None:
        yield before.rows, _answers(before, forward, answer)
        progress.advance(len(before.rows))


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
