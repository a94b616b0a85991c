"""Which files in a folder are predictions, and why the others are not. No heavy imports: every Snakemake job runs this.

Sub-folders are read too, so a folder per model, as the paper's authors have it, is as good as a file per model.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from errata.files import SAMPLES_INFO
from errata.predictions.formats import APPLE_DOUBLE, APPLE_NOTES, OTHER_NAMES, SUFFIXES, advice_about, format_of
from errata.unfinished import is_results


@dataclass(frozen=True)
class FolderContent:
    """The files of a folder: `files` are predictions, in the order of their names; `left_out` are not: name -> why.

    Names in `left_out` are relative to the folder.
    """

    files: tuple[str, ...]
    left_out: dict[str, str]


def read_folder(folder: Path | str) -> FolderContent:
    """Return the predictions files in a folder and its sub-folders, and what is left out."""
    files: list[str] = []
    left_out: dict[str, str] = {}
    for path, why in _walk(Path(folder), frozenset()):
        why = why or why_left_out(path)
        if why is None:
            files.append(str(path))
        else:
            left_out[str(path.relative_to(folder))] = why
    return FolderContent(tuple(sorted(files)), dict(sorted(left_out.items())))


def why_left_out(path: Path) -> str | None:
    """Return why a file in a folder of predictions is no predictions file; None if it is one, by its name."""
    if is_apple_double(path):
        return APPLE_NOTES
    if path.name.startswith("."):
        return "hidden: its name begins with a dot"
    if path.name.lower() == SAMPLES_INFO:
        return "it names the rows of the predictions beside it"
    known = format_of(path)
    if known is None:
        advice = advice_about(path)
        return f"it does not end in {SUFFIXES}" + (f"; {advice}" if advice else "")
    if not known.in_folders or path.name.lower() in OTHER_NAMES:
        return "files of this name are seldom predictions; name it to have it read"
    try:
        return None if stat.S_ISREG(path.stat().st_mode) else "no ordinary file"
    except OSError as error:
        return f"it cannot be opened ({error.strerror})"


def is_apple_double(path: Path) -> bool:
    """Return whether a file holds macOS's notes about another, as its name and its first bytes say."""
    if not path.name.startswith("._"):
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(len(APPLE_DOUBLE))
    except OSError:
        return False
    return head in (APPLE_DOUBLE, b"")


def _walk(folder: Path, above: frozenset[tuple[int, int]]) -> Iterator[tuple[Path, str | None]]:
    """Give every file below a folder, or a folder that cannot be read and why; a link to a folder above is one."""
    try:
        found = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield folder, f"the folder cannot be read ({error.strerror})"
        return
    identity = found.st_dev, found.st_ino
    if identity in above:
        yield folder, "a link to a folder that it lies in"
        return
    for entry in entries:
        path = folder / entry.name
        if not path.is_dir():
            yield path, None
        elif entry.name.startswith("."):
            yield path, "hidden: its name begins with a dot"
        elif not is_results(path):
            yield from _walk(path, above | {identity})
