"""Forward passes that survive half-precision overflow and lack of memory, and remember what they resorted to."""

import logging
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from errata.zoo.classifier import Classifier
from errata.zoo.device import exact_float32
from errata.zoo.transfer import HostCopy, Upload

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


class NotFiniteError(Exception):
    """Even float32 gave NaN or infinite logits; `place` is the image's place in the batch."""

    def __init__(self, place: int):  # noqa: D107 - the class docstring says it
        super().__init__(f"logits of image {place} of the batch are not finite")
        self.place = place


class TooLargeError(Exception):
    """A single image does not fit into the memory of the device."""


@dataclass(frozen=True)
class Launched:
    """A batch that a device is at work on.

    Attributes
    ----------
    pixels : torch.Tensor
        uint8, shape (B, H, W, 3).
    logits : torch.Tensor
        float32, shape (B, classes), on the device, perhaps not computed yet.
    is_finite : HostCopy
        bool, shape (B,): whether all logits of an image are finite.
    precision : str
        At which precision.
    """

    pixels: torch.Tensor
    logits: torch.Tensor
    is_finite: HostCopy
    precision: str


class Forward:
    """A classifier's forward pass on batches of pixels.

    A batch whose logits are not finite is run again at the next precision, which later batches then begin with. A
    batch that does not fit into memory is run again in halves, and later batches in parts of that size.

    A GPU computes while the caller goes on: `launch` returns at once, and `settle` waits. Whoever launches the next
    batch before settling the last one never lets the GPU wait.

    On a GPU a batch of fewer images than `limit`, the last one as a rule, is filled up with copies of its last image,
    so that a pass meets one shape: cuDNN plans every convolution anew for a shape that is new to the process.

    Attributes
    ----------
    limit : int
        Images that are run at once.
    images_at : Counter
        Precision -> images whose logits it gave.
    fallbacks : list of str
        What was resorted to, in words.
    """

    def __init__(
        self,
        classifier: Classifier,
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
        self._classifier = classifier
        self._device = device
        self._filled_up = device.type == "cuda" if filled_up is None else filled_up
        self._ladder = LADDERS[precision]
        self._layout = torch.channels_last if channels_last else torch.contiguous_format
        self._upload = Upload(device)
        self._mean, self._std = (
            torch.tensor(values, dtype=torch.float32, device=device).view(1, 3, 1, 1)
            for values in (classifier.mean, classifier.std)
        )
        if channels_last and isinstance(classifier.logits, torch.nn.Module):
            classifier.logits.to(memory_format=torch.channels_last)

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the logits of a batch, float32, shape (B, classes): `launch` and `settle`."""
        return self.settle(self.launch(pixels)).logits

    def launch(self, pixels: torch.Tensor) -> Launched:
        """Let the device begin with a batch.

        Parameters
        ----------
        pixels : torch.Tensor
            uint8, shape (B, H, W, 3), on any device.

        Raises
        ------
        TooLargeError
            If a single image does not fit into memory.
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

        Raises
        ------
        NotFiniteError
            If logits are not finite at any precision.
        TooLargeError
            If a single image does not fit into memory.
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
        """Go on at the precision after this one, unless a batch before did so already."""
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
                return self._classifier.logits(images)[: len(pixels)].float()

    def _fill_up(self, pixels: torch.Tensor) -> torch.Tensor:
        lacking = self.limit - len(pixels) if self._filled_up else 0
        return torch.cat([pixels, pixels[-1:].expand(lacking, -1, -1, -1)]) if lacking else pixels


def _lacks_memory(error: BaseException) -> bool:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return any(words in str(error) for words in OUT_OF_MEMORY)
