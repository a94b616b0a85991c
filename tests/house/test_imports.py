"""Which modules of the package import which: no circles, and lower rooms know nothing of higher ones."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

WRITERS_OF_REPORTS = {"report", "commands", "api"}
"""What may import the report; everything else lies below it."""


@pytest.fixture(scope="module")
def imports(project) -> dict[str, set[str]]:
    """Module -> modules of the package that it imports, those inside functions and for types only included."""
    source = project / "src"
    modules = {_name(file.relative_to(source)): file for file in source.glob("errata/**/*.py")}
    return {module: _imported(file) & modules.keys() for module, file in modules.items()}


def _name(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def _imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from package import name` may name a module or something in one
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
            names.add(node.module)
    return names


def between(imports: dict[str, set[str]], importer: str, imported: str) -> set[tuple[str, str]]:
    """Return the imports of one package's modules in another's."""
    return {
        (one, other)
        for one, others in imports.items()
        for other in others
        if f"{one}.".startswith(f"{importer}.") and f"{other}.".startswith(f"{imported}.")
    }


def test_modules_do_not_import_one_another_in_circles(imports):
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("zoo", "openworld"),
        ("openworld", "zoo"),
        ("inference", "zoo"),
        ("inference", "openworld"),
        ("views", "inference"),
        ("images", "views"),
    ],
)
def test_rooms_that_run_networks_import_what_lies_below_them(imports, lower, higher):
    assert between(imports, f"errata.{lower}", f"errata.{higher}") == set()


def test_only_what_writes_reports_imports_the_report(imports):
    importers = {one.split(".")[1] for one, _ in between(imports, "errata", "errata.report")}
    assert importers <= WRITERS_OF_REPORTS
