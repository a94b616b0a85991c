"""What killed processes leave behind: temporary files that nobody will ever rename.

A process holds a lock on what it is writing, which ends with the process however it ends. So a temporary file without a
lock is abandoned, and whoever writes the same result next removes it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = ".part"
"""How the names of temporary files and folders end; they begin with a dot and the name of the result."""


@contextmanager
def held(descriptor: int) -> Iterator[None]:
    """Hold the lock of an open file or folder during the block, then close it."""
    try:
        # some network file systems have no locks; there nothing counts as abandoned
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder during the block."""
    with held(os.open(folder, os.O_RDONLY)):
        yield


def remove_abandoned(path: Path) -> None:
    """Remove temporary files and folders of the result `path` that no living process holds."""
    beginning = f".{path.name}."
    with os.scandir(path.parent) as entries:
        left = [entry.path for entry in entries if _is_temporary(entry.name, beginning)]
    for name in left:
        # it may be gone by now, or another user's: then it is not ours to remove
        with suppress(OSError):
            _remove_unless_held(Path(name))


def _is_temporary(name: str, beginning: str) -> bool:
    # tempfile puts eight letters or digits in the middle; .a.json.part, of a download, is continued and not removed
    return name.startswith(beginning) and name.endswith(PART) and len(name) == len(beginning) + 8 + len(PART)


def _remove_unless_held(left: Path) -> None:
    descriptor = os.open(left, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    finally:
        os.close(descriptor)
