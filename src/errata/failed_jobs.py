"""What failed jobs said, gathered for the end of a run, where the user looks first."""

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

_LOG = re.compile(r"^ +log: (.+) \(check log file\(s\) for error details\)$", re.MULTILINE)
"""How Snakemake names the log of a job that failed, in its own log."""

_LEVEL = re.compile(r"^(?:DEBUG|INFO|WARNING|ERROR) ", re.MULTILINE)
"""How a message begins in a job's log (`errata.job`)."""

SILENT = "left no message. It was killed, ran out of memory or time, or found no room for its log."


def what_went_wrong(run_logs: Iterable[Path | str]) -> list[str]:
    """Return what every failed job of a run said last, with its log.

    Parameters
    ----------
    run_logs : iterable of path
        Snakemake's own logs of the run; one, as a rule.
    """
    text = "".join(Path(file).read_text(encoding="utf-8", errors="replace") for file in run_logs)
    return [f"{log}: {_last_error(Path(log))}" for log in dict.fromkeys(_LOG.findall(text))]


def _last_error(log: Path) -> str:
    """Return the last error in a job's log; of a traceback its last line."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    starts = [found.start() for found in _LEVEL.finditer(text)] + [len(text)]
    messages = [text[start:end].strip() for start, end in pairwise(starts)]
    errors = [message.removeprefix("ERROR ") for message in messages if message.startswith("ERROR ")]
    if not errors:
        return SILENT
    if "Traceback (most recent call last)" in errors[-1]:
        return f"a fault of Errata, please report it with this log. {errors[-1].splitlines()[-1]}"
    return errors[-1]
