"""Which original files a table names as its inputs."""

from pathlib import Path

import polars as pl

from errata.files import sha256_of
from errata.provenance import inputs_behind, inputs_note


def table_made_from(folder: Path, name: str, *, images: str) -> Path:
    original = folder / f"{name}.tar"
    original.write_text(images)
    path = folder / f"{name}.parquet"
    pl.DataFrame({"x": [1]}).write_parquet(path, metadata=inputs_note(inputs_behind({"images": original})))
    return path


def test_a_table_stands_for_what_it_was_made_from(tmp_path):
    table = table_made_from(tmp_path, "val", images="val")
    assert inputs_behind({"index": table}) == {
        "images": {"file": "val.tar", "sha256": sha256_of(tmp_path / "val.tar")},
    }


def test_two_files_of_one_role_are_told_apart(tmp_path):
    val, train = (table_made_from(tmp_path, name, images=name) for name in ("val", "train"))
    found = inputs_behind({"index": val, "train_index": train})
    assert {role: note["file"] for role, note in found.items()} == {
        "images": "val.tar",
        "train_index / images": "train.tar",
    }


def test_one_file_behind_two_tables_is_named_once(tmp_path):
    val = table_made_from(tmp_path, "val", images="val")
    assert list(inputs_behind({"index": val, "again": val})) == ["images"]
