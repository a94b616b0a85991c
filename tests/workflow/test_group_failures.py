"""What a cluster says of a group that failed reaches the user."""

from types import SimpleNamespace

from errata.group_failures import say_why


def failing(*, is_group: bool, msg: str | None) -> list[str]:
    """Let a job fail and return what was said; Snakemake's own report is made in any case."""
    said, reported = [], []
    executor = SimpleNamespace(report_job_error=lambda info, msg=None, **more: reported.append((info, msg, more)))
    say_why(executor, say=said.append)
    info = SimpleNamespace(job=SimpleNamespace(is_group=lambda: is_group, name="predict_predict"))
    executor.report_job_error(info, msg, aux_logs=["7.log"])
    assert [(msg, more) for _, msg, more in reported] == [(msg, {"aux_logs": ["7.log"]})]
    return said


def test_what_is_said_of_a_group_is_passed_on():
    (said,) = failing(is_group=True, msg="SLURM-job '7' failed, SLURM status is: 'TIMEOUT'.")
    assert said.startswith("Group predict_predict: SLURM-job '7' failed, SLURM status is: 'TIMEOUT'.\n")


def test_of_a_single_job_snakemake_says_it_itself():
    assert failing(is_group=False, msg="SLURM-job '7' failed.") == []


def test_where_nothing_is_known_nothing_is_said():
    assert failing(is_group=True, msg=None) == []
