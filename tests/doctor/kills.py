"""What lies in a folder of older results after `errata classify` was killed there, and what the next command says.

python -m doctor.kills ATLAS OLDER_PREDICTIONS NEWER_PREDICTIONS (with `tests` on the path) prints a table.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from errata.unfinished import UNFINISHED

ERRATA = (sys.executable, "-m", "errata")
POLL = 0.002
"""Seconds between two looks at the folder."""


@dataclass(frozen=True)
class Killed:
    """A run that was killed: when, what lay there, what `errata report` and `errata diff` said then."""

    moment: str
    lies: str
    report: str
    diff: str
    again_is_whole: bool


def classify(atlas: Path, predictions: Path, out: Path) -> subprocess.Popen:
    """Start `errata classify`."""
    command = [*ERRATA, "classify", str(predictions), "--atlas", str(atlas), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files in a folder, hidden ones left out: path -> content."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path): (folder / path).read_bytes() for path in paths if not any(p[0] == "." for p in path.parts)}


def written_since(folder: Path, start: int) -> int:
    """Return how many files in a folder, hidden ones too, are dated after a moment in nanoseconds."""
    count = 0
    # passes over folders that go meanwhile, as rglob does not
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                count += Path(parent, name).stat().st_mtime_ns > start
    return count


def said(*arguments: str) -> str:
    """Return the exit status of a command and the end of the line that it printed last."""
    done = subprocess.run([*ERRATA, *arguments], capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines() or [""]
    return f"{done.returncode}: {lines[-1]}"


def kill_at(moments: int, atlas: Path, older: Path, newer: Path, folder: Path) -> Iterator[Killed]:
    """Kill `errata classify` at moments between its start and its end, most of them while it writes."""
    before, after = folder / "before", folder / "after"
    assert classify(atlas, older, before).wait() == 0
    shutil.copytree(before, after)
    start = time.time_ns()
    assert classify(atlas, newer, after).wait() == 0
    written = written_since(after, start)
    whole = {"older results, whole": contents(before), "newer results, whole": contents(after)}
    for number in range(moments):
        out = Path(shutil.copytree(before, folder / f"{number}"))
        share, start = number / moments, time.time_ns()
        run = classify(atlas, newer, out)
        while run.poll() is None and written_since(out, start) < share * written:
            time.sleep(POLL)
        run.kill()
        run.wait()
        found = contents(out)
        lies = next((state for state, files in whole.items() if found == files), "")
        if not lies:
            here = [name for name in (UNFINISHED, "manifest.json", "report/index.html") if name in found]
            lies = f"unfinished: {len(found)} files, {', '.join(here) or 'no mark'}"
        report = said("report", str(out), "--out", str(folder / f"{number}-report"))
        diff = said("diff", str(out), str(before))
        assert classify(atlas, newer, out).wait() == 0
        moment = f"{share:.0%} of the files written" if number else "before it wrote"
        yield Killed(moment, lies, report, diff, contents(out) == whole["newer results, whole"])


def main() -> None:
    """Print the table."""
    atlas, older, newer = map(Path, sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        for row in kill_at(10, atlas, older, newer, Path(folder)):
            print(f"{row.moment:24} | {row.lies:60} | report: {row.report} | diff: {row.diff}".replace(folder, ""))
            print(f"{'':24} | the same command again gives whole results: {row.again_is_whole}", flush=True)


if __name__ == "__main__":
    main()
