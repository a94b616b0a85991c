"""What Snakemake spends before any job runs: a dry run for all models of the sheet, and a check that all is done.

The pipeline is that of config/imagenet.yaml with files of the right names in place of images and of results. Beside it
stands a plain Snakefile with as many jobs, which Snakemake cannot check any faster.
"""

import re
import shutil
from pathlib import Path

from figures import Cost, Figure, cost_of_module

PROJECT = Path(__file__).resolve().parents[2]
PARTS = ("rules", "src", "workflow", "config", "resources", "profiles")
SETTINGS = (
    *("--configfile", "config/imagenet.yaml"),
    *("--config", 'models=["*"]', "device=cpu", "images={imagenet: val.tar, imagenet-train: train.tar}"),
)
PLAIN = """
rule all:
    input:
        expand("done/{{model}}.txt", model=range({jobs})),


rule predict:
    input:
        "images",
    output:
        "done/{{model}}.txt",
    shell:
        "touch {{output}}"
"""


def figures(scratch: Path) -> list[Figure]:
    """Return the costs of a first dry run and of one with nothing to do."""
    ours, plain = scratch / "ours", scratch / "plain"
    _project(ours)
    first, plan = _snakemake(ours, "--dry-run", *SETTINGS)
    jobs = int(re.search(r"^total +(\d+)", plan, re.MULTILINE)[1])
    models = int(re.search(r"^predict +(\d+)", plan, re.MULTILINE)[1])
    plain.mkdir()
    (plain / "images").touch()
    (plain / "Snakefile").write_text(PLAIN.format(jobs=jobs))
    plain_first, plain_plan = _snakemake(plain, "--dry-run")
    for folder, text, settings in ((ours, plan, SETTINGS), (plain, plain_plan, ())):
        # Snakemake's notes about every job, which it reads to find out whether one has to run again; made before the
        # outputs, as it waits a tenth of a second for each job whose outputs it can touch
        _snakemake(folder, "--touch", "--forceall", *settings)
        _make_outputs(folder, text)
    done, said = _snakemake(ours, "--dry-run", *SETTINGS)
    plain_done, _ = _snakemake(plain, "--dry-run")
    if "Nothing to be done" not in said:
        raise RuntimeError(f"with all outputs in place there was something to do:\n{said[-2000:]}")
    beside = f"a plain Snakefile of {jobs:,} jobs (same run)"
    return [
        Figure(
            "DAG",
            f"dry run, {models:,} models, {jobs:,} jobs",
            first.cpu_seconds,
            plain_first.cpu_seconds,
            "CPU s",
            beside,
        ),
        Figure("DAG", f"nothing to do, {models:,} models", done.cpu_seconds, plain_done.cpu_seconds, "CPU s", beside),
        Figure("DAG", f"memory, {models:,} models", first.peak_mb, plain_first.peak_mb, "MB", beside),
    ]


def _project(folder: Path) -> None:
    folder.mkdir()
    shutil.copy2(PROJECT / "Snakefile", folder)
    for part in PARTS:
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("val.tar", "train.tar"):
        (folder / name).touch()


def _snakemake(folder: Path, *arguments: str) -> tuple[Cost, str]:
    """Return the cost of a run and what it printed."""
    library = {"PYTHONPATH": str(folder / "src")}
    return cost_of_module("snakemake", "--cores", "2", *arguments, folder=folder, variables=library)


def _make_outputs(folder: Path, plan: str) -> None:
    """Make every output that a dry run names, empty and in the order of the jobs."""
    for names in re.findall(r"^    output: (.*)$", plan, re.MULTILINE):
        for name in names.split(", "):
            path = folder / name
            (path.parent if path.suffix else path).mkdir(parents=True, exist_ok=True)
            if path.suffix:
                path.touch()
