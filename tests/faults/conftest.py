"""Disks that are small or read-only, and a project folder to run Snakemake in."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from errata.files import sha256_of
from workflow.conftest import Workspace
from workflow.small_world import write_small_world
from workflow.snakemake_runs import SnakemakeServer


def mount(*arguments: str) -> None:
    """Mount something, or skip the test that needs it."""
    if shutil.which("mount") is None:
        pytest.skip("there is no program `mount`")
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.splitlines()[0].rpartition(": ")[2]
        pytest.skip(f"needs the right to mount file systems, as root has it: {reason}")


class SmallDisk:
    """A file system in memory of so many bytes."""

    def __init__(self, folder: Path, size: int):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))

    def grow(self, size: int) -> None:
        """Make room."""
        mount("-o", f"remount,size={size}", str(self.folder))

    def close(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)


@pytest.fixture
def small_disk() -> Iterator[Callable[[Path, int], SmallDisk]]:
    """Mount a small disk at a folder: `small_disk(folder, bytes)`."""
    with ExitStack() as mounted:

        def make(folder: Path, size: int) -> SmallDisk:
            disk = SmallDisk(folder, size)
            mounted.callback(disk.close)
            return disk

        yield make


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder, not even root."""
    mount("--bind", str(folder), str(folder))
    try:
        mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file in a folder, hidden ones too: path -> content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lengthen(workspace: Workspace, file: str, size: int) -> None:
    """Make a file of the mirror as long as that, with spaces at its end, and the registry agree."""
    path, registry = workspace.folder / "mirror" / file, workspace.folder / "resources/sources.tsv"
    old = path.read_bytes()
    path.write_bytes(old.ljust(size))
    registry.write_text(
        registry.read_text()
        .replace(hashlib.sha256(old).hexdigest(), sha256_of(path))
        .replace(f"\t{len(old)}\t", f"\t{size}\t")
    )


@pytest.fixture(scope="session")
def runs(tmp_path_factory) -> Iterator[SnakemakeServer]:
    server = SnakemakeServer(tmp_path_factory.mktemp("snakemake"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def untouched(runs, tmp_path_factory, project) -> Workspace:
    """The small world without results; tests take a copy: `fresh`."""
    folder = tmp_path_factory.mktemp("untouched") / "project"
    write_small_world(folder, project)
    return Workspace(folder, runs)


@pytest.fixture
def fresh(untouched, tmp_path) -> Workspace:
    """A folder without results."""
    return untouched.copied_to(tmp_path / "project")
