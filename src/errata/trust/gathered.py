"""Everything about trust that a report can show, in one value."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

import errata.trust.tables
from errata.tables import Table, read_table

_TABLES = {table.name: table for table in vars(errata.trust.tables).values() if isinstance(table, Table)}


@dataclass(frozen=True)
class TrustTables:
    """The tables of `errata.trust.tables`, under their names; None for what could not be made."""

    expert_mistakes: pl.DataFrame | None = None
    agreement: pl.DataFrame | None = None
    fidelity: pl.DataFrame | None = None
    checkpoints: pl.DataFrame | None = None
    atlas_shares: pl.DataFrame | None = None
    atlas_transitions: pl.DataFrame | None = None
    atlas_accuracies: pl.DataFrame | None = None
    chance: pl.DataFrame | None = None
    model_chance: pl.DataFrame | None = None
    defined: pl.DataFrame | None = None

    @property
    def known(self) -> dict[str, pl.DataFrame]:
        """The tables that could be made, by name."""
        tables = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: table for name, table in tables.items() if table is not None}


def read_trust_tables(paths: Iterable[Path | str]) -> TrustTables:
    """Read tables of trust, each from the file of its name.

    Raises
    ------
    InputError
        If a file is another table or another version of it.
    """
    return TrustTables(**{Path(path).stem: read_table(_TABLES[Path(path).stem], path) for path in paths})
