"""The tables for machines."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from errata.report.exports import write_markdown

TABLES = ("profile", "pooled", "comparison", "soft_profile", "what_if", "recall", "unreadable")


@pytest.fixture(scope="session")
def data(hostile_report: Path) -> Path:
    return hostile_report / "data"


def test_every_table_has_its_twins(data: Path):
    files = {path.name for path in data.iterdir()}
    assert {f"{table}.{kind}" for table in TABLES for kind in ("csv", "parquet")} | {"profile.md"} <= files
    for table in data.glob("*.parquet"):
        assert f"{table.stem}.csv" in files


def test_twins_hold_the_same_rows(data: Path):
    whole = pl.read_parquet(data / "profile.parquet")
    assert_frame_equal(pl.read_csv(data / "profile.csv", schema=whole.schema), whole, rel_tol=1e-5)


def test_a_missing_count_is_an_empty_field(data: Path):
    assert pl.read_csv(data / "profile.csv")["model_failure"].null_count() == 28


def test_a_bar_in_a_name_does_not_end_a_markdown_cell(data: Path):
    lines = (data / "profile.md").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("| --- | --- | ---: |")
    assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1


def test_a_missing_count_is_a_dash_in_markdown(hostile_report: Path, tmp_path: Path):
    write_markdown(pl.read_parquet(hostile_report / "data" / "profile.parquet").head(1), tmp_path / "profile.md")
    assert "| – |" in (tmp_path / "profile.md").read_text(encoding="utf-8").splitlines()[2]
