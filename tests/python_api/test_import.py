"""`import errata` loads nothing, and offers what its stub promises."""

import ast
import subprocess
import sys

import pytest

import errata


def imported(statement: str) -> set[str]:
    """Return the modules that a new Python has after a statement."""
    code = f"{statement}; import sys; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_loads_no_library():
    assert imported("import errata").isdisjoint({"numpy", "polars", "torch", "pandas", "matplotlib", "jinja2"})


def test_importing_takes_less_than_fifty_milliseconds():
    code = "import time; t = time.perf_counter(); import errata; print(time.perf_counter() - t)"
    seconds = min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    )
    assert seconds < 0.05


def test_a_profile_loads_neither_torch_nor_pandas_nor_what_draws():
    assert imported("import errata; errata.Profile, errata.Accumulator").isdisjoint(
        {"torch", "pandas", "matplotlib", "jinja2"}
    )


def test_everything_that_is_offered_is_there():
    for name in errata.__all__:
        assert getattr(errata, name) is not None
    assert set(errata.__all__) <= set(dir(errata))


def test_what_is_not_offered_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'profil'"):
        _ = errata.profil


def test_the_stub_for_editors_names_the_same(project):
    tree = ast.parse((project / "src/errata/__init__.pyi").read_text())
    named = {
        alias.asname: node.module for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert set(named) == {name for name in errata.__all__ if not name.startswith("_")}
    for name, module in named.items():
        assert getattr(errata, name).__module__ == module


def test_several_threads_may_ask_at_once():
    code = (
        "import errata, threading; found = []; "
        "threads = [threading.Thread(target=lambda: found.append(errata.profile)) for _ in range(8)]; "
        "[t.start() for t in threads]; [t.join() for t in threads]; assert len(set(found)) == 1 and len(found) == 8"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
