"""What goes wrong when results are written and the disk is to blame, in words that say where and what to do."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENOUGH_TO_START = 1_000_000
"""Bytes that must be free for a run to begin: its logs and Snakemake's notes about finished jobs take as much."""

GO_ON = "then run the same command again: what is finished is kept."

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM})


class StorageError(Exception):
    """A result cannot be written, because the disk is full or may not be written.

    Like an InputError it is printed without a traceback: the user can mend it, and nothing else was lost.
    """


@contextmanager
def storage_faults_told(path: Path | str) -> Iterator[None]:
    """Raise a StorageError in place of what is raised in the block because `path` cannot be written.

    Everything else that is raised stays as it is.
    """
    path = Path(path)
    try:
        yield
    except Exception as error:
        code = error_number(error)
        if code in _REFUSED and not _is_about(error, path):
            raise
        if (said := _in_words(code, path)) is None:
            raise
        raise StorageError(said) from error


def error_number(error: BaseException) -> int | None:
    """Return the operating system's number of an error; libraries written in Rust have it in the message only."""
    if isinstance(error, OSError):
        return error.errno
    found = re.search(r"\(os error (\d+)\)", str(error))
    return int(found[1]) if found else None


def check_room(path: Path | str, needed: int = ENOUGH_TO_START, *, instead: str = "") -> None:
    """Refuse to begin what could not be written in the end.

    Parameters
    ----------
    path : path
        A file or folder that is to be written; it need not be there yet.
    needed : int
        Bytes.
    instead : str
        What the user could do instead of making room, for the message.

    Raises
    ------
    StorageError
        If the disk has less room, is mounted read-only, or the user has no right to write there.
    """
    path = Path(path)
    there = _nearest(path)
    if os.statvfs(there).f_flag & os.ST_RDONLY:
        raise StorageError(_in_words(errno.EROFS, path))
    if not os.access(there, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise StorageError(_in_words(errno.EACCES, path))
    free = shutil.disk_usage(there).free
    if free < needed:
        remedy = f"Make room or {instead}" if instead else "Make room"
        raise StorageError(f"{path}: needs {needed:,} bytes, the disk has {free:,} free. {remedy}, {GO_ON}")


def _in_words(code: int | None, path: Path) -> str | None:
    """Say what an error number means for `path`; None if it is not the disk's."""
    there = _nearest(path)
    if code in _FULL:
        reason = {
            errno.ENOSPC: f"the disk is full ({shutil.disk_usage(there).free:,} bytes free without it)",
            errno.EDQUOT: "your quota on this disk is used up",
            errno.EFBIG: "it is larger than a file may be here (`ulimit -f` shows your limit)",
        }[code]
        return f"{path}: cannot be written, {reason}. Make room, {GO_ON}"
    if code == errno.EROFS:
        return f"{path}: cannot be written, the file system is mounted read-only. Mount it for writing, {GO_ON}"
    if code in _REFUSED:
        return (
            f"{path}: cannot be written, you have no right to write in {there.absolute()}. Get it from the folder's "
            f"owner or work in a copy of the project, {GO_ON}"
        )
    return None


def _is_about(error: BaseException, path: Path) -> bool:
    """Tell whether a refusal is about `path` or what lies beside it, and not about a file that is read."""
    named = Path(str(getattr(error, "filename", None) or ""))
    return path.parent.is_relative_to(named) or named.parent == path.parent or path in named.parents


def _nearest(folder: Path) -> Path:
    """Return the folder itself or the nearest one above it that is there."""
    # os.path, as it takes what it may not look at for absent
    return next(parent for parent in (folder, *folder.absolute().parents) if os.path.isdir(parent))  # noqa: PTH112
