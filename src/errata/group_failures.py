"""Why a group of jobs failed on a cluster: Snakemake passes the cluster's words on for single jobs only."""

from collections.abc import Callable
from typing import Any


def say_why(executor: Any, *, say: Callable[[str], None]) -> None:
    """Have an executor say what the cluster said of a group that failed or was refused.

    Parameters
    ----------
    executor : object
        Of Snakemake: it calls its own `report_job_error(job_info, msg, ...)` for everything that fails.
    say : callable
        Takes the sentence.
    """
    report = executor.report_job_error

    def report_and_say(job_info: Any, msg: str | None = None, **more: Any) -> None:
        if msg and job_info.job.is_group():
            say(f"Group {job_info.job.name}: {msg}\ndocs/cluster.md says what to do about it.")
        report(job_info, msg=msg, **more)

    executor.report_job_error = report_and_say
