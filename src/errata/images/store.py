"""List and read the image files of a data set, in a folder or in a tar.

A tar is never unpacked: its files are read at their byte offsets. Reading is safe for many threads at once.
"""

import os
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

import polars as pl

from errata.errors import InputError

IMAGE_SUFFIXES = frozenset({".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".jp2"})
"""What the names of image files end with, in lower case. What a file is, its content says."""

FILES_SCHEMA = {"location": pl.String, "offset": pl.Int64, "bytes": pl.Int64}

FOLDER_DEPTH = 3
"""How deep a folder is searched: class folders in a folder of the data set's name, and no deeper."""


COMPRESSIONS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstandard"}
"""First bytes of compressed files."""

BLOCK_BYTES = 512
"""Tars consist of such blocks; one of zeros ends them."""


class ImageStore(ABC):
    """A folder or tar of image files, to be used in a `with` block."""

    kind: str

    def __init__(self, root: Path) -> None:
        """Take the path of the folder or tar."""
        self.root = root

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close what is open: nothing, in a folder."""
        return

    @abstractmethod
    def list_files(self) -> pl.DataFrame:
        """Return every file, by location: `location`, `offset` (null in folders), `bytes`.

        Hidden files, whose name or folder begins with a dot, are left out.
        """

    @abstractmethod
    def read(self, location: str, *, offset: int | None, size: int) -> bytes:
        """Return the bytes of a file as `list_files` described it.

        Raises InputError if it is not there any more or has another size, or `location` leads out of the folder.
        """


def open_store(root: Path | str) -> ImageStore:
    """Open a folder or a tar of images.

    `root`: one of: a folder of images, or of class folders with images; a plain tar of the same; a tar of one tar per
        class, like ILSVRC2012_img_train.tar.
    Raises InputError if there is nothing, or something else, such as a compressed tar.
    """
    root = Path(root)
    if root.is_dir():
        return FolderStore(root)
    if not root.is_file():
        raise InputError(f"{root}: there is no such file or folder; expected a folder or a tar of images.")
    if (compression := _compression_of(root)) is not None:
        raise InputError(
            f"{root}: is compressed ({compression}); its images cannot be read one by one. Decompress it to a plain "
            "tar, or unpack it to a folder, and name that instead."
        )
    return TarStore(root)


class FolderStore(ImageStore):
    """Images in a folder. Links in it are followed: data sets are often made of links to another copy."""

    kind = "folder"

    def list_files(self) -> pl.DataFrame:
        """Return every file, see `ImageStore.list_files`."""
        return _files(self.root, ((location, None, size) for location, size in _walk(self.root, "", FOLDER_DEPTH)))

    def read(self, location: str, *, offset: int | None, size: int) -> bytes:
        """Return the bytes of a file, see `ImageStore.read`."""
        if offset is not None:
            raise _another_kind(self.root, location, "a folder")
        path = PurePosixPath(location)
        if path.is_absolute() or ".." in path.parts:
            raise InputError(f"{self.root}: the location '{location}' leads out of the folder.")
        try:
            data = (self.root / path).read_bytes()
        except OSError as error:
            raise InputError(f"{self.root}: {location} cannot be read ({error.strerror}).") from error
        return _whole(data, self.root, location, size)


class TarStore(ImageStore):
    """Images in a plain tar, read at their offsets through one file descriptor without a shared position."""

    kind = "tar"

    def __init__(self, root: Path) -> None:
        """Open the tar."""
        super().__init__(root)
        self._descriptor = os.open(root, os.O_RDONLY)

    def list_files(self) -> pl.DataFrame:
        """Return every file, see `ImageStore.list_files`."""
        files = _files(self.root, _list_members(self.root))
        repeated = files.filter(pl.col("location").is_duplicated())
        if repeated.height:
            raise InputError(f"{self.root}: the member {repeated['location'][0]} occurs more than once.")
        return files

    def read(self, location: str, *, offset: int | None, size: int) -> bytes:
        """Return the bytes of a file, see `ImageStore.read`."""
        if offset is None:
            raise _another_kind(self.root, location, "a tar")
        try:
            data = os.pread(self._descriptor, size, offset)
        except OSError as error:
            raise InputError(f"{self.root}: {location} cannot be read ({error.strerror}).") from error
        return _whole(data, self.root, location, size)

    def __exit__(self, *_raised: object) -> None:
        """Close the tar."""
        os.close(self._descriptor)


def _files(root: Path, rows: Iterable[tuple[str, int | None, int]]) -> pl.DataFrame:
    """Return location, offset and size of files as a table."""
    try:
        return pl.DataFrame(list(rows), schema=FILES_SCHEMA, orient="row").sort("location")
    except UnicodeEncodeError as error:
        # Python keeps bytes of names that are no UTF-8 as surrogates, which no table can hold
        raise InputError(f"{root}: has a file whose name is not UTF-8: {error.object!r}. Rename it.") from error


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, int]]:
    """Yield location and size of the files in a folder, `depth` levels deep."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_file():
                yield f"{prefix}{entry.name}", entry.stat().st_size
            elif depth > 1 and entry.is_dir():
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", depth - 1)


def _whole(data: bytes, root: Path, location: str, size: int) -> bytes:
    if len(data) != size:
        raise InputError(
            f"{root}: {location} has {len(data)} bytes where {size} were found before. Did the images change since "
            "they were indexed? Index them again."
        )
    return data


def _another_kind(root: Path, location: str, kind: str) -> InputError:
    return InputError(
        f"{root}: is {kind}, but {location} was indexed elsewhere. Were the images moved? Index them again."
    )


def _compression_of(path: Path) -> str | None:
    """Return how a file is compressed, None if it is not."""
    with path.open("rb") as stream:
        start = stream.read(max(map(len, COMPRESSIONS)))
    return next((name for magic, name in COMPRESSIONS.items() if start.startswith(magic)), None)


def _list_members(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield location, offset of the first byte and size of every file in a tar.

    The location of a file in a tar that is itself in the tar is `<name of the inner tar without .tar>/<its member>`.
    Hidden files are left out.

    Raises InputError if the file is no tar, is damaged or cut short, or has a member that is a link or a device, or
    whose name is absolute or has `..`.
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
