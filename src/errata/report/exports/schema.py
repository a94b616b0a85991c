"""What every file in a report's `data` folder holds, for machines."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata import __version__
from errata.predictions.tables import ERROR_FILE
from errata.table_schema import columns_of, describe_table

OTHER_FILES: Mapping[str, str] = {
    "citation.bib": "BibTeX: how to cite this result.",
    "errors/{model}.csv": "Every error of a model, with the names of the classes.",
    "latex/pooled.tex": "LaTeX table (booktabs): the shares over all models.",
    "latex/profile.tex": "LaTeX table (booktabs, longtable): the profile of every model by group.",
    "manifest.json": "What this report was made from and with: hashes, versions, settings, weights.",
    "profile.md": "Markdown table: counts and accuracies of every model and group.",
    "schema.json": "This list.",
    "statements.md": "The statements about trends in words, with their criteria.",
    "summaries/{model}.md": "A summary of a model for a model card or a pull request.",
}
"""Files that are no tables, by name or pattern."""

FORMATS = ("csv", "json", "parquet")


def data_schema(data: Path) -> dict[str, object]:
    """Describe the files in the folder `data`.

    Returns
    -------
    dict
        `errata`; `tables`: name -> `files`, `rows` and what `errata.table_schema.describe_table` says; `others`: file
        name or pattern -> what it holds, empty if nobody has said so.
    """
    tables = {}
    for path in sorted(data.glob("*.parquet")):
        files = [f"{path.stem}.{kind}" for kind in FORMATS if path.with_suffix(f".{kind}").is_file()]
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
        tables[path.stem] = {"files": files, "rows": rows, **describe_table(path.stem, pl.read_parquet_schema(path))}
    if any(data.glob("errors/*.csv")):
        dtypes = {name: column.dtype for name, column in columns_of(ERROR_FILE).items()}
        tables[ERROR_FILE.name] = {"files": ["errors/{model}.csv"], **describe_table(ERROR_FILE.name, dtypes)}
    twins = {file for table in tables.values() for file in table["files"]}
    found = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()} - twins
    others = {_pattern(name): OTHER_FILES.get(_pattern(name), "") for name in sorted({*found, "schema.json"})}
    return {"errata": __version__, "tables": tables, "others": others}


def write_schema(data: Path) -> dict[str, object]:
    """Write `schema.json` into the folder `data` and return it."""
    schema = data_schema(data)
    (data / "schema.json").write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return schema


def _pattern(name: str) -> str:
    """Return the name of a file, or what stands for all files of its kind."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/{{model}}.{file.rpartition('.')[2]}" if folder in ("errors", "summaries") else name
