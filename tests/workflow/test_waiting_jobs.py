"""What a user is told about jobs that SLURM keeps waiting."""

from pathlib import Path

import pytest

from errata.waiting_jobs import notices, stuck_jobs

HERE = Path("/home/me/errata")
DRAINED = "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions"


def test_jobs_that_wait_for_their_turn_are_no_concern():
    queue = f"11|Resources|{HERE}\n12|Priority|{HERE}\n13_[2-9]|None|{HERE}\n14|BeginTime|{HERE}\n"
    assert stuck_jobs(queue, HERE) == {}


def test_jobs_of_other_folders_are_no_concern():
    assert stuck_jobs(f"11|PartitionTimeLimit|{HERE}-2\n", HERE) == {}


def test_jobs_are_put_together_by_what_they_wait_for():
    queue = f"11|{DRAINED}|{HERE}\n12|PartitionTimeLimit|{HERE}\n13|{DRAINED}|{HERE}\n"
    assert stuck_jobs(queue, HERE) == {DRAINED: ["11", "13"], "PartitionTimeLimit": ["12"]}


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        (DRAINED, "sinfo --list-reasons"),
        ("ReqNodeNotAvail, UnavailableNodes:n[1-3]", "sinfo --list-reasons"),
        ("PartitionTimeLimit", "--set-resources RULE:runtime=MINUTES"),
        ("JobHeldUser", "scontrol release"),
        ("QOSMaxGRESPerUser", "man squeue"),
    ],
)
def test_a_notice_names_the_jobs_the_reason_and_what_to_do(reason, advice):
    (notice,) = notices({reason: ["11", "13"]})
    assert notice.startswith(f"SLURM keeps 2 job(s) of this run waiting (11, 13): {reason}.\n")
    assert advice in notice
