"""A project folder whose jobs run on the tests' SLURM, as the shipped profile says."""

import os
import signal
import subprocess
import sys
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from cluster.slurm import CPUS_PER_NODE, Slurm, wait_until
from demo_run.conftest import Demo
from workflow.snakemake_runs import Run

SLICE = (
    "--config",
    "models=[demo-vit@64,demo-byobnet@64,demo-resnet@96]",
    "atlases=[errata,labels]",
    "reports=[errata]",
)
"""A part of the demo that runs every stage: three models of which two share a view, and two atlases."""


@dataclass(frozen=True)
class ClusterProject(Demo):
    """A project folder around the demo world whose jobs run on a SLURM."""

    _: KW_ONLY
    slurm: Slurm
    config: tuple[str, ...] = SLICE
    processes: list[subprocess.Popen] = field(default_factory=list)

    SITE: ClassVar = (
        "--workflow-profile",
        "profiles/slurm",
        # what the profile leaves to the site: there is no accounting, and nodes have two CPUs
        "--slurm-status-command",
        "squeue",
        "--max-threads",
        str(CPUS_PER_NODE),
        # asked more often than is polite on a cluster with other users
        "--slurm-init-seconds-before-status-checks",
        "3",
    )

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs Snakemake here with these arguments."""
        return [sys.executable, "-m", "snakemake", *self.config, *self.SITE, *arguments]

    def copied_to(self, folder: Path) -> "ClusterProject":
        """Copy the folder with all its results and their times."""
        return replace(self, folder=super().copied_to(folder).folder, processes=[])

    def started(self, *arguments: str) -> "StartedRun":
        """Start Snakemake and do not wait."""
        known = frozenset(self.slurm.jobs())
        output = self.folder / "output.txt"
        with output.open("w") as stream:
            process = subprocess.Popen(
                self.command(*arguments),
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return StartedRun(process, output, self.slurm, known)

    def end(self) -> None:
        """End what was started and has not ended, and everything on the cluster; put all nodes into service again."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.slurm.cancel_all()
        self.slurm.resume()

    def without_predictions(self, *models: str) -> dict[str, bytes]:
        """Remove models' predictions and logs as if they had yet to run; return the predictions' bytes by file."""
        content = {}
        for model in models:
            file = f"results/demo/predictions/{model}.parquet"
            content[file] = (self.folder / file).read_bytes()
            (self.folder / file).unlink()
            (self.folder / f"logs/predict/demo/{model}.log").unlink()
        return content

    def as_now(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Return the bytes of these files as they are now."""
        return {file: (self.folder / file).read_bytes() for file in files}


@dataclass(frozen=True)
class StartedRun:
    """Snakemake at work, and the SLURM jobs that it has submitted."""

    process: subprocess.Popen
    _output: Path
    _slurm: Slurm
    _known: frozenset[str]

    @property
    def output(self) -> str:
        """What it printed so far."""
        return self._output.read_text()

    def jobs(self, *states: str) -> list[str]:
        """Return the numbers of its SLURM jobs, or of those in some states, in the order of submission."""
        return sorted(set(self._slurm.jobs(*states)) - self._known, key=int)

    def wait_for(self, is_so, what: str, *, seconds: float = 120) -> None:
        """Wait until something is so; fail if the run ends before."""

        def so_or_ended() -> bool:
            return is_so() or self.process.poll() is not None

        wait_until(so_or_ended, what, seconds=seconds, why=lambda: self.output[-3000:] + self._slurm.logs())
        assert is_so(), f"the run ended before: {what}\n{self.output[-5000:]}"

    def running_job(self) -> str:
        """Wait until a job of it runs, and return its number."""
        self.wait_for(lambda: bool(self.jobs("RUNNING")), "a job runs")
        return self.jobs("RUNNING")[-1]

    def finish(self, *, seconds: float = 300) -> Run:
        """Wait until Snakemake has ended."""
        try:
            status = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"still running after {seconds} s\n{self.output[-5000:]}") from None
        return Run(status, self.output)


def stop_processes(job: str) -> int:
    """Make the processes of a SLURM job hang, as if a file system did not answer; return how many."""
    count = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _belongs(process, job):
            os.kill(int(process.name), signal.SIGSTOP)
            count += 1
    return count


def _belongs(process: Path, job: str) -> bool:
    try:
        return f"SLURM_JOB_ID={job}".encode() in (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it has ended
        return False
