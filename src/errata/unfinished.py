"""Folders of results that are being written: never taken for finished ones, whenever the program is stopped."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errata import __version__
from errata.errors import InputError
from errata.files import PART, atomic_write

UNFINISHED = "unfinished.txt"
"""A file that lies in a folder of results while they are written; it is the first to come and the last to go."""

DIAGNOSES = "diagnoses.json"
"""What the doctor said, a file that every folder of results of `errata classify` has."""


@contextmanager
def unfinished(folder: Path | str) -> Iterator[None]:
    """Mark a folder as unfinished while its files are written; the mark stays if the block does not succeed.

    The manifest goes at once, as it says what the results were made from and no longer holds; whoever writes one does
    so last.

    Raises
    ------
    StorageError
        If the disk is full, or may not be written.
    """
    mark = Path(folder) / UNFINISHED
    if mark.is_file():
        _remove_parts(Path(folder))
    with atomic_write(mark) as temporary:
        temporary.write_text(
            f"Errata {__version__} is writing the files in this folder, or was stopped before it was done: they do not "
            "belong together. Run the same command again.\n",
            encoding="utf-8",
        )
    (Path(folder) / "manifest.json").unlink(missing_ok=True)
    yield
    mark.unlink()


def _remove_parts(folder: Path) -> None:
    """Remove the temporary files and folders that a killed run left."""
    for part in sorted(folder.rglob(f".*{PART}"), reverse=True):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def refuse_unfinished(folder: Path | str) -> None:
    """Raise an InputError if the results in a folder are unfinished."""
    if (Path(folder) / UNFINISHED).is_file():
        raise InputError(
            f"{folder}: the results here are not finished ({UNFINISHED} lies there): errata is still writing them, or "
            "was stopped before it was done. Run the command that writes them again."
        )


def is_results(folder: Path | str) -> bool:
    """Return whether a folder holds results of Errata, finished or not."""
    return any((Path(folder) / name).is_file() for name in (DIAGNOSES, UNFINISHED))


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, out of sight at once: a part of it is never seen."""
    if folder.is_dir():
        away = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=PART, dir=folder.parent))
        folder.replace(away / folder.name)
        shutil.rmtree(away, ignore_errors=True)
