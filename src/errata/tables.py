"""What a table is, and how tables are written and read.

A table is a Parquet file, declared once in the `tables.py` of the room that makes it. Writing checks the file against
its declaration and so does reading: columns, dtypes, nulls, ranges and the uniqueness of the key. Row identity is
always a key column, never the order of the rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import polars as pl
from polars.io.plugins import register_io_source

from errata.errors import InputError, listed, shown
from errata.files import atomic_write
from errata.user_files import parquet_metadata, read_parquet, scan_parquet

CLASS_ID = pl.Int16
"""Class ids are ranks of the wnids, 0..999 for ImageNet."""


@dataclass(frozen=True)
class Column:
    """A column of a table: dtype, whether nulls may occur, and the closed range of its values.

    `meaning` (a sentence) and `unit` are given where `errata.column_meanings` does not have the column's name, or
    where the name means something else in this table.
    """

    dtype: pl.DataType | type[pl.DataType]
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    meaning: str = ""
    unit: str = ""

    def means(self, meaning: str, unit: str = "") -> "Column":
        """Return the column with a meaning of its own."""
        return replace(self, meaning=meaning, unit=unit)


@dataclass(frozen=True)
class Table:
    """The declaration of a table: its columns in order, its key, and whether further columns may follow."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    more_columns: bool = False
    version: int = 1

    @property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """The dtypes of the declared columns by name."""
        return {name: column.dtype for name, column in self.columns.items()}


def tables_in(module: ModuleType) -> dict[str, Table]:
    """Return the tables that a module declares, by name."""
    return {value.name: value for value in vars(module).values() if isinstance(value, Table)}


# columns that many tables have, under whatever name
TEXT = Column(pl.String)
TEXT_OR_NULL = Column(pl.String, nullable=True)
CLASS = Column(CLASS_ID, low=0)
CLASS_OR_NULL = Column(CLASS_ID, nullable=True, low=0)
COUNT = Column(pl.Int32, low=0)
COUNT_OR_NULL = Column(pl.Int32, nullable=True, low=0)
"""A count that is null where what it counts is not defined."""

LARGE_COUNT = Column(pl.Int64, low=0)
"""A count over all models, or of bytes."""

PERCENT = Column(pl.Float64, nullable=True, low=0, high=100)
POINTS = Column(pl.Float64, nullable=True, low=-100, high=100)
"""A difference of two percentages."""


def with_limits(name: str, column: Column, meaning: str, unit: str) -> dict[str, Column]:
    """Return a column and the two limits of its 95 % interval, by name."""
    return {
        name: column.means(meaning, unit),
        f"{name}_low": column.means(f"Lower 95 % limit of {name}.", unit),
        f"{name}_high": column.means(f"Upper 95 % limit of {name}.", unit),
    }


def write_table(
    frame: pl.DataFrame,
    table: Table,
    path: Path | str,
    *,
    metadata: Mapping[str, str] | None = None,
    finish: Callable[[Path], None] | None = None,
) -> None:
    """Check `frame` against `table` and write it to `path` as Parquet, atomically; `finish` has the last word.

    Raises
    ------
    InputError
        If a column is missing or has another dtype, a null, a value out of range, or the key repeats.
    """
    frame = check_table(frame, table, where=str(path))
    with atomic_write(path) as temporary:
        frame.write_parquet(temporary, compression="zstd", metadata=_notes(table, metadata))
        if finish:
            finish(temporary)


