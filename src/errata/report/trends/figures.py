"""Figures of trends: panels of the overview, and publication-ready figures of share and count, one per category.

`draw_trend` draws the lines of both; `draw_trend_figures` and `draw_panels` put the models' marks around them.
"""

from collections.abc import Mapping, Sequence
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
from errata.report.style import CLOUD, GROUP_NAMES, INK, LOOKS, MUTED, RULE, figure_style, new_figure, save_figure
from errata.trends.cloud import QUANTITIES, accuracy_kind, measures, points_of
from errata.trends.fit import Trend
from errata.trends.lines import Key

FIGURE_SIZE = (6.6, 3.5)
PLOT_BOTTOM, PLOT_TOP, PLOT_LEFTS, PLOT_WIDTH = 0.275, 0.855, (0.068, 0.572), 0.42
"""Where the two plots are in a figure, in parts of its height and width."""

MARK_RADIUS = 1.25
"""Radius of a published model's mark in points."""

OWN_MARKS = ((60, 2.6, 0.5), (300, 2.0, 0.4))
"""Up to how many models of the report their marks have which radius and edge, in points; more have the last one's."""

PANEL_SIZE = (3.05, 2.75)
PANEL_AXES = (0.115, 0.145, 0.87, 0.76)
"""Left, bottom, width and height of the plot within a panel."""

MOST_EDGED = 100
"""More new models than this are plain dots in a panel: edges would overlap, and make the file large."""

ACCURACY_AXES = {"mla": "MLA, per cent", "top1": "top-1 on the annotated images, per cent"}

FORMS: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((-1.1, -0.8), (1.1, -0.8), (0.0, 1.2)),
    "diamond": ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
    "inverted triangle": ((-1.1, 0.8), (1.1, 0.8), (0.0, -1.2)),
    "cross": (
        *((-1.2, -0.4), (-0.4, -0.4), (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4)),
        *((1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4)),
    ),
    "hexagon": ((-0.6, -1.0), (0.6, -1.0), (1.15, 0.0), (0.6, 1.0), (-0.6, 1.0), (-1.15, 0.0)),
}
"""Corners of every form but the circle, for a mark of radius 1; y goes up."""

OWN_FORMS = ("circle", "square", "triangle", "diamond", "inverted triangle")
"""Forms of the most common labels, in order; all others are crosses, and what is not known is a hexagon."""

OTHERS, NOT_KNOWN = "others", "not known"

COLOURS = ("#8457b5", "#3f78cf", "#17968a", "#74a81b", "#e39b12")
UNKNOWN_COLOUR = "#8b95a1"


@dataclass(frozen=True)
class Scale:
    """A colour scale in steps: `limits` are the borders between them, `labels` one word per colour."""

    column: str
    title: str
    limits: tuple[float, ...]
    labels: tuple[str, ...]

    def step(self, value: float | None) -> int:
        """Return which step a value is in, from 0; -1 for a value that is not known."""
        return -1 if value is None else sum(value >= limit for limit in self.limits)


SCALES = {
    "parameters": Scale(
        "parameters",
        "parameters",
        (1e7, 3e7, 1e8, 3e8),
        ("below 10 M", "10–30 M", "30–100 M", "100–300 M", "300 M or more"),
    ),
    "training_images": Scale(
        "training_images",
        "training images",
        (1.5e6, 5e7, 5e8, 1.5e9),
        ("up to 1.5 M", "1.5–50 M", "50–500 M", "0.5–1.5 G", "1.5 G or more"),
    ),
}

MARKS = {
    "training_data": "training data",
    "architecture": "architecture",
    "architecture_family": "architecture family",
}
"""What the form of a mark can stand for."""


def forms_of(models: pl.DataFrame, column: str) -> dict[str, str]:
    """Return the form of every label of a column that has one of its own, most common first.

    Labels of equal frequency are in alphabetical order.
    """
    counts = models.unique("model")[column].drop_nulls().value_counts().sort("count", column, descending=[True, False])
    return dict(zip(counts[column], OWN_FORMS, strict=False))


def form_labels(labels: Sequence[str | None], forms: dict[str, str]) -> list[str]:
    """Return what the legend calls each label: itself, `others` or `not known`."""
    return [NOT_KNOWN if label is None else label if label in forms else OTHERS for label in labels]


