"""Download files of the registry, or copy them from the mirror folder, and verify their hashes."""

import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin

import pooch
import requests

from errata.errors import InputError, reason
from errata.files import atomic_write, check_room, sha256_of
from errata.sources.registry import Source, is_acceptable_url

LOG = logging.getLogger(__name__)

CHUNK_BYTES = 1 << 18

RETRIES = 4
"""How often a server that fails is asked again: within ten seconds in all, if it does not ask for more."""

LONGEST_WAIT = 60
"""Seconds that a busy server (429 or 503 with Retry-After) is waited for between two tries."""


def fetch_source(
    source: Source,
    destination: Path | str,
    *,
    mirror: Path | str | None = None,
    offline: bool = False,
    namesakes: Sequence[Source] = (),
    retries: int = RETRIES,
) -> str:
    """Fetch the file of a registry row to `destination` and verify its hash; leave nothing there if that fails.

    A file that is there already and verifies is kept. Otherwise the mirror folder is searched, then the URL is
    downloaded. If the registry knows no hash, the content found first is accepted with a warning and its hash
    recorded beside the destination as `<file>.sha256`, in the format of sha256sum; from then on it is expected.

    `source`: a row of the registry.
    `destination`: the file to make.
    `mirror`: a folder that is searched, with its subfolders, for files with the base name `source.file`.
    `offline`: whether to do without any connection.
    `namesakes`: rows whose file has the same base name (`errata.sources.registry.namesakes_of`). Their files may lie in
        the same mirror folder and are passed over.
    `retries`: how often a server that fails is asked again.
    Returns the SHA-256 of the content, 64 hexadecimal digits.
    Raises InputError if the row has no URL, the mirror has only files of another content, the file is not in the mirror
    and offline was asked for, the download fails, or what it brings has another hash.
    Raises StorageError if the disk is full, or may not be written.
    """
    destination = Path(destination)
    if source.url is None:
        raise InputError(f"Source '{source.key}' ({source.file}) cannot be downloaded. {source.note}.")
    pin = destination.with_name(f"{destination.name}.sha256")
    expected = source.sha256 or _read_pin(pin)
    if expected and destination.is_file() and sha256_of(destination) == expected:
        return expected

    found = None
    if mirror is not None:
        found = _find_in_mirror(source, Path(mirror), expected=expected, namesakes=namesakes)
    if found is not None:
        sha256 = _copy_from_mirror(source, found, destination, pin=pin)
    elif offline:
        raise InputError(_how_to_get(source, expected=expected, mirror=mirror))
    else:
        sha256 = _download(source, destination, expected=expected, pin=pin, retries=retries)
    return sha256


def _find_in_mirror(
    source: Source, mirror: Path, *, expected: str | None, namesakes: Sequence[Source]
) -> tuple[Path, str] | None:
    """Return the first file of that name with the expected hash, and the hash; None if no file bears the name."""
    if not mirror.is_dir():
        raise InputError(f"{mirror}: the mirror folder does not exist or is no folder.")
    candidates = sorted(Path(folder, source.file) for folder, _, files in os.walk(mirror) if source.file in files)
    foreign = {other.sha256 for other in namesakes if other.sha256} - {expected}
    others: dict[Path, str] = {}
    for path in candidates:
        sha256 = sha256_of(path)
        if sha256 == expected:
            return path, sha256
        if sha256 not in foreign:
            others[path] = sha256
    if not others:
        return None
    listed = "; ".join(f"{path} has {sha256}" for path, sha256 in others.items())
    if expected:
        raise InputError(
            f"The mirror folder has no right {source.file} for source '{source.key}': expected sha256 {expected}, "
            f"but {listed}. Replace or remove the wrong file."
        )
    if len(set(others.values())) > 1:
        raise InputError(
            f"The mirror folder has several {source.file} and the registry knows no sha256 for source "
            f"'{source.key}': {listed}. Keep the right one only."
        )
    return next(iter(others.items()))


def _copy_from_mirror(source: Source, found: tuple[Path, str], destination: Path, *, pin: Path) -> str:
    path, sha256 = found
    # not a hard link: it would bring along the mirror's time stamp and access rights, and share later changes
    with atomic_write(destination) as temporary:
        shutil.copyfile(path, temporary)
        copied = sha256_of(temporary)
        if copied != sha256:
            raise InputError(f"{path}: changed while it was copied (sha256 {sha256}, then {copied}). Try again.")
        _pin_if_unknown(source, sha256, pin, origin=str(path))
    LOG.info("%s: copied from %s, sha256 %s.", source.key, path, sha256)
    return sha256


