"""Choose the device, precision, batch size and memory layout of a network."""

import logging
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from errata.errors import InputError

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "amp", "fp32")

PIXELS_AT_ONCE = {"cpu": 64 * 224 * 224, "cuda": 512 * 224 * 224}
"""Pixels of a first batch, at most: fills a large GPU in half precision; smaller memories are met by halving."""

MOST_IMAGES = {"cpu": 16, "cuda": 1024}
"""Images of a first batch, however small they are; on a CPU for each thread, so that what becomes of them stays in its
cache. Below 16 libraries take other kernels, whose last digits differ."""

AMPLE_BYTES = 24 << 30
"""Memory of a GPU on which `PIXELS_AT_ONCE` fit for most models; with less a first batch is smaller in proportion."""


def choose_device(device: str) -> torch.device:
    """Return the device of a setting: `auto` is the first GPU if there is one.

    Raises InputError if the setting is unknown, or asks for a GPU that torch cannot use.
    """
    if device not in DEVICES:
        raise InputError(f"config key 'device': expected one of {', '.join(DEVICES)}, found '{device}'.")
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("config key 'device': torch finds no usable GPU; set device to auto or cpu.")
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


def choose_precision(precision: str, device: torch.device) -> str:
    """Return `amp` or `fp32`: `auto` is half precision with a guard on a GPU, float32 on a CPU.

    Raises InputError if the setting is unknown.
    """
    if precision not in PRECISIONS:
        raise InputError(f"config key 'precision': expected one of {', '.join(PRECISIONS)}, found '{precision}'.")
    if precision == "auto":
        return "amp" if device.type == "cuda" else "fp32"
    return precision


def first_batch(size: int, device: torch.device, *, share: float = 1.0) -> int:
    """Return the first batch size to try for images of `size` x `size` pixels, a power of two.

    `share` asks for a part of that: float32 needs twice the memory of half precision.
    """
    threads = torch.get_num_threads() if device.type == "cpu" else 1
    images = min(MOST_IMAGES[device.type] * threads, PIXELS_AT_ONCE[device.type] / size**2)
    if device.type == "cuda":
        images *= min(1.0, torch.cuda.get_device_properties(device).total_memory / AMPLE_BYTES)
    return 2 ** max(0, int(images * share).bit_length() - 1)


@contextmanager
def exact_float32() -> Iterator[None]:
    """Keep float32 from being rounded to TF32, cuDNN's default for convolutions, in matrix products too."""
    settings = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [setting.allow_tf32 for setting in settings]
    try:
        for setting in settings:
            setting.allow_tf32 = False
        yield
    finally:
        for setting, allowed in zip(settings, before, strict=True):
            setting.allow_tf32 = allowed


def device_name(device: torch.device) -> str:
    """Return the name of the device: `cpu`, or the GPU's."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


LOG = logging.getLogger(__name__)


@contextmanager
def own_device(setting: str) -> Iterator[torch.device]:
    """Choose the device of a setting, and lock one of several GPUs for this job.

    A scheduler that shows each job its own GPUs (`CUDA_VISIBLE_DEVICES`) has divided them already.

    Raises InputError if the setting is unknown, or asks for a GPU that torch cannot use.
    """
    chosen = choose_device(setting)
    count = torch.cuda.device_count() if chosen.type == "cuda" else 0
    if count < 2:
        yield chosen
        return
    # not the number: it depends on which GPUs a process is shown
    names = [str(torch.cuda.get_device_properties(number).uuid) for number in range(count)]
    with claimed(names, folder=Path(tempfile.gettempdir())) as place, torch.cuda.device(place):
        yield torch.device("cuda", place)


@contextmanager
def claimed(names: Sequence[str], *, folder: Path) -> Iterator[int]:
    """Lock the first name that nobody else has locked, and yield its place.

    The operating system lets go of it when the process ends, however it ends. If all are held, one is shared.

    `names`: what there is, not empty; each has a lock file of its name for every user.
    `folder`: where the lock files are.
    """
    with ExitStack() as held:
        for place, name in enumerate(names):
            try:
                held.enter_context(FileLock(folder / f"errata-gpu-{name}-{os.getuid()}.lock", timeout=0))
            except Timeout:
                continue
            yield place
            return
        LOG.warning("all %d GPUs have a job of yours already; sharing one", len(names))
        yield os.getpid() % len(names)


SLOWER = re.compile(
    r"(?:tf_)?(?:"
    "coatnet|convmixer|cspresne[x]?t|maxvit|mobilevit|poolformer_|resnest|resnetv2_.*_(?:bit|gn)|rexnet|skresne[x]?t"
    r"|xception)"
)
"""Architectures whose median is under 0.97 times as fast: 707 architectures on an RTX 3090 with automatic mixed
precision, PyTorch 2.4, from the two tables of inference benchmarks that timm publishes for that card, with channels
first and last."""


def prefers_channels_last(architecture: str, module: object, device: torch.device) -> bool:
    """Return whether to run a model with channels innermost: on a GPU, all but those known to become slower.

    `architecture`: the source's own name for it.
    `module`: the model. What is no `torch.nn.Module` keeps its layout.
    """
    if device.type != "cuda" or not isinstance(module, torch.nn.Module) or SLOWER.match(architecture):
        return False
    # torch's group normalisation of images converts to channels first and back
    return not any(isinstance(part, torch.nn.GroupNorm) for part in module.modules())
