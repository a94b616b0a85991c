"""Publication-ready figures: share and count of a category against accuracy, one figure per group and category."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from errata.categories import CATEGORY_COLUMNS, FORGIVEN
from errata.groups import GROUPS
from errata.published.trend import QUANTITIES, Trend
from errata.report.categories import GROUP_NAMES, LOOKS
from errata.report.figure_style import CLOUD, INK, MUTED, RULE, figure_style, new_figure, save_figure
from errata.report.trend_figures import ACCURACY_NAMES
from errata.report.trends.looks import (
    COLOURS,
    FORMS,
    MARKS,
    OTHERS,
    SCALES,
    UNKNOWN,
    UNKNOWN_COLOUR,
    form_labels,
    form_named,
    forms_of,
)
from errata.trends.cloud import accuracy_kind
from errata.trends.lines import Key, cloud_points

WIDTH, HEIGHT = 6.6, 3.5
BOTTOM, TOP, LEFTS, PANEL_WIDTH = 0.275, 0.855, (0.068, 0.572), 0.42
"""Where the two panels are in the figure, in parts of its height and width."""

MARK = 1.25
"""Radius of a published model's mark in points."""

OWN_MARKS = ((60, 2.6, 0.5), (300, 2.0, 0.4))
"""Up to how many models of the report their marks have which radius and edge, in points; more have the last one's."""


@dataclass(frozen=True)
class TrendFigure:
    """A figure that was drawn: `stem`.svg, .png and .pdf in the folder of figures."""

    group: str
    category: str
    stem: str
    description: str


@dataclass(frozen=True)
class Marking:
    """What form and colour stand for: columns of `errata.trends.models.COLUMNS`."""

    form: str
    colour: str
    forms: Mapping[str, str]


def draw_trend_figures(
    published: pl.DataFrame | None,
    here: pl.DataFrame,
    fits: Mapping[Key, Trend],
    folder: Path,
    *,
    form: str = "training_data",
    colour: str = "parameters",
) -> list[TrendFigure]:
    """Draw every group and category that has a trend; return the figures in reading order.

    Parameters
    ----------
    published, here
        Models in the columns of `errata.trends.models.COLUMNS`. Published ones have small marks, the report's own
        large ones with an edge.
    fits
        The lines to draw, `errata.trends.lines.fit_lines` of the published models, or of those of the report.
    folder
        Where the figures go.
    form, colour
        What the form and the colour of the marks stand for, one of `MARKS` and one of `SCALES`.
    """
    every = here if published is None else pl.concat([published, here])
    marking = Marking(form, colour, forms_of(every, form))
    drawn = []
    with figure_style():
        for group in GROUPS:
            known = [name for name in CATEGORY_COLUMNS if (group, name, "share", accuracy_kind(name)) in fits]
            for category in known:
                figure = _draw(group, category, published, here, fits, marking)
                stem = f"trends-{category}-{group}"
                save_figure(figure, folder / stem)
                drawn.append(TrendFigure(group, category, stem, _describe(group, category, marking)))
    return drawn


def _draw(
    group: str,
    category: str,
    published: pl.DataFrame | None,
    here: pl.DataFrame,
    fits: Mapping[Key, Trend],
    marking: Marking,
) -> Figure:
    look, accuracy = LOOKS[category], accuracy_kind(category)
    figure = new_figure(WIDTH, HEIGHT)
    labels: set[str] = set()
    own_size, own_edge = _own_mark(here["model"].n_unique()) if published is not None else (2 * MARK, 0.0)
    for left, quantity in zip(LEFTS, QUANTITIES, strict=True):
        axes = figure.add_axes((left, BOTTOM, PANEL_WIDTH, TOP - BOTTOM))
        where = {"group": group, "category": category, "quantity": quantity, "accuracy": accuracy}
        sets = [
            (cloud_points(models, **where).join(models.filter(group=group), on="model"), size)
            for models, size in ((published, MARK), (here, own_size))
            if models is not None
        ]
        if quantity == "count" and published is not None:
            sets[1] = (sets[1][0].join(published.select("group", "images").unique(), on=["group", "images"]), own_size)
        every = pl.concat([points.select("x", "y") for points, _ in sets])
        _set_limits(axes, every)
        axes.grid(color=RULE, linewidth=0.5)
        axes.set_axisbelow(True)
        for points, size in sets:
            labels |= _marks(axes, points, size, marking, edge=own_edge if size == own_size else 0.0)
        _lines(axes, fits[group, category, quantity, accuracy], look.colour)
        of = "top-1 errors" if category in FORGIVEN else "multi-label errors"
        axes.set_title(f"per cent of the {of}" if quantity == "share" else "errors", loc="left", pad=4, fontsize=8)
        axes.set_xlabel(ACCURACY_NAMES[accuracy], labelpad=2)
    figure.text(0.005, 0.985, f"{look.label}, {GROUP_NAMES[group]}", va="top", fontsize=9.5, color=INK)
    _legend(figure, marking, labels)
    return figure


def _describe(group: str, category: str, marking: Marking) -> str:
    along = "top-1" if accuracy_kind(category) == "top1" else "MLA"
    return (
        f"Share and count of {LOOKS[category].label} against {along}, {GROUP_NAMES[group]}; "
        f"form: {MARKS[marking.form]}, colour: {SCALES[marking.colour].title}"
    )


def _own_mark(models: int) -> tuple[float, float]:
    """Return radius and edge of the marks of so many models, in points."""
    fitting = [(size, edge) for most, size, edge in OWN_MARKS if models <= most]
    return fitting[0] if fitting else OWN_MARKS[-1][1:]


