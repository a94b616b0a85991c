"""Two models on the same images: every kind of error of both, and the differences with their intervals."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from errata.categories import OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS, accuracy_words
from errata.drawing.style import (
    INK,
    MUTED,
    RULE,
    Sheet,
    draw_key,
    figure_style,
    new_figure,
    shortened,
    text_width,
    wrapped,
)
from errata.looks import GROUP_NAMES, LOOKS, STACK
from errata.paired.compare import CANNOT_TELL, PairedComparison

TOTALS = ("top1_errors", "mle")
"""Statistics that are no category."""

WIDEST_LABELS = 0.33
"""Labels take at most this part of a figure's width; longer ones are broken into lines."""


def draw_pair(comparison: PairedComparison, group: str, sheet: Sheet, *, grey: bool = False) -> Figure:
    """Draw counts in per cent of the images on the left, and B minus A in points on the right."""
    rows = _rows(comparison, group)
    letters, line = sheet.letters, sheet.letters / 72
    label_room = WIDEST_LABELS * sheet.width
    words = accuracy_words(comparison.atlas.undefined).statistics
    named = {name: look.label for name, look in LOOKS.items()} | words | {"top1_errors": f"all {words['top1_errors']}"}
    labels = [wrapped(named[row["statistic"]], label_room, letters) for row in rows]
    images = next(int(each.sizes.sum()) for each in comparison.transitions if each.group == group)
    scale = 100 / images
    a, b = (shortened(name, sheet.width - 4 * line, letters) for name in comparison.models)
    with figure_style(letters):
        figure = new_figure(sheet.width, 1.0)
        marks = {"linestyle": "", "markersize": 0.7 * letters, "markeredgecolor": INK}
        handles = [
            Line2D([], [], marker="o", markerfacecolor="none", **marks),
            Line2D([], [], marker="s", markerfacecolor=INK, **marks),
            Line2D([], [], marker="o", color=INK, linewidth=0.12 * letters, markersize=0.45 * letters),
        ]
        words = [f"A: {a}", f"B: {b}", "B minus A with its 95 % interval; filled: more than chance"]
        of_key = draw_key(figure, handles, words, width=sheet.width, size=letters)
        heights = np.array([0.5 + 1.25 * (label.count("\n") + 1) for label in labels]) * line
        above, below = 3.2 * line, of_key + 2.2 * line
        height = above + below + heights.sum()
        figure.set_size_inches(sheet.width, height)
        at = 1 - (np.cumsum(heights) - heights / 2) / heights.sum()
        of_labels = max(text_width(part, letters) for label in labels for part in label.split("\n")) + 1.2 * line
        left, gap, right = of_labels / sheet.width, 1.6 * line / sheet.width, 1 - 1.0 * line / sheet.width
        width = (right - left - gap) / 2
        place = (below / height, heights.sum() / height)
        counts = figure.add_axes((left, place[0], width, place[1]))
        differences = figure.add_axes((left + width + gap, place[0], width, place[1]))
        for axes in (counts, differences):
            axes.set_ylim(0, 1)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.grid(axis="x", color=RULE, linewidth=0.5)
            axes.set_axisbelow(True)
        for up, row, label in zip(at, rows, labels, strict=True):
            name = row["statistic"]
            colour = MUTED if grey or name in TOTALS else LOOKS[name].colour
            values = [scale * row[each] for each in ("a", "b")]
            counts.plot(values, [up, up], color=colour, linewidth=0.25 * letters, solid_capstyle="round", zorder=2)
            look = {"markeredgecolor": INK, "markeredgewidth": 0.1 * letters, "clip_on": False, "zorder": 3}
            counts.plot(values[:1], [up], "o", markerfacecolor="white", markersize=0.7 * letters, **look)
            counts.plot(values[1:], [up], "s", markerfacecolor=colour, markersize=0.6 * letters, **look)
            _draw_difference(differences, up, row, scale, colour, letters)
            figure.text(
                (of_labels - 0.6 * line) / sheet.width, place[0] + place[1] * up, label, ha="right", va="center"
            )
        counts.set_xlim(0, None)
        differences.axvline(0, color=MUTED, linewidth=0.1 * letters, zorder=1)
        reach = 1.06 * max(abs(each) for each in differences.get_xlim())
        differences.set_xlim(-reach, reach)
        for axes, heading in ((counts, "% of the images"), (differences, "B minus A, points")):
            axes.set_title(heading, loc="left", fontsize=letters, color=MUTED)
        title = f"{GROUP_NAMES[group][:1].upper()}{GROUP_NAMES[group][1:]}: {images:,} that both answered"
        figure.text(0.4 * line / sheet.width, 1 - 1.2 * line / height, title, fontsize=letters)
    return figure


def _rows(comparison: PairedComparison, group: str) -> list[dict]:
    """Return the rows of totals and of every category that one of the models has."""
    rows = {row["statistic"]: row for row in comparison.differences.filter(group=group, kind="count").to_dicts()}
    split = any(rows.get(name, {}).get("a") or rows.get(name, {}).get("b") for name in PROVISIONAL_COLUMNS)
    shown = [*TOTALS, *(name for name in STACK if not (split and name == OPEN_WORLD_UNCHECKED))]
    told = {*accuracy_words(comparison.atlas.undefined).statistics, *LOOKS}
    return [rows[name] for name in shown if name in rows and name in told and (rows[name]["a"] or rows[name]["b"])]


def _draw_difference(axes: Axes, up: float, row: dict, scale: float, colour: str, letters: float) -> None:
    """Draw a difference and its interval; its mark is empty where the models may be alike."""
    if row["low"] is not None and row["high"] is not None:
        axes.plot([scale * row["low"], scale * row["high"]], [up, up], color=INK, linewidth=0.12 * letters, zorder=2)
    face = "white" if row["word"] == CANNOT_TELL else colour
    look = {"markeredgecolor": INK, "markeredgewidth": 0.1 * letters, "markersize": 0.55 * letters, "zorder": 3}
    axes.plot([scale * row["difference"]], [up], "o", markerfacecolor=face, **look)
