"""What goes wrong on clusters: the run gets over it by itself, or says what to do, and the next run finishes."""

import signal

import pytest

from cluster.project import ClusterProject, StartedRun, stop_processes
from cluster.slurm import NODES

pytestmark = pytest.mark.cluster

MODEL = "demo-vit@64"


def predicting(run: StartedRun, cluster: ClusterProject, *, model: str = MODEL) -> str:
    """Wait until a SLURM job is in the middle of running the model, and return its number."""
    log = cluster.folder / f"logs/predict/demo/{model}.log"
    run.wait_for(log.exists, f"{model} is run")
    return run.running_job()


def test_a_job_that_is_cancelled_is_submitted_again_with_more_of_everything(cluster, slurm):
    before = cluster.without_predictions(MODEL)
    run = cluster.started(*before)
    job = predicting(run, cluster)
    slurm.ask("scancel", job)
    done = run.finish()
    assert done.status == 0, done.output[-5000:]
    assert "Error in group predict" in done.output
    assert cluster.as_now(before) == before
    first, second = (slurm.describe(number) for number in run.jobs())
    assert (first["JobState"], second["JobState"]) == ("CANCELLED", "COMPLETED")
    assert (first["MinMemoryNode"], second["MinMemoryNode"]) == ("4000M", "8000M")
    assert (first["TimeLimit"], second["TimeLimit"]) == ("02:00:00", "04:00:00")


def test_where_nothing_is_tried_again_the_run_ends_and_the_next_one_finishes(cluster, slurm):
    before = cluster.without_predictions(MODEL)
    run = cluster.started("--retries", "0", *before)
    job = predicting(run, cluster)
    slurm.ask("scancel", job)
    done = run.finish()
    assert done.status == 1
    assert "Error in group predict" in done.output
    assert not [file for file in before if (cluster.folder / file).exists()]
    again = cluster.snakemake(*before)
    assert again.status == 0, again.output[-5000:]
    assert cluster.as_now(before) == before


def test_a_job_that_takes_more_memory_than_it_asked_for_gets_more(cluster, slurm):
    before = cluster.without_predictions(MODEL)
    # torch alone takes more than the first attempt has
    run = cluster.started("--set-resources", "predict:mem_mb=400*attempt**3", "--", *before)
    done = run.finish()
    assert done.status == 0, done.output[-5000:]
    assert "exceeded memory limit" in done.output
    assert cluster.as_now(before) == before
    assert [slurm.describe(job)["MinMemoryNode"] for job in run.jobs()] == ["400M", "3200M"]


def test_a_job_that_hangs_is_ended_at_its_time_limit_and_tried_again_with_more_time(cluster, slurm):
    before = cluster.without_predictions(MODEL)
    run = cluster.started("--set-resources", "predict:runtime=2*attempt-1", "--", *before)
    job = predicting(run, cluster)
    assert stop_processes(job)
    done = run.finish()
    assert done.status == 0, done.output[-5000:]
    assert "DUE TO TIME LIMIT" in done.output
    assert cluster.as_now(before) == before
    assert [slurm.describe(each)["TimeLimit"] for each in run.jobs()] == ["00:01:00", "00:03:00"]


def test_a_drained_node_ends_its_job_and_gets_no_other(cluster, slurm):
    models = (MODEL, "demo-byobnet@64", "demo-resnet@96")
    before = cluster.without_predictions(*models)
    # one after the other, so that some are submitted after a node was drained
    run = cluster.started("--jobs", "1", "--group-components", "predict=1", "--", *before)
    job = run.running_job()
    drained = slurm.describe(job)["NodeList"]
    slurm.drain(drained)
    done = run.finish()
    assert done.status == 0, done.output[-5000:]
    assert cluster.as_now(before) == before
    jobs = [slurm.describe(each) for each in run.jobs()]
    assert {each["JobState"] for each in jobs} == {"COMPLETED"}
    assert [each["NodeList"] == drained for each in jobs] == [True, *[False] * (len(jobs) - 1)]
    assert len(jobs) >= len(models)


def test_a_job_that_no_node_can_hold_ends_the_run(cluster):
    before = cluster.without_predictions(MODEL)
    done = cluster.snakemake("--set-resources", "predict:mem_mb=1000000", "--", *before)
    assert done.status == 1
    assert "Error in group predict" in done.output


def test_where_all_nodes_are_drained_jobs_wait_and_the_run_goes_on_when_one_is_back(cluster, slurm):
    before = cluster.without_predictions(MODEL)
    slurm.drain(*NODES)
    run = cluster.started(*before)
    run.wait_for(lambda: bool(run.jobs("PENDING")), "a job waits")
    slurm.resume()
    done = run.finish()
    assert done.status == 0, done.output[-5000:]
    assert cluster.as_now(before) == before


def test_where_the_partition_does_not_allow_the_time_ctrl_c_leaves_nothing_behind(cluster, slurm):
    before = cluster.without_predictions(MODEL)
    run = cluster.started("--default-resources", "slurm_partition=short", "turn=1", "--", *before)
    run.wait_for(lambda: bool(run.jobs("PENDING")), "a job waits")
    # right after it was submitted, the scheduler may not have looked at the job yet
    run.wait_for(
        lambda: "PartitionTimeLimit" in slurm.ask("squeue", "--noheader", "--format", "%r"), "the reason is the time"
    )
    run.process.send_signal(signal.SIGINT)
    assert run.finish().status != 0
    assert [slurm.describe(job)["JobState"] for job in run.jobs()] == ["CANCELLED"]


def test_after_snakemake_was_killed_the_folder_is_unlocked_and_the_next_run_finishes(cluster, slurm):
    before = cluster.without_predictions(MODEL)
    run = cluster.started(*before)
    predicting(run, cluster)
    run.process.kill()
    run.process.wait()
    slurm.cancel_all()
    assert not [file for file in before if (cluster.folder / file).exists()]
    assert "--unlock" in cluster.snakemake(*before).output
    assert cluster.snakemake("--unlock").status == 0
    again = cluster.snakemake(*before)
    assert again.status == 0, again.output[-5000:]
    assert cluster.as_now(before) == before
