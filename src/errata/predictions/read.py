"""Read predictions: files of any format, and what is in memory."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from errata.errors import InputError, listed, shown
from errata.files import check_file
from errata.predictions.findings import HIDDEN
from errata.predictions.formats import (
    APPLE_DOUBLE,
    APPLE_NOTES,
    SUFFIXES,
    Format,
    advice_about,
    format_of,
    formats_of_content,
    model_name,
    suffix_of,
)
from errata.predictions.in_memory import InMemory, read_in_memory
from errata.predictions.orders import named_order
from errata.predictions.prediction_file import PredictionFile, PredictionsError, read_order
from errata.user_files import UnreadableError, UserFile, told, unpacked


@dataclass(frozen=True)
class NamedFile:
    """A predictions file whose model the user gave a name; None: the file says it, or is named after it."""

    path: Path
    name: str | None = None

    @property
    def model(self) -> str:
        """The name of the model, where the file has no other."""
        return model_name(self.path) if self.name is None else self.name


Source = Path | str | NamedFile | InMemory
"""What predictions are read from."""


def as_source(source: Source) -> NamedFile | InMemory:
    """Return a file, or predictions in memory, with the name of the model and what stands for it in messages."""
    return NamedFile(Path(source)) if isinstance(source, str | Path) else source


def read_predictions(source: Source, *, classes: int, order: Path | str | None = None) -> PredictionFile:
    """Read a predictions file of any format that `errata.predictions.formats` lists, or predictions in memory.

    Parameters
    ----------
    source : path, NamedFile or InMemory
        The file or the values.
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
    source = as_source(source)
    if isinstance(source, InMemory):
        names = _named(order)
        return _with_order(read_in_memory(source, classes=classes), names, order)
    file = _read_file(source.path, model=source.model, classes=classes, order=order)
    if source.name is None or source.name == file.models[0].model:
        return file
    if len(file.models) > 1:
        models = listed((rows.model for rows in file.models), 5)
        raise InputError(
            f"{source.path}: it holds {len(file.models)} models ({models}), so it cannot be called "
            f"'{shown(source.name, 60)}'. Give the file without a name."
        )
    return replace(file, models=(replace(file.models[0], model=source.name),))


def _read_file(path: Path, *, model: str, classes: int, order: Path | str | None) -> PredictionFile:
    if not os.path.lexists(path):
        raise InputError(f"{path}: there is no such file; expected a predictions file.")
    try:
        check_file(path, expected="a predictions file")
    except InputError as error:
        raise PredictionsError(HIDDEN, str(error)) from error
    expected = format_of(path)
    if expected is None:
        advice = advice_about(path) or "convert it, or rename it if it is one of them"
        raise PredictionsError(
            "wrong_extension",
            f"{path}: expected a predictions file ending in {SUFFIXES}, found '{shown(path.suffix, 40)}'; {advice}.",
        )
    names = _named(order)
    try:
        # what a reader did not think of is a fault of the file all the same
        with told(path, as_=f"predictions ({expected.name})"):
            content = unpacked(path)
            _check_content(content, expected)
            file = expected.read(content, model=model, classes=classes)
    except UnreadableError as error:
        raise PredictionsError(error.kind, str(error)) from error
    return _with_order(file, names, order)


def _named(order: Path | str | None) -> pl.Series | None:
    """Return the file names in an order file; None if there is none, or the order has a name."""
    if order is None or named_order(order):
        return None
    try:
        return read_order(Path(order))
    except UnreadableError as error:
        # no finding about the predictions
        raise InputError(str(error)) from error


def _check_content(file: UserFile, expected: Format) -> None:
    suffix = suffix_of(file.path)
    with file.open(expected="a predictions file") as stream:
        head = stream.read(8)
    if not head:
        raise PredictionsError("empty_file", f"{file}: the file is empty (0 bytes). Write it again.")
    if head.startswith(APPLE_DOUBLE):
        raise PredictionsError("apple_double", f"{file}: {APPLE_NOTES}. Name that one.")
    actual = formats_of_content(head)
    if actual and expected not in actual:
        other = actual[0].suffixes[0]
        raise PredictionsError(
            "wrong_extension",
            f"{file}: the name ends in {suffix} but the content is a {other} file. Rename it to "
            f"{file.path.stem}{other}.",
        )
    if not actual and expected.signatures:
        text = head.isascii() and head.decode("ascii").isprintable()
        raise PredictionsError(
            "wrong_extension" if text else "damaged_file",
            f"{file}: expected a {suffix} file, but it does not begin like one"
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
