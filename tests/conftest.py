"""Fixtures that every room's tests may use, and which tests are slow."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

SLOW_FIXTURES = {"demo_run", "untouched", "reader", "drawn_report"}
"""A build of the demo, runs of Snakemake, a browser, a report with many figures: whatever uses them is slow."""


# before pytest chooses tests by their marks
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use a slow fixture as slow."""
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


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
