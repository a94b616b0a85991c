"""Images that cannot be read: named with the reason and left out of the labels; mended, they come back."""

import json
import os
import struct
import zlib

import pytest

from errata.images.tables import IMAGES
from errata.labels.label_table import unreadable_images
from errata.labels.tables import LABELS
from errata.tables import read_metadata, read_table
from images.pictures import jpeg
from workflow.small_world import ANNOTATED, NAMES

INDEX, LABELS_FILE = "results/imagenet/images.parquet", "results/imagenet/labels.parquet"
CONFIG = ("images={imagenet: images}", "models=[dummy@8]")


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large; its pixels are a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


WHOLE = jpeg()
DAMAGED = {
    NAMES[ANNOTATED[1]]: (WHOLE[: len(WHOLE) // 2], "cannot be decoded: image file is truncated"),
    NAMES[ANNOTATED[2]]: (b"", "the file is empty"),
    NAMES[ANNOTATED[3]]: (b"404: Not Found", "no image format that can be read; the file begins with b'404: Not'"),
    NAMES[ANNOTATED[4]]: (png_of(60_000, 60_000), "cannot be decoded: Image size (3600000000 pixels) exceeds limit"),
    NAMES[11]: (WHOLE[:-2], "cannot be decoded: image file is truncated"),
}
"""Damaged files and what is said about them; the last one is not annotated."""


@pytest.fixture
def with_images(fresh):
    """The small world with its images, five of them damaged."""
    folder = fresh.folder / "images"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_bytes(DAMAGED.get(name, (WHOLE, ""))[0])
    # without a model nobody looks at images
    fresh.append("config/models.tsv", "\t".join(("dummy@8", "dummy", "none", "0.8", "8", "imagenet1k", *["-"] * 14)))
    return fresh


def test_unreadable_images_are_named_and_left_out_and_come_back_when_mended(with_images):
    folder = with_images.folder
    run = with_images.build(LABELS_FILE, config=CONFIG)
    assert run.status == 0, run.output
    for name, (_, problem) in DAMAGED.items():
        assert f"WARNING images: {name} {problem}" in run.output
    assert "INFO images: 240 images, of which 5 cannot be read. Mend or replace them, then `touch images`" in run.output
    assert "Traceback" not in run.output
    found = dict(read_table(IMAGES, folder / INDEX).select("file_name", "problem").drop_nulls().iter_rows())
    assert set(found) == set(DAMAGED)
    annotated = {name for name in DAMAGED if name != NAMES[11]}
    assert {name for name, _ in unreadable_images(folder / LABELS_FILE)} == annotated
    assert json.loads(read_metadata(folder / LABELS_FILE)["errata.unreadable_not_annotated"]) == 1
    assert read_table(LABELS, folder / LABELS_FILE).height == len(ANNOTATED) - len(annotated)

    for name in DAMAGED:
        (folder / "images" / name).write_bytes(WHOLE)
    os.utime(folder / "images")
    again = with_images.build(LABELS_FILE, config=CONFIG)
    assert again.jobs == {"index_images": 1, "build_labels": 1}, again.output
    assert read_table(LABELS, folder / LABELS_FILE).height == len(ANNOTATED)
