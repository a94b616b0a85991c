"""Open and read files whose names and contents others chose.

A name is a name: nothing in it is a pattern, a URL or a home folder. Whatever is wrong with a file, and whatever the
library that reads it raises, becomes one sentence. Nothing is ever unpickled.
"""

import bz2
import gzip
import importlib
import io
import lzma
import os
import pickle
import tokenize
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl

from errata.errors import InputError, StorageError, reason, shown
from errata.files import check_file, open_file

MOST_UNPACKED = 1_000_000_000
"""Bytes that an array in an archive may unpack to: scores of 120,000 images and 1,000 classes in double precision."""

MOST_MEMBERS = 1_000
"""Arrays that an archive may hold."""

_LARGEST_DIRECTORY = 1_000_000
"""Bytes of an archive's list of members; 1,000 ordinary names take 100,000."""

COMPRESSIONS = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00", "Zstandard": b"\x28\xb5\x2f\xfd"}
"""How compressed files begin."""

ARROW_FILE = b"ARROW1"

_LONGEST_LINE = 1_000_000
_SMALLER = "Save class ids, or the scores as .npy, which is read in pieces."
_BLOCK = 1 << 20
_AGAIN = "It may be truncated: write or download it again."
_END_OF_ARCHIVE = b"PK\x05\x06"


class UnreadableError(InputError):
    """The content of a file is not what it should be; `kind` names the cause in one word for the doctor."""

    def __init__(self, kind: str, message: str):  # noqa: D107 - the class docstring says it
        super().__init__(message)
        self.kind = kind


