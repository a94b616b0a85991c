"""Receiving one URL into a part file: retries, resumption and redirects.

What arrives is checked for its size only. Whether it is the right content is for the caller to say.
"""

import http.client
import logging
import os
import random
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from errata.input_error import InputError
from errata.sources.progress import shown_progress
from errata.sources.registry import Source, is_acceptable_url

LOG = logging.getLogger(__name__)

CHUNK_BYTES = 1 << 18

PASSING_STATUS = frozenset({408, 425, 429})
"""HTTP statuses below 500 that say "later" and not "no" (RFC 9110 and 6585)."""


@dataclass(frozen=True)
class Patience:
    """How long to keep trying.

    Attributes
    ----------
    attempts : int
        Attempts in a row that bring no new bytes before giving up.
    first_wait_s, longest_wait_s : float
        Seconds before the second attempt, doubled each time up to the longest. A random part of up to a half is
        left out, so that many clients do not come back at the same moment.
    stall_s : float
        Seconds without an answer or a byte after which a connection counts as lost.
    """

    attempts: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    stall_s: float = 30.0


class _Interrupted(Exception):
    """The transfer broke off in a way that another attempt may mend."""

    def __init__(self, reason: str, *, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def receive(source: Source, part: BinaryIO, *, etag_file: Path, patience: Patience) -> bool:
    """Complete `part` with the content of `source.url`.

    Parameters
    ----------
    source : Source
        A row with a URL.
    part : BinaryIO
        Open for reading and writing. What it holds is continued if the server can and if a mix-up of two versions
        would be noticed, because either the hash or the ETag of the beginning is known.
    etag_file : Path
        Remembers the ETag of the content that `part` began with.
    patience : Patience
        Retries and time-outs.

    Returns
    -------
    bool
        Whether the last attempt brought the whole content, so that it cannot be a mixture of two versions.

    Raises
    ------
    InputError
        If the server refuses, offers a file of another size, redirects to an unsafe place, or keeps failing.
    """
    fruitless = 0
    most = _size(part)
    while True:
        try:
            return _receive_once(source, part, etag_file=etag_file, patience=patience)
        except _Interrupted as interruption:
            fruitless = 1 if _size(part) > most else fruitless + 1
            most = max(most, _size(part))
            if fruitless >= patience.attempts:
                raise InputError(
                    f"{source.url}: cannot be downloaded, the last of {fruitless} attempts in a row without progress "
                    f"ended so: {interruption}. Try again later (what has arrived is kept), or get {source.file} "
                    f"by another way and put it into a mirror folder."
                ) from interruption
            wait_s = max(_wait_s(fruitless, patience), min(interruption.wait_s, patience.longest_wait_s))
            LOG.warning("%s: %s. Trying again in %.1f s.", source.url, interruption, wait_s)
            time.sleep(wait_s)


def _wait_s(failures: int, patience: Patience) -> float:
    """Return first_wait * 2^(failures - 1), at most the longest wait, times a random factor in [0.5, 1)."""
    return min(patience.longest_wait_s, patience.first_wait_s * 2 ** (failures - 1)) * random.uniform(0.5, 1.0)


def _receive_once(source: Source, part: BinaryIO, *, etag_file: Path, patience: Patience) -> bool:
    etag = etag_file.read_text() if etag_file.is_file() else None
    held = _size(part)
    if held and not (source.sha256 or etag):
        held = _cut(part, 0)
    if source.bytes and held > source.bytes:
        held = _cut(part, 0)
    if held and held == source.bytes:
        return False
    with _open(source, part, held=held, etag=etag, patience=patience) as response:
        begins_at, total = _extent(response)
        if begins_at not in (0, held):
            _cut(part, 0)
            raise _Interrupted(f"the server did not send the bytes from {held:,} on, as asked; starting afresh")
        if source.bytes and total and total != source.bytes:
            _cut(part, 0)
            raise InputError(
                f"{source.url}: the registry expects {source.bytes:,} bytes for '{source.key}', the server offers "
                f"{total:,}. The file there is another one: give the right one through a mirror folder."
            )
        _cut(part, begins_at)
        if begins_at == 0:
            _remember_etag(response, etag_file)
        with shown_progress(source.file, done=begins_at, total=total or source.bytes) as advance:
            for chunk in _chunks(response):
                part.write(chunk)
                advance(len(chunk))
                if source.bytes and part.tell() > source.bytes:
                    break
    _check_end(source, _size(part), total, part)
    return begins_at == 0


def _open(
    source: Source, part: BinaryIO, *, held: int, etag: str | None, patience: Patience
) -> http.client.HTTPResponse:
    headers = {"User-Agent": "errata", "Accept-Encoding": "identity"}
    if held:
        headers["Range"] = f"bytes={held}-"
        if etag:
            headers["If-Range"] = etag
    request = urllib.request.Request(source.url, headers=headers)
    try:
        return urllib.request.build_opener(_CarefulRedirects).open(request, timeout=patience.stall_s)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416:
                _cut(part, 0)
                raise _Interrupted("the server has no bytes beyond those that are here; starting afresh") from error
            reason = f"HTTP {error.code} {error.reason}"
            if error.code in PASSING_STATUS or error.code >= 500:
                raise _Interrupted(reason, wait_s=_retry_after_s(error)) from error
        raise InputError(
            f"{source.url}: the server answers {reason}, so source '{source.key}' cannot be had from there. "
            f"Get {source.file} by another way{f' (sha256 {source.sha256})' if source.sha256 else ''} "
            "and put it into a mirror folder."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise InputError(
                f"{source.url}: the server's certificate cannot be verified ({reason}). Check the clock, the proxy and "
                "the certificates of this machine; Errata does not download without."
            ) from error
        raise _Interrupted(f"no answer ({_in_words(reason)})") from error


def _extent(response: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Return where the body begins in the file (-1: not told), and the size of the whole file if told."""
    if response.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip())
        if not found:
            return -1, None
        return int(found[1]), None if found[2] == "*" else int(found[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Give the body as it arrives: read1 hands out what is there, so that a stall loses nothing."""
    while True:
        try:
            chunk = response.read1(CHUNK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _Interrupted(f"the connection was lost ({_in_words(error)})") from error
        if not chunk:
            return
        yield chunk


def _check_end(source: Source, size: int, total: int | None, part: BinaryIO) -> None:
    expected = total or source.bytes
    if expected and size < expected:
        raise _Interrupted(f"the connection was closed after {size:,} of {expected:,} bytes")
    if expected and size > expected:
        _cut(part, 0)
        raise InputError(f"{source.url}: expected {expected:,} bytes for '{source.key}', the server sent {size:,}.")


class _CarefulRedirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects, but neither from https to http nor to a URL that the registry would refuse."""

    def redirect_request(self, request, response, code, message, headers, new_url):
        if not is_acceptable_url(new_url) or (request.type == "https" and not new_url.startswith("https:")):
            raise InputError(
                f"{request.full_url}: redirects to {new_url}, which is not followed because only https is safe there. "
                "Get the file by another way and put it into a mirror folder."
            )
        return super().redirect_request(request, response, code, message, headers, new_url)


def _remember_etag(response: http.client.HTTPResponse, etag_file: Path) -> None:
    etag = response.headers.get("ETag", "")
    # a weak ETag does not promise equal bytes, and If-Range must not carry one (RFC 9110, 13.1.5)
    if etag.startswith('"'):
        etag_file.write_text(etag)
    else:
        etag_file.unlink(missing_ok=True)


def _retry_after_s(error: urllib.error.HTTPError) -> float:
    value = error.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 0.0


def _in_words(reason: object) -> str:
    return "timed out" if isinstance(reason, TimeoutError) else str(reason) or type(reason).__name__


def _size(part: BinaryIO) -> int:
    return part.seek(0, os.SEEK_END)


def _cut(part: BinaryIO, size: int) -> int:
    """Keep the first `size` bytes of `part` and stand at their end."""
    part.seek(size)
    part.truncate()
    return size
