"""Running Snakemake in a project folder and reading which jobs it ran.

Importing Snakemake takes longer than most runs here, so one process imports it and forks for every run. A run is
otherwise what `python -m snakemake` does, in a process of its own that imports the folder's copy of the library.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_SERVER = """
import json, os, sys
import snakemake.cli

for line in sys.stdin:
    run = json.loads(line)
    process = os.fork()
    if process == 0:
        output = os.open(run["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream, target in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (output, 2)):
            os.dup2(stream, target)
        os.chdir(run["folder"])
        os.environ["PYTHONPATH"] = run["library"]
        sys.path.insert(0, run["library"])
        sys.argv = ["snakemake", *run["arguments"]]
        snakemake.cli.main(run["arguments"])
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Run:
    """A finished run: its exit status and everything that it printed."""

    status: int
    output: str

    @property
    def jobs(self) -> dict[str, int]:
        """How many jobs of each rule were planned, as its table of jobs says; target rules are left out."""
        table = re.search(r"^Job stats:\njob +count\n[- ]+\n(.*?)^total", self.output, re.MULTILINE | re.DOTALL)
        counts = dict(line.split() for line in table[1].splitlines()) if table else {}
        return {rule: int(count) for rule, count in counts.items() if rule != "all"}

    @property
    def has_nothing_to_do(self) -> bool:
        return "Nothing to be done" in self.output


class SnakemakeServer:
    """A process that has Snakemake imported and runs it on demand, one run at a time."""

    def __init__(self, folder: Path):
        self._output = folder / "output.txt"
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=snakemake_environment(),
        )

    def run(self, folder: Path, *arguments: str) -> Run:
        """Run Snakemake in `folder` with its copy of the library."""
        request = {
            "folder": str(folder),
            "library": str(folder / "src"),
            "output": str(self._output),
            "arguments": [*map(str, arguments)],
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        return Run(status, self._output.read_text())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def snakemake_environment() -> dict[str, str]:
    """Return the environment for runs: the tests' own Python first on the path, no profile of the user."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    inherited = {name: value for name, value in os.environ.items() if name != "SNAKEMAKE_PROFILE"}
    return {**inherited, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