def write_table_in_parts(
    parts: Iterable[pl.DataFrame], table: Table, path: Path | str, *, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a large table part by part, atomically, with no more than a few parts in memory.

    Every part is checked like a table; the caller makes sure that no key occurs in two parts.
    """

    def checked_parts(*_pushed_down: object) -> Iterator[pl.DataFrame]:
        for part in parts:
            yield check_table(part, table, where=str(path))

    with atomic_write(path) as temporary:
        register_io_source(checked_parts, schema=table.schema).sink_parquet(
            temporary, compression="zstd", metadata=_notes(table, metadata)
        )


FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""How texts begin that a spreadsheet runs as a formula."""


def csv_text(frame: pl.DataFrame) -> str:
    """Return a table as CSV; texts that a spreadsheet would run as formulas get an apostrophe in front.

    Numbers are left as they are. The Parquet and JSON files beside a CSV have the texts unchanged.
    """
    texts = [pl.col(name) for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.when(text.str.contains(FORMULA)).then(pl.lit("'") + text).otherwise(text).alias(text.meta.output_name())
        for text in texts
    ).write_csv()


def with_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table of text that was read from CSV without the apostrophes that `csv_text` puts in front."""
    apart = pl.when(pl.all().str.contains(f"^'{FORMULA.removeprefix('^')}"))
    return frame.with_columns(apart.then(pl.all().str.slice(1)).otherwise(pl.all()).name.keep())


def write_csv(frame: pl.DataFrame, path: Path | str) -> None:
    """Write a table as CSV, atomically, without formulas (`csv_text`)."""
    with atomic_write(path) as temporary:
        temporary.write_text(csv_text(frame), encoding="utf-8", newline="")


def read_table(table: Table, path: Path | str) -> pl.DataFrame:
    """Read a table that `write_table` wrote, and check it again.

    Raises
    ------
    InputError
        If the file is no Parquet file, is another table or another version of it, or breaks its declaration.
    """
    _check_notes(table, path)
    return check_table(read_parquet(path), table, where=str(path))


def scan_table(table: Table, path: Path | str) -> pl.LazyFrame:
    """Open a large table that `write_table` wrote, to read parts of it; its dtypes are checked, its rows are not.

    Raises
    ------
    InputError
        If the file is no Parquet file, is another table or another version of it, or has other columns.
    """
    _check_notes(table, path)
    frame = scan_parquet(path)
    check_table(pl.DataFrame(schema=frame.collect_schema()), table, where=str(path))
    return frame


def read_metadata(path: Path | str) -> dict[str, str]:
    """Return the key-value metadata of a Parquet file.

    Raises
    ------
    InputError
        If there is no such file or it is not a Parquet file.
    """
    return parquet_metadata(path)


def check_table(frame: pl.DataFrame, table: Table, *, where: str) -> pl.DataFrame:
    """Return `frame` with the declared columns first, or raise an InputError that says what is wrong and where."""
    missing = [name for name in table.columns if name not in frame.columns]
    if missing:
        raise InputError(
            f"{where}: table '{table.name}' lacks the column(s) {', '.join(missing)}; found {listed(frame.columns)}."
        )
    extra = [name for name in frame.columns if name not in table.columns]
    if extra and not table.more_columns:
        raise InputError(f"{where}: table '{table.name}' has unexpected column(s) {listed(extra)}.")
    for name, column in table.columns.items():
        _check_column(frame[name], column, where=f"{where}: table '{table.name}', column '{name}'")
    repeated = frame.select(pl.struct(table.key).is_duplicated().sum()).item() if table.key else 0
    if repeated:
        first = frame.filter(pl.struct(table.key).is_duplicated()).select(table.key).row(0)
        raise InputError(
            f"{where}: table '{table.name}' must have one row per {', '.join(table.key)}; "
            f"{repeated} rows repeat one, first {first}."
        )
    return frame.select(*table.columns, *extra)


def _notes(table: Table, metadata: Mapping[str, str] | None) -> dict[str, str]:
    return {"errata.table": table.name, "errata.table_version": str(table.version), **(metadata or {})}


def _check_notes(table: Table, path: Path | str) -> None:
    notes = read_metadata(path)
    found = (notes.get("errata.table"), notes.get("errata.table_version"))
    if found != (table.name, str(table.version)):
        raise InputError(
            f"{path}: expected an Errata table '{table.name}' version {table.version}, found "
            f"{f'table {found[0]!r} version {found[1]}' if found[0] else 'a Parquet file that Errata did not write'}. "
            "Build it again with this version of Errata."
        )


def _check_column(values: pl.Series, column: Column, *, where: str) -> None:
    if values.dtype != column.dtype:
        raise InputError(f"{where}: expected {column.dtype}, found {shown(values.dtype, 80)}.")
    if not column.nullable and values.null_count():
        raise InputError(f"{where}: {values.null_count()} value(s) are missing, none may be.")
    if column.low is None and column.high is None:
        return
    low, high = values.min(), values.max()
    if low is not None and column.low is not None and low < column.low:
        raise InputError(f"{where}: found {low}, expected at least {column.low}.")
    if high is not None and column.high is not None and high > column.high:
        raise InputError(f"{where}: found {high}, expected at most {column.high}.")
