"""Stacked bars: what kinds of errors models make, or one model in every group of images."""

from typing import NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline

from errata.categories import FORGIVEN, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS, AccuracyWords
from errata.drawing.style import (
    MUTED,
    Sheet,
    draw_key,
    figure_style,
    ink_on,
    new_figure,
    paint,
    shortened,
    style_bars,
    text_width,
)
from errata.looks import GROUP_NAMES, LOOKS, STACK

MOST_BARS = 60
WIDEST_NAMES = 0.3
"""Names take at most this part of a figure's width."""

NARROW = 5.0
"""A figure of fewer inches has one panel."""

SMALLEST_TOLD = 0.055
"""Pieces below this part of a panel have no number in them."""


class Bars(NamedTuple):
    """The bars of a figure, from top to bottom: names, accuracy in per cent, images, and errors by category.

    The name is that of a model, of a group, or how many models a bar stands for, of which the numbers are means; all
    float64, shape (bars,).
    """

    names: list[str]
    mla: np.ndarray
    images: np.ndarray
    counts: dict[str, np.ndarray]


def bars_of(profile: pl.DataFrame, group: str) -> Bars:
    """Return one bar per model of a group, best MLA first; above `MOST_BARS` models, means of models of like rank."""
    rows = profile.filter(pl.col("group") == group).sort("mla", "model", descending=[True, False], nulls_last=True)
    models_per_bar = -(-rows.height // MOST_BARS)
    rows = rows.with_columns(_bar=pl.int_range(pl.len()) // models_per_bar)
    pieces = _pieces(rows)
    means = rows.group_by("_bar", maintain_order=True).agg(
        pl.col("model").first(), pl.len().alias("_models"), pl.col("mla", "images", *pieces).mean()
    )
    names = [
        model if models == 1 else f"{models} models" for model, models in means.select("model", "_models").iter_rows()
    ]
    return _bars(names, means, pieces)


def bars_of_groups(profile: pl.DataFrame, model: str) -> Bars:
    """Return one bar per group of images of a model, all images first; groups without images have none."""
    rows = profile.filter(pl.col("model") == model, pl.col("images") > 0)
    return _bars([GROUP_NAMES[group] for group in rows["group"]], rows, _pieces(rows))


def _pieces(rows: pl.DataFrame) -> list[str]:
    """Return the categories that have errors; unchecked errors are split where it is known how."""
    present = [name for name in STACK if name in rows.columns and rows[name].sum()]
    split = any(name in present for name in PROVISIONAL_COLUMNS)
    return [name for name in present if not (split and name == OPEN_WORLD_UNCHECKED)]


def _bars(names: list[str], rows: pl.DataFrame, pieces: list[str]) -> Bars:
    mla, images, *counts = (
        rows[name].cast(pl.Float64).fill_null(np.nan if name == "mla" else 0).to_numpy()
        for name in ("mla", "images", *pieces)
    )
    return Bars(names, mla, images, dict(zip(pieces, counts, strict=True)))


def draw_bars(bars: Bars, sheet: Sheet, *, words: AccuracyWords, title: str = "", grey: bool = False) -> Figure:
    """Draw how many errors there are, and of which kinds, on a broad sheet also the kinds among those that count."""
    accuracy = words.mla.replace(" ", "\n", 1)
    size = len(bars.names)
    letters = sheet.letters
    line = letters / 72
    broad = sheet.width >= NARROW
    names = [shortened(name, WIDEST_NAMES * sheet.width, letters) for name in bars.names]
    numbers = [f"{value:.1f}" if np.isfinite(value) else "–" for value in bars.mla]
    of_numbers = max(text_width(number, letters) for number in [*numbers, *accuracy.split("\n")]) + 0.6 * line
    of_names = max(text_width(name, letters) for name in names) + 0.9 * line
    with figure_style(letters):
        figure = new_figure(sheet.width, 1.0)
        looks = [LOOKS[name] for name in bars.counts]
        handles = [Patch(**paint(look, grey=grey)) for look in looks]
        of_key = draw_key(figure, handles, [look.label for look in looks], width=sheet.width, size=letters)
        above, below = (3.6 if title else 2.0) * line + 1.2 * line * accuracy.count("\n"), of_key + 2.1 * line
        height = above + below + 1.75 * line * max(size, 2)
        figure.set_size_inches(sheet.width, height)
        left = (of_names + of_numbers + line) / sheet.width
        right, gap = 1 - 1.2 * line / sheet.width, 1.6 * line / sheet.width
        width = (right - left - gap) / 2 if broad else right - left
        positions = np.arange(size)[::-1]
        panels = [_panel(figure, bars, (left, below / height, width, 1 - (above + below) / height))]
        whole = np.maximum(bars.images, 1)
        _stack(panels[0], positions, {name: 100 * count / whole for name, count in bars.counts.items()}, grey=grey)
        panels[0].set_title("errors, % of the images" if broad else "errors, per cent of the images", loc="left")
        if broad:
            panels.append(
                _panel(figure, bars, (left + width + gap, below / height, width, panels[0].get_position().height))
            )
            counted = {name: count for name, count in bars.counts.items() if name not in FORGIVEN}
            whole = np.maximum(sum(counted.values(), np.zeros(size)), 1)
            _stack(panels[1], positions, {name: 100 * count / whole for name, count in counted.items()}, grey=grey)
            panels[1].set_title(f"% of the {words.mles}", loc="left")
            panels[1].set_xlim(0, 100)
        for axes in panels:
            axes.tick_params(axis="x", pad=2)
        for position, name, number in zip(positions, names, numbers, strict=True):
            up = panels[0].get_position().y0 + panels[0].get_position().height * (position + 0.7) / (size + 0.4)
            figure.text(of_names / sheet.width, up, name, ha="right", va="center")
            figure.text((of_names + of_numbers) / sheet.width, up, number, ha="right", va="center", color=MUTED)
        over = 1 - (above - 0.62 * line) / height
        figure.text((of_names + of_numbers) / sheet.width, over, accuracy, ha="right", va="bottom", color=MUTED)
        if title:
            figure.text(
                0.4 * line / sheet.width,
                1 - 1.3 * line / height,
                shortened(title, 0.97 * sheet.width, 1.15 * letters),
                fontsize=1.15 * letters,
            )
    return figure


def _panel(figure: Figure, bars: Bars, place: tuple[float, float, float, float]) -> Axes:
    axes = figure.add_axes(place)
    style_bars(axes, len(bars.names), margin=0.7)
    return axes


def _stack(axes: Axes, positions: np.ndarray, pieces: dict[str, np.ndarray], *, grey: bool) -> None:
    start = np.zeros(len(positions))
    drawn = []
    for name, width in pieces.items():
        end, below, above = start + width, positions - 0.38, positions + 0.38
        corners = np.stack([(start, below), (end, below), (end, above), (start, above)]).transpose(2, 0, 1)
        # one outline for all bars: a rectangle each takes several times as long, and as much room
        axes.add_patch(PathPatch(Outline.make_compound_path_from_polys(corners), **paint(LOOKS[name], grey=grey)))
        drawn.append((name, start, width))
        start = start + width
    axes.set_xlim(0, max(float(start.max(initial=0)) * 1.02, 1))
    least = SMALLEST_TOLD * axes.get_xlim()[1]
    for name, begin, width in drawn:
        colour = ink_on(LOOKS[name], grey=grey)
        for position, left, wide in zip(positions, begin, width, strict=True):
            if colour is not None and wide >= least:
                axes.text(left + wide / 2, position, f"{wide:.0f}", ha="center", va="center_baseline", color=colour)
