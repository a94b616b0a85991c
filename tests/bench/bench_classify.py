"""What classifying predictions files costs: one model, and a thousand at once.

    python tests/bench/bench.py classify
    python tests/bench/bench_classify.py --atlas ATLAS.parquet --models 1000

The predictions are the real ones where the real-data folder is there, repeated with noise, and the atlas is that of the
last labels-only run; otherwise both are made up.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from figures import Figure, cost_of, cost_of_module, start_of_python, table_of
from many_models import ATLAS, atlas_and_source, many_predictions

from errata.atlas.compiled import Atlas, read_atlas

PAPER_SECONDS = 1.0 + 10.2
"""Of the code that the paper's authors published, for one model: its rules without CLIP, and its statistics."""
PAPER = "the paper's published code, 11.2 s a model, measured once on a machine of two cores"
GOAL_MB = 500


def main() -> None:
    """Print the figures of any atlas and number of models."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atlas", type=Path, default=ATLAS)
    parser.add_argument("--models", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        print(table_of(figures(Path(scratch), atlas_file=options.atlas, models=options.models)))


def figures(scratch: Path, *, atlas_file: Path = ATLAS, models: int = 1000) -> list[Figure]:
    """Return what tables of one model and of many cost, beside a bare gather and count and beside the paper's code."""
    atlas_file, source = atlas_and_source(scratch, atlas_file)
    atlas = read_atlas(atlas_file)
    files = many_predictions(scratch, atlas, source, models)
    start = start_of_python("numpy", "polars")
    one, _ = cost_of_module("errata", *_classify(files[:1], atlas_file, scratch))
    many, _ = cost_of_module("errata", *_classify(files, atlas_file, scratch))
    floor_of_one, _ = cost_of(lambda: gather_and_count(atlas, files[:1]))
    floor, _ = cost_of(lambda: gather_and_count(atlas, files))
    bare = "start of Python with its libraries, reading the files, NumPy gather and counts (same run)"
    each = f"{models:,} models x {atlas.images.height:,} images"
    return [
        Figure(
            "classification", "1 model", one.cpu_seconds, start.cpu_seconds + floor_of_one.cpu_seconds, "CPU s", bare
        ),
        Figure("classification", each, many.cpu_seconds, start.cpu_seconds + floor.cpu_seconds, "CPU s", bare),
        Figure("classification", each, many.cpu_seconds, PAPER_SECONDS * models, "CPU s", PAPER),
        Figure("classification", f"memory, {each}", many.peak_mb, GOAL_MB, "MB", "the project's goal"),
    ]


def _classify(files: list[Path], atlas: Path, folder: Path) -> list[str]:
    out = str(folder / f"out-{len(files)}")
    return ["classify", *map(str, files), "--atlas", str(atlas), "--out", out, "--no-report"]


def gather_and_count(atlas: Atlas, files: list[Path]) -> np.ndarray:
    """Return outcome counts, int64 [files, 16], of every file that has all images of the atlas."""
    names = atlas.images.select("file_name")
    counts = np.empty((len(files), 16), dtype=np.int64)
    for place, file in enumerate(files):
        predicted = names.join(pl.read_parquet(file), on="file_name", how="left", maintain_order="left")
        row = predicted["predicted_class"].to_numpy()
        counts[place] = np.bincount(atlas.outcomes[np.arange(len(row)), row], minlength=16)
    return counts


if __name__ == "__main__":
    main()
