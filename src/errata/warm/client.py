"""A job's side: have its work done in a warm process, or do it here where there is none."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from errata.files import private_folder
from errata.job import run_job

RUN = "ERRATA_RUN"
"""The environment variable with the process id of the run whose jobs share a warm process; without it none is used."""

FIT_TO_BE_FORKED = {
    # libraries that start threads as they are imported start none; a job sets its own number
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # were a library to ask whether there is a GPU, torch would not start CUDA to find out
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
}
"""Variables of the warm process; a job has those of who asked for it."""


def run_warm(
    log: str, main: Callable[..., None], *, script: str, libraries: Sequence[str], **arguments: object
) -> None:
    """Do what `errata.job.run_job` does, in a process that has some libraries imported already.

    The first job of a run starts the warm process, which imports the libraries once and forks for every job; it ends
    with the run. A job's process gets the environment, folder, standard output and standard error of this one, and ends
    with it, however it ends. It computes what it would compute here.

    Parameters
    ----------
    log : str
        The job's log file.
    main : callable
        The work; the function of the name `main` in the file `script`.
    script : str
        Path of that file.
    libraries : sequence of str
        Modules to be imported before the fork. They may start no threads, which do not survive it.
    arguments : JSON types
        Keyword arguments of `main`.
    """
    connection = _connection()
    if connection is None:
        run_job(log, main, **arguments)
        return
    with connection:
        status = _asked(connection, log=log, script=script, libraries=list(libraries), arguments=arguments)
    if status is None:
        print(
            f"ERROR the process of this job ended before its work was done: it was killed, as happens when memory runs "
            f"out, or crashed. How far it came: {log}",
            file=sys.stderr,
        )
    if status != 0:
        sys.exit(status or 1)


def _asked(connection: socket.socket, **request: object) -> int | None:
    """Return the exit status of a job; None if its process ended without one."""
    about = {**request, "folder": str(Path.cwd()), "environment": dict(os.environ)}
    # as a file, for messages on a socket may not be long
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(about).encode())
        file.seek(0)
        socket.send_fds(connection, [b"job"], [1, 2, file.fileno()])
    try:
        answer = connection.recv(64)
    except ConnectionResetError:
        answer = b""
    return int(answer) if answer else None


def _connection() -> socket.socket | None:
    """Return a connection to the run's warm process, which is started if there is none; None where it cannot be."""
    run = os.environ.get(RUN, "")
    # elsewhere a process that has imported torch cannot be forked safely
    if not run.isdecimal() or sys.platform != "linux":
        return None
    try:
        # a run that has ended starts no jobs: the variable is left over from something else
        os.kill(int(run), 0)
        folder = private_folder("warm")
        with (folder / f"{run}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return _connected(folder / f"{run}.socket") or _started(folder / f"{run}.socket", run)
    except OSError as error:
        print(f"WARNING no warm process ({error}); libraries are imported by this job alone", file=sys.stderr)
        return None


def _connected(address: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
        connection.connect(str(address))
        return connection
    connection.close()
    return None


def _started(address: Path, run: str) -> socket.socket | None:
    # bound here: jobs can connect before the process has begun
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(address))
        listener.listen(1024)
        subprocess.Popen(
            [sys.executable, "-m", "errata.warm.server", str(listener.fileno()), run],
            pass_fds=[listener.fileno()],
            # an interrupt from the keyboard is the jobs' affair
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **FIT_TO_BE_FORKED},
        )
        return _connected(address)
