"""The adapters run without Snakemake."""

import runpy
from pathlib import Path

import polars as pl

from errata.profiles.tables import PROFILE
from errata.provenance import INPUTS_KEY
from errata.published.tables import COMPARISON, PUBLISHED
from errata.tables import read_metadata, read_table, write_table


def test_the_papers_tables_become_one_table_that_knows_its_files(project: Path, tables: Path, tmp_path: Path):
    main = runpy.run_path(str(project / "workflow/scripts/read_published.py"))["main"]
    output = tmp_path / "published.parquet"
    main(files={path.stem: str(path) for path in tables.iterdir()}, output=str(output))
    assert read_table(PUBLISHED, output).height == 8
    assert '"file": "organism.csv"' in read_metadata(output)[INPUTS_KEY]


def test_a_profile_is_compared_with_the_published_table(project: Path, tables: Path, tmp_path: Path):
    read = runpy.run_path(str(project / "workflow/scripts/read_published.py"))["main"]
    published = tmp_path / "published.parquet"
    read(files={path.stem: str(path) for path in tables.iterdir()}, output=str(published))
    profile = read_table(PUBLISHED, published).with_columns(pl.lit(0, pl.Int32).alias("open_world_unchecked"))
    write_table(profile.select(*PROFILE.columns), PROFILE, tmp_path / "profile.parquet")
    compare = runpy.run_path(str(project / "workflow/scripts/compare_published.py"))["main"]
    compare(
        profile=str(tmp_path / "profile.parquet"),
        published=str(published),
        comparison=str(tmp_path / "comparison.parquet"),
        estimate=str(tmp_path / "estimate.parquet"),
    )
    # two published models are too few for a trend
    assert read_table(COMPARISON, tmp_path / "comparison.parquet").is_empty()
