"""A SLURM of the tests' own on this one machine: a controller and three virtual nodes, all on the loopback address.

Every node claims CPUs and memory of its own and has a pretend GPU, so jobs are placed as on a real cluster; they all
run on this machine. Nothing is left behind: all state is in one temporary folder, and the daemons are children of the
tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PROGRAMS = ("setpriv", "munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")
PACKAGES = "slurmctld slurmd slurm-client munge"

SITE = Path("/etc/slurm")
"""Where SLURM's programs look for their configuration. Naming another place in `SLURM_CONF` is not enough: Snakemake's
plugin takes everything that begins with `SLURM_` out of the environment of jobs."""

CONFIGURATION = ("slurm.conf", "gres.conf", "cgroup.conf")

NODES = ("n1", "n2", "n3")
CPUS_PER_NODE = 2
MEMORY_PER_NODE = 16000
"""Megabytes that every node claims to have."""


MINUTES_IN_SHORT = 5
"""What the partition `short` allows; `main` has no limit."""


def reason_to_skip() -> str | None:
    """Return why no SLURM can be started here, or None."""
    missing = [program for program in PROGRAMS if _program(program) is None]
    if missing:
        return f"no {', '.join(missing)} (Debian packages: {PACKAGES})"
    if os.getuid() != 0:
        return "only root can start SLURM's daemons and write to /etc/slurm"
    foreign = [name for name in CONFIGURATION if (SITE / name).exists()]
    if foreign:
        return f"this machine has a SLURM of its own ({SITE / foreign[0]})"
    return None


class Slurm:
    """A running SLURM; `stop` ends it and removes everything."""

    def __init__(self) -> None:
        # a short path: the address of munge's socket may have 107 characters
        self.folder = Path(tempfile.mkdtemp(prefix="errata-slurm-"))
        self._daemons: list[subprocess.Popen] = []
        self._links: list[Path] = []
        self._made_site = not SITE.exists()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self.folder.chmod(0o755)
        for name in ("munge", "state", "log", *NODES):
            (self.folder / name).mkdir(mode=0o700)
        key = self.folder / "munge/key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self._write_configuration()
        SITE.mkdir(exist_ok=True)
        for name in CONFIGURATION:
            link = SITE / name
            if link.is_symlink():  # of a run of the tests that was killed: its folder is gone
                link.unlink()
            link.symlink_to(self.folder / name)
            self._links.append(link)
        self._daemon(
            "munged",
            "--foreground",
            # munge mistrusts /tmp, which everybody may write to; with this it only says so
            "--force",
            f"--key-file={key}",
            f"--socket={self.folder}/munge.socket",
            f"--pid-file={self.folder}/munged.pid",
            f"--log-file={self.folder}/log/munged.log",
            f"--seed-file={self.folder}/munge/seed",
        )
        wait_until((self.folder / "munge.socket").exists, "munged listens", seconds=20)
        self._daemon("slurmctld", "-D", "-f", f"{self.folder}/slurm.conf")
        for node in NODES:
            self._daemon("slurmd", "-D", "-f", f"{self.folder}/slurm.conf", "-N", node)
        wait_until(lambda: self.nodes("idle") == list(NODES), "all nodes are idle", seconds=60, why=self.logs)

    def _write_configuration(self) -> None:
        controller, *ports = _free_ports(1 + len(NODES))
        host = socket.gethostname().split(".")[0]
        nodes = [
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port}"
            for node, port in zip(NODES, ports, strict=True)
        ]
        settings = {
            "ClusterName": "errata",
            "SlurmctldHost": "localhost(127.0.0.1)",
            "SlurmctldPort": controller,
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={self.folder}/munge.socket",
            "SlurmUser": "root",
            "SlurmdUser": "root",
            "StateSaveLocation": f"{self.folder}/state",
            "SlurmdSpoolDir": f"{self.folder}/%n",
            "SlurmctldPidFile": f"{self.folder}/slurmctld.pid",
            "SlurmdPidFile": f"{self.folder}/slurmd.%n.pid",
            "SlurmctldLogFile": f"{self.folder}/log/slurmctld.log",
            "SlurmdLogFile": f"{self.folder}/log/slurmd.%n.log",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "MpiDefault": "none",
            # nodes are what this file says, not what the machine has
            "SlurmdParameters": "config_overrides",
            "ReturnToService": 2,
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_CPU_Memory",
            "SchedulerParameters": "sched_interval=2,sched_min_interval=0,batch_sched_delay=0,bf_interval=5",
            "AccountingStorageType": "accounting_storage/none",
            "JobCompType": "jobcomp/none",
            # memory is watched every second, and a job that takes more than it asked for is killed
            "JobAcctGatherType": "jobacct_gather/linux",
            "JobAcctGatherFrequency": 1,
            "JobAcctGatherParams": "OverMemoryKill",
            # a job over its time is killed within the minute that SLURM counts in
            "OverTimeLimit": 0,
            "KillWait": 2,
            # tests ask what became of jobs long after they have ended
            "MinJobAge": 100_000,
            "GresTypes": "gpu",
        }
        defaults = f"NodeName=DEFAULT CPUs={CPUS_PER_NODE} RealMemory={MEMORY_PER_NODE} Gres=gpu:1 State=UNKNOWN"
        partitions = [
            f"PartitionName={name} Nodes={','.join(NODES)} Default={default} MaxTime={minutes} State=UP"
            for name, default, minutes in (("main", "YES", "INFINITE"), ("short", "NO", MINUTES_IN_SHORT))
        ]
        lines = [*(f"{key}={value}" for key, value in settings.items()), defaults, *nodes, *partitions]
        (self.folder / "slurm.conf").write_text("\n".join([*lines, ""]))
        # a GPU must be a device that exists; nobody opens this one
        gpus = [f"NodeName={node} Name=gpu File=/dev/null" for node in NODES]
        (self.folder / "gres.conf").write_text("\n".join(["AutoDetect=off", *gpus, ""]))
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nIgnoreSystemd=yes\n")

    def _daemon(self, program: str, *arguments: str) -> None:
        with (self.folder / "log" / f"{program}.output").open("a") as output:
            self._daemons.append(
                subprocess.Popen(
                    # if the tests are killed, so is the daemon
                    ["setpriv", "--pdeathsig", "TERM", _program(program), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self.folder,
                )
            )

    def stop(self) -> None:
        """End all jobs and daemons, and remove the configuration and the folder."""
        with suppress(RuntimeError, TimeoutError):
            self.cancel_all()
        for daemon in reversed(self._daemons):
            _end(daemon)
        for link in self._links:
            link.unlink(missing_ok=True)
        if self._made_site:
            with suppress(OSError):
                SITE.rmdir()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *command: str) -> str:
        """Run one of SLURM's commands and return what it prints.

        Raises
        ------
        RuntimeError
            If the command fails; the message is the command's.
        """
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def nodes(self, state: str) -> list[str]:
        """Return the nodes in a state: `idle`, `drained`, ..."""
        return sorted(set(self.ask("sinfo", "--noheader", "--Node", "--states", state, "--format", "%N").split()))

    def jobs(self, *states: str) -> dict[str, str]:
        """Return the jobs that SLURM remembers, or those in some states: number -> what it is, as `rule_predict...`."""
        wanted = ("--states", ",".join(states) if states else "all")
        lines = self.ask("squeue", "--noheader", "--array", *wanted, "--format", "%i|%k").splitlines()
        return dict(line.split("|", 1) for line in lines)

    def describe(self, job: str) -> dict[str, str]:
        """Return what SLURM knows of a job: `JobState`, `TimeLimit`, `NodeList`, `MinMemoryNode`, ..."""
        words = self.ask("scontrol", "--oneliner", "show", "job", job).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def drain(self, *nodes: str) -> None:
        """Take nodes out of service once their jobs have ended."""
        self.ask("scontrol", "update", f"NodeName={','.join(nodes)}", "State=DRAIN", "Reason=test")

    def resume(self) -> None:
        """Take all nodes into service again that are not."""
        for node in self.nodes("drain"):
            self.ask("scontrol", "update", f"NodeName={node}", "State=RESUME")

    def cancel_all(self) -> None:
        """Cancel whatever is pending or running, and wait until it is gone."""
        self.ask("scancel", "--user=root")
        wait_until(lambda: not self.ask("squeue", "--noheader"), "all jobs are gone", seconds=60)

    def logs(self) -> str:
        """Return the last lines of the daemons' logs."""
        files = sorted((self.folder / "log").iterdir())
        return "\n".join(f"== {file.name}\n{file.read_text(errors='replace')[-2000:]}" for file in files)


def wait_until(is_so: Callable[[], bool], what: str, *, seconds: float, why: Callable[[], str] = lambda: "") -> None:
    """Wait until something is so.

    Raises
    ------
    TimeoutError
        If it is not so after some seconds.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(RuntimeError):  # SLURM's commands fail until the controller answers
            if is_so():
                return
        time.sleep(0.2)
    raise TimeoutError(f"after {seconds} s still not: {what}\n{why()}")


def _program(name: str) -> str | None:
    """Find a program; the daemons are where only root's search path leads."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


def _free_ports(count: int) -> list[int]:
    """Return ports of the loopback address that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _end(daemon: subprocess.Popen) -> None:
    daemon.send_signal(signal.SIGTERM)
    try:
        daemon.wait(timeout=10)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
