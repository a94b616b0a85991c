"""The demo through a SLURM with three nodes: the same results as on one machine, in few SLURM jobs."""

import re

import pytest

pytestmark = pytest.mark.cluster


def test_the_run_ends_with_the_report(first_run):
    built, run = first_run
    assert run.status == 0, run.output[-5000:]
    assert f"The report is {built.folder}/results/report/demo/errata/index.html" in run.output


def test_every_file_is_what_a_local_run_makes(finished, local):
    on_slurm, here = finished.content(), local.content()
    assert set(on_slurm) == set(here)
    assert [name for name, bytes_ in here.items() if on_slurm[name] != bytes_] == []


def test_jobs_ran_on_several_nodes(finished, slurm):
    nodes = {slurm.describe(job).get("NodeList") for job in slurm.jobs("COMPLETED")}
    assert len(nodes & {"n1", "n2", "n3"}) > 1


def test_jobs_share_slurm_jobs(first_run):
    _, run = first_run
    submitted = re.findall(r"submitted with SLURM jobid (\d+)", run.output)
    assert len(submitted) <= 14
    assert sum(run.jobs.values()) > 30


def test_the_second_run_submits_nothing(finished):
    assert finished.snakemake().has_nothing_to_do
