"""Project folders to run Snakemake in."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from workflow.small_world import INPUTS, LABELS_ONLY, write_small_world
from workflow.snakemake_runs import Run, SnakemakeServer


@dataclass(frozen=True)
class Workspace:
    """A project folder of the small world."""

    folder: Path
    server: SnakemakeServer

    def snakemake(self, *arguments: str) -> Run:
        """Run Snakemake with these arguments and nothing else."""
        return self.server.run(self.folder, "--cores", "2", *arguments)

    def build(self, *arguments: str, config: tuple[str, ...] = ()) -> Run:
        """Run the labels-only pipeline on the small world."""
        return self.snakemake(*arguments, *LABELS_ONLY, "--config", *INPUTS, *config)

    def planned(self, *, config: tuple[str, ...] = ()) -> set[str]:
        """Return the rules that would run now."""
        run = self.build("--dry-run", config=config)
        assert run.status == 0, run.output
        return set(run.jobs)

    def copied_to(self, folder: Path) -> "Workspace":
        """Copy the folder with all its results and their times."""
        shutil.copytree(self.folder, folder)
        return Workspace(folder, self.server)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace text in a file of the folder."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new))

    def append(self, file: str, line: str) -> None:
        """Add a line to a file of the folder."""
        with (self.folder / file).open("a") as stream:
            stream.write(line + "\n")

    def content(self, folder: str = "results") -> dict[str, bytes]:
        """Return the files in a folder of the folder: path -> content."""
        root = self.folder / folder
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[SnakemakeServer]:
    server = SnakemakeServer(tmp_path_factory.mktemp("snakemake"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def untouched(tmp_path_factory, server, project) -> Workspace:
    """The small world without results. Copies of it are alike, even while somebody works on the project."""
    folder = tmp_path_factory.mktemp("untouched") / "project"
    write_small_world(folder, project)
    return Workspace(folder, server)


@pytest.fixture(scope="session")
def first_run(tmp_path_factory, untouched) -> tuple[Workspace, Run]:
    """The first run in a fresh folder. Tests do not change this folder, they take a copy: `workspace`."""
    workspace = untouched.copied_to(tmp_path_factory.mktemp("first") / "project")
    return workspace, workspace.build()


@pytest.fixture
def workspace(first_run, tmp_path) -> Workspace:
    """A copy of the folder after the first run."""
    built, run = first_run
    assert run.status == 0, run.output
    return built.copied_to(tmp_path / "project")


@pytest.fixture
def fresh(untouched, tmp_path) -> Workspace:
    """A folder without results."""
    return untouched.copied_to(tmp_path / "project")
