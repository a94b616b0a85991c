"""The registry of inputs: which file, from where, with which content.

It is read whenever a workflow starts, so it uses the standard library only.
"""

import csv
import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from errata.errors import InputError
from errata.files import read_text

COLUMNS = ("source", "file", "url", "bytes", "sha256", "licence", "note")


@dataclass(frozen=True)
class Source:
    """One row of the registry.

    `key`: the unique name of the row: letters, digits, `_` and `-`.
    `file`: base name of the file, as the mirror folder and the results have it. Rows may share one.
    `url`: where to download it; None if only the user can provide it, see `note`.
    `bytes`: size in bytes, where known.
    `sha256`: SHA-256 of the content as 64 lower-case hexadecimal digits, where known.
    `licence`, `note`: for the reader.
    """

    key: str
    file: str
    url: str | None
    bytes: int | None
    sha256: str | None
    licence: str
    note: str


def read_sources(path: Path | str) -> dict[str, Source]:
    """Read the registry, a tab-separated table with the columns `COLUMNS`; lines that start with `#` are comments.

    Returns key -> row, in the order of the table.
    Raises InputError if the table is missing, its columns differ, or a row has a bad or repeated key or a bad value.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such registry of sources.")
    lines = [
        (number, line)
        for number, line in enumerate(read_text(path).splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    cells = list(csv.reader((line for _, line in lines), delimiter="\t", quoting=csv.QUOTE_NONE))
    if not cells or tuple(cells[0]) != COLUMNS:
        raise InputError(
            f"{path}: expected the tab-separated columns {', '.join(COLUMNS)}, "
            f"found {', '.join(cells[0]) if cells else 'nothing'}."
        )
    sources: dict[str, Source] = {}
    for (number, _), row in zip(lines[1:], cells[1:], strict=True):
        source = _read_row(row, where=f"{path}, line {number}")
        if source.key in sources:
            raise InputError(
                f"{path}, line {number}: the key '{source.key}' is used by an earlier row. Keys are unique; "
                "a new version of a source is a new row under a new key."
            )
        sources[source.key] = source
    return sources


def find_source(sources: Mapping[str, Source], key: str) -> Source:
    """Return the row under `key`, or raise an InputError that suggests the nearest keys."""
    if key in sources:
        return sources[key]
    near = difflib.get_close_matches(key, sources, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"The registry has {', '.join(sources)}."
    raise InputError(f"There is no source '{key}' in the registry. {hint}")


def namesakes_of(sources: Mapping[str, Source], source: Source) -> tuple[Source, ...]:
    """Return the other rows whose file has the same base name: other versions, or the same file of another data set."""
    return tuple(other for other in sources.values() if other.file == source.file and other.key != source.key)


def is_acceptable_url(url: str) -> bool:
    """Return whether `url` is https, or http to this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_row(row: list[str], *, where: str) -> Source:
    if len(row) != len(COLUMNS):
        raise InputError(f"{where}: expected {len(COLUMNS)} tab-separated cells, found {len(row)}.")
    key, file, url, size, sha256, licence, note = (cell.strip() for cell in row)
    where = f"{where} (source '{key}')"

    def expect(holds: object, column: str, value: str, expected: str) -> None:
        if not holds:
            raise InputError(f"{where}: column '{column}' has '{value}', expected {expected}.")

    expect(re.fullmatch(r"[A-Za-z0-9_-]+", key), "source", key, "letters, digits, _ and - only")
    expect(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", file), "file", file, "a plain file name without folders")
    expect(not url or is_acceptable_url(url), "url", url, "an https URL (http only to the loopback address)")
    expect(not size or re.fullmatch(r"[1-9][0-9]*", size), "bytes", size, "nothing or a positive whole number")
    expect(
        not sha256 or re.fullmatch(r"[0-9a-f]{64}", sha256),
        "sha256",
        sha256,
        "nothing or 64 lower-case hexadecimal digits",
    )
    expect(licence, "licence", licence, "the licence, in words if need be")
    expect(url or note, "note", note, "what the user must do, because the row has no URL")
    return Source(key, file, url or None, int(size) if size else None, sha256 or None, licence, note)
