"""What a job costs on a SLURM beside its work: submitted alone, in an array, and in a group.

Runs dummy models on the demo's images on the SLURM that the tests start, so as root, with the Debian packages of
`make test-cluster`. Everything is on this machine: what is measured is the processes and the waiting that come with a
job, not the queue of a cluster.

    python tests/bench/bench_slurm.py [--jobs 12]
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cluster.project import ClusterProject
from cluster.slurm import Slurm, reason_to_skip
from demo_run.conftest import Demo
from workflow.small_world import copy_project

PROJECT = Path(__file__).resolve().parents[2]
COLUMNS = 20  # of the model sheet


def main() -> None:
    """Print a table: seconds per job, by how it was submitted."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--jobs", type=int, default=12)
    count = options.parse_args().jobs
    if reason := reason_to_skip():
        sys.exit(f"not measured: {reason}")
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as scratch:
        slurm = Slurm()
        try:
            print_table(Path(scratch), slurm, count)
        finally:
            slurm.stop()


def print_table(scratch: Path, slurm: Slurm, count: int) -> None:
    """Measure and print."""
    project = prepared(scratch / "project", slurm, count)
    print(f"{count} jobs; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("submitted       s per job beside its work   s from start to end   SLURM jobs")
    for how, rule in {"alone": "alone", "in an array": "array", "in a group": "group"}.items():
        beside, whole, jobs = measured(project, rule, count)
        print(f"{how:<14}  {beside:>25.1f}   {whole:>19.0f}   {jobs:>10}", flush=True)


def prepared(folder: Path, slurm: Slurm, count: int) -> ClusterProject:
    """Make a project folder with the inputs of `count` dummy models in place."""
    copy_project(PROJECT, folder)
    sheet = folder / "config/models.tsv"
    rows = [f"dummy-{number}@64\tdummy\tnone\t0.5\t64\tdemo\t-" + "\t-" * (COLUMNS - 7) for number in range(count)]
    sheet.write_text(sheet.read_text() + "\n".join([*rows, ""]))
    inputs = ["results/demo/images.parquet", "results/demo/targets.parquet", "results/classes/demo/classes.parquet"]
    run = Demo(folder).snakemake(*inputs)
    assert run.status == 0, run.output[-3000:]
    return ClusterProject(folder, slurm=slurm, config=("--config", "models=[dummy-*]"))


def measured(project: ClusterProject, how: str, count: int) -> tuple[float, float, int]:
    """Run all dummies; return the seconds per job beside its work, those of the run, and the number of SLURM jobs."""
    for made in ("results/demo/predictions", "benchmarks/predict"):
        shutil.rmtree(project.folder / made, ignore_errors=True)
    profile = yaml.safe_load((PROJECT / "profiles/slurm/config.yaml").read_text())
    profile["group-components"]["predict"] = count
    if how != "group":
        del profile["groups"]["predict"]
    profile["slurm-array-jobs"] = "predict" if how == "array" else ""
    (project.folder / "profiles/slurm/config.yaml").write_text(yaml.safe_dump(profile))
    known = set(project.slurm.jobs())
    started = time.monotonic()
    files = [f"results/demo/predictions/dummy-{number}@64.parquet" for number in range(count)]
    run = project.snakemake(*files)
    whole = time.monotonic() - started
    assert run.status == 0, run.output[-3000:]
    jobs = set(project.slurm.jobs()) - known
    in_slurm = sum(seconds(project.slurm.describe(job)["RunTime"]) for job in jobs)
    work = sum(
        pl.read_csv(file, separator="\t", null_values="-")["s"][0]
        for file in (project.folder / "benchmarks/predict/demo").glob("*.tsv")
    )
    return (in_slurm - work) / count, whole, len(jobs)


def seconds(clock: str) -> int:
    """Turn SLURM's hours:minutes:seconds into seconds."""
    hours, minutes, rest = map(int, clock.split(":"))
    return 3600 * hours + 60 * minutes + rest


if __name__ == "__main__":
    main()
