"""A real SLURM for the tests of this folder, and project folders whose jobs run on it."""

from collections.abc import Iterator

import pytest

from cluster.project import SLICE, ClusterProject
from cluster.slurm import Slurm, reason_to_skip
from demo_run.conftest import Demo
from workflow.small_world import copy_project
from workflow.snakemake_runs import Run


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    """A running SLURM with three nodes; skips where there cannot be one."""
    reason = reason_to_skip()
    if reason:
        pytest.skip(reason)
    running = Slurm()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def first_run(slurm, tmp_path_factory, project) -> tuple[ClusterProject, Run]:
    """The first run in a fresh folder. Tests do not change this folder, they take a copy: `cluster`."""
    folder = tmp_path_factory.mktemp("cluster") / "project"
    copy_project(project, folder)
    fresh = ClusterProject(folder, slurm=slurm)
    return fresh, fresh.snakemake()


@pytest.fixture(scope="session")
def finished(first_run) -> ClusterProject:
    """The folder after the first run, to look at."""
    built, run = first_run
    assert run.status == 0, run.output[-5000:]
    return built


@pytest.fixture
def cluster(finished, tmp_path) -> Iterator[ClusterProject]:
    """A copy of the folder after the first run, to change; what a test left running or drained is put right."""
    copied = finished.copied_to(tmp_path / "project")
    yield copied
    copied.end()


@pytest.fixture(scope="session")
def local(tmp_path_factory, project) -> Demo:
    """The same run on this machine without SLURM."""
    folder = tmp_path_factory.mktemp("local") / "project"
    copy_project(project, folder)
    demo = Demo(folder)
    run = demo.snakemake(*SLICE)
    assert run.status == 0, run.output[-5000:]
    return demo
