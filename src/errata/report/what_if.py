"""What if the errors of a category were fixed, as the pages show it."""

from dataclasses import dataclass

import polars as pl

from errata.categories import MULTI_LABEL_ACCURACIES, OPEN_WORLD_UNCHECKED
from errata.report.style import LOOKS, CategoryLook, Piece
from errata.results import Results

ACCURACY_NAMES = {
    "top1": "Top-1",
    **{accuracy.name: accuracy.label for accuracy in MULTI_LABEL_ACCURACIES if not accuracy.own_classes},
}


@dataclass(frozen=True)
class WhatIf:
    """One model in one group.

    `lines`: `look` of a category, its `errors`, and `cells`: accuracy -> row of the table
        `errata.profiles.tables.WHAT_IF`.
    `ladders`: from an `accuracy` as it is `now` to 100 %; each piece of the `bar` is the part of the way that a
        category makes up.
    """

    lines: list[dict]
    ladders: list[dict]


@dataclass(frozen=True)
class WhatIfView:
    """What the pages show: accuracies in order, the categories that the MLA would gain from, models and groups."""

    accuracies: list[str]
    looks: list[CategoryLook]
    models: dict[str, dict[str, WhatIf]]


def what_if_view(results: Results) -> WhatIfView | None:
    """Return what-if of every model, or None if the report has none."""
    table = results.what_if
    if table is None or table.is_empty():
        return None
    rows: dict[tuple[str, str], list[dict]] = {}
    for row in table.iter_rows(named=True):
        rows.setdefault((row["model"], row["group"]), []).append(row)
    models: dict[str, dict[str, WhatIf]] = {}
    for (model, group), found in rows.items():
        models.setdefault(model, {})[group] = _what_if(found)
    named = set(table.filter(pl.col("accuracy") == "mla")["category"])
    known = set(table["accuracy"])
    return WhatIfView(
        accuracies=[name for name in ACCURACY_NAMES if name in known],
        looks=[look for name, look in LOOKS.items() if name in named],
        models=models,
    )


def _what_if(rows: list[dict]) -> WhatIf:
    lines = []
    for name, look in LOOKS.items():
        cells = {row["accuracy"]: row for row in rows if row["category"] == name}
        if cells:
            lines.append({"look": look, "errors": next(iter(cells.values()))["errors"], "cells": cells})
    ladders = []
    for accuracy in ACCURACY_NAMES:
        steps = [row for row in rows if row["accuracy"] == accuracy and row["gain"] is not None]
        whole = [row for row in steps if row["gain_so_far"] is not None]
        if whole:
            now = whole[0]["fixed"] - whole[0]["gain"]
            ladders.append({"accuracy": accuracy, "now": now, "bar": _steps(steps, left=100 - now)})
    return WhatIf(lines, ladders)


def _steps(rows: list[dict], *, left: float) -> list[Piece]:
    """Return the pieces of a ladder; unchecked errors in the pieces that they may turn out to be, if they are split."""
    split = any(row["gain_so_far"] is None for row in rows)
    return [
        Piece(LOOKS[row["category"]], row["errors"], 100 * row["gain"] / left)
        for row in rows
        if left > 0 and row["gain"] > 0 and not (split and row["category"] == OPEN_WORLD_UNCHECKED)
    ]
