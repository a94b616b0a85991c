"""A failed run ends with what its jobs said, one sentence each, whatever else Snakemake prints before."""

import pytest

from errata.failed_jobs import SILENT, what_went_wrong

RUN_LOG = """\
Error in rule predict:
    output: results/a.parquet
    log: {log} (check log file(s) for error details)
Logfile {log}:
ERROR not the job's own log
"""


@pytest.fixture
def run_log(tmp_path):
    """Snakemake's log of a run in which one job failed, and that job's log."""
    (tmp_path / "run.log").write_text(RUN_LOG.format(log=tmp_path / "job.log"))
    return tmp_path / "run.log", tmp_path / "job.log"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("INFO 240 images\nERROR a.pth: is damaged.\n", "a.pth: is damaged."),
        ("ERROR two models:\n\n  a: REFUSED\n\nMend them.\nINFO ended\n", "two models:\n\n  a: REFUSED\n\nMend them."),
        (
            "ERROR unexpected fault\nTraceback (most recent call last):\n  File x\nKeyError: 'a'\n",
            "a fault of Errata, please report it with this log. KeyError: 'a'",
        ),
        ("INFO 240 images\n", SILENT),
        ("", SILENT),
    ],
    ids=["one line", "several lines", "traceback", "killed", "empty"],
)
def test_a_failed_job_is_quoted(run_log, said, expected):
    run, job = run_log
    job.write_text(said)
    assert what_went_wrong([run]) == [f"{job}: {expected}"]


def test_a_job_without_a_log_is_named(run_log):
    run, job = run_log
    assert what_went_wrong([run]) == [f"{job}: {SILENT}"]


def test_a_run_ends_with_what_went_wrong(fresh):
    (fresh.folder / "mirror/real.json").unlink()
    run = fresh.build("results/sources/real/real.json")
    assert run.status != 0
    end = run.output[run.output.index("What went wrong:") :].splitlines()
    assert end[2].startswith("logs/download_source/real/real.json.log: Source 'real': real.json is not in the mirror")
    assert len(end) < 8
