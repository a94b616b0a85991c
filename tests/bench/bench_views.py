"""How many images per second and core are indexed and brought into a view.

    python tests/bench/bench_views.py --threads 2
    python tests/bench/bench_views.py --images ILSVRC2012_img_val.tar --targets results/imagenet/targets.parquet

Without images it draws noisy JPEGs of 500 x 375 pixels and about 100 kB, as most of ImageNet's are. Rates are per
second of wall time and per second of processor time, so that busy machines can be compared.
"""

import argparse
import io
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
from figures import Figure, cost_of
from PIL import Image

from errata.images.index import index_images
from errata.labels.tables import TARGETS
from errata.tables import read_table
from errata.views.build import build_view
from errata.views.read import read_view
from errata.views.view import parse_view

Result = TypeVar("Result")


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path)
    parser.add_argument("--targets", type=Path)
    parser.add_argument("--count", type=int, default=1000, help="how many images to draw")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--views", nargs="*", default=["224-256-bicubic-center", "224-256-bilinear-center"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        root = options.images or _drawn_tar(folder / "val.tar", options.count)
        targets = read_table(TARGETS, options.targets) if options.targets else _names(options.count)
        index = _measure("index", targets.height, lambda: index_images(root, targets, threads=options.threads)[0])
        for key in options.views:
            view, path = parse_view(key), folder / f"{key}.npy"
            _measure(
                f"build {key}",
                index.height,
                lambda view=view, path=path: build_view(root, index, view, path, threads=options.threads),
            )
            _measure(
                f"read {key}",
                index.height,
                lambda path=path: sum(int(pixels[0, 0, 0, 0]) for _, pixels in read_view(path, index, batch=64)),
            )
            path.unlink()


def figures(scratch: Path, *, count: int = 500) -> list[Figure]:
    """Return what indexing and a view cost one thread, beside a plain loop around Pillow."""
    root, view = _drawn_tar(scratch / "val.tar", count), parse_view("224-256-bicubic-center")
    indexing, (index, _) = cost_of(lambda: index_images(root, _names(count), threads=1))
    building, _ = cost_of(lambda: build_view(root, index, view, scratch / "view.npy", threads=1))
    floor, _ = cost_of(lambda: _plain_loop(root))
    spent = 1000 / count * (indexing.cpu_seconds + building.cpu_seconds)
    plain = 1000 / count * floor.cpu_seconds
    beside = "a plain loop around Pillow: decode, resize, crop (same run)"
    return [Figure("views", "index and build a view, 1,000 JPEGs of 500 x 375", spent, plain, "CPU s", beside)]


def _plain_loop(tar: Path) -> np.ndarray:
    """Return the pixels of all images of a tar at 224 pixels, decoded once."""
    pixels = []
    with tarfile.open(tar) as archive:
        for member in archive:
            image = Image.open(archive.extractfile(member)).convert("RGB").resize((341, 256), Image.Resampling.BICUBIC)
            pixels.append(np.asarray(image.crop((58, 16, 282, 240))))
    return np.stack(pixels)


def _measure(label: str, images: int, work: Callable[[], Result]) -> Result:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{label}: {images / wall:,.0f} images/s, {images / cpu:,.0f} per second of one core")
    return result


def _names(count: int) -> pl.DataFrame:
    columns = {"file_name": [f"{i:08d}.JPEG" for i in range(count)], "position": range(count), "target": [0] * count}
    return pl.DataFrame(columns, schema={name: column.dtype for name, column in TARGETS.columns.items()})


def _drawn_tar(path: Path, count: int) -> Path:
    random = np.random.default_rng(0)
    with tarfile.open(path, "w") as tar:
        for name in _names(count)["file_name"]:
            blots = Image.fromarray(random.integers(0, 256, (47, 63, 3), dtype=np.uint8)).resize((500, 375))
            grain = random.normal(0, 12, (375, 500, 1))
            content = io.BytesIO()
            Image.fromarray((np.asarray(blots) + grain).clip(0, 255).astype(np.uint8)).save(content, "JPEG", quality=90)
            member = tarfile.TarInfo(name)
            member.size = len(content.getvalue())
            tar.addfile(member, io.BytesIO(content.getvalue()))
    return path


if __name__ == "__main__":
    main()
