"""Writing files whole, and naming their content."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errata.abandoned import PART, held, remove_abandoned
from errata.storage_error import storage_faults_told


@contextmanager
def written_whole(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside `path` and rename it to `path` if the block succeeds.

    A reader sees the old file or the new one, never a part. If the block raises, the temporary file is removed
    and `path` is left as it was; what a killed process left of the same file is removed as well.

    Raises
    ------
    StorageError
        If the disk is full, or may not be written.
    """
    path = Path(path)
    with storage_faults_told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
        temporary = Path(name)
        with held(handle):
            try:
                # mkstemp is private to the owner; a result is as readable as any file the user makes
                temporary.chmod(0o666 & ~_umask())
                yield temporary
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise


def private_folder(purpose: str) -> Path:
    """Return a folder of the user's own on this machine, whatever project the files in it belong to; made if missing.

    Raises
    ------
    PermissionError
        If somebody else's folder is in its place.
    """
    folder = Path(tempfile.gettempdir()) / f"errata-{purpose}-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # not stat: a link of somebody else's to a folder of the user's would pass
    if folder.lstat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user")
    return folder


def folder_files(folder: Path | str) -> list[str]:
    """Return the files in a folder of the project, for rules that need them all."""
    return sorted(str(file) for file in Path(folder).iterdir() if file.is_file())


def sha256_of(path: Path | str) -> str:
    """Return the SHA-256 of a file's content as 64 hexadecimal digits."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