def form_named(label: str, forms: dict[str, str]) -> str:
    """Return the form of what the legend calls by a label."""
    return forms.get(label) or {OTHERS: "cross", NOT_KNOWN: "hexagon"}[label]


@dataclass(frozen=True)
class TrendStyle:
    """How a trend is drawn: opacity and order of its bands, order of its line, points of a single line, inflection."""

    prediction: float
    confidence: float
    bands_order: float
    line_order: float
    points: int
    with_inflection: bool


IN_PANELS = TrendStyle(0.16, 0.35, bands_order=1, line_order=2, points=61, with_inflection=False)
IN_FIGURES = TrendStyle(0.13, 0.4, bands_order=3, line_order=4, points=41, with_inflection=True)


def draw_trend(axes: Axes, trend: Trend, colour: str, style: TrendStyle) -> None:
    """Draw a trend's lines with their confidence and prediction bands, and where it bends."""
    if style.with_inflection and trend.inflection is not None and trend.inflection_limits is not None:
        axes.axvspan(*trend.inflection_limits, color=CLOUD, alpha=0.22, linewidth=0, zorder=1)
        axes.axvline(trend.inflection, color=MUTED, linewidth=0.7, linestyle=(0, (3, 2)), zorder=2)
    for start, end in pairwise(trend.borders):
        x = np.linspace(start, end, style.points if trend.inflection is None else 41)
        # the last point of the first line is where the second begins; keep it on the first
        bands = trend.bands(np.append(x[:-1], np.nextafter(end, start)))
        for band in ("prediction", "confidence"):
            low, high, alpha = bands[f"{band}_low"], bands[f"{band}_high"], getattr(style, band)
            axes.fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0, zorder=style.bands_order)
        axes.plot(x, bands["expected"], color=INK, linewidth=0.9, zorder=style.line_order)


def draw_dots(axes: Axes, at: np.ndarray, size: float, colour: str, **look: object) -> None:
    """Draw all points, shape (points, 2), as one outline of minute strokes with round ends.

    The file is a quarter to a tenth of what circles or markers would make.
    """
    tiny = 1e-3 * np.ptp(axes.get_xlim())
    vertices = np.stack([at, at + np.array([tiny, 0])], axis=1).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO, Outline.LINETO], len(at))
    _add_outline(axes, vertices, codes, fill=False, edgecolor=colour, linewidth=size, capstyle="round", **look)


def _add_outline(axes: Axes, vertices: np.ndarray, codes: np.ndarray, **look: object) -> None:
    outline = Outline(vertices, codes)
    outline.should_simplify = False
    axes.add_artist(PathPatch(outline, snap=False, **look))


def _draw_grid(axes: Axes) -> None:
    axes.grid(color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)


@dataclass(frozen=True)
class TrendFigure:
    """A figure that was drawn: `stem`.svg, .png and .pdf in the folder of figures."""

    group: str
    category: str
    stem: str
    description: str


