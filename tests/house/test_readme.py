"""README.md is short, its pictures are there, and every command in it is one that there is."""

import ast
import re
import shlex
import sys
from importlib import import_module
from pathlib import Path

import pytest

import errata
from errata.arguments import command_line

LONGEST = 1000
"""Words."""


@pytest.fixture(scope="module")
def text(project) -> str:
    return (project / "README.md").read_text(encoding="utf-8")


def commands_in(page: Path) -> list[list[str]]:
    """Return the commands of a page's code blocks, those with a prompt or without one; what they print is left out."""
    lines = []
    for language, block in re.findall(
        r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        block = block.replace("\\\n", " ")
        prompts = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
        lines += prompts or ([] if language == "python" else block.splitlines())
    known = ("errata", "make", "snakemake", "pip")
    return [shlex.split(line, comments=True) for line in lines if line.split()[:1] and line.split()[0] in known]


PAGES = [
    Path(__file__).resolve().parents[2] / name for name in ("README.md", "docs/command-line.md", "docs/pipeline.md")
]
COMMANDS = [(page.name, command) for page in PAGES for command in commands_in(page)]


def test_the_readme_is_short(text):
    assert sum(bool(re.search(r"\w", word)) for word in text.split()) < LONGEST


def test_the_readmes_pictures_are_there_and_small(text, project):
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
    assert len(pictures) == 9
    assert max((project / picture).stat().st_size for picture in pictures) < 200_000


def test_the_drawings_are_those_that_the_code_draws(project, monkeypatch):
    monkeypatch.syspath_prepend(str(project / "docs" / "images"))
    draw_images = import_module("draw_images")
    monkeypatch.delitem(sys.modules, "draw_images")
    for category in draw_images.PICTURES:
        drawn = (project / "docs" / "images" / f"{category}.svg").read_text(encoding="utf-8")
        assert drawn == draw_images.drawing(category), f"run python docs/images/draw_images.py drawings: {category}"


def test_commands_are_found_on_the_pages():
    assert len(COMMANDS) > 15


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=[f"{page}: {' '.join(words)}" for page, words in COMMANDS])
def test_every_command_on_the_pages_is_one_that_there_is(page, command, project, monkeypatch):
    program, *arguments = command
    if program == "make":
        targets = re.findall(r"^([\w-]+):", (project / "Makefile").read_text(), re.MULTILINE)
        assert set(arguments) <= set(targets)
    elif program == "snakemake":
        for option in ("--configfile", "--workflow-profile"):
            assert option not in arguments or (project / arguments[arguments.index(option) + 1]).exists()
    elif program == "errata":
        known = command_line()
        # `errata FILE` is short for `errata classify FILE`
        known.parse_args(arguments if arguments[0] in known.commands else ["classify", *arguments])


def test_the_page_on_the_command_line_has_every_command(project):
    page = (project / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert [name for name in command_line().commands if f"`errata {name} " not in page] == []


def test_the_readmes_python_names_what_there_is(text):
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    called = {node.attr for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Attribute)}
    assert called == {"profile", "errors", "report"}
    assert callable(errata.profile)
    assert all(hasattr(errata.Profile, name) for name in ("errors", "report"))
