"""The warm process: imports libraries once and forks for every job of a run.

    python -m errata.warm.server DESCRIPTOR RUN

DESCRIPTOR is an inherited listening socket of the type SOCK_SEQPACKET, RUN the id of the process with which this one
ends. It imports neither polars, whose threads would not survive a fork, nor anything that touches a GPU.
"""

import contextlib
import importlib
import json
import logging
import os
import resource
import runpy
import selectors
import signal
import socket
import sys
import threading
from pathlib import Path

from errata.job import run_job


def serve(listener: socket.socket, run: int) -> None:
    """Fork for every request until the run has ended."""
    # children that have ended are forgotten; whom they worked for sees their connection close
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    end_of_run = os.pidfd_open(run)
    with selectors.DefaultSelector() as events:
        for source in (listener, end_of_run):
            events.register(source, selectors.EVENT_READ)
        while end_of_run not in {ready.fd for ready, _ in events.select()}:
            with contextlib.suppress(OSError), listener.accept()[0] as connection:
                # a job that was killed before it asked must not keep the others waiting
                connection.settimeout(5)
                _fork(connection, listener)


def _fork(connection: socket.socket, listener: socket.socket) -> None:
    _, files, _, _ = socket.recv_fds(connection, 64, 3)
    try:
        if len(files) == 3:
            *streams, file = files
            with open(file, "rb", closefd=False) as stream:
                request = json.load(stream)
            for library in request["libraries"]:
                # one that cannot be imported is the job's to report
                with contextlib.suppress(Exception):
                    importlib.import_module(library)
            if os.fork() == 0:
                listener.close()
                _work(connection, request, streams)
    finally:
        for file in files:
            os.close(file)


def _work(connection: socket.socket, request: dict, streams: list[int]) -> None:
    """Do a job in this process, which is its own, and end the process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection.settimeout(None)
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    for target, stream in enumerate(streams, start=1):
        os.dup2(stream, target)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    status = 1
    try:
        run_job(request["log"], runpy.run_path(request["script"])["main"], **request["arguments"])
        logging.info("%s", _taken())
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.send(str(status).encode())
        os._exit(status)


def _end_with(connection: socket.socket) -> None:
    """End this process as soon as the one that asked has ended."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    os._exit(1)


def _taken() -> str:
    """Say what this process took; Snakemake's benchmark sees the one that waits for it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return f"{used.ru_utime + used.ru_stime:.1f} s of processor time, at most {used.ru_maxrss / 1e6:.2f} GB of memory"


if __name__ == "__main__":
    listening = socket.socket(fileno=int(sys.argv[1]))
    address = Path(listening.getsockname())
    try:
        # a run that has ended already
        with contextlib.suppress(ProcessLookupError):
            serve(listening, int(sys.argv[2]))
    finally:
        address.unlink(missing_ok=True)
        address.with_suffix(".lock").unlink(missing_ok=True)
