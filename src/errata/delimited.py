"""Text with columns, as programs and spreadsheets write it: what separates columns and lines, and how it is encoded."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from errata.errors import reason
from errata.user_files import MOST_UNPACKED, UnreadableError, UserFile, read_csv

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
"""What separates columns, the usual one first."""

_NOTHING = "\x1f"
"""Separates the columns of text that has one: it occurs in no text, so commas in names are no columns."""
_BLOCK = 1 << 20
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_QUOTED = r'"[^"]*"'
_LOOKED_AT = 400
"""Bytes at the beginning whose zeros tell UTF-16 from text that was not written to its end."""


@dataclass(frozen=True)
class DelimitedText:
    """Text with columns whose lines are as they should be, or were mended.

    Attributes
    ----------
    file : UserFile
        What was read, as UTF-8 with LF or CRLF.
    header : tuple of str
        The fields of the first line.
    separator : str
    lines : numpy.ndarray or None
        Where lines were left out, the number in the file of every line that is left; the header is the first.
    remarks : tuple of str
        What was mended.
    """

    file: UserFile
    header: tuple[str, ...]
    separator: str
    lines: np.ndarray | None = field(default=None, compare=False)
    remarks: tuple[str, ...] = ()

    @property
    def first_line(self) -> str:
        """The first line, for messages."""
        return self.separator.replace(_NOTHING, "").join(self.header)

    def read(self, **options: Any) -> pl.DataFrame:
        """Parse the lines with polars' options."""
        return read_csv(self.file, separator=self.separator, **options)


def open_delimited(file: UserFile | Path) -> DelimitedText:
    """Look at the bytes of text in blocks, before a parser does, and mend encoding, line ends and blank lines.

    Raises
    ------
    UnreadableError
        If it holds zero bytes, as sparse files do, has a first line without an end, or one that is no text. The first
        block that shows it ends the reading.
    """
    file = file if isinstance(file, UserFile) else UserFile(file)
    head, has_blank, has_cr = _scan(file)
    remarks: list[str] = []
    mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
    encoding = _MARKS.get(mark) or _wide_encoding(head)
    if encoding and encoding.startswith("utf-16"):
        file = _decoded(file, encoding)
        head, has_blank, has_cr = _scan(file)
        remarks.append("The file is in UTF-16.")
    elif mark:
        remarks.append("The file begins with a byte-order mark; it was skipped.")
    if has_cr and b"\n" not in head:
        content = file.read(MOST_UNPACKED, expected="text").replace(b"\r", b"\n")
        file, head = UserFile(file.path, content), content[:_BLOCK]
        has_blank = _has_blank(content[-2:] + content)
        remarks.append("Its lines end with CR alone, as on old Macintosh computers.")
    lines = None
    if has_blank:
        why = " (line ends CR CR LF, as Python writes on Windows without newline='')" if b"\r\r\n" in head else ""
        content, lines = _without_blank_lines(file.read(MOST_UNPACKED, expected="text").removeprefix(mark))
        file, head = UserFile(file.path, content), content[:_BLOCK]
        remarks.append(f"The file has blank lines{why}; they were skipped.")
    if b"\n" not in head and len(head) >= _BLOCK:
        raise UnreadableError("damaged_file", f"{file}: no line end in its first {len(head):,} bytes. Is it CSV?")
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    try:
        line = first.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "csv_encoding", f"{file}: its first line is not text in UTF-8 ({reason(error)}). Save it as 'CSV UTF-8'."
        ) from error
    separator = _separator(line)
    if separator == _NOTHING and len(line.split()) > 1 and (spaced := _with_tabs(file)):
        file, separator, line = spaced, "\t", "\t".join(line.split())
    return DelimitedText(file, _fields(line, separator), separator, lines, tuple(remarks))


def _scan(file: UserFile) -> tuple[bytes, bool, bool]:
    """Return the first block, whether there are blank lines, and whether the first block has CR."""
    head, blank, previous, start = b"", False, b"", 0
    with file.open(expected="text with columns") as stream:
        while block := stream.read(_BLOCK):
            head = head or block
            if b"\x00" in block:
                if start == 0 and (block[:2] in _MARKS or _wide_encoding(block)):
                    return block, False, False
                raise UnreadableError(
                    "csv_encoding",
                    f"{file}: expected text in UTF-8, found a zero byte at byte {start + block.index(0):,}: it is in "
                    "another encoding, or no text, or was not written to its end. Save it as 'CSV UTF-8'.",
                )
            blank = blank or _has_blank(previous[-2:] + block)
            previous, start = block, start + len(block)
    return head, blank, b"\r" in head


def _has_blank(text: bytes) -> bool:
    return any(blank in text for blank in (b"\r\r\n", b"\n\n", b"\n\r\n", b"\n \n", b"\n  "))


def _wide_encoding(head: bytes) -> str | None:
    """Return the UTF-16 that text without a byte-order mark is in, as its zero bytes say."""
    even, odd = head[:_LOOKED_AT:2], head[1:_LOOKED_AT:2]
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(zeros) > 2 and not any(zeros) and all(others):
            return encoding
    return None


def _decoded(file: UserFile, encoding: str) -> UserFile:
    content = file.read(MOST_UNPACKED, expected="text in UTF-16")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "csv_encoding", f"{file}: expected text in UTF-16, found other bytes ({reason(error)}). Save it as UTF-8."
        ) from error
    return UserFile(file.path, text.removeprefix("\ufeff").encode())


def _without_blank_lines(text: bytes) -> tuple[bytes, np.ndarray]:
    kept = [(number, line) for number, line in enumerate(text.split(b"\n"), start=1) if line.strip()]
    return b"\n".join(line.rstrip(b"\r") for _, line in kept) + b"\n", np.array([number for number, _ in kept])


def _separator(line: str) -> str:
    """Return what separates the fields of a line: tabs if it has any, else the most frequent outside quotes."""
    bare = re.sub(_QUOTED, "", line)
    if "\t" in bare:
        return "\t"
    best = max(SEPARATORS, key=bare.count)
    return best if bare.count(best) else _NOTHING


def fields_of(line: str) -> tuple[str, ...]:
    """Return the fields of a line, whatever separates them."""
    return _fields(line, _separator(line))


def _fields(line: str, separator: str) -> tuple[str, ...]:
    fields = re.findall(rf"(?:^|{re.escape(separator)}) *({_QUOTED}|[^{re.escape(separator)}]*)", line)
    return tuple(text.strip().strip('"').strip() for text in fields)


def _with_tabs(file: UserFile) -> UserFile | None:
    """Return text whose columns are separated by spaces with tabs in their place; None if lines differ in number."""
    content = file.read(MOST_UNPACKED, expected="text")
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    counts = {len(line.split()) for line in lines if line.strip()}
    if len(counts) != 1 or counts == {1} or b'"' in content:
        return None
    return UserFile(file.path, b"\n".join(b"\t".join(line.split()) for line in lines))
