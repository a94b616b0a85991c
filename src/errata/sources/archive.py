"""Unpacking archives that others made: nothing may land, or point, outside the destination."""

import gzip
import lzma
import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from errata.abandoned import PART, held_folder, remove_abandoned
from errata.input_error import InputError
from errata.storage_error import storage_faults_told

CORRUPT = (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError)
"""What the standard library raises on archives that are damaged or cut short."""

READ_BYTES = 1 << 20


def unpack(archive: Path | str, destination: Path | str) -> None:
    """Unpack a tar (plain or compressed) or zip archive into the new folder `destination`, all of it or nothing.

    Owners and special modes are not restored. The archive is read to its end, so that its checksums are checked.

    Raises
    ------
    InputError
        If the archive is missing, neither tar nor zip, damaged or cut short; if a member has an absolute path, a
        path with `..`, lies behind a link, is a device or a pipe, is encrypted, or is a link that leaves the
        folder; or if `destination` is there already and not an empty folder.
    """
    archive, destination = Path(archive), Path(destination)
    if not archive.is_file():
        raise InputError(f"{archive}: there is no such archive.")
    if destination.exists() and not (destination.is_dir() and not any(destination.iterdir())):
        raise InputError(f"{destination}: is there already. Remove it, or unpack {archive.name} to another folder.")
    with _new_folder(destination) as folder:
        try:
            if _starts_as_zip(archive):
                _unpack_zip(archive, folder)
            else:
                _unpack_tar(archive, folder)
        except CORRUPT as error:
            raise InputError(
                f"{archive}: cannot be unpacked as a tar or zip archive ({error}). It is damaged, incomplete or "
                "something else: get it again."
            ) from error


@contextmanager
def _new_folder(destination: Path) -> Iterator[Path]:
    """Give a temporary folder beside `destination` and rename it if the block succeeds, else remove it."""
    with storage_faults_told(destination):
        destination.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(destination)
        holder = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", suffix=PART, dir=destination.parent))
        with held_folder(holder):
            try:
                # the holder is private to the owner; the folder in it is as readable as any that the user makes
                folder = holder / destination.name
                folder.mkdir()
                yield folder
                folder.replace(destination)
            finally:
                shutil.rmtree(holder)


def _starts_as_zip(archive: Path) -> bool:
    with archive.open("rb") as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


class _StrictHeader(tarfile.TarInfo):
    """A tar header that must be sound: TarFile takes a broken one after the first for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> tarfile.TarInfo:
        """Read the next header; only the marker at the end of the archive ends it."""
        try:
            return super().fromtarfile(tar)
        except tarfile.EOFHeaderError:
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"broken or missing header at byte {tar.offset:,}: {error}") from error


def _unpack_tar(archive: Path, folder: Path) -> None:
    links: set[PurePosixPath] = set()

    def checked(member: tarfile.TarInfo, into: str) -> tarfile.TarInfo:
        name = _checked_name(member.name, archive)
        if behind := links.intersection(name.parents):
            raise _refused(archive, member.name, f"lies behind the link {min(behind)}")
        if member.issym() or member.islnk():
            if _is_absolute(member.linkname):
                raise _refused(archive, member.name, f"is a link to the absolute path {member.linkname}")
            if member.issym():
                links.add(name)
        elif not (member.isreg() or member.isdir()):
            raise _refused(archive, member.name, "is a device or a pipe")
        try:
            return tarfile.data_filter(member, into)
        except tarfile.FilterError as error:
            raise _refused(archive, member.name, f"is unsafe: {error}") from error

    with tarfile.open(archive, "r:*", tarinfo=_StrictHeader) as tar:
        tar.extractall(folder, filter=checked)
        while tar.fileobj.read(READ_BYTES):
            pass
    if links:
        _check_links(folder, archive)


def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            _checked_name(member.filename, archive)
            mode = stat.S_IFMT(member.external_attr >> 16)
            if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _refused(archive, member.filename, "is a link, a device or a pipe")
            if member.flag_bits & 0x1:
                raise _refused(archive, member.filename, "is encrypted")
        try:
            opened.extractall(folder)
        except NotImplementedError as error:
            raise InputError(f"{archive}: uses a zip feature that cannot be read ({error}).") from error


def _checked_name(name: str, archive: Path) -> PurePosixPath:
    if _is_absolute(name):
        raise _refused(archive, name, "has an absolute path")
    # a backslash separates folders on Windows, where such an archive may have been made
    if ".." in name.replace("\\", "/").split("/"):
        raise _refused(archive, name, "has a path that climbs out of its folder")
    return PurePosixPath(name)


def _is_absolute(name: str) -> bool:
    return name.startswith(("/", "\\")) or (name[1:2] == ":" and name[:1].isalpha())


def _check_links(folder: Path, archive: Path) -> None:
    """Look at all links when all are there: one can be turned outwards by another that is unpacked after it."""
    root = folder.resolve()
    for parent, folders, files in os.walk(folder):
        for path in (Path(parent, name) for name in (*folders, *files)):
            # realpath also copes with links that run in circles
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
                raise _refused(archive, str(path.relative_to(folder)), "is a link that leaves the folder")


def _refused(archive: Path, member: str, reason: str) -> InputError:
    return InputError(f"{archive}: member '{member}' {reason}. Nothing was unpacked. Do not trust this archive.")
