"""Where and how exactly models run."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from errata.errors import InputError

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "amp", "fp32")

PIXELS_AT_ONCE = {"cpu": 64 * 224 * 224, "cuda": 512 * 224 * 224}
"""Pixels of a first batch: fills a large GPU in half precision; smaller memories are met by halving."""

MOST_IMAGES = {"cpu": 256, "cuda": 1024}
"""Images of a first batch, however small they are."""

AMPLE_BYTES = 24 << 30
"""Memory of a GPU on which `PIXELS_AT_ONCE` fit for most models; with less a first batch is smaller in proportion."""


def choose_device(device: str) -> torch.device:
    """Return the device of a setting: `auto` is the first GPU if there is one.

    Raises
    ------
    InputError
        If the setting is unknown, or asks for a GPU that torch cannot use.
    """
    if device not in DEVICES:
        raise InputError(f"config key 'device': expected one of {', '.join(DEVICES)}, found '{device}'.")
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("config key 'device': torch finds no usable GPU; set device to auto or cpu.")
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


def choose_precision(precision: str, device: torch.device) -> str:
    """Return `amp` or `fp32`: `auto` is half precision with a guard on a GPU, float32 on a CPU.

    Raises
    ------
    InputError
        If the setting is unknown.
    """
    if precision not in PRECISIONS:
        raise InputError(f"config key 'precision': expected one of {', '.join(PRECISIONS)}, found '{precision}'.")
    if precision == "auto":
        return "amp" if device.type == "cuda" else "fp32"
    return precision


def first_batch(size: int, device: torch.device, *, share: float = 1.0) -> int:
    """Return how many images of `size` x `size` pixels to try at once, a power of two.

    `share` asks for a part of that: float32 needs twice the memory of half precision.
    """
    images = min(MOST_IMAGES[device.type], PIXELS_AT_ONCE[device.type] / size**2)
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
    """Return what the device is called: `cpu`, or the name of the GPU."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
