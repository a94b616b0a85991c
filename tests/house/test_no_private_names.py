"""Nothing reaches into what another library keeps to itself: it may change with any release."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MODULES = sorted([*PROJECT.glob("src/**/*.py"), *PROJECT.glob("workflow/scripts/*.py")])
RULES = [PROJECT / "Snakefile", *sorted(PROJECT.glob("rules/*.smk"))]
OUR_OWN = {"errata", "errata_demo"}

PRIVATE = r"_(?!_)\w+"
"""Names with one underscore; those with two at each end, as `__file__`, are the language's."""


def private_names(source: str) -> list[str]:
    """Return where a module takes something that begins with an underscore from what is not its own, by line.

    Attributes of anything but `self`, `cls` and classes of the module itself count, whatever they are imported from.
    """
    tree = ast.parse(source)
    own = {"self", "cls", *(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))}
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] not in OUR_OWN:
                names = [*module.split("."), *(alias.name for alias in node.names)]
            case ast.Import():
                names = [part for alias in node.names for part in alias.name.split(".")]
            case ast.Attribute(value=ast.Name(id=name)) if name in own:
                names = []
            case ast.Attribute():
                names = [node.attr]
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "hasattr"), args=[_, ast.Constant(value=name), *_]):
                names = [str(name)]
            case _:
                names = []
        found += [f"line {node.lineno}: {name}" for name in names if re.fullmatch(PRIVATE, name)]
    return found


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_a_module_uses_no_private_name_of_another_library(file):
    assert private_names(file.read_text()) == []


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.name)
def test_rules_use_no_private_name_of_snakemake(file):
    assert re.findall(rf"\.{PRIVATE}|import {PRIVATE}", file.read_text()) == []


def test_nothing_reads_the_notes_that_snakemake_keeps_for_itself():
    texts = {file: file.read_text() for file in (*MODULES, *RULES)}
    assert [file.name for file, text in texts.items() if re.search(r"\.snakemake/\w", text)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from snakemake._workflow import x",
        "from polars import _internal",
        "import torch._dynamo",
        "import polars\npolars.DataFrame()._df",
        "def look(workflow):\n    return workflow.scheduler._executor",
        "getattr(workflow, '_scheduler')",
    ],
)
def test_private_names_are_found(source):
    assert len(private_names(source)) == 1