@contextmanager
def told(path: object, *, as_: str, remedy: str = _AGAIN) -> Iterator[None]:
    """Turn whatever a library raises about a file into an UnreadableError of kind `damaged_file`.

    Rust's panics are no `Exception`, and what they print about themselves is left out.
    """
    try:
        with _silent_panics():
            yield
    except (InputError, StorageError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError as error:
        raise UnreadableError(
            "damaged_file", f"{path}: it asks for more memory than there is to be read as {as_}. {remedy}"
        ) from error
    except BaseException as error:
        # what a panic says is about polars' own threads
        why = reason(error) if isinstance(error, Exception) else "the reader broke down"
        raise UnreadableError(
            "damaged_file", f"{path}: expected {as_}, but it cannot be read as one ({why}). {remedy}"
        ) from error


def read_parquet(path: Path | str, columns: list[str] | None = None) -> pl.DataFrame:
    """Read a Parquet file, or some of its columns."""
    check_file(path, expected="a Parquet file")
    with told(path, as_="a Parquet file"):
        frame = pl.scan_parquet(_plain(path), glob=False, hive_partitioning=False)
        return (frame if columns is None else frame.select(columns)).collect()


def scan_parquet(path: "Path | str | UserFile") -> pl.LazyFrame:
    """Open a Parquet file to read parts of it."""
    file = _as_file(path)
    if file.content is None:
        check_file(file.path, expected="a Parquet file")
    with told(file, as_="a Parquet file"):
        frame = pl.scan_parquet(file.source, glob=False, hive_partitioning=False)
        frame.collect_schema()
        return frame


def read_arrow(file: "UserFile") -> pl.DataFrame:
    """Read an Arrow file (Feather), or an Arrow stream, as Hugging Face's data sets are stored."""
    with file.open(expected="an Arrow file") as stream:
        is_file = stream.read(len(ARROW_FILE)) == ARROW_FILE
    # opened anew: polars takes the file from where the system is in it, which Python's buffer hides
    with file.open(expected="an Arrow file") as stream, told(file, as_="an Arrow file"):
        return pl.read_ipc(stream) if is_file else pl.read_ipc_stream(stream)


def parquet_metadata(path: Path | str) -> dict[str, str]:
    """Return the key-value metadata of a Parquet file."""
    check_file(path, expected="a Parquet file")
    with told(path, as_="a Parquet file"):
        return pl.read_parquet_metadata(_plain(path))


def read_csv(path: "Path | str | UserFile", **options: Any) -> pl.DataFrame:
    """Read a CSV file with polars' options; a fault in a line is told with its number."""
    file = _as_file(path)
    if file.content is None:
        check_file(file.path, expected="a CSV file")
    return _parsed(file, options)


@dataclass(frozen=True)
class UserFile:
    """A file that a user named, or what stands in for its content. As text it is its path.

    Attributes
    ----------
    path : path
    content : bytes or None
        What it unpacks to, or is mended to; None: what is on the disk.
    """

    path: Path
    content: bytes | None = None

    def __str__(self) -> str:
        """Return the path, for messages."""
        return str(self.path)

    def open(self, *, expected: str) -> BinaryIO:
        """Open the content for reading."""
        return open_file(self.path, expected=expected) if self.content is None else io.BytesIO(self.content)

    def read(self, most: int, *, expected: str) -> bytes:
        """Return the whole content.

        Raises
        ------
        UnreadableError
            If it has more than `most` bytes.
        """
        with self.open(expected=expected) as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise UnreadableError("too_large", f"{self}: it has more than {most:,} bytes. {_SMALLER}")
        return content

    @property
    def source(self) -> str | bytes:
        """What polars reads: the content, or an absolute path, in which it sees no URL or home folder."""
        return _plain(self.path) if self.content is None else self.content


def unpacked(path: Path) -> UserFile:
    """Return a file, unpacked if its first bytes say that it is compressed (gzip, bzip2, xz, Zstandard).

    Raises
    ------
    UnreadableError
        If it is damaged, unpacks to more than `MOST_UNPACKED` bytes, or this Python cannot unpack it.
    """
    with open_file(path) as stream:
        head = stream.read(8)
        name = next((name for name, signature in COMPRESSIONS.items() if head.startswith(signature)), None)
        if name is None:
            return UserFile(path)
        stream.seek(0)
        with told(path, as_=f"{name} data"), _opened(name, stream, path) as opened:
            content = opened.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise UnreadableError("too_large", f"{path}: it unpacks to more than {MOST_UNPACKED:,} bytes. {_SMALLER}")
    return UserFile(path, content)


def _opened(name: str, stream: BinaryIO, path: Path) -> Any:
    if name != "Zstandard":
        return {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}[name](stream)
    # part of Python from 3.14 on
    for module, opener in (("compression.zstd", "ZstdFile"), ("zstandard", "open"), ("backports.zstd", "open")):
        try:
            return getattr(importlib.import_module(module), opener)(stream)
        except ImportError:
            continue
    raise UnreadableError(
        "damaged_file",
        f"{path}: it is compressed with Zstandard, which this Python cannot unpack. Install the package zstandard "
        "(pip install zstandard), or unpack it (zstd -d).",
    )


def _as_file(path: "Path | str | UserFile") -> UserFile:
    return path if isinstance(path, UserFile) else UserFile(Path(path))


def _parsed(file: UserFile, options: dict[str, Any]) -> pl.DataFrame:
    try:
        with told(file, as_="a CSV file", remedy="Write it again."):
            return pl.read_csv(file.source, glob=False, **options)
    except UnreadableError as error:
        fault = _csv_fault(file, options.get("separator", ",").encode())
        raise UnreadableError("damaged_file", f"{file}: {fault}") if fault else error from error


def _csv_fault(file: UserFile, separator: bytes) -> str | None:
    """Return what is wrong with the first line that is: text that is no UTF-8, an open quote, too many fields."""
    quoted, ragged, columns = None, None, 0
    with file.open(expected="a CSV file") as stream:
        for number, line in enumerate(stream, start=1):
            if b"\x00" in line or len(line) > _LONGEST_LINE:
                return None
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                return f"line {number} is not text in UTF-8. Save it as 'CSV UTF-8'."
            begins = shown(text.strip(), 60)
            if quoted is None and line.count(b'"') % 2:
                quoted = f"line {number} opens a quote and does not close it: {begins}. Close it, or take it out."
            fields = line.count(separator) + 1
            columns = columns or fields
            if ragged is None and fields > columns and b'"' not in line:
                ragged = f"line {number} has {fields} fields, the header {columns}: {begins}. Quote text."
    return quoted or ragged


@dataclass(frozen=True)
class ArrayHead:
    """What an array's file says of it before its data."""

    shape: tuple[int, ...]
    dtype: np.dtype
    is_fortran: bool

    @property
    def size(self) -> int:
        """Bytes of the data, in Python's integers, which do not overflow."""
        size = self.dtype.itemsize
        for length in self.shape:
            size *= length
        return size

    def __str__(self) -> str:
        """Return dtype and shape, for a message."""
        return f"{shown(self.dtype, 60)}{list(self.shape)}"


def read_npy(path: Path | UserFile) -> np.ndarray:
    """Read an array, mapped into memory so that a large score matrix is read in pieces."""
    file = _as_file(path)
    with file.open(expected="a NumPy array") as stream, told(file, as_="a NumPy array"):
        head = _array_head(stream, where=str(file))
        start = stream.tell()
        _check_size(head, stream.seek(0, os.SEEK_END) - start, where=str(file))
        if head.size == 0:
            return np.empty(head.shape, head.dtype)
        order = "F" if head.is_fortran else "C"
        if file.content is not None:
            return _native(np.ndarray(head.shape, head.dtype, file.content, start, order=order))
        return _native(np.memmap(stream, head.dtype, mode="r", offset=start, shape=head.shape, order=order))


class Archive(Mapping[str, np.ndarray]):
    """The arrays of a `.npz` file by name, each read when it is asked for.

    Parameters
    ----------
    path : path or UserFile

    Raises
    ------
    UnreadableError
        If it is no zip archive, or holds more than `MOST_MEMBERS` members or an array twice.
    """

    def __init__(self, path: Path | UserFile):  # noqa: D107 - the class docstring says it
        self._file = _as_file(path)
        with self._file.open(expected="a NumPy archive") as stream:
            _check_directory(stream, path)
            with told(path, as_="a NumPy archive"), zipfile.ZipFile(stream) as archive:
                members = archive.infolist()
                if len(members) > MOST_MEMBERS:
                    raise _too_many(path, len(members))
                self._members = {member.filename.removesuffix(".npy"): member for member in members}
                if len(self._members) < len(members):
                    raise UnreadableError("damaged_file", f"{path}: it holds an array twice. Write it again.")
                self.heads: dict[str, ArrayHead] = {}
                self._faults: dict[str, UnreadableError] = {}
                for name, member in self._members.items():
                    if member.filename.endswith(".npy"):
                        with archive.open(member) as opened:
                            self._read_head(name, opened)

    def __getitem__(self, name: str) -> np.ndarray:
        """Read an array.

        Raises
        ------
        UnreadableError
            If it is damaged, holds objects of Python, or would take more than `MOST_UNPACKED` bytes.
        """
        head, member = self.head(name), self._members[name]
        where = self._where(name)
        if max(head.size, member.file_size) > MOST_UNPACKED:
            raise UnreadableError(
                "too_large",
                f"{where} would unpack to {max(head.size, member.file_size):,} bytes, at most {MOST_UNPACKED:,} are "
                "read. Save class ids, or the scores as .npy, which is read in pieces.",
            )
        with (
            self._file.open(expected="a NumPy archive") as stream,
            told(where, as_="a NumPy array"),
            zipfile.ZipFile(stream) as archive,
            archive.open(member) as opened,
        ):
            _array_head(opened, where=where)
            data = np.empty(head.size, np.uint8)
            found = 0
            # in blocks, since zipfile holds twice what it reads at once; the last read checks the checksum
            while block := opened.read(_BLOCK):
                if found + len(block) <= head.size:
                    data[found : found + len(block)] = np.frombuffer(block, np.uint8)
                found += len(block)
        _check_size(head, found, where=where)
        values = data.view(head.dtype) if head.size else np.empty(0, head.dtype)
        return _native(values.reshape(head.shape, order="F" if head.is_fortran else "C"))

    def __contains__(self, name: object) -> bool:
        """Return whether there is such an array, without reading it."""
        return name in self.heads or name in self._faults

    def __iter__(self) -> Iterator[str]:
        """Return the names of the arrays."""
        return iter([*self.heads, *self._faults])

    def __len__(self) -> int:
        """Return the number of arrays."""
        return len(self.heads) + len(self._faults)

    def head(self, name: str) -> ArrayHead:
        """Return dtype and shape of an array.

        Raises
        ------
        UnreadableError
            If it is no plain array.
        """
        if name in self._faults:
            raise self._faults[name]
        return self.heads[name]

    def describe(self, name: str) -> str:
        """Return name, dtype and shape of an array, for a message."""
        return f"{name} {self.heads[name]}" if name in self.heads else f"{name} (no plain array)"

    def _read_head(self, name: str, stream: BinaryIO) -> None:
        try:
            self.heads[name] = _array_head(stream, where=self._where(name))
        except UnreadableError as error:
            # an array of objects beside the predictions is nobody's concern until it is asked for
            self._faults[name] = error

    def _where(self, name: str) -> str:
        return f"{self._file}: array '{shown(name, 60)}'"


def read_torch(file: UserFile) -> Any:
    """Read what `torch.save` wrote, tensors and plain containers of them only; nothing is unpickled.

    Raises
    ------
    UnreadableError
        If PyTorch is not installed, or the file holds other objects or more than is unpacked.
    """
    try:
        import torch
    except ImportError as error:
        raise UnreadableError(
            "needs_torch",
            f"{file}: only PyTorch can read it, which is not installed. Install it (pip install torch), or save "
            "numpy.save(path, tensor.cpu().numpy()).",
        ) from error
    with file.open(expected="a PyTorch file") as stream:
        if stream.read(4) == b"PK\x03\x04":
            stream.seek(0)
            _check_unpacked(stream, file)
        stream.seek(0)
        try:
            with told(file, as_="a PyTorch file"):
                return torch.load(stream, map_location="cpu", weights_only=True)
        except UnreadableError as error:
            if isinstance(error.__cause__, pickle.UnpicklingError):
                raise UnreadableError(
                    "pickled_objects",
                    f"{file}: it holds Python objects, not only tensors, and Errata never unpickles. Save "
                    "torch.save(logits.cpu(), path), or a dict of tensors.",
                ) from error
            raise


def _check_unpacked(stream: BinaryIO, file: UserFile) -> None:
    """Check what an archive says to unpack to."""
    with told(file, as_="a PyTorch file"), zipfile.ZipFile(stream) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MOST_UNPACKED:
        raise UnreadableError(
            "too_large", f"{file}: it unpacks to {size:,} bytes, most are {MOST_UNPACKED:,}. {_SMALLER}"
        )


def _array_head(stream: BinaryIO, *, where: str) -> ArrayHead:
    version = np.lib.format.read_magic(stream)
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in readers:
        raise UnreadableError("unknown_layout", f"{where}: expected plain numbers or text, found structured rows.")
    try:
        shape, is_fortran, dtype = readers[version](stream)
    except (ValueError, SyntaxError, tokenize.TokenError, RecursionError) as error:
        raise UnreadableError(
            "damaged_file", f"{where}: its header cannot be read ({reason(error)}). {_AGAIN}"
        ) from error
    head = ArrayHead(shape, dtype, is_fortran)
    if dtype.hasobject:
        raise UnreadableError(
            "pickled_objects",
            f"{where} holds Python objects, which only unpickling could read, and Errata never unpickles. "
            "Save plain arrays: class ids as integers, file names with dtype=str.",
        )
    if dtype.names or dtype.subdtype or dtype.kind == "V":
        fields = f" with the fields {', '.join(dtype.names)}" if dtype.names else ""
        raise UnreadableError(
            "unknown_layout",
            f"{where}: expected plain numbers or text, found structured rows{shown(fields, 100)}. Save the field with "
            "the predictions alone.",
        )
    if any(length < 0 for length in shape):
        raise UnreadableError("damaged_file", f"{where}: its header says shape {shape}. Write it again.")
    return head


def _check_size(head: ArrayHead, found: int, *, where: str) -> None:
    if head.dtype.itemsize == 0 and any(head.shape):
        raise UnreadableError("empty_file", f"{where}: it holds {shown(head)}, which is empty. Write it again.")
    if head.size > found:
        raise UnreadableError(
            "damaged_file",
            f"{where}: its header says {shown(head, 100)}, {shown(f'{head.size:,}', 40)} bytes, but {found:,} follow. "
            "It is probably truncated: write or download it again.",
        )
    if head.size < found:
        raise UnreadableError(
            "damaged_file",
            f"{where}: its header says {shown(head, 100)}, {head.size:,} bytes, but {found:,} follow. Write it again.",
        )


def _native(array: np.ndarray) -> np.ndarray:
    """Return an array in the byte order and the precision that other libraries take."""
    if array.dtype == np.longdouble and array.dtype.itemsize > 8:
        return array.astype(np.float64)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _check_directory(stream: BinaryIO, path: Path | UserFile) -> None:
    """Check how many members an archive says it has, before zipfile lists them all."""
    length = stream.seek(0, os.SEEK_END)
    stream.seek(max(length - 65_557, 0))
    end = stream.read()
    place = end.rfind(_END_OF_ARCHIVE)
    stream.seek(0)
    if place < 0 or len(end) < place + 22:
        return
    members = int.from_bytes(end[place + 10 : place + 12], "little")
    size = int.from_bytes(end[place + 12 : place + 16], "little")
    if members > MOST_MEMBERS or size > _LARGEST_DIRECTORY:
        raise _too_many(path, members)


def _too_many(path: Path | UserFile, members: int) -> UnreadableError:
    return UnreadableError(
        "unknown_layout",
        f"{path}: it holds {members:,} members or more, at most {MOST_MEMBERS:,} are read. Save one array alone.",
    )


def _plain(path: Path | str) -> str:
    """Return an absolute path, in which no library sees a URL or a home folder."""
    return str(Path(path).absolute())


@contextmanager
def _silent_panics() -> Iterator[None]:
    """Keep what a panic of polars prints about itself, with a stack, off the terminal; its error is told anyway."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 2)
        os.close(sink)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
