"""Dates that say nothing: results of the future, sources older than results. What changed is made again, once."""

import json
import os
import time
from base64 import urlsafe_b64encode

import pytest

from errata.dates import correct_dates
from errata.files import sha256_of

SUPERCLASSES = "resources/superclasses.yaml"
GROUPS = "results/classes/imagenet1k/superclasses/curated.parquet"
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def first_run(untouched, tmp_path_factory):
    """The small world after its superclasses were made; tests take a copy: `built`."""
    workspace = untouched.copied_to(tmp_path_factory.mktemp("first") / "project")
    run = workspace.build(GROUPS)
    assert run.status == 0, run.output
    return workspace


@pytest.fixture
def built(first_run, tmp_path):
    return first_run.copied_to(tmp_path / "project")


def date(folder, seconds: float) -> None:
    """Date every file in a folder so many seconds from now."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() + seconds,) * 2)


def test_what_changes_after_the_clock_was_set_back_is_made_again_once(built):
    date(built.folder / "results", DAY)
    run = built.build("--dry-run", GROUPS)
    assert run.has_nothing_to_do
    assert "is dated in the future" in run.output and "Was the clock set back?" in run.output

    date(built.folder / "results", DAY)
    built.append(SUPERCLASSES, "- name: rodents\n  any_of: [[rodent]]")
    run = built.build(GROUPS)
    assert run.jobs == {"select_superclasses": 1}, run.output
    assert built.build("--dry-run", GROUPS).has_nothing_to_do


def test_a_file_that_is_replaced_by_an_older_one_counts_as_changed(built):
    built.append(SUPERCLASSES, "# another comment")
    date(built.folder / "resources", -365 * DAY)
    run = built.build("--dry-run", GROUPS)
    assert run.jobs == {"select_superclasses": 1}, run.output
    assert f"{SUPERCLASSES}: is another file than {GROUPS} was made from" in run.output


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A result of two inputs, one of them large, with Snakemake's notes about it, all dated now."""
    monkeypatch.chdir(tmp_path)
    for name in ("results", "records"):
        (tmp_path / name).mkdir()
    for name in ("small", "large", "results/table"):
        (tmp_path / name).write_text(name)
    noted = {"input": ["small", "large"], "input_checksums": {"small": f"sha256:{sha256_of('small')}"}}
    (tmp_path / "records" / urlsafe_b64encode(b"results/table").decode()).write_text(json.dumps(noted))
    return tmp_path


def age(path) -> int:
    return round((time.time() - path.stat().st_mtime) / DAY)


def set_age(path, days: int) -> None:
    os.utime(path, (time.time() - days * DAY,) * 2)


def test_dates_in_order_are_left_alone(world):
    set_age(world / "small", 3)
    set_age(world / "results/table", 2)
    assert correct_dates(world / "records") == []
    assert age(world / "results/table") == 2


def test_a_result_is_dated_before_an_older_input_of_another_content(world):
    (world / "small").write_text("edited")
    set_age(world / "small", 3)
    assert correct_dates(world / "records") == [
        "small: is another file than results/table was made from, though it is dated before that. It counts as changed."
    ]
    assert (world / "results/table").stat().st_mtime < (world / "small").stat().st_mtime
    assert correct_dates(world / "records") == []


def test_an_input_of_the_future_that_is_not_compared_is_named(world):
    set_age(world / "large", -2)
    (said,) = correct_dates(world / "records")
    assert said.startswith("large: is dated in the future") and said.endswith("touch 'large'")


def test_results_that_may_not_be_written_and_notes_that_cannot_be_read_stop_nothing(world, monkeypatch):
    (world / "records/bm8=").write_text("{")

    def refuse(*_):
        raise PermissionError

    set_age(world / "results/table", -2)
    monkeypatch.setattr(os, "utime", refuse)
    assert len(correct_dates(world / "records")) == 1
