"""The rule's script, run on files, and the real models."""

import runpy

import polars as pl
import pytest

from errata.atlas.compiled import write_atlas
from errata.atlas.tables import EVIDENCE
from errata.errors import InputError
from errata.mistakes.listing import read_mistakes
from errata.predictions.tables import ERRORS
from errata.profiles.tables import PROFILE
from errata.tables import scan_table, write_table


def test_the_script_lists_the_mistakes_of_the_models_of_the_profile(project, checked, tmp_path):
    profile = pl.DataFrame(
        {"model": [f"model {number}" for number in range(5)], "group": ["all"] * 5},
    ).with_columns(
        *(
            pl.lit(None if column.nullable else 0).cast(column.dtype).alias(name)
            for name, column in PROFILE.columns.items()
            if name not in ("model", "group")
        )
    )
    images = int((~checked.atlas.images["is_problematic"]).sum())
    profile = profile.with_columns(images=pl.lit(images).cast(PROFILE.columns["images"].dtype))
    write_table(profile, PROFILE, tmp_path / "profile.parquet")
    write_table(checked.errors, ERRORS, tmp_path / "errors.parquet")
    write_table(checked.evidence, EVIDENCE, tmp_path / "evidence.parquet")
    write_atlas(checked.atlas, tmp_path / "atlas.parquet", beside={"evidence": tmp_path / "evidence.parquet"})
    main = runpy.run_path(str(project / "workflow/scripts/list_mistakes.py"))["main"]
    roles = ("errors", "profile", "atlas", "evidence")
    main(**{role: str(tmp_path / f"{role}.parquet") for role in roles}, folder=tmp_path / "mistakes")
    assert read_mistakes(tmp_path / "mistakes").confusions.equals(checked.listed.confusions)


def test_a_table_of_something_else_is_refused(checked, tmp_path):
    write_table(checked.evidence, EVIDENCE, tmp_path / "errors.parquet")
    with pytest.raises(InputError, match="expected an Errata table 'errors' version 1, found table 'evidence'"):
        scan_table(ERRORS, tmp_path / "errors.parquet")


def test_a_table_with_another_dtype_is_refused(checked, tmp_path):
    path = tmp_path / "errors.parquet"
    notes = {"errata.table": "errors", "errata.table_version": "1"}
    checked.errors.with_columns(pl.col("target").cast(pl.Int64)).write_parquet(path, metadata=notes)
    with pytest.raises(InputError, match="column 'target': expected Int16, found Int64"):
        scan_table(ERRORS, path)
