"""Clouds of published models along their accuracy, with their trend and one's own models among them by name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline

from errata.categories import AccuracyWords
from errata.drawing.style import (
    CLOUD,
    INK,
    MUTED,
    PAPER,
    RULE,
    Sheet,
    draw_key,
    figure_style,
    new_figure,
    shortened,
    text_width,
)
from errata.looks import CategoryLook
from errata.trends.fit import Trend
from errata.trends.neighbours import nearest, plain_name

MOST_NAMED = 5
"""Up to so many models have names, intervals and named neighbours; more are dots."""

NARROW = 5.0
"""A figure of fewer inches is nearly square."""

MARKERS = ("o", "s", "D", "^", "v")
"""Marks of named models, so that they can be told apart without colour."""


@dataclass(frozen=True)
class CloudData:
    """What a figure of a cloud shows.

    `published`: `model, x, y` of the published models.
    `own`: `model, x, y`, and the 95 % limits `x_low, x_high, y_low, y_high` where they are known.
    `trend`: the trend of the published models.
    `look`: the category.
    `accuracy`: what is along x, `mla` or `top1`.
    `words`: what that and the errors are called.
    `where`: which images, in words.
    """

    published: pl.DataFrame
    own: pl.DataFrame
    trend: Trend
    look: CategoryLook
    accuracy: str
    words: AccuracyWords
    where: str
    limits: tuple[tuple[float, float], tuple[float, float]] | None = field(default=None)

    @property
    def sides(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """What the sides of the plot stand for: of x, then of y."""
        if self.limits is not None:
            return self.limits
        both = pl.concat([each.select("x", "y") for each in (self.published, self.own)])
        return limits_of(both["x"].to_numpy()), limits_of(both["y"].to_numpy())


def limits_of(values: np.ndarray) -> tuple[float, float]:
    """Return limits a little beyond some per cent values."""
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or 1.0
    return max(low - margin, -0.5), min(high + margin, 102.0)


def plot_in(sheet: Sheet, height: float, *, of_key: float = 0.0) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of the plot within a figure, in parts of it; the key's height in inches."""
    line = sheet.letters / 72
    left, right = 3.0 * line / sheet.width, 1 - 0.8 * line / sheet.width
    bottom, top = (of_key + 3.1 * line) / height, 1 - 3.2 * line / height
    return left, bottom, right - left, top - bottom


def draw_cloud(data: CloudData, sheet: Sheet, *, grey: bool = False) -> Figure:
    """Draw a cloud, its height in proportion to the width, with its key below it."""
    height = (0.9 if sheet.width < NARROW else 0.62) * sheet.width
    colour = MUTED if grey else data.look.colour
    with figure_style(sheet.letters):
        figure = new_figure(sheet.width, height)
        named = data.own.height <= MOST_NAMED
        of_key = _draw_key(figure, data, sheet, colour, named=named)
        _draw_cloud(figure, _axes(figure, plot_in(sheet, height, of_key=of_key)), data, sheet.letters, colour)
    return figure


def draw_panels(clouds: Iterable[CloudData], sheet: Sheet, height: float) -> Iterator[Figure]:
    """Yield a figure of every cloud without a key, `height` in inches: one figure, drawn anew each time.

    Axes with their ticks take longer to make than everything in them.
    """
    with figure_style(sheet.letters):
        figure = new_figure(sheet.width, height)
        axes = _axes(figure, plot_in(sheet, height))
        for data in clouds:
            for artist in (*axes.lines, *axes.patches, *axes.collections, *axes.texts, *axes.artists, *figure.texts):
                artist.remove()
            _draw_cloud(figure, axes, data, sheet.letters, data.look.colour)
            yield figure


