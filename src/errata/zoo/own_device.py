"""A GPU of its own for every job on a machine with several: jobs agree by locks that end with their processes."""

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from errata.zoo.device import choose_device

LOG = logging.getLogger(__name__)


@contextmanager
def own_device(setting: str) -> Iterator[torch.device]:
    """Choose the device of a setting; of several GPUs one that no other job of the same user has.

    A scheduler that shows each job its own GPUs (`CUDA_VISIBLE_DEVICES`) has divided them already.

    Raises
    ------
    InputError
        If the setting is unknown, or asks for a GPU that torch cannot use.
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
    """Hold the first of some things that nobody else holds, and yield its place.

    The operating system lets go of it when the process ends, however it ends. If all are held, one is shared.

    Parameters
    ----------
    names : sequence of str
        What there is, not empty; each has a lock file of its name for every user.
    folder : path
        Where the lock files are.
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
