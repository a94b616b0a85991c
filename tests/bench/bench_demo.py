"""What a user waits for after installation: the demo from nothing to its report, and once more when all is done.

python tests/bench/bench.py demo
"""

import shutil
from pathlib import Path

from figures import Figure, cost_of_module

PROJECT = Path(__file__).resolve().parents[2]
GOAL_SECONDS = 180


def figures(scratch: Path) -> list[Figure]:
    """Return the seconds of `make demo` in a fresh folder, the environment being there."""
    folder = scratch / "project"
    folder.mkdir()
    shutil.copy2(PROJECT / "Snakefile", folder)
    for part in ("rules", "src", "workflow", "config", "resources", "profiles"):
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    where = {"folder": folder, "variables": {"PYTHONPATH": str(folder / "src")}}
    first, _ = cost_of_module("snakemake", "--cores", "all", **where)
    again, said = cost_of_module("snakemake", "--cores", "all", **where)
    if "Nothing to be done" not in said:
        raise RuntimeError(f"the second run of the demo had something to do:\n{said[-2000:]}")
    start, _ = cost_of_module("snakemake", "--version")
    goal = "the project's goal for two idle cores"
    return [
        Figure("first run", "make demo after installation, by the clock", first.seconds, GOAL_SECONDS, "s", goal),
        Figure(
            "first run", "make demo after installation, both cores", first.cpu_seconds, 2 * GOAL_SECONDS, "CPU s", goal
        ),
        Figure(
            "first run",
            "make demo again, nothing to do",
            again.cpu_seconds,
            start.cpu_seconds,
            "CPU s",
            "snakemake --version (same run)",
        ),
    ]
