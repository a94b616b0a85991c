"""The folder of a report: written whole or not at all, and never in place of anything else."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errata.abandoned import PART, held_folder, remove_abandoned
from errata.input_error import InputError
from errata.storage_error import storage_faults_told

MARK = "errata-report.json"
"""A file that every report has; a folder without it is never replaced."""


@contextmanager
def folder_written_whole(destination: Path) -> Iterator[Path]:
    """Give a new folder beside `destination` and put it in its place if the block succeeds.

    Raises
    ------
    InputError
        If `destination` is a file, or a folder with other things than a report in it.
    StorageError
        If the disk is full, or may not be written.
    """
    if destination.exists() and not destination.is_dir():
        raise InputError(f"{destination}: expected a folder for the report, found a file. Name another folder.")
    if destination.is_dir() and any(destination.iterdir()) and not (destination / MARK).is_file():
        raise InputError(
            f"{destination}: the folder holds other things than a report ({MARK} is not there), which would be lost. "
            "Name another folder or empty this one."
        )
    with storage_faults_told(destination):
        destination.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(destination)
        work = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", suffix=PART, dir=destination.parent))
        with held_folder(work):
            try:
                new, old = work / "new", work / "old"
                new.mkdir()
                yield new
                if destination.exists():
                    destination.replace(old)
                try:
                    new.replace(destination)
                except OSError:
                    if old.exists():
                        old.replace(destination)
                    raise
            finally:
                shutil.rmtree(work, ignore_errors=True)
