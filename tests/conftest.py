"""Fixtures that every room's tests may use, which tests are slow, and which of them one process runs."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

SLOW_FIXTURES = {"demo_run", "untouched", "reader", "drawn_report"}
"""A build of the demo, runs of Snakemake, a browser, a report with many figures: whatever uses them is slow."""

TOGETHER = ("demo_run", "workflow", "faults", "report", "cluster")
"""Folders whose tests share something that takes long to build."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark slow tests, and tell pytest-xdist which tests one process must run, so that it sets up what they share once.

    These are the tests of one file, or of one of the folders in `TOGETHER`.
    """
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        parts = item.path.relative_to(PROJECT / "tests").parts
        item.add_marker(pytest.mark.xdist_group(parts[0] if parts[0] in TOGETHER else "/".join(parts)))


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root folder."""
    return PROJECT


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real predictions, labels and published results; skips where it is absent."""
    folder = Path(os.environ.get("ERRATA_REAL_DATA", PROJECT.parent / "shared" / "real")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set ERRATA_REAL_DATA to the folder that holds it)")
    return folder
