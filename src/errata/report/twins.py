"""The report's tables for machines: CSV, JSON, Markdown and Parquet."""

from pathlib import Path

import polars as pl

from errata.categories import CATEGORY_COLUMNS
from errata.report.numerals import MISSING

MARKDOWN_COLUMNS = (
    *("model", "group", "images", "correct", "top1_errors"),
    *CATEGORY_COLUMNS,
    *("mla", "mla_minor", "mla_explainable"),
)


def write_twins(frame: pl.DataFrame, name: str, folder: Path) -> None:
    """Write `frame` as `name`.csv, `name`.json (one object per row) and `name`.parquet into `folder`.

    A missing value is an empty CSV field and a JSON null.
    """
    frame.write_csv(folder / f"{name}.csv")
    (folder / f"{name}.json").write_text(frame.write_json() + "\n", encoding="utf-8")
    frame.write_parquet(folder / f"{name}.parquet", compression="zstd")


def write_markdown(profile: pl.DataFrame, path: Path) -> None:
    """Write the profile's counts and accuracies as a Markdown table; a missing value is a dash."""
    text = profile.select(_markdown_cell(name, profile.schema[name]) for name in MARKDOWN_COLUMNS)
    rule = ["---" if profile.schema[name] == pl.String else "---:" for name in MARKDOWN_COLUMNS]
    lines = text.select(pl.concat_str(pl.all(), separator=" | ").alias("line"))["line"]
    table = [" | ".join(MARKDOWN_COLUMNS), " | ".join(rule), *lines]
    path.write_text("".join(f"| {line} |\n" for line in table), encoding="utf-8")


def _markdown_cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.String:
        # a bar or a line break would end the cell
        column = column.str.replace_all(r"\s", " ").str.replace_all("|", r"\|", literal=True)
    elif dtype.is_float():
        column = column.round(2)
    return column.cast(pl.String).fill_null(MISSING)
