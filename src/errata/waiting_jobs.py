"""Jobs that SLURM keeps waiting for something that does not come by itself: a user is told, and what to do.

Snakemake waits for its jobs without a word, be it for ever: all nodes may be out of service, or a partition may not
allow the time that a job asks for.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from getpass import getuser
from pathlib import Path

SECONDS_BETWEEN_LOOKS = 30.0

PASSING = ("None", "Resources", "Priority", "Dependency", "BeginTime", "JobArrayTaskLimit", "Prolog", "Cleaning")
"""Reasons to wait that pass by themselves, as SLURM calls them."""

NO_NODE = """\
No node that could take them is in service; `sinfo --list-reasons` says why. They start by themselves when one is.
Wait, or press Ctrl-C and run the same command later: nothing that is finished is lost. The profile can name another
partition (docs/cluster.md)."""

TOO_LONG = """\
They ask for more time than the partition allows (`sinfo --format '%P %l'`) and will never start. Press Ctrl-C, name
another partition in the profile (docs/cluster.md) or ask for less time (--set-resources RULE:runtime=MINUTES), and run
the same command again: nothing that is finished is lost."""

HELD = "Somebody has held them: `scontrol release NUMBER` lets them go, or whoever runs the cluster does."

OTHER = """\
`man squeue` explains the reason, and whoever runs the cluster can tell more. If it passes, they start by themselves.
Wait, or press Ctrl-C and run the same command later: nothing that is finished is lost."""

ADVICE = {
    "ReqNodeNotAvail": NO_NODE,
    "Nodes required for job are DOWN": NO_NODE,
    "PartitionDown": NO_NODE,
    "PartitionInactive": NO_NODE,
    "PartitionTimeLimit": TOO_LONG,
    "JobHeld": HELD,
}
"""What to do, by how SLURM's reason begins."""


def stuck_jobs(queue: str, folder: Path) -> dict[str, list[str]]:
    """Return the jobs of a folder that wait for something that does not pass by itself: reason -> their numbers.

    Parameters
    ----------
    queue : str
        Lines `number|reason|folder` of all jobs that wait, as squeue prints them.
    folder : path
        Where the run is.
    """
    found: dict[str, list[str]] = {}
    for line in queue.splitlines():
        number, reason, place = line.split("|", 2)
        if place == str(folder) and not reason.startswith(PASSING):
            found.setdefault(reason, []).append(number)
    return found


def notices(stuck: Mapping[str, list[str]]) -> list[str]:
    """Say which jobs wait for what, and what to do about it: one notice for every reason."""
    return [
        f"SLURM keeps {len(numbers)} job(s) of this run waiting ({', '.join(numbers)}): {reason}.\n"
        + next((advice for begin, advice in ADVICE.items() if reason.startswith(begin)), OTHER)
        for reason, numbers in stuck.items()
    ]


def read_queue() -> str:
    """Ask SLURM for all jobs of the user that wait; nothing where it does not answer, as Snakemake asks it too."""
    command = ["squeue", "--noheader", f"--user={getuser()}", "--states=PENDING", "--format=%i|%r|%Z"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def watch(folder: Path, *, say: Callable[[str], None]) -> None:
    """Look at the queue every half minute until the process ends, and say once for every reason why jobs wait.

    Parameters
    ----------
    folder : path
        Where the run is.
    say : callable
        Takes a notice.
    """
    threading.Thread(target=_look_again_and_again, args=(folder, say), daemon=True).start()


def _look_again_and_again(folder: Path, say: Callable[[str], None]) -> None:
    told: set[str] = set()
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        stuck = stuck_jobs(read_queue(), folder)
        for notice in notices({reason: numbers for reason, numbers in stuck.items() if reason not in told}):
            say(notice)
        told = set(stuck)
