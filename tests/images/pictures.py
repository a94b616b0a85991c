"""Image files and archives of them, as small as they can be."""

import io
import tarfile
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from errata.labels.tables import TARGETS


def noise(*, width: int = 40, height: int = 30, seed: int = 0) -> Image.Image:
    """An RGB image of noise."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    """The bytes of an image file."""
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def jpeg(seed: int = 0) -> bytes:
    """The bytes of a JPEG of noise."""
    return encoded(noise(seed=seed))


def tar_bytes(files: dict[str, bytes]) -> bytes:
    """The bytes of a plain tar."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def folder_of(root: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def tar_of(path: Path, files: dict[str, bytes]) -> Path:
    """A plain tar with these files."""
    path.write_bytes(tar_bytes(files))
    return path


def targets_of(*file_names: str) -> pl.DataFrame:
    """A table of targets, all of class 0."""
    columns = {"file_name": sorted(file_names), "position": range(len(file_names)), "target": [0] * len(file_names)}
    return pl.DataFrame(columns, schema={name: column.dtype for name, column in TARGETS.columns.items()})
