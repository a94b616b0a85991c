"""Open what users give, write files atomically, check for free space, hash content, name files after models."""

import codecs
import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from errata.errors import InputError, StorageError, reason, shown

SAMPLES_INFO = "samples_info.npz"
"""What the paper's authors call the file that names the rows of their predictions."""

PART = ".part"
"""How the names of temporary files and folders end; they begin with a dot and the name of the result."""

ENOUGH_TO_START = 1_000_000
"""Bytes that must be free for a run to begin: its logs and Snakemake's notes about finished jobs take as much."""

AGAIN = "then run the same command again: what is finished is kept."

LONGEST_SLUG = 80
"""Characters of a model's name that its file name keeps."""

RESERVED_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}
"""What Windows keeps for devices, in lower case."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NOT_WRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def check_file(path: Path | str, *, expected: str = "a file") -> None:
    """Check that a path is a regular file that may be read, without opening pipes and devices.

    Raises
    ------
    InputError
        If it is not.
    """
    try:
        mode = Path(path).stat().st_mode
        if not stat.S_ISREG(mode):
            found = next((word for is_kind, word in _KINDS if is_kind(mode)), "something else")
            raise InputError(f"{path}: expected {expected}, found {found}. Name a file.")
        with Path(path).open("rb"):
            pass
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; expected {expected}.") from error
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{shown(path, 300)}: it cannot be opened ({said}); expected {expected}.") from error


def open_file(path: Path | str, *, expected: str = "a file") -> BinaryIO:
    """Open a file for reading, after `check_file`."""
    check_file(path, expected=expected)
    return Path(path).open("rb")


def read_text(path: Path | str, *, expected: str = "text in UTF-8") -> str:
    """Read a whole file of text in UTF-8, or in UTF-16 with its byte-order mark; the mark is skipped."""
    with open_file(path, expected=expected) as stream:
        content = stream.read()
    try:
        return content.decode(
            "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        )
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: expected {expected}, found other bytes ({reason(error)}).") from error


@contextmanager
def atomic_write(path: Path | str) -> Iterator[Path]:
    """Write a file atomically: give a temporary path beside it, which is renamed if the block succeeds.

    A reader sees the old file or the new one, never a part. If the block raises, the temporary file is removed and
    `path` is left as it was.

    Raises
    ------
    StorageError
        If the disk is full, or `path` may not be written.
    """
    path = Path(path)
    with told_as_storage_error(path, FULL | NOT_WRITABLE):
        _make_folder(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
        os.close(handle)
    temporary = Path(name)
    try:
        # a file that is read in the block may be refused too, which says nothing of `path`
        with told_as_storage_error(path, FULL):
            yield temporary
            # mkstemp is private to the owner; a result is as readable as any file the user makes
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path | str) -> Iterator[Path]:
    """Write a folder atomically: give a new folder beside it, which takes its place if the block succeeds.

    What is at `path` before is replaced; whether it may be is for the caller to check.

    Raises
    ------
    StorageError
        If the disk is full, or `path` may not be written.
    """
    path = Path(path)
    with told_as_storage_error(path, FULL | NOT_WRITABLE):
        _make_folder(path)
        work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent))
    try:
        # mkdtemp is private to the owner; the folder in it is as readable as any that the user makes
        new, old = work / "new", work / "old"
        with told_as_storage_error(path, FULL):
            new.mkdir()
            yield new
            if path.exists():
                path.replace(old)
            try:
                new.replace(path)
            except OSError:
                if old.exists():
                    old.replace(path)
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_room(path: Path | str, needed: int = ENOUGH_TO_START, *, instead: str = "") -> None:
    """Check that a file or folder can be written and that the disk has room for it, before the work is done.

    Parameters
    ----------
    path : path
        It need not be there yet.
    needed : int
        Bytes.
    instead : str
        What the user could do instead of making room, for the message.

    Raises
    ------
    StorageError
        If the disk has less room, is mounted read-only, or the user has no right to write there.
    """
    folder = next(parent for parent in (Path(path), *Path(path).absolute().parents) if parent.is_dir())
    if not os.access(folder, os.W_OK | os.X_OK):
        read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
        raise _storage_error(Path(path), errno.EROFS if read_only else errno.EACCES)
    free = shutil.disk_usage(folder).free
    if free < needed:
        remedy = f"Make room or {instead}" if instead else "Make room"
        raise StorageError(f"{path}: needs {needed:,} bytes, the disk has {free:,} free. {remedy}, {AGAIN}")


def _make_folder(path: Path) -> None:
    """Make the folder that `path` is to lie in."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"{path}: cannot be written, as {error.filename} is no folder. Name another.") from error


@contextmanager
def told_as_storage_error(path: Path, numbers: frozenset[int] = FULL) -> Iterator[None]:
    """Raise what the operating system says with one of these numbers as a StorageError about `path`."""
    try:
        yield
    except Exception as error:
        number = error.errno if isinstance(error, OSError) else _number_in_text(error)
        if number not in numbers:
            raise
        raise _storage_error(path, number) from error


def _number_in_text(error: Exception) -> int | None:
    """Return the operating system's number of an error of polars, which has it in the message only."""
    found = re.search(r"\(os error (\d+)\)", str(error))
    return int(found[1]) if found else None


def _storage_error(path: Path, number: int) -> StorageError:
    remedy = "Make room" if number in FULL else "Make it writable, or work in a copy of the project"
    return StorageError(f"{path}: cannot be written: {os.strerror(number)}. {remedy}, {AGAIN}")


def folder_files(folder: Path | str) -> list[str]:
    """Return the files in a folder of the project, for rules that need them all."""
    return sorted(str(file) for file in Path(folder).iterdir() if file.is_file())


def sha256_of(path: Path | str) -> str:
    """Return the SHA-256 of a file's content as 64 hexadecimal digits."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def slug(model: str) -> str:
    """Return a file name (without extension) for a model: lower-case ASCII letters, digits, `.`, `_`, `-`.

    A name that is one already is kept. Any other gets eight digits of its SHA-256 appended, so that two models never
    share a file, on file systems that ignore case either.
    """
    plain = re.sub(r"[^a-z0-9._-]+", "-", model.lower()).strip("-.")[:LONGEST_SLUG]
    if plain and plain == model and plain.split(".")[0] not in RESERVED_NAMES:
        return plain
    digest = hashlib.sha256(model.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain.strip('-.') or 'model'}-{digest}"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
