"""Dates of files that would keep Snakemake from noticing a change, or make it see one in every run.

Snakemake compares the content of an input with what it was only if the input is newer than what was made from it. So a
file that was replaced by an older one goes unnoticed, and so does every change to what is older than results of the
future: of a clock that has been set back since, or of another machine.
"""

import hashlib
import json
import os
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RESULTS = "results/"
"""Where rules write. A change to what lies there is Snakemake's own doing."""

TOLERANCE_S = 2.0
"""By how much clocks of machines that share a disk may differ."""

TIMESTAMP = ".snakemake_timestamp"
"""The file in a folder that a rule made whose date counts for the folder's."""


@dataclass(frozen=True)
class Record:
    """What Snakemake noted about a result when it was made.

    Attributes
    ----------
    result : path
        The file whose date counts.
    inputs : tuple of str
    checksums : mapping
        Of those inputs that are not too large: `sha256:` and 64 hexadecimal digits.
    """

    result: Path
    inputs: tuple[str, ...]
    checksums: Mapping[str, str]


def correct_dates(records: Path, *, now: float | None = None) -> list[str]:
    """Give results dates by which Snakemake sees what has changed, and return what is to be said about that.

    A result of the future is dated now. A result with an input that is older and yet another than when the result was
    made is dated before that input. Contents are not touched. Results that may not be written stay as they are.

    Parameters
    ----------
    records : path
        The folder in which Snakemake keeps its notes about finished jobs; without it nothing is done.
    now : float or None
        Seconds since 1970; None: by the clock.
    """
    now = time.time() if now is None else now
    ahead: list[Path] = []
    overdue: dict[str, str] = {}
    endless: set[str] = set()
    for record in _read(records):
        date = _date(record.result)
        if date is None:
            continue
        if date > now + TOLERANCE_S:
            ahead.append(record.result)
            _set_date(record.result, now)
            date = now
        for name in record.inputs:
            # rules see to what rules made
            input_date = None if name.startswith(RESULTS) else _date(Path(name))
            if input_date is None:
                continue
            if name not in record.checksums and input_date > now + TOLERANCE_S:
                endless.add(name)
            if name in record.checksums and input_date <= date and _checksum(name) != record.checksums[name]:
                overdue[name] = str(record.result)
                date = input_date - 1
                _set_date(record.result, date)
    _checksum.cache_clear()
    return list(_in_words(ahead, overdue, endless))


def _in_words(ahead: list[Path], overdue: Mapping[str, str], endless: set[str]) -> Iterator[str]:
    if ahead:
        yield (
            f"{min(ahead)}: is dated in the future ({len(ahead)} results like this). Was the clock set back? They are "
            "dated now; nothing is made again for that."
        )
    if overdue:
        name = min(overdue)
        others = f" ({len(overdue)} inputs like this)" if len(overdue) > 1 else ""
        yield (
            f"{name}: is another file than {overdue[name]} was made from, though it is dated before that{others}. It "
            "counts as changed."
        )
    for name in sorted(endless):
        yield (
            f"{name}: is dated in the future and not compared by content, so what is made from it is made again in "
            f"every run until then. Date it now: touch '{name}'"
        )


def _read(records: Path) -> Iterator[Record]:
    for file in sorted(records.rglob("*")):
        if not file.is_file():
            continue
        try:
            # a long name is cut into folders, which begin with @
            name = "".join(part.removeprefix("@") for part in file.relative_to(records).parts)
            result = Path(b64decode(name, altchars=b"-_").decode())
            noted = json.loads(file.read_text(encoding="utf-8"))
            record = Record(result, tuple(noted["input"]), dict(noted["input_checksums"] or {}))
        except (ValueError, KeyError, TypeError, OSError):
            # notes of another version of Snakemake, or being written right now
            continue
        if not noted.get("incomplete"):
            yield Record(result / TIMESTAMP, record.inputs, record.checksums) if result.is_dir() else record


def _date(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _set_date(path: Path, date: float) -> None:
    try:
        os.utime(path, (date, date))
    except OSError:
        return


@cache
def _checksum(name: str) -> str | None:
    try:
        with Path(name).open("rb") as stream:
            return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
    except OSError:
        return None
