"""What a predictions file holds, and the order files that name the rows of files without names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from errata.delimited import open_delimited
from errata.errors import InputError, listed, reason, shown
from errata.files import SAMPLES_INFO, check_file, read_text
from errata.user_files import Archive, UnreadableError

NEEDS_CLASSES = "Give the predicted class of every image: what kind a mistake is depends on it."
"""What is said of a file that tells right from wrong predictions and no more."""

_FIRST_HALF_CHARACTER = 0xD800


class PredictionsError(UnreadableError):
    """A predictions file that cannot be read or matched; `kind` names the cause in one word for the doctor."""


@dataclass(frozen=True, eq=False)
class RowNumbers:
    """How a file counts its rows: a CSV by its lines, the header being the first; other files from 0.

    `numbers` are those of the rows, where they are not consecutive from `first` on.
    """

    word: str = "row"
    first: int = 0
    numbers: np.ndarray | None = None
    note: str = " (counted from 0)"

    def name(self, row: int) -> str:
        """Return what a row, counted from 0 as it was read, is called in the file."""
        return f"{self.word} {self.number(row)}{self.note}"

    def number(self, row: int) -> int:
        """Return the file's number of a row, counted from 0 as it was read."""
        return row + self.first if self.numbers is None else int(self.numbers[row])

    def of(self, rows: np.ndarray | slice) -> "RowNumbers":
        """Return the numbers of some of the rows."""
        if self.numbers is not None:
            return replace(self, numbers=self.numbers[rows])
        if isinstance(rows, slice):
            return replace(self, first=self.first + rows.start)
        return replace(self, numbers=rows.astype(np.int64) + self.first)


FROM_0 = RowNumbers()
"""How files without lines count their rows."""


@dataclass(frozen=True, eq=False)
class ModelRows:
    """The rows of one model, as they stand in the file.

    Attributes
    ----------
    model : str
        The model's name.
    numbers : RowNumbers
        How the file counts these rows.
    labels : polars.Series
        One raw label per row: class ids (integers or floats), wnids or class names (strings). Null where there is no
        usable prediction.
    file_names : polars.Series or None
        The image of every row, where the file or its order file says it.
    probability : numpy.ndarray or None
        float64, shape (rows,): the probability of the predicted class. NaN where it is missing.
    ranked : numpy.ndarray or None
        Shape (rows, k): class ids by rank, the prediction first.
    ranked_probability : numpy.ndarray or None
        Shape (rows, k): their probabilities.
    score_columns : int or None
        Number of columns, where the labels are the arg-max of scores.
    other_columns : mapping
        Where there is one score column more than classes: the class ids (int32) under the readings
        `background_first` and `background_last`.
    lowest : numpy.ndarray or None
        int32, shape (rows,): the class with the smallest score, where the labels are the arg-max of scores.
    constant_rows, tied_rows : int
        Rows of scores that are all alike, and other rows in which several classes have the largest score.
    column : str
        What the file calls the column of the labels.
    is_sure : bool
        Whether that says that it is a prediction.
    others : mapping
        Other columns that may be the prediction instead, by name: which of them are the targets is told by the atlas.
    rivals : mapping
        Other columns whose names say that they are predictions, where the one that was read says so too.
    """

    model: str
    labels: pl.Series
    file_names: pl.Series | None = None
    probability: np.ndarray | None = None
    ranked: np.ndarray | None = None
    ranked_probability: np.ndarray | None = None
    score_columns: int | None = None
    other_columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    lowest: np.ndarray | None = None
    constant_rows: int = 0
    tied_rows: int = 0
    numbers: RowNumbers = FROM_0
    column: str = "predicted_class"
    is_sure: bool = True
    others: Mapping[str, pl.Series] = field(default_factory=dict)
    rivals: Mapping[str, pl.Series] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)

    def first_of(self, which: np.ndarray) -> str:
        """Return what the first row of a bool mask is called in the file."""
        return self.numbers.name(int(which.argmax()))


@dataclass(frozen=True, eq=False)
class PredictionFile:
    """A predictions file: one or more models and how the file was read.

    `layout` describes what was recognised; `remarks` are peculiarities without effect, such as a byte-order mark.
    """

    path: Path
    layout: str
    models: tuple[ModelRows, ...]
    remarks: tuple[str, ...] = ()


def read_order(path: Path) -> pl.Series:
    """Read an order file: one file name per line, a CSV with a column `file_name`, or a `samples_info.npz`.

    The last few are cached, since many predictions files share one.

    Raises
    ------
    InputError
        If there is no such file, it is empty or names nothing.
    """
    check_file(path, expected="val, imagefolder or an order file, one file name per line")
    stat = path.stat()
    return _read_order(path, stat.st_mtime_ns, stat.st_size)


def samples_info_of(path: Path) -> Path | None:
    """Return the `samples_info.npz` beside a file or one folder up, if there is one."""
    beside = (path.parent / SAMPLES_INFO, path.parent.parent / SAMPLES_INFO)
    return next((candidate for candidate in beside if candidate.is_file()), None)


@lru_cache(maxsize=4)
def _read_order(path: Path, _modified: int, _size: int) -> pl.Series:
    if path.suffix.lower() == ".npz":
        names = _from_samples_info(path)
    else:
        names = _from_lines(path, read_text(path, expected="one file name per line, in UTF-8").splitlines())
    if not len(names):
        raise InputError(f"{path}: the order file names no image; expected one file name per line.")
    return names


def _from_lines(path: Path, lines: list[str]) -> pl.Series:
    header = [field.strip().strip('"') for field in lines[0].split(",")] if lines else []
    if "file_name" in header:
        names = open_delimited(path).read(columns=["file_name"], infer_schema=False)["file_name"]
    else:
        names = pl.Series("file_name", lines, dtype=pl.String).str.strip_chars()
        while len(names) and names[-1] == "":
            names = names[:-1]
    blank = int((names.is_null() | (names == "")).sum())
    if blank:
        raise InputError(f"{path}: {blank} line(s) of the order file are blank; every row needs a file name.")
    return names


def _from_samples_info(path: Path) -> pl.Series:
    arrays = Archive(path)
    if "sample_files" not in arrays:
        raise InputError(f"{path}: expected an array 'sample_files', found {listed(arrays)}.")
    return text_series(arrays["sample_files"], where=f"{path}: array 'sample_files'")


def text_series(values: np.ndarray, *, where: str) -> pl.Series:
    """Convert a one-dimensional array of text (unicode or ASCII bytes) to a string series.

    Raises
    ------
    InputError
        If it is not that.
    """
    if values.ndim != 1 or values.dtype.kind not in "US":
        raise InputError(
            f"{where}: expected file names as a one-dimensional unicode array, "
            f"found {shown(values.dtype, 60)} of shape {values.shape}."
        )
    try:
        if values.dtype.kind == "S":
            return pl.Series("file_name", [value.decode("utf-8") for value in values.tolist()], dtype=pl.String)
        codes = np.ascontiguousarray(values).view(np.uint32)
        if codes.size and codes.max() >= _FIRST_HALF_CHARACTER:
            # neither NumPy nor polars looks whether these are characters, and polars panics much later
            for code in np.unique(codes):
                chr(code).encode("utf-8")
        return pl.Series("file_name", values.tolist(), dtype=pl.String)
    except (UnicodeError, ValueError, OverflowError) as error:
        raise InputError(f"{where}: expected text, found bytes that are none ({reason(error)}).") from error
