"""The demo as a user runs it: the default configuration in a fresh copy of the project."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from workflow.small_world import copy_project
from workflow.snakemake_runs import Run, snakemake_environment


@dataclass(frozen=True)
class Demo:
    """A project folder with the default configuration, and what the user's shell has: variables and a umask."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    umask: int = -1

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs Snakemake here with these arguments."""
        return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """The environment that runs here need: the folder's own copy of the library."""
        return snakemake_environment() | {"PYTHONPATH": str(self.folder / "src"), **self.variables}

    def snakemake(self, *arguments: str) -> Run:
        """Run Snakemake and wait."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            umask=self.umask,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Run(done.returncode, done.stdout)

    def planned(self, *arguments: str) -> dict[str, int]:
        """Return the jobs that would run now."""
        run = self.snakemake("--dry-run", *arguments)
        assert run.status == 0, run.output[-5000:]
        return run.jobs

    def path(self, name: str) -> Path:
        """Return a path under results/."""
        return self.folder / "results" / name

    def content(self) -> dict[str, bytes]:
        """Return all files under results/: path -> content."""
        root = self.folder / "results"
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def copied_to(self, folder: Path) -> "Demo":
        """Copy the folder with all its results and their times."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return replace(self, folder=folder)

    def rewrite(self, file: str, old: str, new: str) -> None:
        """Replace text in a file of the folder."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory, project) -> tuple[Demo, Run]:
    """The first run of the demo. Tests do not change this folder, they take a copy: `demo`."""
    folder = tmp_path_factory.mktemp("demo") / "project"
    copy_project(project, folder)
    demo = Demo(folder)
    return demo, demo.snakemake()


@pytest.fixture(scope="session")
def finished(demo_run) -> Demo:
    """The folder after the first run, to look at."""
    demo, run = demo_run
    assert run.status == 0, run.output[-5000:]
    return demo


@pytest.fixture
def demo(finished, tmp_path) -> Demo:
    """A copy of the folder after the first run, to change."""
    return finished.copied_to(tmp_path / "project")


@pytest.fixture(scope="session")
def second_world(finished, tmp_path_factory) -> Demo:
    """Another world, from another seed, with the same models and encoders; two atlases, no report."""
    demo = finished.copied_to(tmp_path_factory.mktemp("second") / "project")
    settings = ("--config", "demo_seed=2", "atlases=[errata,paper]")
    run = demo.snakemake("results/demo/recall.parquet", "results/manifest.json", *settings)
    assert run.status == 0, run.output[-5000:]
    return demo
