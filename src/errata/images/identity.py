"""Which images these are: names, sizes and hashes, no paths."""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from errata.images.store import ImageStore

LOG = logging.getLogger(__name__)

HASHED_TAR_BYTES = 16_000_000_000
"""Up to this size a tar is hashed as a whole, about half a minute. Its files' contents are hashed in any case."""

PUBLISHED_MD5 = {"ILSVRC2012_img_val.tar": "29b22e2961454d5413ddabcf34fc5622"}
"""Hashes that image-net.org publishes beside its files; torchvision.datasets.ImageNet checks the same."""

READ_BYTES = 1 << 22


def describe_store(store: ImageStore, files: pl.DataFrame) -> dict[str, str]:
    """Return name, kind, number and size of the files of a store, and a hash of their names and sizes.

    Values are text, as the provenance of all inputs is.
    """
    listing = "".join(f"{location}\t{size}\n" for location, size in files.select("location", "bytes").iter_rows())
    return {
        "file": store.root.absolute().name,
        "kind": store.kind,
        "files": str(files.height),
        "bytes": str(files["bytes"].sum()),
        "listing_sha256": hashlib.sha256(listing.encode()).hexdigest(),
    }


def describe_names(root: Path, file_names: pl.Series) -> dict[str, str]:
    """Return the name of a store and a hash of the names in it, for what was made from its names alone."""
    names = "\n".join(file_names.sort())
    return {
        "file": root.absolute().name,
        "images": str(len(file_names)),
        "names_sha256": hashlib.sha256(names.encode()).hexdigest(),
    }


def hash_tar(path: Path) -> dict[str, str]:
    """Return the SHA-256 of a tar, unless it is very large.

    Logs a warning if the file has the name of a published one and another content.
    """
    if path.stat().st_size > HASHED_TAR_BYTES:
        return {}
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    expected = PUBLISHED_MD5.get(path.name)
    with path.open("rb") as stream:
        while chunk := stream.read(READ_BYTES):
            sha256.update(chunk)
            if expected is not None:
                md5.update(chunk)
    if expected is not None and md5.hexdigest() != expected:
        LOG.warning(
            "%s: its MD5 is %s, image-net.org publishes %s. Is the file complete?", path, md5.hexdigest(), expected
        )
    return {"sha256": sha256.hexdigest()}


def hash_contents(file_names: Iterable[str], digests: Iterable[bytes]) -> str:
    """Return one SHA-256 for the contents of all images: it is the same for a tar and the folder made from it."""
    whole = hashlib.sha256()
    for file_name, digest in zip(file_names, digests, strict=True):
        whole.update(file_name.encode() + b"\0" + digest)
    return whole.hexdigest()
