"""How seconds and memory grow: with the models, the images and the classes.

    python tests/bench/bench_growth.py
    python tests/bench/bench_growth.py --models 1000 --images 200000 --classes 21000

Every line is `errata classify --no-report` in a process of its own. Models are the real predictions, again and again
with some answers of others; images and classes are made up, with atlases that `errata atlas build` makes of two tables.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from figures import Cost, cost_of_module
from many_models import many_predictions, real_predictions

from errata.atlas.compiled import read_atlas
from errata.shipped import atlas_file

IMAGES_PER_CLASS_COUNT = 20_000
"""Images with which the number of classes is varied."""


def main() -> None:
    """Print a table of what classifying costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, nargs="*", default=[1, 10, 100, 1000], help="numbers of models")
    parser.add_argument("--images", type=int, nargs="*", default=[20_000, 200_000, 1_000_000], help="numbers of images")
    parser.add_argument("--classes", type=int, nargs="*", default=[21_000], help="numbers of classes")
    options = parser.parse_args()
    print(f"{'models':>7} {'images':>10} {'classes':>8} {'CPU s':>8} {'seconds':>8} {'MB':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        atlas = atlas_file("imagenet")
        compiled = read_atlas(atlas)
        files = many_predictions(folder, compiled, real_predictions(), max(options.models, default=0))
        for count in options.models:
            size = compiled.images.height, compiled.classes.height
            _print(count, *size, _classify(files[:count], atlas, folder / "out"))
        for images, classes in (
            *((images, 1000) for images in options.images),
            *((IMAGES_PER_CLASS_COUNT, classes) for classes in options.classes),
        ):
            _print(1, images, classes, _classify(*_made_up(folder / f"{images}-{classes}", images, classes)))


def _classify(files: list[Path], atlas: Path, out: Path) -> Cost:
    return cost_of_module(
        "errata", "classify", *map(str, files), "--atlas", str(atlas), "--out", str(out), "--no-report", "--quiet"
    )[0]


def _made_up(folder: Path, images: int, classes: int) -> tuple[list[Path], Path, Path]:
    """Write predictions, 85 % of them right or near, and an atlas; return them and a folder for results."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, images)
    near, any_class = labels // 10 * 10 + rng.integers(0, 10, images), rng.integers(0, classes, images)
    predicted = np.choose(
        rng.choice(3, images, p=[0.7, 0.15, 0.15]), [labels, np.minimum(near, classes - 1), any_class]
    )
    names = pl.Series([f"{image:08d}.jpg" for image in range(images)])
    table = pl.DataFrame({"name": [f"class {number}" for number in range(classes)]})
    table.with_columns(superclass=pl.format("group {}", pl.int_range(pl.len()) // 10)).write_csv(folder / "classes.csv")
    pl.DataFrame({"file_name": names, "label": table["name"].gather(labels)}).write_csv(folder / "labels.csv")
    pl.DataFrame({"file_name": names, "predicted_class": predicted}).write_parquet(folder / "made_up.parquet")
    atlas = folder / "atlas.parquet"
    tables = ("--classes", str(folder / "classes.csv"), "--labels", str(folder / "labels.csv"))
    cost_of_module("errata", "atlas", "build", *tables, "--out", str(atlas))
    return [folder / "made_up.parquet"], atlas, folder / "out"


def _print(models: int, images: int, classes: int, cost: Cost) -> None:
    print(
        f"{models:>7,} {images:>10,} {classes:>8,} {cost.cpu_seconds:>8.1f} {cost.seconds:>8.1f} {cost.peak_mb:>7,.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
