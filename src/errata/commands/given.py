"""Predictions as they are given on the command line: `FILE`, `NAME=FILE`, or a folder."""

import logging
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errata.errors import InputError, listed, shown
from errata.predictions.folder import is_apple_double, read_folder, why_left_out
from errata.predictions.formats import APPLE_NOTES, SUFFIXES
from errata.predictions.read import NamedFile
from errata.unfinished import is_results

logger = logging.getLogger("errata")

DEFAULT_FOLDER = "errata-profile"
"""Where the results of several models lie, if the user names no folder."""


@dataclass(frozen=True)
class Given:
    """Predictions files, and the files of the same folders that are none: name -> why."""

    files: tuple[NamedFile, ...]
    left_out: dict[str, str]


def given_file(text: str) -> NamedFile:
    """Return the file that is meant by `FILE` or `NAME=FILE`; a file whose own name has a `=` is meant as it is.

    Examples
    --------
    >>> given_file("resnet=runs/1/preds.csv")
    NamedFile(path=PosixPath('runs/1/preds.csv'), name='resnet')
    """
    name, equals, path = text.partition("=")
    if not equals or not name or not path or Path(text).exists():
        return NamedFile(Path(text))
    return NamedFile(Path(path), name)


def given_files(texts: Sequence[str]) -> Given:
    """Return the predictions files among files and folders, and say what is left out.

    Raises
    ------
    InputError
        If there are none, or a folder holds results of Errata.
    """
    if not texts:
        raise InputError(_nothing_given())
    files: list[NamedFile] = []
    left_out: dict[str, str] = {}
    for text in texts:
        if not text:
            raise InputError("A file without a name is given (''). Is a variable empty? A dot is the current folder.")
        given = given_file(text)
        if given.path.is_dir():
            if given.name is not None:
                raise InputError(f"{shown(text, 200)}: a name is for one file, and this is a folder. Leave it out.")
            if is_results(given.path):
                raise InputError(
                    f"{given.path}: this folder holds results of Errata. errata report {given.path} writes their "
                    "report again; to classify, name predictions files."
                )
            content = read_folder(given.path)
            files += map(NamedFile, map(Path, content.files))
            left_out |= content.left_out
        elif len(texts) > 1 and is_apple_double(given.path):
            left_out[given.path.name] = APPLE_NOTES
        else:
            files.append(given)
    by_reason: dict[str, list[str]] = {}
    for name, why in left_out.items():
        by_reason.setdefault(why, []).append(name)
    for why, names in by_reason.items():
        logger.warning("Not read as predictions: %s: %s.", listed(names), why)
    if not files:
        raise InputError(f"{listed(texts)}: no file here ends in {SUFFIXES}. Name predictions files or their folder.")
    return Given(tuple(files), left_out)


def default_folder(texts: Sequence[str]) -> Path:
    """Return the folder for results if the user names none: it holds older ones, or nothing, or is not there.

    Raises
    ------
    InputError
        If the folder holds other things.
    """
    given = [given_file(text) for text in texts]
    alone = len(given) == 1 and not given[0].path.is_dir()
    folder = Path(f"errata-{_plain(given[0].model)}" if alone else DEFAULT_FOLDER)
    if folder.exists() and not is_results(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: something else than results of Errata is here. Name another folder: --out DIR.")
    return folder


def _plain(model: str) -> str:
    """Return a model's name without what file systems and shells take for something else."""
    return re.sub(r"[^\w.+-]+", "-", model)[:60].strip("-.") or "model"


def _nothing_given() -> str:
    here = Path()
    if is_results(here):
        return "no file is given, and the folder here holds results: errata report . writes their report again."
    names = sorted(path.name for path in here.iterdir() if path.is_file() and why_left_out(path) is None)
    if not names:
        return "no file is given. Name predictions, for instance: errata classify preds.csv."
    example = shlex.quote(shown(names[0], 80))
    more = f" {len(names)} files here could be predictions; errata classify . takes all." if len(names) > 1 else ""
    return f"no file is given. Did you mean errata classify {example}?{more}"
