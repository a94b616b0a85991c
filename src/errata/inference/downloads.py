"""Fetch published weights into the caches of their libraries, and verify them there."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import torch
from huggingface_hub import constants, get_session, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import EntryNotFoundError, HTTPError, LocalEntryNotFoundError, RevisionNotFoundError
from huggingface_hub.utils import parse_ratelimit_headers

from errata.errors import InputError, reason
from errata.files import atomic_write, sha256_of, told_as_storage_error
from errata.sources.download import download, what_broke

LONGEST_WAIT = 300
"""Seconds that the hub is waited for in all if it is busy (429 or 503 with Retry-After)."""

REMEDY = "Run the command again later or where there is a network"
OFFLINE = "offline was asked for"


@dataclass(frozen=True)
class Fetched:
    """A file of weights in a cache.

    `sha256`: of its content, 64 hexadecimal digits.
    `commit`: of its repository on the hub; None for a plain address.
    """

    path: Path
    sha256: str
    commit: str | None = None


@dataclass(frozen=True)
class HubFile:
    """A file of weights in a repository of the Hugging Face hub.

    `names`: under which it is looked for, in this order.
    `revision`: a commit; None: the newest.
    """

    repository: str
    names: tuple[str, ...]
    revision: str | None = None

    def cached(self) -> Path | None:
        """Return the path in the cache of huggingface_hub, None if it is not there."""
        found = (try_to_load_from_cache(self.repository, name, revision=self.revision) for name in self.names)
        return next((Path(path) for path in found if isinstance(path, str)), None)

    def fetch(self, *, where: str) -> Fetched:
        """Fetch the file unless it is cached, and compare its content with the hash that the hub gave for it.

        huggingface_hub asks a server that fails again, waits as long as one that is busy asks for (`LONGEST_WAIT` at
        most), and checks lengths; it does not look at content.

        `where`: the model, for messages.
        Raises InputError if it cannot be had, or has another content than the hub said; such a file is removed.
        Raises StorageError if the disk is full.
        """
        cache = Path(constants.HF_HUB_CACHE)
        at = f"{self.repository}{f' at {self.revision}' if self.revision else ''}"
        try:
            with told_as_storage_error(cache), _bounded_waits():
                path = Path(self._download())
        except RevisionNotFoundError as error:
            raise InputError(
                f"{where}: the hub has no commit {self.revision} of {self.repository} (any more), and it is not in "
                f"{cache}. Put another commit, or '-' for the newest, into the column revision."
            ) from error
        except (OSError, HTTPError, EntryNotFoundError, RecursionError, _TooBusyError) as error:
            # "an error happened": what it was is behind it
            said = OFFLINE if constants.HF_HUB_OFFLINE else reason(error.__cause__ or error)
            if isinstance(error, RecursionError):
                # huggingface_hub calls itself as long as every try brings something
                said = "the connection was cut again and again"
            raise InputError(
                f"{where}: the weights {at} are not in the cache and cannot be downloaded ({said}). Looked in {cache}. "
                f"{REMEDY}, or set HF_HOME to a folder that holds them."
            ) from error
        sha256 = sha256_of(path)
        # the hub's cache names a file after its hash, and links to it from the folder of the commit
        blob = Path(os.path.normpath(path.parent / path.readlink())) if path.is_symlink() else path
        if re.fullmatch("[0-9a-f]{64}", blob.name) and blob.name != sha256:
            raise _damaged(where, [path, blob], found=sha256, expected=blob.name)
        return Fetched(path, sha256, commit=path.parts[path.parts.index("snapshots") + 1])

    def _download(self) -> str:
        missing: Exception | None = None
        unreachable: Exception | None = None
        for name in self.names:
            try:
                # a hub that cannot be reached is not asked for the next name
                local = unreachable is not None
                return hf_hub_download(self.repository, name, revision=self.revision, local_files_only=local)
            except LocalEntryNotFoundError as error:
                unreachable = unreachable or error
            except EntryNotFoundError as error:
                missing = error
        raise unreachable or missing


class _TooBusyError(Exception):
    """The hub asks to wait longer than it is waited for."""


@contextmanager
def _bounded_waits() -> Iterator[None]:
    """Raise a `_TooBusyError` where huggingface_hub would wait for longer than `LONGEST_WAIT` in all."""
    asked = 0

    def check(response: Any) -> None:
        nonlocal asked
        if response.status_code not in (429, 503):
            return
        limit, seconds = parse_ratelimit_headers(response.headers), response.headers.get("Retry-After", "")
        wait = limit.reset_in_seconds if limit else int(seconds) if seconds.isdecimal() else 0
        asked += wait
        if asked > LONGEST_WAIT:
            busy = f"{response.status_code} {response.reason_phrase}"
            raise _TooBusyError(f"{busy}; the server asks to wait {wait:,} seconds")

    session = get_session()
    before = session.event_hooks
    session.event_hooks = before | {"response": [*before.get("response", ()), check]}
    try:
        yield
    finally:
        session.event_hooks = before


@dataclass(frozen=True)
class UrlFile:
    """A file of weights at an address, which torch.hub keeps in its folder.

    `hashed`: whether the digits at the end of its name are the beginning of its SHA-256.
    """

    url: str
    hashed: bool

    @property
    def path(self) -> Path:
        """The path in the folder of torch.hub."""
        return Path(torch.hub.get_dir(), "checkpoints", self.url.rsplit("/", 1)[-1])

    def cached(self) -> Path | None:
        """Return the path in the folder of torch.hub, None if it is not there."""
        return self.path if self.path.is_file() else None

    def fetch(self, *, where: str) -> Fetched:
        """Fetch the file unless it is cached, and compare its content with the digits in its name.

        torch.hub itself would keep what a broken connection left; so the file is downloaded as sources are.

        Raises InputError if it cannot be had, or has another content; such a file is removed.
        Raises StorageError if the disk is full.
        """
        path = self.path
        if not path.is_file():
            with self._told(where), atomic_write(path) as temporary:
                # torch has no switch of its own, so that of huggingface_hub stands for both
                if constants.HF_HUB_OFFLINE:
                    raise requests.exceptions.RequestException(OFFLINE)
                download(self.url, temporary)
        sha256 = sha256_of(path)
        digits = re.search(r"-([0-9a-f]{8,})\.", path.name) if self.hashed else None
        if digits and not sha256.startswith(digits[1]):
            raise _damaged(where, [path], found=sha256, expected=f"one that begins with {digits[1]}")
        return Fetched(path, sha256)

    @contextmanager
    def _told(self, where: str) -> Iterator[None]:
        try:
            yield
        except requests.exceptions.RequestException as error:
            raise InputError(
                f"{where}: the weights are not in the cache and cannot be downloaded from {self.url} "
                f"({what_broke(error)}). Looked for {self.path}. {REMEDY}, or put the file there (the folder is "
                "hub/checkpoints in TORCH_HOME)."
            ) from error


def _damaged(where: str, files: list[Path], *, found: str, expected: str) -> InputError:
    """Remove a file that is not what its name says, if it can be had again, and return what to tell the user."""
    if not constants.HF_HUB_OFFLINE:
        with suppress(OSError):
            for file in files:
                file.unlink(missing_ok=True)
    remedy = "Remove it and run" if files[0].exists() else "It was removed: run"
    return InputError(
        f"{where}: {files[0]}: damaged in the cache or on the way: it has sha256 {found}, expected {expected}. "
        f"{remedy} the same command again, which downloads it anew."
    )
