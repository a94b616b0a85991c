"""The files in a plain tar, and where in it their bytes are."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from errata.errors import InputError

COMPRESSIONS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstandard"}
"""First bytes of compressed files."""

BLOCK_BYTES = 512
"""Tars consist of such blocks; one of zeros ends them."""


def compression_of(path: Path) -> str | None:
    """Return how a file is compressed, None if it is not."""
    with path.open("rb") as stream:
        start = stream.read(max(map(len, COMPRESSIONS)))
    return next((name for magic, name in COMPRESSIONS.items() if start.startswith(magic)), None)


def list_members(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield location, offset of the first byte and size of every file in a tar.

    The location of a file in a tar that is itself in the tar is `<name of the inner tar without .tar>/<its member>`.
    Hidden files are left out.

    Raises
    ------
    InputError
        If the file is no tar, is damaged or cut short, or has a member that is a link or a device, or whose name is
        absolute or has `..`.
    """
    with path.open("rb") as stream:
        for location, offset, size in _list_tar(
            stream, path, prefix="", start=0, end=os.fstat(stream.fileno()).st_size
        ):
            if not location.endswith(".tar"):
                yield location, offset, size
                continue
            # a second handle: the first one is in the middle of the outer tar
            with path.open("rb") as inner:
                prefix = location.removesuffix(".tar") + "/"
                yield from _list_tar(inner, path, prefix=prefix, start=offset, end=offset + size)


def _list_tar(stream: BinaryIO, path: Path, *, prefix: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the visible files of the tar that lies between two bytes of `stream`."""
    stream.seek(start)
    try:
        with tarfile.TarFile(fileobj=stream) as tar:
            while (member := tar.next()) is not None:
                # TarFile keeps every header it has seen, a gigabyte for a million of them
                tar.members.clear()
                if member.isdir():
                    continue
                name = _checked_name(member, path)
                if member.offset_data + member.size > end:
                    raise tarfile.ReadError(f"'{member.name}' reaches beyond the end")
                if not any(part.startswith(".") for part in name.parts):
                    yield f"{prefix}{name}", member.offset_data, member.size
            # TarFile takes a damaged header, or the end of a file that was cut short, for the end of the tar
            mark = os.pread(stream.fileno(), BLOCK_BYTES, tar.offset)
            if mark != bytes(BLOCK_BYTES) or tar.offset + BLOCK_BYTES > end:
                raise tarfile.ReadError(f"there is neither a file nor the end mark at byte {tar.offset:,}")
    except tarfile.TarError as error:
        within = f" (in {prefix.rstrip('/')}.tar)" if prefix else ""
        raise InputError(
            f"{path}: cannot be read as a tar{within}: {error}. It is damaged, incomplete or something else: get it "
            "again."
        ) from error


def _checked_name(member: tarfile.TarInfo, path: Path) -> PurePosixPath:
    if not member.isreg() or member.issparse():
        raise InputError(
            f"{path}: the member '{member.name}' is a link, a device or sparse; expected plain files only."
        )
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise InputError(f"{path}: the member '{member.name}' has a name that leads out of the tar.")
    return name
