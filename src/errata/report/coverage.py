"""Which images and models count, and what was left out."""

from collections.abc import Mapping

import polars as pl

from errata.report.open_world import open_world_lines
from errata.results import Results

MOST_NAMES = 8
"""So many models are named in a row of what is left out."""

MOST_UNREADABLE = 40
"""Images listed on the page; the data hold all of them."""


def coverage(results: Results) -> Mapping[str, object]:
    """Return the variables of `coverage.html`: what was left out, and how the open-world check was made."""
    return {
        "left_out": _left_out(results),
        "open_world": open_world_lines(results.facts),
        "most_unreadable": MOST_UNREADABLE,
    }


def _left_out(results: Results) -> list[dict]:
    """Return a row per reason: how many models, how many images of each; few models are named."""
    if results.left_out is None:
        return []
    rows = results.left_out.group_by("reason", maintain_order=True).agg(
        pl.col("model"), pl.col("images").min().alias("least"), pl.col("images").max().alias("most")
    )
    models = set(results.profile["model"])
    return [row | {"models": len(row["model"]), "names": _names(row["model"], models)} for row in rows.to_dicts()]


def _names(names: list[str], models: set[str]) -> list[str]:
    """Return the names to show: few of many models; of what is no model here, some in any case."""
    if models.isdisjoint(names):
        return [*names[:MOST_NAMES], *([f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else [])]
    return names if len(names) < min(len(models), MOST_NAMES + 1) else []
