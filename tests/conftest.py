"""Fixtures that every room's tests may use."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


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