@dataclass(frozen=True)
class Marking:
    """What form and colour stand for: columns of `errata.trends.cloud.TREND_COLUMNS`."""

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

    `published`, `here`: models in the columns of `errata.trends.cloud.TREND_COLUMNS`. Published ones have small marks,
        the report's own large ones with an edge.
    `fits`: the lines to draw, `errata.trends.lines.fit_lines` of the published models, or of those of the report.
    `folder`: where the figures go.
    `form`, `colour`: what the form and the colour of the marks stand for, one of `MARKS` and one of `SCALES`.
    """
    every = here if published is None else pl.concat([published, here])
    marking = Marking(form, colour, forms_of(every, form))
    drawn = []
    with figure_style():
        for group in GROUPS:
            known = [name for name in CATEGORY_COLUMNS if (group, name, "share", accuracy_kind(name)) in fits]
            for category in known:
                figure = _draw_figure(group, category, published, here, fits, marking)
                stem = f"trends-{category}-{group}"
                save_figure(figure, folder / stem)
                drawn.append(TrendFigure(group, category, stem, _describe_figure(group, category, marking)))
    return drawn


def _draw_figure(
    group: str,
    category: str,
    published: pl.DataFrame | None,
    here: pl.DataFrame,
    fits: Mapping[Key, Trend],
    marking: Marking,
) -> Figure:
    look, accuracy = LOOKS[category], accuracy_kind(category)
    figure = new_figure(*FIGURE_SIZE)
    labels: set[str] = set()
    own_size, own_edge = _own_mark(here["model"].n_unique()) if published is not None else (2 * MARK_RADIUS, 0.0)
    for left, quantity in zip(PLOT_LEFTS, QUANTITIES, strict=True):
        axes = figure.add_axes((left, PLOT_BOTTOM, PLOT_WIDTH, PLOT_TOP - PLOT_BOTTOM))
        where = {"group": group, "category": category, "quantity": quantity, "accuracy": accuracy}
        sets = [
            (points_of(models, **where).join(models.filter(group=group), on="model"), size)
            for models, size in ((published, MARK_RADIUS), (here, own_size))
            if models is not None
        ]
        if quantity == "count" and published is not None:
            sets[1] = (sets[1][0].join(published.select("group", "images").unique(), on=["group", "images"]), own_size)
        every = pl.concat([points.select("x", "y") for points, _ in sets])
        _set_limits(axes, every)
        _draw_grid(axes)
        for points, size in sets:
            labels |= _marks(axes, points, size, marking, edge=own_edge if size == own_size else 0.0)
        draw_trend(axes, fits[group, category, quantity, accuracy], look.colour, IN_FIGURES)
        of = "top-1 errors" if category in FORGIVEN else "multi-label errors"
        axes.set_title(f"per cent of the {of}" if quantity == "share" else "errors", loc="left", pad=4, fontsize=8)
        axes.set_xlabel(ACCURACY_AXES[accuracy], labelpad=2)
    figure.text(0.005, 0.985, f"{look.label}, {GROUP_NAMES[group]}", va="top", fontsize=9.5, color=INK)
    _legend(figure, marking, labels)
    return figure


def _describe_figure(group: str, category: str, marking: Marking) -> str:
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
        _draw_forms(axes, part["x"].to_numpy(), part["y"].to_numpy(), form, size, colour, edge=edge)
    return set(points["_form"])


def _draw_forms(axes: Axes, x: np.ndarray, y: np.ndarray, form: str, size: float, colour: str, *, edge: float) -> None:
    at = np.stack([x, y], axis=1)
    look = {"alpha": 1 if edge else 0.75, "zorder": 6 if edge else 2.5, "clip_on": not edge}
    if form == "circle":
        if edge:
            draw_dots(axes, at, 2 * (size + edge), INK, zorder=5.9, clip_on=False)
        draw_dots(axes, at, 2 * size, colour, **look)
        return
    # points per unit of the axes, so that forms keep their proportions
    across = PLOT_WIDTH * FIGURE_SIZE[0] * 72 / np.ptp(axes.get_xlim())
    up = (PLOT_TOP - PLOT_BOTTOM) * FIGURE_SIZE[1] * 72 / np.ptp(axes.get_ylim())
    corners = np.array(FORMS[form]) * size / np.array([across, up])
    every = at[:, None] + corners[None]
    # every form is closed where it began
    vertices = np.concatenate([every, every[:, :1]], axis=1).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO, *[Outline.LINETO] * (len(corners) - 1), Outline.CLOSEPOLY], x.size)
    if edge:
        look["edgecolor"] = INK
    _add_outline(axes, vertices, codes, facecolor=colour, linewidth=edge, **look)


def _legend(figure: Figure, marking: Marking, labels: set[str]) -> None:
    order = [*marking.forms, OTHERS, NOT_KNOWN]
    shown = [label for label in order if label in labels]
    if shown != [NOT_KNOWN]:
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


@dataclass(frozen=True)
class Panel:
    """A panel, and where its points are.

    `stem`: file name in the folder of figures, without extension.
    `x_limits`, `y_limits`: what the plot's sides stand for.
    `description`: what the panel shows, in words.
    """

    group: str
    category: str
    stem: str
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    description: str

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return how far a point is from the figure's left and top sides, in per cent of its width and height."""
        left, bottom, width, height = PANEL_AXES
        across = (x - self.x_limits[0]) / (self.x_limits[1] - self.x_limits[0])
        up = (y - self.y_limits[0]) / (self.y_limits[1] - self.y_limits[0])
        return 100 * (left + width * across), 100 * (1 - bottom - height * up)


