"""Index the images of a data set: where their bytes are, and which of them cannot be read."""

import hashlib
import logging
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import polars as pl

from errata.images.decode import Inspection, inspect
from errata.images.match import match_files
from errata.images.store import ImageStore, open_store
from errata.images.tables import ABSENT, IMAGES
from errata.job import log_progress

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


SLICE_IMAGES = 16
"""Images that a thread looks at in one go."""

SLICES_AHEAD = 4
"""Slices per thread that wait for their turn."""

NAMED_PROBLEMS = 20
"""How many unreadable images the log names."""

Looked = list[tuple[Inspection, bytes]]


def index_images(
    root: Path | str, targets: pl.DataFrame, *, threads: int, is_part: bool = False
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Find and decode every image of a data set.

    `root`: the folder or tar with the images, see `errata.images.store.open_store`.
    `targets`: every image of the data set, `errata.labels.tables.TARGETS`.
    `threads`: threads that decode. Pillow lets them run side by side.
    `is_part`: whether the root may hold a part of the images only; the others have the problem `ABSENT`.
    Returns the table `errata.images.tables.IMAGES`, by position. An image that cannot be decoded to its last pixel has
    a `problem`; the log names it.
    Returns which images these are: name and kind of the root, number and size of its files, hashes of the list and of
    the contents.
    Raises InputError if the root is no folder or plain tar, an image is missing, or a file cannot be read from the
    disk.
    """
    with open_store(root) as store:
        files = store.list_files()
        matched = match_files(targets, files, root=store.root, is_part=is_part)
        origin = describe_store(store, files)
        if store.kind == "tar":
            origin |= hash_tar(store.root)
        looked = _look_at_all(store, matched, threads=threads)
    inspections = pl.DataFrame(
        [(found.width, found.height, found.mode, found.problem) for found, _ in looked],
        schema={name: IMAGES.columns[name].dtype for name in ("width", "height", "mode", "problem")},
        orient="row",
    )
    present = matched.hstack(inspections).select(*IMAGES.columns)
    _log_problems(present, name=origin["file"], root=root)
    contents = hash_contents(present["file_name"], (digest for _, digest in looked))
    absent = targets.join(present, on="file_name", how="anti").select(
        "file_name", "position", location=pl.lit(""), bytes=pl.lit(0, pl.Int64), problem=pl.lit(ABSENT)
    )
    if absent.height:
        LOG.warning("%s: a part of the data set, %s images", root, f"{present.height:,} of {targets.height:,}")
    return pl.concat([present, absent], how="diagonal").sort("position"), {**origin, "contents_sha256": contents}


def _look_at_all(store: ImageStore, files: pl.DataFrame, *, threads: int) -> Looked:
    """Inspect and hash every file, in order."""
    looked: Looked = []
    pending: deque[tuple[Future[Looked], int]] = deque()
    advance = log_progress(f"images of {store.root.name}", total=int(files["bytes"].sum()))
    with ThreadPoolExecutor(threads) as pool:

        def finish_one() -> None:
            future, size = pending.popleft()
            looked.extend(future.result())
            advance(size)

        for part in files.iter_slices(SLICE_IMAGES):
            pending.append((pool.submit(_look_at, store, part), int(part["bytes"].sum())))
            if len(pending) > threads * SLICES_AHEAD:
                finish_one()
        while pending:
            finish_one()
    return looked


def _look_at(store: ImageStore, files: pl.DataFrame) -> Looked:
    looked = []
    for location, offset, size in files.select("location", "offset", "bytes").iter_rows():
        data = store.read(location, offset=offset, size=size)
        looked.append((inspect(data), hashlib.sha256(data).digest()))
    return looked


def _log_problems(images: pl.DataFrame, *, name: str, root: Path | str) -> None:
    problems = images.filter(pl.col("problem").is_not_null())
    for file_name, problem in problems.select("file_name", "problem").head(NAMED_PROBLEMS).iter_rows():
        LOG.warning("%s: %s %s", name, file_name, problem)
    remedy = f". Mend or replace them, then `touch {root}`: the next run looks again" if problems.height else ""
    LOG.info("%s: %d images, of which %d cannot be read%s", name, images.height, problems.height, remedy)
