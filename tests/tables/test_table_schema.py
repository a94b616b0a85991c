"""Every table says what its columns mean, and the documentation says the same."""

import ast
from pathlib import Path

import polars as pl
import pytest

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.column_meanings import meaning_of
from errata.profiles.answers import look_up
from errata.profiles.build import build_profile
from errata.profiles.tables import PROFILE
from errata.table_schema import TABLE_MODULES, columns_of, declared_tables, describe_table, tables_document

TABLES = {name: table for name, (table, _) in declared_tables().items()}


def test_the_documentation_of_the_tables_is_up_to_date(project):
    assert (project / "docs" / "tables.md").read_text() == tables_document(), "run `make docs`"


@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_a_table_has_a_meaning(name):
    schema = {column: declared.dtype for column, declared in columns_of(TABLES[name]).items()}
    described = describe_table(name, schema)
    assert described["about"], f"put a sentence below the declaration of the table '{name}'"
    missing = [column["name"] for column in described["columns"] if not column["meaning"]]
    assert missing == [], "give them a meaning in their Column, or in errata/column_meanings.py"


def test_every_module_that_declares_a_table_is_listed(project):
    declaring = {
        ".".join(file.relative_to(project / "src").with_suffix("").parts)
        for file in (project / "src" / "errata").rglob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", None), "id", "") == "Table"
    }
    assert declaring == {module.__name__ for module in TABLE_MODULES}


def test_a_profile_has_the_columns_that_are_declared_for_it():
    atlas = compiled(random_world(1, images=60), with_open_world=False)
    profile = build_profile(atlas, look_up(atlas, ["a"], atlas.targets[None, :]))
    declared = columns_of(PROFILE)
    assert profile.columns == list(declared)
    assert {name: profile.schema[name] for name in declared} == {name: c.dtype for name, c in declared.items()}


def test_a_declared_meaning_goes_before_that_of_the_name():
    groups = {
        name: describe_table(name, {"group": pl.String})["columns"][0]["meaning"] for name in ("classes", "pooled")
    }
    assert groups["classes"].startswith("The class is")
    assert groups["pooled"] == meaning_of("group").text


def test_limits_and_bounds_and_shares_get_their_meaning_from_what_they_belong_to():
    assert meaning_of("mla_low").text == "Lower 95 % limit of mla."
    assert meaning_of("share_multi_label").text == "multi_label as a share of top1_errors."
    assert meaning_of("share_provisional_model_failure_high").unit == "per cent"
    assert "whatever an open-world check would say" in meaning_of("mla_minor_upper_bound").text
    assert meaning_of("nobody_knows_low") is None


def test_a_file_that_no_table_declares_is_described_as_far_as_its_names_are_known():
    described = describe_table("mine", {"model": pl.String, "shoe_size": pl.Int64})
    assert (described["version"], described["key"]) == (None, [])
    assert [column["meaning"] for column in described["columns"]] == ["Name of the model.", ""]


def test_the_project_documents_where_the_declarations_are(project: Path):
    assert "docs/tables.md" in (project / "README.md").read_text()
