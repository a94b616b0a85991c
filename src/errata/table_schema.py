"""What the tables hold, for readers and machines, from their declarations.

python -m errata.table_schema > docs/tables.md
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from types import ModuleType

import polars as pl

import errata.accuracy.tables
import errata.atlas.tables
import errata.classes.tables
import errata.images.tables
import errata.labels.tables
import errata.mistakes.tables
import errata.openworld.tables
import errata.paired.tables
import errata.predictions.tables
import errata.profiles.tables
import errata.published.tables
import errata.trends.tables
import errata.trust.tables
import errata.truth.tables
from errata.column_meanings import meaning_of
from errata.profiles.further_columns import further_columns
from errata.profiles.tables import PROFILE
from errata.tables import Column, Table

TABLE_MODULES = (
    errata.accuracy.tables,
    errata.atlas.tables,
    errata.classes.tables,
    errata.images.tables,
    errata.labels.tables,
    errata.mistakes.tables,
    errata.openworld.tables,
    errata.paired.tables,
    errata.predictions.tables,
    errata.profiles.tables,
    errata.published.tables,
    errata.trends.tables,
    errata.truth.tables,
    errata.trust.tables,
)
"""The modules that declare tables."""

FURTHER_COLUMNS = {
    PROFILE.name: further_columns(),
    "atlas": {"outcomes": Column(pl.Array(pl.UInt8, 1))},
}
"""Columns that tables with `more_columns` have after the declared ones."""


@cache
def declared_tables() -> dict[str, tuple[Table, str]]:
    """Return every declared table with the text below its declaration, by name."""
    found: dict[str, tuple[Table, str]] = {}
    for module in TABLE_MODULES:
        texts = _texts_below(module)
        for variable, value in vars(module).items():
            if isinstance(value, Table) and variable in texts:
                found[value.name] = (value, texts[variable])
    return dict(sorted(found.items()))


def _texts_below(module: ModuleType) -> dict[str, str]:
    """Return the variables that a module assigns and the string that stands below each, in one line."""
    body = ast.parse(inspect.getsource(module)).body
    texts = {}
    for statement, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            text = ""
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                text = str(following.value.value)
            texts[statement.targets[0].id] = " ".join(text.split())
    return texts


def columns_of(table: Table) -> dict[str, Column]:
    """Return the declared columns of a table and those that may follow them."""
    return dict(table.columns) | FURTHER_COLUMNS.get(table.name, {})


def describe_column(name: str, dtype: pl.DataType | type[pl.DataType], column: Column | None) -> dict[str, object]:
    """Return `name`, `dtype`, `nullable`, `low`, `high`, `unit` and `meaning` of a column.

    A column without a declaration may be null; its meaning is empty if nobody has said what its name means.
    """
    known = meaning_of(name)
    meaning, unit = ("", "") if known is None else (known.text, known.unit)
    if column is not None and column.meaning:
        meaning, unit = column.meaning, column.unit
    return {
        "name": name,
        "dtype": _dtype_text(dtype),
        "nullable": column is None or column.nullable,
        "low": None if column is None else column.low,
        "high": None if column is None else column.high,
        "unit": unit,
        "meaning": meaning,
    }


def describe_table(name: str, schema: Mapping[str, pl.DataType]) -> dict[str, object]:
    """Return what a file holds: `table`, `version`, `about`, `key` and `columns`.

    `name`: name of the table; one that is not declared has no version and no key.
    `schema`: the file's columns and their dtypes.
    """
    table, about = declared_tables().get(name, (None, ""))
    declared = {} if table is None else columns_of(table)
    return {
        "table": name,
        "version": None if table is None else table.version,
        "about": about,
        "key": [] if table is None else list(table.key),
        "columns": [describe_column(column, dtype, declared.get(column)) for column, dtype in schema.items()],
    }


def tables_document() -> str:
    """Return docs/tables.md: every declared table with its columns."""
    parts = [
        "# Tables\n\nEvery table that rules hand to each other or that a report offers, as the `tables.py` of the "
        "rooms of\n`errata/` declare them. This page is generated: `make docs`. In the `data/` folder of a report, "
        "`schema.json`\nsays the same of the files there.\n"
    ]
    for name, (table, about) in declared_tables().items():
        key = ", ".join(f"`{column}`" for column in table.key)
        parts.append(f"\n## `{name}`\n\n{about}\n\nVersion {table.version}. Key: {key}.\n\n")
        parts.append("| column | dtype | unit | range | meaning |\n|---|---|---|---|---|\n")
        for column, declared in columns_of(table).items():
            facts = describe_column(column, declared.dtype, declared)
            dtype = f"{facts['dtype']}{' or null' if facts['nullable'] else ''}"
            cells = (f"`{column}`", dtype, facts["unit"], _range_text(declared), facts["meaning"])
            parts.append("| " + " | ".join(str(cell).replace("|", r"\|") for cell in cells) + " |\n")
    return "".join(parts)


def _range_text(column: Column) -> str:
    if column.low is None and column.high is None:
        return ""
    if column.high is None:
        return f"from {column.low:g}"
    return f"{column.low:g} to {column.high:g}" if column.low is not None else f"up to {column.high:g}"


def _dtype_text(dtype: pl.DataType | type[pl.DataType]) -> str:
    if isinstance(dtype, pl.List):
        return f"list of {_dtype_text(dtype.inner)}"
    if isinstance(dtype, pl.Array):
        return f"array of {_dtype_text(dtype.inner)}"
    return str(dtype).lower()


if __name__ == "__main__":
    print(tables_document(), end="")
