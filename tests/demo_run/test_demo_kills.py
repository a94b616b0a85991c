"""Runs that are killed: nothing half-written is ever read, and the next run finishes."""

import os
import signal
import subprocess
import time

import pytest

from demo_run.conftest import Demo

pytestmark = pytest.mark.slow


def killed_when(demo: Demo, log: str, words: str, *targets: str) -> None:
    """Start a run and kill all its processes as soon as a job's log has the words."""
    run = subprocess.Popen(
        demo.command("--cores", "1", *targets),
        cwd=demo.folder,
        env=demo.environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1200):
            path = demo.folder / log
            if path.exists() and words in path.read_text():
                break
            assert run.poll() is None, f"the run ended before it could be killed, see {path}"
            time.sleep(0.05)
        assert run.poll() is None
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def finished_after_all(demo: Demo, *targets: str) -> None:
    assert demo.snakemake("--unlock").status == 0
    again = demo.snakemake(*targets)
    assert again.status == 0, again.output[-5000:]
