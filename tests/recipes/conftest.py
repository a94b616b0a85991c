"""The pages of recipes, and a folder in which their code is run."""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from errata import shipped
from errata.cli import main
from recipes.world import write_data, write_images


@dataclass(frozen=True)
class Recipe:
    """A page of recipes.

    `text`: what a reader sees, with the lines replaced that a test cannot run: downloads and sizes.
    """

    text: str

    def blocks(self, language: str) -> list[str]:
        """Return the blocks of code in a language."""
        return re.findall(rf"^```{language}\n(.*?)^```", self.text, re.DOTALL | re.MULTILINE)

    def run(self, names: dict) -> dict:
        """Run the blocks of Python one after another, and return the names that they leave."""
        for block in self.blocks("python"):
            exec(compile(block, "recipe", "exec"), names)
        return names

    def commands(self) -> list[list[str]]:
        """Return the commands of Errata in the blocks for a shell."""
        lines = [line for block in self.blocks("sh") for line in block.splitlines()]
        return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("errata ")]

    def classify(self) -> list[int]:
        """Run the commands of Errata without their reports, and return how each ends."""
        return [main([*command, "--no-report", "--out", f"out{n}"]) for n, command in enumerate(self.commands())]


@pytest.fixture
def recipe(project) -> Callable[[str, Mapping[str, str]], Recipe]:
    """Return a page by its name, with some of its text replaced; each text must occur in it once."""

    def read(name: str, replaced: Mapping[str, str]) -> Recipe:
        text = (project / "docs/recipes" / f"{name}.md").read_text()
        for old, new in replaced.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return Recipe(text)

    return read


@pytest.fixture(scope="session")
def drawn(tmp_path_factory) -> Path:
    """A folder with the images in `val` and the data of the package in `data`."""
    folder = tmp_path_factory.mktemp("recipes")
    write_images(folder / "val")
    (folder / "data").mkdir()
    write_data(folder / "data")
    return folder


@pytest.fixture
def folder(drawn, tmp_path, monkeypatch) -> Path:
    """A folder to work in that has the images; the atlas that comes with the package is theirs."""
    (tmp_path / "val").symlink_to(drawn / "val")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shipped, "DATA", drawn / "data")
    return tmp_path
