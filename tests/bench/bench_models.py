"""What a thousand models cost beside their inference: the demo world with made-up models, end to end.

    python tests/bench/bench_models.py --models 1000 --json models.json

The demo world is run first with its own models. Then rows of dummies, which look at no image and answer at once, are
added to the sheet and everything runs: a job per model, the check of accuracies, classification and the report. Then it
is run again with nothing to do, and with one more model.

Seconds are by the clock with all cores. Memory is that of the largest single process of a run. Processor time leaves
out the models' own processes, which are no children of Snakemake; it is told for each model.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from many_models import PROJECT

sys.path.insert(0, str(PROJECT / "tests"))
from errata.models import COLUMNS
from workflow.small_world import copy_project

SETTINGS = ("--config", "atlases=[errata,labels]", "reports=[errata]")


@dataclass(frozen=True)
class Run:
    """One run of Snakemake, its processes included."""

    what: str
    jobs: int
    seconds: float
    cpu_seconds: float
    memory_gb: float


def main() -> None:
    """Print what each run took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--cores", default="all")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--folder", type=Path, help="where to build, to look at it afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.folder or Path(scratch)) / "project"
        copy_project(PROJECT, folder)
        runs = [run("the demo world alone", folder, options.cores)]
        add_dummies(folder, range(options.models))
        runs.append(run(f"{options.models:,} models more", folder, options.cores))
        own = own_seconds(folder, options.models)
        runs.append(run("nothing to do", folder, options.cores))
        add_dummies(folder, range(options.models, options.models + 1))
        runs.append(run("one model more", folder, options.cores))
        span = inference_span(folder, options.models)
    print_runs(runs)
    per_model = span / options.models
    print(
        f"\nFrom the first table of predictions to the last: {span:.1f} s, {per_model:.3f} s for each model.\n"
        f"Processor time of the jobs' own work: {own:.3f} s for each model; the rest is processes and Snakemake."
    )
    if options.json:
        figures = {"runs": [asdict(made) for made in runs], "per_model_s": per_model, "own_cpu_s": own}
        options.json.write_text(json.dumps({"models": options.models, "cores": os.cpu_count(), **figures}, indent=1))


def add_dummies(folder: Path, numbers: range) -> None:
    """Write rows of models that are right in 40 to 95 of 100 cases."""
    rows = []
    for number in numbers:
        known = {
            "model": f"demo-dummy-{number:05d}@64",
            "source": "dummy",
            "architecture": "none",
            "weights": f"{0.4 + 0.55 * (number * 0.618034 % 1):.4f}",
            "size": "64",
            "vocabulary": "demo",
        }
        rows.append("\t".join(known.get(column, "-") for column in COLUMNS))
    with (folder / "config/models.tsv").open("a") as sheet:
        sheet.write("\n".join([*rows, ""]))


def run(what: str, folder: Path, cores: str) -> Run:
    """Run everything in the folder and wait for it."""
    log = folder.parent / "snakemake.txt"
    start = time.perf_counter()
    with log.open("w") as stream:
        process = subprocess.Popen(
            ["snakemake", "--cores", cores, *SETTINGS],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder / "src")},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(f"{log.read_text()[-4000:]}\nthe run '{what}' failed")
    total = re.search(r"^total +(\d+)$", log.read_text(), re.MULTILINE)
    return Run(what, int(total[1]) if total else 0, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6)


def inference_span(folder: Path, models: int) -> float:
    """Return the seconds between the first and the last table of the dummies that ran together."""
    tables = [folder / f"results/demo/predictions/demo-dummy-{number:05d}@64.parquet" for number in range(models)]
    written = [table.stat().st_mtime for table in tables]
    return max(written) - min(written)


def own_seconds(folder: Path, models: int) -> float:
    """Return the mean processor time of a dummy's own process, as its log says."""
    logs = [folder / f"logs/predict/demo/demo-dummy-{number:05d}@64.log" for number in range(models)]
    told = [re.search(r"([\d.]+) s of processor time", log.read_text()) for log in logs]
    return sum(float(found[1]) for found in told if found) / models


def print_runs(runs: list[Run]) -> None:
    """Print one line per run."""
    print(f"{'run':<24} {'jobs':>6} {'seconds':>9} {'CPU s':>9} {'GB':>6}")
    for made in runs:
        print(f"{made.what:<24} {made.jobs:>6} {made.seconds:>9.1f} {made.cpu_seconds:>9.1f} {made.memory_gb:>6.2f}")


if __name__ == "__main__":
    main()
