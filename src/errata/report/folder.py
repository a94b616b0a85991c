"""The folder of a report: written whole or not at all, and never in place of anything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errata.errors import InputError
from errata.files import atomic_folder

MARK = "errata-report.json"
"""A file that every report has; a folder without it is never replaced."""


@contextmanager
def report_folder(destination: Path) -> Iterator[Path]:
    """Write a report's folder atomically: give a new folder, which takes its place if the block succeeds.

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
    with atomic_folder(destination) as new:
        yield new
