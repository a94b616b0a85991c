"""The file names of rows that carry none: order files, and the authors' `samples_info.npz`."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import InputError

SAMPLES_INFO = "samples_info.npz"


def read_order(path: Path) -> pl.Series:
    """Read an order file: one file name per line, a CSV with a column `file_name`, or a `samples_info.npz`.

    The last few are remembered, since many prediction files share one.

    Raises
    ------
    InputError
        If there is no such file, it is empty or names nothing.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such order file; expected one file name per line.")
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
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: expected a text file in UTF-8, one file name per line ({error}).") from error
        names = _from_lines(path, lines)
    if not len(names):
        raise InputError(f"{path}: the order file names no image; expected one file name per line.")
    return names


def _from_lines(path: Path, lines: list[str]) -> pl.Series:
    header = [field.strip().strip('"') for field in lines[0].split(",")] if lines else []
    if "file_name" in header:
        names = pl.read_csv(path, glob=False, columns=["file_name"], infer_schema_length=0)["file_name"]
    else:
        names = pl.Series("file_name", lines, dtype=pl.String).str.strip_chars()
        while len(names) and names[-1] == "":
            names = names[:-1]
    blank = int((names.is_null() | (names == "")).sum())
    if blank:
        raise InputError(f"{path}: {blank} line(s) of the order file are blank; every row needs a file name.")
    return names


def _from_samples_info(path: Path) -> pl.Series:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if "sample_files" not in arrays.files:
                raise InputError(f"{path}: expected an array 'sample_files', found {', '.join(arrays.files)}.")
            values = arrays["sample_files"]
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{path}: it cannot be read without unpickling, which Errata never does ({error}). "
            "Save 'sample_files' as a unicode array."
        ) from error
    return text_series(values, where=f"{path}: array 'sample_files'")


def text_series(values: np.ndarray, *, where: str) -> pl.Series:
    """Turn a one-dimensional array of text (unicode or ASCII bytes) into a string series.

    Raises
    ------
    InputError
        If it is not that.
    """
    if values.ndim != 1 or values.dtype.kind not in "US":
        raise InputError(
            f"{where}: expected file names as a one-dimensional unicode array, "
            f"found {values.dtype} of shape {values.shape}."
        )
    return pl.Series("file_name", values.astype(str).tolist(), dtype=pl.String)