def _download(source: Source, destination: Path, *, expected: str | None, pin: Path, retries: int) -> str:
    check_room(destination, source.bytes or 0)
    LOG.info("%s: downloading %s%s.", source.key, source.url, f", {source.bytes:,} bytes" if source.bytes else "")
    with atomic_write(destination) as temporary:
        try:
            download(source.url, temporary, retries=retries)
        except requests.exceptions.RequestException as error:
            known = f" (sha256 {expected})" if expected else ""
            raise InputError(
                f"{source.url}: source '{source.key}' cannot be downloaded ({what_broke(error)}). Try again later, or "
                f"get {source.file} by another way{known} and put it into a mirror folder (--config mirror=FOLDER)."
            ) from error
        sha256, size = sha256_of(temporary), temporary.stat().st_size
        if expected and sha256 != expected:
            lengths = f"{size:,} bytes, expected {source.bytes:,}" if source.bytes else f"{size:,} bytes"
            origin = "by the registry" if source.sha256 else f"by the earlier download that {pin} records"
            raise InputError(
                f"{source.url}: what was downloaded for '{source.key}' has sha256 {sha256} ({lengths}), expected "
                f"{expected} {origin}. It was discarded. The file there was replaced or damaged on the way: try "
                f"again, or give the right {source.file} through a mirror folder."
            )
        _pin_if_unknown(source, sha256, pin, origin=source.url)
    LOG.info("%s: downloaded from %s, sha256 %s.", source.key, source.url, sha256)
    return sha256


def download(url: str, file: Path, *, retries: int = RETRIES) -> None:
    """Download a URL to a temporary file; a server that fails, or a connection that breaks, is tried again.

    pooch waits 1, 2, 3, ... seconds before each try, and as long as the server asks for (see `LONGEST_WAIT`).

    Raises requests.exceptions.RequestException if the last try fails too, InvalidURL for a redirect that is not safe.
    """
    # pooch would keep the empty file
    file.unlink()
    fetcher = pooch.create(
        path=file.parent, base_url="", registry={file.name: None}, urls={file.name: url}, retry_if_failed=retries
    )
    download = pooch.HTTPDownloader(
        progressbar=sys.stderr.isatty(),
        chunk_size=CHUNK_BYTES,
        # content that a server compresses on the way would have another hash
        headers={"Accept-Encoding": "identity", "User-Agent": "errata"},
        hooks={"response": [_refuse_unsafe_redirect, _wait_as_asked]},
    )
    fetcher.fetch(file.name, downloader=download)


def what_broke(error: requests.exceptions.RequestException) -> str:
    """Return why a download failed, in words where those of requests are Python's."""
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection was cut"
    if "timed out" in str(error):
        return "the server fell silent"
    return reason(error)


def _refuse_unsafe_redirect(response: requests.Response, **_: object) -> None:
    if response.is_redirect and not is_acceptable_url(urljoin(response.url, response.headers["location"])):
        raise requests.exceptions.InvalidURL(f"it redirects to {response.headers['location']}; only https is safe")


def _wait_as_asked(response: requests.Response, **_: object) -> None:
    """Wait before the next try if a busy server says how long, or give up if that is too long."""
    asked = response.headers.get("retry-after", "")
    if response.status_code not in (429, 503) or not asked.isdecimal():
        return
    if int(asked) > LONGEST_WAIT:
        raise requests.exceptions.InvalidURL(
            f"{response.status_code} {response.reason}; the server asks to wait {int(asked):,} seconds"
        )
    LOG.warning("%s: the server is busy and asks to wait %s seconds", response.url, asked)
    time.sleep(int(asked))


def _read_pin(pin: Path) -> str | None:
    if not pin.is_file():
        return None
    words = pin.read_text(encoding="utf-8").split()
    if not words or not re.fullmatch(r"[0-9a-f]{64}", words[0]):
        raise InputError(
            f"{pin}: expected the sha256 that an earlier download recorded, found {' '.join(words)[:80]!r}. "
            "Delete the file to accept the next download unseen."
        )
    return words[0]


def _pin_if_unknown(source: Source, sha256: str, pin: Path, *, origin: str) -> None:
    if source.sha256 or pin.is_file():
        return
    with atomic_write(pin) as temporary:
        temporary.write_text(f"{sha256}  {source.file}\n", encoding="utf-8")
    LOG.warning(
        "UNVERIFIED: the registry knows no sha256 for source '%s'. What %s gave has sha256 %s; it is recorded in %s "
        "and expected from now on. Compare it with a copy that you trust.",
        source.key,
        origin,
        sha256,
        pin,
    )


def _how_to_get(source: Source, *, expected: str | None, mirror: Path | str | None) -> str:
    where = f"is not in the mirror folder {mirror}" if mirror is not None else "is needed and there is no mirror folder"
    size = f", {source.bytes:,} bytes" if source.bytes else ""
    return (
        f"Source '{source.key}': {source.file} {where}, and offline was asked for. On a machine with a connection "
        f"download {source.url} ({f'sha256 {expected}' if expected else 'sha256 unknown'}{size}), put it anywhere in "
        f"a folder under the name {source.file}, and give that folder as the mirror (--config mirror=FOLDER)."
    )
