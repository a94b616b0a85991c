"""Where tensors live: the accelerator if there is one, and how many threads the processor may use."""

import torch

from errata.input_error import InputError

DEVICES = ("auto", "cpu", "cuda")


def use_device(name: str, *, threads: int) -> torch.device:
    """Return the device that the configuration asks for, and let torch use so many threads.

    Raises
    ------
    InputError
        If there is no such device.
    """
    if name not in DEVICES:
        raise InputError(f"there is no device '{name}'; expected one of {', '.join(DEVICES)}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("the configuration asks for `device: cuda`, but torch finds no CUDA device; say auto or cpu.")
    torch.set_num_threads(threads)
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")