def _set_limits(axes: Axes, points: pl.DataFrame) -> None:
    for name, set_limits in (("x", axes.set_xlim), ("y", axes.set_ylim)):
        low, high = float(points[name].min()), float(points[name].max())
        margin = 0.04 * (high - low) or 1.0
        set_limits(max(low - margin, 0) if name == "y" else low - margin, high + margin)


def _lines(axes: Axes, trend: Trend, colour: str) -> None:
    if trend.inflection is not None and trend.inflection_limits is not None:
        axes.axvspan(*trend.inflection_limits, color=CLOUD, alpha=0.22, linewidth=0, zorder=1)
        axes.axvline(trend.inflection, color=MUTED, linewidth=0.7, linestyle=(0, (3, 2)), zorder=2)
    low, high = trend.accuracies[0], trend.accuracies[-1]
    borders = [low, high] if trend.inflection is None else [low, trend.inflection, high]
    for start, end in pairwise(borders):
        x = np.linspace(start, end, 41)
        # the last point of the first line is where the second begins; keep it on the first
        bands = trend.bands(np.append(x[:-1], np.nextafter(end, start)))
        for band, alpha in (("prediction", 0.13), ("confidence", 0.4)):
            axes.fill_between(
                x, bands[f"{band}_low"], bands[f"{band}_high"], color=colour, alpha=alpha, linewidth=0, zorder=3
            )
        axes.plot(x, bands["expected"], color=INK, linewidth=0.9, zorder=4)


def _marks(axes: Axes, points: pl.DataFrame, size: float, marking: Marking, *, edge: float) -> set[str]:
    """Draw all models of one form and colour as one outline; return what the legend calls their forms."""
    scale = SCALES[marking.colour]
    points = points.with_columns(
        pl.Series("_form", form_labels(points[marking.form].to_list(), marking.forms), dtype=pl.String),
        pl.Series("_step", [scale.step(value) for value in points[marking.colour]], dtype=pl.Int32),
    )
    for (label, step), part in points.group_by("_form", "_step", maintain_order=True):
        colour = UNKNOWN_COLOUR if step < 0 else COLOURS[step]
        form = form_named(label, marking.forms)
        axes.add_artist(_outline(axes, part["x"].to_numpy(), part["y"].to_numpy(), form, size, colour, edge=edge))
    return set(points["_form"])


def _outline(
    axes: Axes, x: np.ndarray, y: np.ndarray, form: str, size: float, colour: str, *, edge: float
) -> PathPatch:
    at = np.stack([x, y], axis=1)
    if form == "circle":
        return _dots(axes, at, size, colour, edge=edge)
    # points per unit of the axes, so that forms keep their proportions
    across = PANEL_WIDTH * WIDTH * 72 / np.ptp(axes.get_xlim())
    up = (TOP - BOTTOM) * HEIGHT * 72 / np.ptp(axes.get_ylim())
    corners = np.array(FORMS[form]) * size / np.array([across, up])
    every = at[:, None] + corners[None]
    # every form is closed where it began
    vertices = np.concatenate([every, every[:, :1]], axis=1).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO, *[Outline.LINETO] * (len(corners) - 1), Outline.CLOSEPOLY], x.size)
    look = {"edgecolor": INK, "linewidth": edge, "zorder": 6} if edge else {"linewidth": 0, "zorder": 2.5}
    return _patch(vertices, codes, facecolor=colour, alpha=1 if edge else 0.75, clip_on=not edge, **look)


def _dots(axes: Axes, at: np.ndarray, size: float, colour: str, *, edge: float) -> PathPatch:
    """Minute strokes with round ends: a quarter of the file that circles would make."""
    tiny = 1e-3 * np.ptp(axes.get_xlim())
    vertices = np.stack([at, at + np.array([tiny, 0])], axis=1).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO, Outline.LINETO], len(at))
    stroke = {"fill": False, "capstyle": "round"}
    if edge:
        axes.add_artist(
            _patch(vertices, codes, edgecolor=INK, linewidth=2 * (size + edge), zorder=5.9, clip_on=False, **stroke)
        )
    return _patch(
        vertices,
        codes,
        edgecolor=colour,
        linewidth=2 * size,
        alpha=1 if edge else 0.75,
        zorder=6 if edge else 2.5,
        clip_on=not edge,
        **stroke,
    )


def _patch(vertices: np.ndarray, codes: np.ndarray, **look) -> PathPatch:
    outline = Outline(vertices, codes)
    outline.should_simplify = False
    return PathPatch(outline, snap=False, **look)


def _legend(figure: Figure, marking: Marking, labels: set[str]) -> None:
    order = [*marking.forms, OTHERS, UNKNOWN]
    shown = [label for label in order if label in labels]
    if shown != [UNKNOWN]:
        forms = [
            Line2D([], [], linestyle="", marker=_marker(form_named(label, marking.forms)), color=MUTED, label=label)
            for label in shown
        ]
        _strip(figure, forms, MARKS[marking.form], 0.085)
        scale = SCALES[marking.colour]
        steps = [
            Line2D([], [], linestyle="", marker="o", color=colour, label=label)
            for colour, label in zip(COLOURS, scale.labels, strict=True)
        ]
        _strip(figure, steps, scale.title, 0.02)


def _strip(figure: Figure, handles: list[Line2D], title: str, height: float) -> None:
    figure.text(0.068, height + 0.022, title, fontsize=7, color=MUTED, va="center")
    figure.legend(
        handles=handles,
        loc="center left",
        bbox_to_anchor=(0.165, height + 0.022),
        ncols=len(handles),
        frameon=False,
        fontsize=7,
        handletextpad=0.1,
        columnspacing=0.9,
        borderpad=0,
        markerscale=0.7,
    )


def _marker(form: str) -> Outline | str:
    return Outline(np.array([*FORMS[form], FORMS[form][0]]), closed=True) if form in FORMS else "o"
