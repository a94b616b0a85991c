"""Results that may not be written: the user reads which folder, before anything runs, and nothing is touched."""

import os

import pytest

from errata.errors import StorageError
from errata.files import atomic_write
from faults.conftest import files_in, read_only

FILE = "results/sources/real/real.json"
MOUNTED = "Read-only file system. Make it writable, or work in a copy of the project, then run the same command again"


@pytest.mark.parametrize("folder", ["results", "logs", ".snakemake"])
def test_a_run_does_not_begin_in_a_folder_that_is_mounted_read_only(fresh, folder):
    (fresh.folder / folder).mkdir()
    with read_only(fresh.folder / folder):
        run = fresh.build(FILE)
        assert run.status != 0
        assert f"{folder}: cannot be written: {MOUNTED}" in run.output
        assert "Traceback" not in run.output
    assert not (fresh.folder / FILE).exists()


def test_a_finished_run_can_be_looked_at_where_nothing_can_be_written(fresh):
    assert fresh.build(FILE).status == 0
    before = files_in(fresh.folder / "results")
    with read_only(fresh.folder / "results"):
        assert fresh.build(FILE).has_nothing_to_do
    assert files_in(fresh.folder / "results") == before


def test_a_result_that_cannot_be_replaced_stays_as_it_was(tmp_path):
    (tmp_path / "table").write_text("older")
    with (
        read_only(tmp_path),
        pytest.raises(StorageError, match=rf"{tmp_path}/table: cannot be written: {MOUNTED}"),
        atomic_write(tmp_path / "table"),
    ):
        pytest.fail("nothing is made that cannot be kept")
    assert files_in(tmp_path) == {"table": b"older"}


@pytest.fixture
def another_user():
    """Become a user without rights for a while: root may do anything."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


def test_a_folder_of_another_user_is_refused_with_what_to_do(tmp_path, another_user):
    folder = tmp_path if os.getuid() == 0 else "/"
    words = r"results/table: cannot be written: Permission denied\. Make it writable, or work in a copy"
    with pytest.raises(StorageError, match=words), atomic_write(f"{folder}/results/table"):
        pytest.fail("nothing is made that cannot be kept")
