"""How long and how much memory classification takes: one model, and many models at once.

    make bench                      synthetic predictions, or the real ones where the real-data folder is there
    python tests/bench/bench_classify.py --atlas ATLAS.parquet --models 1000

Times are of whole processes, imports and reading included; the floor is a bare NumPy gather and count of the same
answers in this process, so that machines can be compared by ratios.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from many_models import many_predictions, real_predictions, synthetic_atlas

from errata.atlas.atlas import Atlas, read_atlas

PROJECT = Path(__file__).resolve().parents[2]

# prints the high-water mark of its own memory; ru_maxrss would count what the parent had when it forked
_PROGRAM = """
import sys
from errata.cli import main

try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(next(row for row in open("/proc/self/status") if row.startswith("VmHWM")).split()[1])
sys.exit(code)
"""


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atlas", type=Path, default=PROJECT / "results/imagenet/atlas/labels.parquet")
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--predictions", type=Path, default=real_predictions())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        atlas_path = options.atlas if options.atlas.is_file() else synthetic_atlas(folder / "atlas.parquet")
        atlas = read_atlas(atlas_path)
        print(f"atlas of {atlas.images.height} images x {atlas.classes.height} classes: {atlas_path.name}")
        files = many_predictions(folder, atlas, options.predictions, options.models)
        print(f"floor, NumPy gather and counts of {len(files)} models: {_floor_s(atlas, len(files)):.2f} s")
        for label, arguments in [
            ("errata --version (start of Python and imports of the command line)", ["--version"]),
            ("classify 1 model, tables", [*_classify(files[:1], atlas_path, folder), "--no-report"]),
            ("classify 1 model, tables and report", _classify(files[:1], atlas_path, folder)),
            (f"classify {len(files)} models, tables", [*_classify(files, atlas_path, folder), "--no-report"]),
        ]:
            seconds, megabytes = _measure(arguments)
            print(f"{label}: {seconds:.2f} s, {megabytes:.0f} MB")


def _classify(files: list[Path], atlas: Path, folder: Path) -> list[str]:
    return ["classify", *map(str, files), "--atlas", str(atlas), "--out", str(folder / "out")]


def _floor_s(atlas: Atlas, models: int) -> float:
    predictions = np.random.default_rng(0).integers(0, atlas.classes.height, (models, atlas.images.height))
    start = time.perf_counter()
    for row in predictions:
        np.bincount(atlas.outcomes[np.arange(len(row)), row], minlength=16)
    return time.perf_counter() - start


def _measure(arguments: list[str]) -> tuple[float, float]:
    """Return wall seconds and peak memory in MB of an errata command."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _PROGRAM, *arguments], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"errata {' '.join(arguments[:4])} ... failed:\n{done.stderr}")
    return seconds, int(done.stdout.split()[-1]) / 1024


if __name__ == "__main__":
    main()
