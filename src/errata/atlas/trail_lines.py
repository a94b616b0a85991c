"""Lines of evidence trails as tables: whose they are, which template, and the values."""

import polars as pl

from errata.atlas.trail_words import POSITIONS

SCHEMA = {"owner": pl.UInt32, "template": pl.UInt8, "values": pl.List(pl.String)}


def lines(rows: pl.DataFrame, template: str | pl.Expr, *values: pl.Expr, owner: str = "answer") -> pl.DataFrame:
    """Return one line per row.

    Parameters
    ----------
    rows : polars.DataFrame
        With the column `owner`.
    template : str or polars.Expr
        Its name, or an expression of its name.
    values : polars.Expr
        One per slot of the template.
    """
    named = pl.lit(template) if isinstance(template, str) else template
    position = named.replace_strict(POSITIONS, return_dtype=pl.UInt8)
    told = pl.concat_list([value.cast(pl.String) for value in values]) if values else pl.lit([], pl.List(pl.String))
    return rows.select(owner=pl.col(owner).cast(pl.UInt32), template=position, values=told)


def joined(*parts: pl.DataFrame | None) -> pl.DataFrame:
    """Put lines together, by owner; those of one owner stay in the order of the parts and of their rows."""
    given = [part for part in parts if part is not None]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *given]).sort("owner", maintain_order=True)
