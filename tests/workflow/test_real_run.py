"""The documented command on the real data, in a fresh copy of the project."""

import subprocess
import sys

import polars as pl
import pytest

from workflow.small_world import copy_project
from workflow.snakemake_runs import Run, snakemake_environment

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    copy = tmp_path_factory.mktemp("real") / "project"
    copy_project(project, copy)
    return copy


@pytest.fixture(scope="module")
def documented_command(folder, real):
    def run() -> Run:
        command = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "config/labels-only.yaml"]
        settings = [
            f"mirror={real}/mirror",
            f"multilabels={real}/human_accuracy_v3.0.0.rebuilt.json",
            f"published={real}/reference_stats",
            f"predictions={real}/predictions",
        ]
        environment = snakemake_environment() | {"PYTHONPATH": str(folder / "src")}
        done = subprocess.run(
            [*command, "--config", *settings],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Run(done.returncode, done.stdout)

    return run


@pytest.fixture(scope="module")
def real_run(documented_command) -> Run:
    return documented_command()


def test_the_documented_command_ends_with_a_report_of_the_fifty_models(real_run, folder):
    assert real_run.status == 0, real_run.output[-5000:]
    assert (folder / "results/imagenet/atlas/labels.parquet").is_file()
    assert (folder / "results/report/imagenet/labels/index.html").is_file()
    profile = pl.read_csv(folder / "results/imagenet/labels/profile.csv")
    assert profile.filter(group="all").height == 50
    assert profile.filter(group="all")["images"].unique().to_list() == [18_692]


def test_the_documented_command_again_has_nothing_to_do(real_run, documented_command):
    assert real_run.status == 0
    assert documented_command().has_nothing_to_do
