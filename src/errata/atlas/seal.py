"""The seal of an atlas: SHA-256 of what it says and of the bytes of its file, so that no damage goes unnoticed.

The *seal* is a hash of the values, whatever Parquet makes of them: equal atlases have equal seals. The *bytes* of the
file are hashed too, with the place of this hash filled with zeros: a flipped bit is found before Parquet is decoded,
be it in a part of the file that changes no value.
"""

import hashlib
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from errata.errors import InputError

SEAL_KEY = "errata.seal"
"""Under this key an atlas has the seal of its values."""

BYTES_KEY = "errata.bytes"
"""Under this key an atlas has the hash of its file."""

MARK = b"sha256 of this file with zeros here: "
PLACE = b"0" * 64
UNSTAMPED = (MARK + PLACE).decode()
"""The value under `BYTES_KEY` of a file that is still to be stamped."""


def seal_of(frame: pl.DataFrame, notes: str) -> str:
    """Return the SHA-256 of the values of a table and of its notes as 64 hexadecimal digits.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns of numbers, truth values, strings, lists of numbers, or arrays of uint8; values may be missing.
    notes : str
        What else is to be sealed, such as the JSON in the file's metadata.
    """
    hashed = hashlib.sha256()
    for column in frame.iter_columns():
        hashed.update(f"{column.name}\0{column.dtype}\0{len(column)}\0".encode())
        for values in _buffers(column):
            hashed.update(np.ascontiguousarray(values))
    hashed.update(notes.encode())
    return hashed.hexdigest()


def _buffers(column: pl.Series) -> Iterator[np.ndarray]:
    """Yield the values of a column as arrays whose bytes are the same on every machine."""
    if column.null_count():
        yield column.is_null().to_numpy()
    if column.dtype == pl.String:
        text = column.fill_null("")
        yield text.str.len_bytes().to_numpy().astype("<u4")
        yield np.frombuffer("".join(text).encode(), dtype=np.uint8)
    elif isinstance(column.dtype, pl.List):
        yield column.list.len().fill_null(0).to_numpy().astype("<u4")
        yield from _buffers(column.explode().drop_nulls())
    elif isinstance(column.dtype, pl.Array):
        yield column.to_numpy()
    else:
        values = column.fill_null(value=False if column.dtype == pl.Boolean else 0).to_numpy()
        yield values.astype(values.dtype.newbyteorder("<"), copy=False)


def stamp_bytes(path: Path) -> None:
    """Put the hash of a file into its place in the file's metadata, which must be `UNSTAMPED`."""
    content = path.read_bytes()
    start = content.rindex(MARK) + len(MARK)
    with path.open("r+b") as stream:
        stream.seek(start)
        stream.write(hashlib.sha256(content).hexdigest().encode())


def check_bytes(stream: BinaryIO, *, where: Path | str) -> bool:
    """Return whether a file is stamped.

    Raises
    ------
    InputError
        If its bytes are not those that were stamped.
    """
    if not os.fstat(stream.fileno()).st_size:
        return False
    # not read as a whole: whatever is taken for an atlas may be larger than the memory
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = content.rfind(MARK) + len(MARK)
        if start < len(MARK):
            return False
        end = start + len(PLACE)
        digest = content[start:end]
        with memoryview(content) as view, view[:start] as before, view[end:] as after:
            hashed = hashlib.sha256(before)
            hashed.update(PLACE)
            hashed.update(after)
    if hashed.hexdigest().encode() != digest:
        raise InputError(
            f"{where}: the atlas is damaged: its bytes are not those that were written (their SHA-256 is "
            f"{hashed.hexdigest()[:12]}…, another one is stamped into it). Get the file again, or compile it again."
        )
    return True
