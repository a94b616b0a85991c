"""What benchmarks have in common: a figure beside its floor or peer, measured processes, one table and its JSON."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

Result = TypeVar("Result")

# prints the high-water mark of its own memory; ru_maxrss would count what the parent had when it forked
WITH_MEMORY = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
finally:
    memory = next(row for row in open("/proc/self/status") if row.startswith("VmHWM")).split()[1]
    print("peak memory in kB:", memory, file=sys.stderr)
"""


@dataclass(frozen=True)
class Figure:
    """A cost on this machine beside one that it is to be held against; the smaller, the better.

    Attributes
    ----------
    subject : str
        What it is about: classification, the DAG, ...
    what : str
        What was done, and how much of it.
    here : float
        What it cost.
    beside : float
        What the floor, the peer or the goal costs.
    unit : str
        Of both: `CPU s` are processor seconds, which other work on the machine disturbs less than seconds by the clock.
    source : str
        What stands beside it, and whether it was measured in the same run.
    """

    subject: str
    what: str
    here: float
    beside: float
    unit: str
    source: str

    @property
    def ratio(self) -> float:
        """How many times what stands beside it."""
        return self.here / self.beside


@dataclass(frozen=True)
class Cost:
    """What some work took: seconds by the clock and of processors, and peak memory in MB where it is known."""

    seconds: float
    cpu_seconds: float
    peak_mb: float | None = None


def cost_of(work: Callable[[], Result]) -> tuple[Cost, Result]:
    """Do work in this process and return its cost and result."""
    seconds, cpu = time.perf_counter(), time.process_time()
    result = work()
    return Cost(time.perf_counter() - seconds, time.process_time() - cpu), result


def cost_of_module(
    module: str, *arguments: str, folder: Path | None = None, variables: Mapping[str, str] | None = None
) -> tuple[Cost, str]:
    """Run `python -m module` with these arguments and return its cost, its own processes included, and what it said.

    Raises
    ------
    RuntimeError
        If it fails; the message ends with what it printed.
    """
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", WITH_MEMORY, module, *arguments],
        cwd=folder,
        env=os.environ | dict(variables or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments[:4])} ... failed:\n{(done.stdout + done.stderr)[-3000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(seconds, cpu, int(done.stderr.split()[-1]) / 1024), done.stdout + done.stderr


def start_of_python(*libraries: str) -> Cost:
    """Return what a process costs that imports some libraries and ends."""
    return cost_of_module("timeit", "--number", "1", "--repeat", "1", f"import {', '.join(libraries)}")[0]


def table_of(figures: Iterable[Figure], before: Mapping[tuple[str, str, str], float] = MappingProxyType({})) -> str:
    """Return the figures as a table of text. `before`: older ratios, as `read_ratios` returns them."""
    head = ("subject", "what", "here", "beside it", "ratio", "release", "what is beside it")
    rows = [
        (
            each.subject,
            each.what,
            f"{_short(each.here)} {each.unit}",
            f"{_short(each.beside)} {each.unit}",
            _ratio(each.ratio),
            _ratio(before.get(_key(asdict(each)))),
            each.source,
        )
        for each in figures
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(_line(row, widths) for row in (head, *rows))


def write_json(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures, with their ratios, and what machine they are of."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"cpus": len(os.sched_getaffinity(0)), "load_at_the_end": os.getloadavg()}
    rows = [asdict(each) | {"ratio": each.ratio} for each in figures]
    path.write_text(json.dumps({**about, "figures": rows}, indent=1) + "\n")


def read_ratios(path: Path) -> dict[tuple[str, str, str], float]:
    """Return the ratios that `write_json` wrote, by subject, what was done and what stands beside it."""
    rows = json.loads(path.read_text())["figures"]
    return {_key(row): row["ratio"] for row in rows}


def _key(row: Mapping[str, object]) -> tuple[str, str, str]:
    return str(row["subject"]), str(row["what"]), str(row["source"])


def _ratio(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if place in (2, 3, 4, 5) else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
