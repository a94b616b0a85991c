"""A download that is killed: nothing under the file's name, and the next one continues."""

import dataclasses
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from errata.sources.download import fetch_source
from errata.sources.registry import Source

BODY = random.Random(2).randbytes(1_000_000)
DOWNLOAD = """
import json, sys
from errata.sources.download import fetch_source
from errata.sources.registry import Source

fetch_source(Source(**json.loads(sys.argv[1])), sys.argv[2])
"""


def killed_in_the_middle(source: Source, destination: Path) -> int:
    """Start a download in a process of its own, kill it when half of the file is there, return its status."""
    row = json.dumps(dataclasses.asdict(source))
    process = subprocess.Popen([sys.executable, "-c", DOWNLOAD, row, str(destination)])
    part = destination.with_name(f".{destination.name}.part")
    for _ in range(600):
        if part.exists() and part.stat().st_size >= len(BODY) // 2:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def test_a_download_that_is_killed_is_continued_by_the_next_run(server, tmp_path, hasty):
    source = server.serve("/labels.json", BODY, "stalled", "good")
    destination = tmp_path / "labels.json"
    assert killed_in_the_middle(source, destination) == -signal.SIGKILL
    assert not destination.exists()
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY
    assert server.ranges() == [None, f"bytes={len(BODY) // 2}-"]
