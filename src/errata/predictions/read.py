"""Read a predictions file of any format."""

import os
from dataclasses import replace
from pathlib import Path

import polars as pl

from errata.errors import InputError, shown
from errata.files import check_file
from errata.predictions.findings import HIDDEN
from errata.predictions.formats import (
    APPLE_DOUBLE,
    APPLE_NOTES,
    OTHER_FORMATS,
    SUFFIXES,
    Format,
    format_of,
    formats_of_content,
    model_name,
)
from errata.predictions.prediction_file import PredictionFile, PredictionsError, read_order
from errata.user_files import UnreadableError, told


def read_predictions(path: Path | str, *, classes: int, order: Path | str | None = None) -> PredictionFile:
    """Read a predictions file of any format that `errata.predictions.formats` lists.

    Parameters
    ----------
    path : path
        The file.
    classes : int
        Number of classes of the data set: an array with that many columns (or one more) holds scores.
    order : path, optional
        The order file of rows that carry no names: a file name per line, or a CSV with a column `file_name`. Files
        with names of their own do not need it and keep theirs.

    Raises
    ------
    InputError
        If there is no such file, or the order file cannot be used.
    PredictionsError
        If the file is not what its extension says, is damaged, or has a layout that Errata does not know.
    """
    path = Path(path)
    if not os.path.lexists(path):
        raise InputError(f"{path}: there is no such file; expected a predictions file.")
    try:
        check_file(path, expected="a predictions file")
    except InputError as error:
        raise PredictionsError(HIDDEN, str(error)) from error
    expected = format_of(path)
    if expected is None:
        advice = OTHER_FORMATS.get(path.suffix.lower(), "convert it, or rename it if it is one of them")
        raise PredictionsError(
            "wrong_extension",
            f"{path}: expected a predictions file ending in {SUFFIXES}, found '{shown(path.suffix, 40)}'; {advice}.",
        )
    _check_content(path, expected)
    names = None if order is None else _named(order)
    try:
        # what a reader did not think of is a fault of the file all the same
        with told(path, as_=f"predictions ({expected.name})"):
            file = expected.read(path, model=model_name(path), classes=classes)
    except UnreadableError as error:
        raise PredictionsError(error.kind, str(error)) from error
    return _with_order(file, names, order)


def _named(order: Path | str) -> pl.Series:
    try:
        return read_order(Path(order))
    except UnreadableError as error:
        # no finding about the predictions
        raise InputError(str(error)) from error


def _check_content(path: Path, expected: Format) -> None:
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise PredictionsError("empty_file", f"{path}: the file is empty (0 bytes). Write it again.")
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(APPLE_DOUBLE):
        raise PredictionsError("apple_double", f"{path}: {APPLE_NOTES}. Name that one.")
    actual = formats_of_content(head)
    if actual and expected not in actual:
        other = actual[0].suffixes[0]
        raise PredictionsError(
            "wrong_extension",
            f"{path}: the name ends in {suffix} but the content is a {other} file. Rename it to {path.stem}{other}.",
        )
    if not actual and expected.signature:
        text = head.isascii() and head.decode("ascii").isprintable()
        raise PredictionsError(
            "wrong_extension" if text else "damaged_file",
            f"{path}: expected a {suffix} file, but it does not begin like one"
            + (f"; it begins with the text {head.decode()!r}. Is it a CSV file?" if text else ". Write it again."),
        )


def _with_order(file: PredictionFile, names: pl.Series | None, order: Path | str | None) -> PredictionFile:
    if names is None or all(rows.file_names is not None for rows in file.models):
        return file
    models = []
    for rows in file.models:
        if rows.file_names is None and len(rows) != len(names):
            raise PredictionsError(
                "order_length",
                f"{file.path}: it has {len(rows)} rows and the order file {order} names {len(names)}; they must agree. "
                "Give the order file that belongs to these predictions.",
            )
        models.append(rows if rows.file_names is not None else replace(rows, file_names=names))
    return replace(file, layout=f"{file.layout}; rows named by {order}", models=tuple(models))
