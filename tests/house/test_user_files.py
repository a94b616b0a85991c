"""Files are opened in one place, where a name is a name: no reader sees a pattern, a URL or a home folder in it."""

import ast

import pytest

ONE_PLACE = "src/errata/user_files.py"
FORBIDDEN = {
    "pl": {"read_", "scan_"},
    "np": {"load", "genfromtxt"},
    "glob": {"glob", "iglob"},
}
PUBLISHED_ARRAYS = {
    ("src/errata/openworld/import_neighbours.py", "np.load"),
}
"""A download of several gigabytes, more than is read of a user's archive."""


@pytest.mark.parametrize("folder", ["src/errata", "workflow/scripts"])
def test_no_file_is_read_but_through_the_one_place(folder, project):
    found = set()
    for file in (project / folder).rglob("*.py"):
        name = file.relative_to(project).as_posix()
        if name == ONE_PLACE:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                starts = FORBIDDEN.get(node.value.id, ())
                if any(node.attr.startswith(start) for start in starts):
                    found.add((name, f"{node.value.id}.{node.attr}"))
    assert found - PUBLISHED_ARRAYS == set()


def test_the_one_place_never_expands_a_pattern(project):
    calls = [
        node
        for node in ast.walk(ast.parse((project / ONE_PLACE).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "pl"
        and node.func.attr in ("read_csv", "scan_csv", "read_parquet", "scan_parquet")
    ]
    assert len(calls) >= 2
    for call in calls:
        (glob,) = [keyword.value for keyword in call.keywords if keyword.arg == "glob"]
        assert isinstance(glob, ast.Constant)
        assert glob.value is False
