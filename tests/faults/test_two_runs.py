"""A second run in the same folder, and a killed run: what the user reads and does, and that nothing is lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from faults.conftest import lengthen
from sources.conftest import server  # noqa: F401 - a fixture
from workflow.small_world import INPUTS, LABELS_ONLY
from workflow.snakemake_runs import snakemake_environment

FILE = "results/sources/real/real.json"
ONLINE = ("offline=False",)


@pytest.fixture
def interrupted_download(fresh, server, monkeypatch):  # noqa: F811
    """A folder in which `FILE` is downloaded, from a server that falls silent in the middle until it is told."""
    lengthen(fresh, "real.json", 100_000)
    mirrored, registry = fresh.folder / "mirror/real.json", fresh.folder / "resources/sources.tsv"
    server.serve("/real.json", mirrored.read_bytes(), "stalled", "good")
    mirrored.unlink()
    registry.write_text(re.sub(r"https://\S+/real\.json", server.url("/real.json"), registry.read_text()))
    return fresh


@pytest.fixture
def first(interrupted_download, server):  # noqa: F811
    """A run that is in the middle of its job, as another process; killed in the end if it is still there."""
    folder = interrupted_download.folder
    arguments = ["--cores", "1", FILE, *LABELS_ONLY, "--config", *INPUTS, *ONLINE]
    run = subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder,
        env=snakemake_environment() | {"PYTHONPATH": str(folder / "src"), "no_proxy": "127.0.0.1"},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(1200):
        if server.requests:
            break
        assert run.poll() is None, "the run ended before it was in the middle"
        time.sleep(0.05)
    yield run
    if run.poll() is None:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def test_a_second_run_is_refused_and_the_first_goes_on_unharmed(first, interrupted_download, server):  # noqa: F811
    second = interrupted_download.build(FILE, config=ONLINE)
    assert second.status != 0
    assert "Directory cannot be locked" in second.output
    assert "It can be removed with the --unlock argument" in second.output
    assert "Traceback" not in second.output
    server.closing.set()
    assert first.wait(60) == 0
    assert json.loads((interrupted_download.folder / FILE).read_text())
    assert interrupted_download.build(FILE, config=ONLINE).has_nothing_to_do


def test_after_a_kill_a_run_can_be_unlocked_and_goes_on(first, interrupted_download, server):  # noqa: F811
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    workspace = interrupted_download
    refused = workspace.build(FILE, config=ONLINE)
    assert refused.status != 0
    assert "the remaining lock was likely caused by a kill signal or a power loss" in refused.output
    assert workspace.build("--unlock", config=ONLINE).status == 0
    again = workspace.build(FILE, config=ONLINE)
    assert again.status == 0, again.output
    assert json.loads((workspace.folder / FILE).read_text())
