import csv
import io

import polars as pl
import pytest

from errata.errors import InputError
from errata.files import atomic_write, sha256_of
from errata.tables import (
    Column,
    Table,
    check_table,
    csv_text,
    read_table,
    scan_table,
    write_table,
    write_table_in_parts,
)

PETS = Table(
    "pets",
    key=("name",),
    columns={"name": Column(pl.String), "legs": Column(pl.Int8, nullable=True, low=0, high=8)},
)
GOOD = pl.DataFrame({"name": ["ant", "cat"], "legs": [6, None]}, schema_overrides={"legs": pl.Int8})


def test_a_table_comes_back_as_it_was_written(tmp_path):
    write_table(GOOD, PETS, tmp_path / "pets.parquet", metadata={"note": "x"})
    assert read_table(PETS, tmp_path / "pets.parquet").equals(GOOD)
    assert pl.read_parquet_metadata(tmp_path / "pets.parquet")["note"] == "x"


def test_a_table_written_in_parts_is_the_same_table(tmp_path):
    write_table_in_parts((GOOD[i : i + 1] for i in range(2)), PETS, tmp_path / "pets.parquet")
    assert read_table(PETS, tmp_path / "pets.parquet").equals(GOOD)


def test_a_scanned_table_is_read_where_it_is_needed_and_another_table_is_refused(tmp_path):
    write_table(GOOD, PETS, tmp_path / "pets.parquet")
    assert scan_table(PETS, tmp_path / "pets.parquet").filter(pl.col("legs") == 6).collect().equals(GOOD[:1])
    with pytest.raises(InputError, match="expected an Errata table 'plants' version 1, found table 'pets'"):
        scan_table(Table("plants", key=PETS.key, columns=PETS.columns), tmp_path / "pets.parquet")


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (GOOD.drop("legs"), "lacks the column.*legs"),
        (GOOD.with_columns(wings=0), "unexpected column.*wings"),
        (GOOD.with_columns(pl.col("legs").cast(pl.Int64)), "'legs': expected Int8, found Int64"),
        (GOOD.with_columns(name=pl.lit(None, pl.String)), "'name': 2 value"),
        (GOOD.with_columns(legs=pl.lit(9, pl.Int8)), "found 9, expected at most 8"),
        (GOOD.with_columns(legs=pl.lit(-1, pl.Int8)), "found -1, expected at least 0"),
        (pl.concat([GOOD, GOOD]), r"one row per name; 4 rows repeat one, first \('ant',\)"),
    ],
)
def test_a_frame_that_breaks_the_declaration_is_refused_and_nothing_is_written(tmp_path, bad, complaint):
    with pytest.raises(InputError, match=complaint):
        write_table(bad, PETS, tmp_path / "pets.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_breaks_the_declaration_leaves_nothing_behind(tmp_path):
    parts = [GOOD, GOOD.with_columns(legs=pl.lit(9, pl.Int8))]
    with pytest.raises(Exception, match="expected at most 8"):
        write_table_in_parts(iter(parts), PETS, tmp_path / "pets.parquet")
    assert list(tmp_path.iterdir()) == []


def test_another_table_or_version_is_refused_on_reading(tmp_path):
    write_table(GOOD, PETS, tmp_path / "pets.parquet")
    newer = Table("pets", key=PETS.key, columns=PETS.columns, version=2)
    with pytest.raises(InputError, match="version 2, found table 'pets' version 1"):
        read_table(newer, tmp_path / "pets.parquet")
    GOOD.write_parquet(tmp_path / "foreign.parquet")
    with pytest.raises(InputError, match="Errata did not write"):
        read_table(PETS, tmp_path / "foreign.parquet")


def test_columns_come_in_the_declared_order():
    assert check_table(GOOD.select("legs", "name"), PETS, where="pets").columns == ["name", "legs"]


def test_a_failed_write_leaves_the_old_file_as_it_was(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half of the n")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_written_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    with atomic_write(tmp_path / "whole") as temporary:
        temporary.write_text("x")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_the_hash_is_sha256(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a","b")'])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe_in_a_csv(text):
    frame = pl.DataFrame({"name": [text, None, "a=1", "'b"], "n": [-1, 2, 3, 4]})
    rows = list(csv.reader(io.StringIO(csv_text(frame), newline="")))
    assert rows == [["name", "n"], [f"'{text}", "-1"], ["", "2"], ["a=1", "3"], ["'b", "4"]]