def _axes(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    axes = figure.add_axes(place)
    axes.grid(color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    return axes


def _draw_cloud(figure: Figure, axes: Axes, data: CloudData, letters: float, colour: str) -> None:
    line = letters / 72
    width, height = figure.get_size_inches()
    axes.set_xlim(data.sides[0])
    axes.set_ylim(data.sides[1])
    draw_dots(axes, data.published.select("x", "y").to_numpy(), 0.25 * letters, CLOUD, alpha=0.55, zorder=1.5)
    draw_lines(axes, data.trend, colour)
    if data.own.height <= MOST_NAMED:
        _draw_named(axes, data, colour, letters)
    else:
        draw_dots(axes, data.own.select("x", "y").to_numpy(), 0.45 * letters, INK, zorder=3.9)
        draw_dots(axes, data.own.select("x", "y").to_numpy(), 0.33 * letters, colour, zorder=4)
    title = f"{data.look.label[:1].upper()}{data.look.label[1:]}, {data.where}"
    figure.text(
        0.3 * line / width,
        1 - 1.2 * line / height,
        shortened(title, width - 0.6 * line, 1.12 * letters),
        fontsize=1.12 * letters,
    )
    of, accuracy = data.words.mles, data.words.mla
    if data.accuracy == "top1":
        of, accuracy = data.words.errors, f"{data.words.top1} on the annotated images"
    figure.text(0.3 * line / width, 1 - 2.5 * line / height, f"per cent of the {of}", color=MUTED)
    axes.set_xlabel(f"{accuracy}, per cent", labelpad=0.3 * letters)


def _draw_key(figure: Figure, data: CloudData, sheet: Sheet, colour: str, *, named: bool) -> float:
    dot = {"linestyle": "", "marker": "o", "markersize": 0.5 * sheet.letters}
    handles = [
        Line2D([], [], color=CLOUD, **dot | {"markersize": 0.3 * sheet.letters}),
        Line2D([], [], color=INK, linewidth=0.9),
        Patch(color=colour, alpha=0.2, linewidth=0),
    ]
    labels = [f"{data.published.height:,} published models", "their trend", "95 % of new models"]
    room = sheet.width - 0.1 - 3 * sheet.letters / 72
    own = data.own["model"].to_list() if named else [f"{data.own.height:,} models of one's own"]
    for marker, name in zip(MARKERS, own, strict=False):
        handles.append(Line2D([], [], color=colour, markeredgecolor=INK, **dot | {"marker": marker}))
        labels.append(shortened(f"{name}, with 95 % intervals" if named else name, room, sheet.letters))
    return draw_key(figure, handles, labels, width=sheet.width, size=sheet.letters)


def _draw_named(axes: Axes, data: CloudData, colour: str, letters: float) -> None:
    """Draw one's own models with their intervals and names, and name the published models that are nearest."""
    texts: list[tuple[str, float, float, dict]] = []
    neighbours: dict[str, tuple[float, float]] = {}
    for marker, row in zip(MARKERS, data.own.iter_rows(named=True), strict=False):
        x, y = row["x"], row["y"]
        for at, limits in ((([x, x]), "y"), (([y, y]), "x")):
            ends = [row.get(f"{limits}_low"), row.get(f"{limits}_high")]
            if None not in ends:
                axes.plot(*((at, ends) if limits == "y" else (ends, at)), color=INK, linewidth=0.11 * letters, zorder=5)
        look = {"markersize": 0.62 * letters, "markeredgecolor": INK, "markeredgewidth": 0.09 * letters}
        axes.plot([x], [y], marker, color=colour, clip_on=False, zorder=6, **look)
        texts.append((row["model"], x, y, {"color": INK, "fontweight": "bold"}))
        for near in nearest(data.published, x, y).iter_rows(named=True):
            neighbours[near["model"]] = near["x"], near["y"]
    if neighbours:
        at = np.array(list(neighbours.values()))
        draw_dots(axes, at, 0.42 * letters, INK, zorder=4.5)
        draw_dots(axes, at, 0.28 * letters, CLOUD, zorder=4.6)
    texts += [(plain_name(name), *at, {"color": MUTED}) for name, at in neighbours.items()]
    look = {"color": MUTED, "linewidth": 0.06 * letters, "transform": axes.transAxes, "clip_on": False, "zorder": 4.4}
    behind = {"facecolor": PAPER, "alpha": 0.7, "linewidth": 0, "pad": 0.08 * letters}
    for name, at, leader, style in place_names(axes, texts, letters):
        axes.text(*at, name, transform=axes.transAxes, fontsize=letters, zorder=7, bbox=behind, **style)
        # an arrow of matplotlib takes five times as long to draw
        axes.add_line(Line2D(*zip(*leader, strict=True), **look))


def place_names(
    axes: Axes, texts: Sequence[tuple[str, float, float, dict]], letters: float
) -> Iterator[tuple[str, tuple[float, float], tuple[tuple[float, float], tuple[float, float]], dict]]:
    """Yield every text with a place in the plot where it covers no other name and no named point.

    `texts`: name, x, y and style, the most important first. What would not fit anywhere is left out, but the first.
    Yields name, its place and the ends of the line from it to its point, in parts of the plot, and style.
    """
    box = axes.get_window_extent()
    wide, high = box.width / axes.figure.dpi, box.height / axes.figure.dpi
    (x_low, x_high), (y_low, y_high) = axes.get_xlim(), axes.get_ylim()
    points = [((x - x_low) / (x_high - x_low) * wide, (y - y_low) / (y_high - y_low) * high) for _, x, y, _ in texts]
    line = letters / 72
    dot = 0.45 * line
    taken = [(x - dot, y - dot, x + dot, y + dot) for x, y in points]
    for (name, _, _, style), (x, y) in zip(texts, points, strict=True):
        own = (x - dot, y - dot, x + dot, y + dot)
        text = shortened(name, 0.6 * wide, letters)
        width = text_width(text, letters) * (1.12 if style.get("fontweight") else 1.0)
        fitting = (
            place
            for place in _candidates(x, y, width, 1.1 * line, line)
            if place[0] >= 0 and place[2] <= wide and place[1] >= 0 and place[3] <= high
            if not any(_overlap(place, other) for other in taken if other != own)
        )
        beside = (min(max(x - width / 2, 0), wide - width), y + 0.8 * line, 0.0, 0.0) if name == texts[0][0] else None
        place = next(fitting, beside)
        if place is not None:
            taken.append(place)
            baseline = place[1] + 0.25 * line
            nearest_to = min(max(x, place[0]), place[0] + width), min(max(y, place[1]), place[1] + 1.1 * line)
            ends = [(across / wide, up / high) for across, up in (nearest_to, (x, y))]
            yield text, (place[0] / wide, baseline / high), ends, style


def _candidates(x: float, y: float, width: float, height: float, line: float) -> Iterator[tuple[float, ...]]:
    """Yield boxes (left, bottom, right, top) around a point, nearest first."""
    for away in (0.5, 1.3, 2.4, 3.6, 5.0, 6.5):
        step = away * line
        for left, bottom in (
            (x + step, y + 0.6 * step),
            (x - step - width, y - 0.6 * step - height),
            (x + step, y - 0.6 * step - height),
            (x - step - width, y + 0.6 * step),
            (x + step, y - height / 2),
            (x - step - width, y - height / 2),
            (x - width / 2, y + step),
            (x - width / 2, y - step - height),
        ):
            yield left, bottom, left + width, bottom + height


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def draw_lines(axes: Axes, trend: Trend, colour: str) -> None:
    """Draw a trend's lines with their confidence and prediction bands."""
    for start, end in pairwise(trend.borders):
        x = np.linspace(start, end, 41)
        # the last point of the first line is where the second begins; keep it on the first
        bands = trend.bands(np.append(x[:-1], np.nextafter(end, start)))
        for band, alpha in (("prediction", 0.16), ("confidence", 0.35)):
            low, high = bands[f"{band}_low"], bands[f"{band}_high"]
            axes.fill_between(x, low, high, color=colour, alpha=alpha, linewidth=0, zorder=1)
        axes.plot(x, bands["expected"], color=INK, linewidth=0.9, zorder=2)


def draw_dots(axes: Axes, at: np.ndarray, size: float, colour: str, **look: object) -> None:
    """Draw all points, shape (points, 2), as one outline of minute strokes with round ends.

    The file is a quarter to a tenth of what circles or markers would make.
    """
    tiny = 1e-3 * np.ptp(axes.get_xlim())
    vertices = np.stack([at, at + np.array([tiny, 0])], axis=1).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO, Outline.LINETO], len(at))
    outline = Outline(vertices, codes)
    outline.should_simplify = False
    axes.add_artist(
        PathPatch(outline, snap=False, fill=False, edgecolor=colour, linewidth=size, capstyle="round", **look)
    )
