"""Unpack archives with the standard library; nothing lands, or points, outside the destination."""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

from errata.errors import InputError
from errata.files import atomic_folder

DAMAGED = (tarfile.ReadError, zipfile.BadZipFile, gzip.BadGzipFile, lzma.LZMAError, zlib.error, EOFError)
"""What the standard library raises on archives that are damaged or cut short."""


def unpack(archive: Path | str, destination: Path | str) -> None:
    """Unpack a tar (plain or compressed) or zip archive into the new folder `destination`, all of it or nothing.

    Owners and special modes are not restored.

    Raises InputError if the archive is missing, neither tar nor zip, damaged or cut short; if a member of a tar would
    land outside the folder, is a device or a pipe, or is a link that leaves the folder; or if `destination` is there
    already and not an empty folder.
    Raises StorageError if the disk is full, or may not be written.
    """
    archive, destination = Path(archive), Path(destination)
    if not archive.is_file():
        raise InputError(f"{archive}: there is no such archive.")
    if destination.exists() and not (destination.is_dir() and not any(destination.iterdir())):
        raise InputError(f"{destination}: is there already. Remove it, or unpack {archive.name} to another folder.")
    with atomic_folder(destination) as folder:
        try:
            if zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as opened:
                    opened.extractall(folder)
            else:
                with tarfile.open(archive) as opened:
                    opened.extractall(folder, filter="data")
        except tarfile.FilterError as error:
            raise InputError(f"{archive}: {error}. Nothing was unpacked. Do not trust this archive.") from error
        except DAMAGED as error:
            # of a file that begins like no tar, tarfile lists in lines what every decompressor says
            reason = "it begins like neither" if "\n" in str(error) else error
            raise InputError(
                f"{archive}: cannot be unpacked as a tar or zip archive ({reason}). It is damaged, incomplete or "
                "something else: get it again."
            ) from error
