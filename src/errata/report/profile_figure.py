"""Stacked bars: what kinds of errors each model makes."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from errata.categories import FORGIVEN, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.report.numerals import percent
from errata.report.style import LOOKS, MUTED, STACK, figure_style, new_figure, paint, save_figure, style_bars

MOST_BARS = 60
LONGEST_NAME = 34


class Bars(NamedTuple):
    """The bars of a figure, from top to bottom: names, MLA in per cent, and errors by category.

    The name is that of a model, or how many models a bar stands for, of which the numbers are means; both float64,
    shape (bars,).
    """

    names: list[str]
    mla: np.ndarray
    counts: dict[str, np.ndarray]


def bars_of(profile: pl.DataFrame, group: str) -> Bars:
    """Return one bar per model of a group, best MLA first; above `MOST_BARS` models, means of models of like rank."""
    rows = profile.filter(pl.col("group") == group).sort("mla", "model", descending=[True, False], nulls_last=True)
    present = [name for name in STACK if name in rows.columns]
    split = any(name in rows.columns and rows[name].sum() for name in PROVISIONAL_COLUMNS)
    pieces = [name for name in present if rows[name].sum() and not (split and name == OPEN_WORLD_UNCHECKED)]
    models_per_bar = -(-rows.height // MOST_BARS)
    rows = rows.with_columns(_bar=pl.int_range(pl.len()) // models_per_bar)
    means = rows.group_by("_bar", maintain_order=True).agg(
        pl.col("model").first(), pl.len().alias("_models"), pl.col("mla", *pieces).mean()
    )
    names = [
        model if models == 1 else f"{models} models" for model, models in means.select("model", "_models").iter_rows()
    ]
    counts = {name: means[name].fill_null(0).cast(pl.Float64).to_numpy() for name in pieces}
    return Bars(names, means["mla"].cast(pl.Float64).fill_null(np.nan).to_numpy(), counts)


def draw_profile(profile: pl.DataFrame, group: str, stem: Path) -> None:
    """Write the figure of a group: on the left how many errors, on the right the kinds among those that count."""
    bars = bars_of(profile, group)
    size = len(bars.names)
    positions = np.arange(size)[::-1]
    height = 0.9 + 0.185 * max(size, 3)
    with figure_style():
        figure = new_figure(9.2, height)
        bottom, top = 0.45 / height, 1 - 0.38 / height
        left = figure.add_axes((0.235, bottom, 0.34, top - bottom))
        right = figure.add_axes((0.635, bottom, 0.345, top - bottom))
        _stack(left, positions, bars.counts)
        remaining = {name: count for name, count in bars.counts.items() if name not in FORGIVEN}
        whole = np.maximum(sum(remaining.values(), np.zeros(size)), 1)
        _stack(right, positions, {name: 100 * count / whole for name, count in remaining.items()})
        sides = left.get_yaxis_transform()
        for position, name, mla in zip(positions, bars.names, bars.mla, strict=True):
            left.text(-0.13, position, _short(name), transform=sides, ha="right", va="center", color=MUTED)
            left.text(-0.02, position, percent(mla), transform=sides, ha="right", va="center", color=MUTED)
        left.set_title("top-1 errors", loc="left")
        left.set_xlabel("images")
        right.set_title("of the multi-label errors, per cent", loc="left")
        right.set_xlabel("per cent")
        right.set_xlim(0, 100)
        for axes in (left, right):
            style_bars(axes, size, margin=0.7)
        left.xaxis.set_major_formatter("{x:,.0f}")
        for offset, heading in ((-0.13, "model"), (-0.02, "MLA")):
            left.annotate(
                heading, (offset, 1), xycoords="axes fraction", xytext=(0, 6), textcoords="offset points", ha="right"
            )
        save_figure(figure, stem)


def _stack(axes, positions: np.ndarray, pieces: dict[str, np.ndarray]) -> None:
    start = np.zeros(len(positions))
    for name, width in pieces.items():
        axes.barh(positions, width, left=start, height=0.76, **paint(LOOKS[name]))
        start = start + width


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