def plan_panels(
    published: pl.DataFrame | None, comparison: pl.DataFrame | None, trends: Mapping[tuple[str, str, str], Trend]
) -> list[Panel]:
    """Return a panel for every category and group that new models are compared in, in reading order.

    The panels of a category have the same sides, so that groups can be compared by eye.
    """
    if published is None or comparison is None:
        return []
    shares = comparison.filter(pl.col("quantity") == "share")
    cloud = measures(published).filter(pl.col("quantity") == "share")
    panels = []
    for category in LOOKS:
        new = shares.filter(pl.col("category") == category)
        old = cloud.filter(pl.col("category") == category)
        if new.is_empty() or old.is_empty():
            continue
        both = pl.concat([old.select("accuracy", "value"), new.select("accuracy", "value")])
        limits = tuple(_panel_limits(both[name].to_numpy()) for name in ("accuracy", "value"))
        panels += [
            Panel(group, category, f"trend-{category}-{group}", *limits, _describe_panel(group, category, old))
            for group in GROUPS
            if (group, category, "share") in trends
        ]
    return panels


def draw_panels(
    panels: Sequence[Panel],
    published: pl.DataFrame | None,
    comparison: pl.DataFrame | None,
    trends: Mapping[tuple[str, str, str], Trend],
    folder: Path,
) -> None:
    """Draw the panels that `plan_panels` returned for the same tables into `folder`."""
    if not panels or published is None or comparison is None:
        return
    shares = comparison.filter(pl.col("quantity") == "share")
    cloud = measures(published).filter(pl.col("quantity") == "share")
    with figure_style():
        for panel in panels:
            here = (pl.col("category") == panel.category) & (pl.col("group") == panel.group)
            trend = trends[panel.group, panel.category, "share"]
            _draw_panel(panel, cloud.filter(here), shares.filter(here), trend, folder)


def _draw_panel(panel: Panel, old: pl.DataFrame, new: pl.DataFrame, trend: Trend, folder: Path) -> None:
    look = LOOKS[panel.category]
    figure = new_figure(*PANEL_SIZE)
    axes = figure.add_axes(PANEL_AXES)
    axes.set_xlim(panel.x_limits)
    axes.set_ylim(panel.y_limits)
    _draw_grid(axes)
    draw_dots(axes, old.select("accuracy", "value").to_numpy(), 1.8, CLOUD, alpha=0.6, zorder=1.5)
    draw_trend(axes, trend, look.colour, IN_PANELS)
    if new.height > MOST_EDGED:
        draw_dots(axes, new.select("accuracy", "value").to_numpy(), 2.4, look.colour, alpha=0.6, zorder=4)
    else:
        size, edge = (4.5, 0.6) if new.height <= 12 else (3.0, 0.35)
        dots = {"color": look.colour, "markersize": size, "markeredgecolor": INK, "markeredgewidth": edge}
        axes.plot(new["accuracy"].to_numpy(), new["value"].to_numpy(), "o", **dots, clip_on=False, zorder=4)
    if new.height <= 3:
        for name, x, y in new.select("model", "accuracy", "value").iter_rows():
            axes.annotate(
                name if len(name) <= 22 else f"{name[:21]}…",
                (x, y),
                **_beside_the_line(rising=trend.lines[0].slope > 0, across=panel.place(x, y)[0]),
                textcoords="offset points",
                fontsize=7,
                zorder=5,
            )
    axes.set_title(GROUP_NAMES[panel.group], loc="left", pad=5)
    axes.set_title(look.label, loc="right", pad=5, fontsize=7.5, color=MUTED)
    axes.set_xlabel(ACCURACY_AXES[old["accuracy_kind"][0]] if old.height else "", labelpad=2, color=MUTED)
    save_figure(figure, folder / panel.stem)


def _beside_the_line(*, rising: bool, across: float) -> dict:
    """Return where a name goes, for a point so many per cent from the left: off the trend and inside the figure."""
    right_of_it = across < 40 if rising else across < 60
    above = right_of_it != rising
    return {
        "xytext": (5 if right_of_it else -5, 5 if above else -5),
        "ha": "left" if right_of_it else "right",
        "va": "bottom" if above else "top",
    }


def _panel_limits(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or 1.0
    return max(low - margin, -0.5), min(high + margin, 102.0)


def _describe_panel(group: str, category: str, old: pl.DataFrame) -> str:
    of = "top-1 errors" if old["accuracy_kind"][0] == "top1" else "multi-label errors"
    return f"Share of {LOOKS[category].label} among the {of} against accuracy, {GROUP_NAMES[group]}"
