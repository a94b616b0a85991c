"""Getting one file of the registry: from the mirror folder or from its URL, and never with another content."""

import fcntl
import logging
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from errata.files import sha256_of, written_whole
from errata.input_error import InputError
from errata.sources.registry import Source
from errata.sources.transfer import Patience, receive
from errata.storage_error import check_room, storage_faults_told

LOG = logging.getLogger(__name__)


def fetch_source(
    source: Source,
    destination: Path | str,
    *,
    mirror: Path | str | None = None,
    offline: bool = False,
    namesakes: Sequence[Source] = (),
    patience: Patience | None = None,
) -> str:
    """Put the file of `source` at `destination`, whole and verified, or leave nothing there.

    A file that is there already and verifies is kept. Otherwise the mirror folder is searched, then the URL is
    downloaded. If the registry knows no hash, the content found first is accepted with a warning and its hash
    recorded beside the destination as `<file>.sha256`, in the format of sha256sum; from then on it is expected.

    Parameters
    ----------
    source : Source
        A row of the registry.
    destination : path
        The file to make. While a download is under way its beginning lies beside it as `.<file>.part`; a later call
        continues there.
    mirror : path, optional
        A folder that is searched, with its subfolders, for files with the base name `source.file`.
    offline : bool
        Whether to do without any connection.
    namesakes : sequence of Source
        Rows whose file has the same base name (`errata.sources.registry.namesakes_of`). Their files may lie in the
        same mirror folder and are passed over.
    patience : Patience, optional
        Retries and time-outs.

    Returns
    -------
    str
        The SHA-256 of the content, 64 hexadecimal digits.

    Raises
    ------
    InputError
        If the row has no URL, the mirror has only files of another content, the file is not in the mirror and
        offline was asked for, the download fails, or what it brings has another size or hash.
    StorageError
        If the disk is full, or may not be written. What has arrived is kept and continued.
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
        with storage_faults_told(destination):
            sha256 = _download(source, destination, expected=expected, pin=pin, patience=patience or Patience())
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
    with written_whole(destination) as temporary:
        shutil.copyfile(path, temporary)
        copied = sha256_of(temporary)
        if copied != sha256:
            raise InputError(f"{path}: changed while it was copied (sha256 {sha256}, then {copied}). Try again.")
        _pin_if_unknown(source, sha256, pin, origin=str(path))
    LOG.info("%s: copied from %s, sha256 %s.", source.key, path, sha256)
    return sha256


def _download(source: Source, destination: Path, *, expected: str | None, pin: Path, patience: Patience) -> str:
    destination.parent.mkdir(parents=True, exist_ok=True)
    part_path = destination.with_name(f".{destination.name}.part")
    etag_file = destination.with_name(f".{destination.name}.part.etag")
    with _locked(part_path) as part:
        try:
            # another process may have pinned the hash while this one waited
            expected = expected or _read_pin(pin)
            if expected and destination.is_file() and sha256_of(destination) == expected:
                part.truncate(0)
                return expected
            check_room(destination, (source.bytes or 0) - os.fstat(part.fileno()).st_size)
            from_one_attempt = receive(source, part, etag_file=etag_file, patience=patience)
            sha256 = _sha256_of_part(part, part_path)
            if expected and sha256 != expected and not from_one_attempt:
                LOG.warning("%s: what was pieced together has sha256 %s; starting afresh.", source.url, sha256)
                part.truncate(0)
                receive(source, part, etag_file=etag_file, patience=patience)
                sha256 = _sha256_of_part(part, part_path)
            if expected and sha256 != expected:
                part.truncate(0)
                origin = "by the registry" if source.sha256 else f"by the earlier download that {pin} records"
                raise InputError(
                    f"{source.url}: what was downloaded for '{source.key}' has sha256 {sha256}, expected {expected} "
                    f"{origin}. It was discarded. The file there was replaced or damaged on the way: try "
                    f"again, or give the right {source.file} through a mirror folder."
                )
            _pin_if_unknown(source, sha256, pin, origin=source.url)
            part_path.replace(destination)
            etag_file.unlink(missing_ok=True)
        finally:
            # if the disk is full that is being said already
            with suppress(OSError):
                part.flush()
            if os.fstat(part.fileno()).st_size == 0:
                # an empty beginning is worth nothing; after the rename there is no such path and nothing happens
                part_path.unlink(missing_ok=True)
                etag_file.unlink(missing_ok=True)
    LOG.info("%s: downloaded from %s, sha256 %s.", source.key, source.url, sha256)
    return sha256


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for reading and writing, made if need be, for this process alone; others wait their turn."""
    while True:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as stream:
            with suppress(OSError):  # some network file systems have no locks; then two jobs may disturb each other
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    LOG.info("%s: another process is downloading it, waiting.", path)
                    fcntl.flock(stream, fcntl.LOCK_EX)
            # whoever held the lock may have renamed or removed this very file meanwhile
            if path.exists() and os.path.samestat(path.stat(), os.fstat(stream.fileno())):
                yield stream
                return


def _sha256_of_part(part: BinaryIO, path: Path) -> str:
    part.flush()
    return sha256_of(path)


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
    with written_whole(pin) as temporary:
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
