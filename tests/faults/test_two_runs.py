"""A second run in the same folder, and a killed run: what the user reads and does, and that nothing is lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from errata.files import written_whole
from errata.report.folder import MARK, folder_written_whole
from faults.conftest import files_in, lengthen
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
def first(interrupted_download):
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
    part = folder / "results/sources/real/.real.json.part"
    for _ in range(1200):
        if part.exists() and part.stat().st_size:
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


def test_after_a_kill_a_run_can_be_unlocked_and_goes_on_where_it_was(first, interrupted_download, server):  # noqa: F811
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    workspace = interrupted_download
    refused = workspace.build(FILE, config=ONLINE)
    assert refused.status != 0
    assert "the remaining lock was likely caused by a kill signal or a power loss" in refused.output
    assert workspace.build("--unlock", config=ONLINE).status == 0
    again = workspace.build(FILE, config=ONLINE)
    assert again.status == 0, again.output
    assert set(files_in(workspace.folder / "results")) == {"sources/real/real.json"}
    assert server.ranges()[1].startswith("bytes=")


WRITER = """
import sys, time
from pathlib import Path
from errata.files import written_whole
from errata.report.folder import folder_written_whole
write = {"file": written_whole, "folder": folder_written_whole}[sys.argv[1]]
with write(Path(sys.argv[2])) as temporary:
    (temporary / "page.html" if temporary.is_dir() else temporary).write_text("half")
    print("writing", flush=True)
    time.sleep(600)
"""


@pytest.fixture(params=["file", "folder"])
def writer(request, tmp_path):
    """A process that is in the middle of writing the result `tmp_path/table`, and how to write it."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, request.param, str(tmp_path / "table")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "writing\n"
    yield process, {"file": write_file, "folder": write_folder}[request.param]
    process.kill()
    process.wait()
    process.stdout.close()


def write_file(path):
    with written_whole(path) as temporary:
        temporary.write_text("whole")


def write_folder(path):
    with folder_written_whole(path) as new:
        (new / MARK).write_text("whole")


def test_what_a_killed_process_left_half_written_is_removed_by_whoever_writes_the_result(writer, tmp_path):
    process, write = writer
    process.kill()
    process.wait()
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    write(tmp_path / "table")
    assert [path.name for path in tmp_path.iterdir()] == ["table"]


def test_what_another_process_is_writing_is_left_to_it(writer, tmp_path):
    _, write = writer
    write(tmp_path / "table")
    write(tmp_path / "table")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", ".part"]
