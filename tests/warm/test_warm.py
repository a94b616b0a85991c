"""Jobs that share a process with their libraries imported, as a user and Snakemake see them."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

JOB = """
import os, sys, time
from errata.input_error import InputError

def main(file, say="", wait=0, raises="", kill=0):
    print(f"said: {say}")
    with open(file, "w") as stream:
        warm = "slow_library" in sys.modules
        print(os.getpid(), os.getppid(), warm, os.getcwd(), os.environ.get("OF_THE_JOB"), file=stream)
    time.sleep(wait)
    if raises == "InputError":
        raise InputError("the sheet has no such row.")
    if raises:
        raise ValueError(raises)
    if kill:
        os.kill(os.getpid(), kill)
"""

CLIENT = """
import json, runpy, sys
from errata.warm.client import run_warm
script, arguments = sys.argv[1], json.loads(sys.argv[2])
run_warm("job.log", runpy.run_path(script)["main"], script=script, libraries=["slow_library"], **arguments)
"""

SLOW_LIBRARY = """
with open("imports", "a") as stream:
    stream.write("imported\\n")
"""


class Jobs:
    """Starts jobs of one run in a folder and reads what they left there."""

    def __init__(self, folder: Path, run: int | None):
        self.folder = folder
        self.environment = {
            **os.environ,
            "TMPDIR": str(folder),
            "PYTHONPATH": str(folder),
            "OF_THE_JOB": "yes",
            "ERRATA_RUN": str(run or ""),
        }
        (folder / "job.py").write_text(JOB)
        (folder / "slow_library.py").write_text(SLOW_LIBRARY)

    def start(self, **arguments: object) -> subprocess.Popen:
        command = [sys.executable, "-c", CLIENT, "job.py", json.dumps({"file": "told", **arguments})]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def do(self, **arguments: object) -> tuple[int, str, str]:
        process = self.start(**arguments)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    @property
    def told(self) -> list[str]:
        """Process, its parent, whether the library was imported before the job, folder, a variable of the job's."""
        return (self.folder / "told").read_text().split()

    def wait_for_told(self) -> list[str]:
        eventually(lambda: (self.folder / "told").exists() and self.told)
        return self.told

    @property
    def imports(self) -> int:
        return len((self.folder / "imports").read_text().splitlines())


def eventually(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def is_there(process: str) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm processes are used on Linux only")


@pytest.fixture
def run():
    """A process that stands for Snakemake's."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def jobs(tmp_path, run):
    return Jobs(tmp_path, run.pid)


def test_jobs_of_a_run_are_forked_from_one_process_that_imports_once(jobs):
    parents = set()
    for _ in range(2):
        assert jobs.do()[0] == 0
        _, parent, imported, *_ = jobs.told
        assert imported == "True"
        parents.add(parent)
    assert len(parents) == 1
    assert jobs.imports == 1


def test_jobs_that_start_at_once_share_it(jobs):
    started = [jobs.start(file=f"told-{number}") for number in range(4)]
    assert [process.wait(60) for process in started] == [0] * 4
    for process in started:
        process.communicate()
    told = [(jobs.folder / f"told-{number}").read_text().split() for number in range(4)]
    assert len({own for own, *_ in told}) == 4
    assert len({parent for _, parent, *_ in told}) == 1
    assert jobs.imports == 1


def test_a_job_has_the_folder_the_variables_and_the_output_of_who_asked(jobs):
    status, out, _ = jobs.do(say="hello")
    assert (status, out) == (0, "said: hello\n")
    assert jobs.told[3:] == [str(jobs.folder), "yes"]


def test_input_that_cannot_be_used_is_told_on_standard_error_and_in_the_log(jobs):
    status, _, err = jobs.do(raises="InputError")
    assert (status, err) == (1, "ERROR the sheet has no such row.\n")
    assert "ERROR the sheet has no such row." in (jobs.folder / "job.log").read_text()


def test_a_fault_keeps_its_traceback(jobs):
    status, _, err = jobs.do(raises="out of luck")
    assert status == 1
    assert "ValueError: out of luck" in err
    assert "Traceback" in (jobs.folder / "job.log").read_text()


def test_the_log_says_what_the_job_took(jobs):
    jobs.do()
    assert "s of processor time, at most " in (jobs.folder / "job.log").read_text()


def test_a_job_whose_process_is_killed_fails_and_the_next_one_runs(jobs):
    status, _, err = jobs.do(kill=9)
    assert status == 1
    assert "ended before its work was done: it was killed" in err
    assert jobs.do()[0] == 0


def test_the_work_ends_when_the_job_is_killed(jobs):
    process = jobs.start(wait=600)
    worker = jobs.wait_for_told()[0]
    process.kill()
    process.communicate()
    eventually(lambda: not is_there(worker))


def test_the_warm_process_ends_with_the_run_and_leaves_nothing(jobs, run):
    jobs.do()
    warm = jobs.told[1]
    assert is_there(warm)
    # it has ended though nobody has asked for its exit status
    run.kill()
    eventually(lambda: not is_there(warm))
    assert not list(jobs.folder.glob("errata-warm-*/*"))


@pytest.mark.parametrize("run_id", [None, "of a run that has ended"])
def test_without_a_run_the_job_does_its_work_itself(tmp_path, run_id):
    ended = subprocess.Popen(["true"])
    ended.wait()
    jobs = Jobs(tmp_path, ended.pid if run_id else None)
    process = jobs.start()
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert jobs.told[0] == str(process.pid)
    assert jobs.told[2] == "False"


def test_a_folder_of_somebody_else_is_not_used(jobs):
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    folder = jobs.folder / f"errata-warm-{os.getuid()}"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    process = jobs.start()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "belongs to another user" in err
    assert jobs.told[0] == str(process.pid)


def test_libraries_of_the_rule_predict_start_no_thread_and_touch_no_gpu(project):
    """What is forked must have one thread, or locks that another one holds are never released.

    And CUDA, once it has counted the devices, can be used in no process that is forked afterwards.
    """
    script = project / "workflow" / "scripts" / "predict.py"
    told = f"""
import importlib, os, runpy, sys
import torch, errata.warm.server
asked = []
for name in ("is_available", "device_count", "init", "_lazy_init"):
    setattr(torch.cuda, name, lambda *_, name=name: asked.append(name))
for library in sum(runpy.run_path({str(script)!r})["LIBRARIES"].values(), []):
    importlib.import_module(library)
print(len(os.listdir("/proc/self/task")), len(asked), "polars" in sys.modules)
"""
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", told], env={**os.environ, **single}, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["1", "0", "False"]
