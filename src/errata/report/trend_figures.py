"""Panels: the share of a category against accuracy, published models and new ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from errata.groups import GROUPS
from errata.published.trend import Trend, measures
from errata.report.categories import GROUP_NAMES, LOOKS
from errata.report.figure_style import CLOUD, INK, MUTED, RULE, figure_style, new_figure, save_figure

WIDTH, HEIGHT = 3.05, 2.75
AXES = (0.115, 0.145, 0.87, 0.76)
"""Left, bottom, width and height of the plot within the figure."""

MANY = 100
"""More new models than this are drawn as plain dots: outlines would overlap, and make the file large."""

ACCURACY_NAMES = {"mla": "MLA, per cent", "top1": "top-1 on the annotated images, per cent"}


@dataclass(frozen=True)
class Panel:
    """A panel, and where its points are.

    Attributes
    ----------
    group, category : str
    stem : str
        File name in the folder of figures, without extension.
    x_limits, y_limits : tuple of float
        What the plot's sides stand for.
    description : str
        What the panel shows, in words.
    """

    group: str
    category: str
    stem: str
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    description: str

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return how far a point is from the figure's left and top sides, in per cent of its width and height."""
        left, bottom, width, height = AXES
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
        limits = tuple(_limits(both[name].to_numpy()) for name in ("accuracy", "value"))
        panels += [
            Panel(group, category, f"trend-{category}-{group}", *limits, _describe(group, category, old))
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
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes(AXES)
    axes.set_xlim(panel.x_limits)
    axes.set_ylim(panel.y_limits)
    axes.grid(color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.add_patch(_dots(old["accuracy"].to_numpy(), old["value"].to_numpy(), panel))
    for x in _stretches(trend):
        # the last point of the first line is where the second begins; keep it on the first
        bands = trend.bands(np.append(x[:-1], np.nextafter(x[-1], x[0])))
        axes.fill_between(
            x, bands["prediction_low"], bands["prediction_high"], color=look.colour, alpha=0.16, linewidth=0
        )
        axes.fill_between(
            x, bands["confidence_low"], bands["confidence_high"], color=look.colour, alpha=0.35, linewidth=0
        )
        axes.plot(x, bands["expected"], color=INK, linewidth=0.9)
    accuracies, shares = new["accuracy"].to_numpy(), new["value"].to_numpy()
    if new.height > MANY:
        axes.add_patch(_dots(accuracies, shares, panel, colour=look.colour, size=2.4, above=4))
    else:
        size, edge = (4.5, 0.6) if new.height <= 12 else (3.0, 0.35)
        dots = {"color": look.colour, "markersize": size, "markeredgecolor": INK, "markeredgewidth": edge}
        axes.plot(accuracies, shares, "o", **dots, clip_on=False, zorder=4)
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
    axes.set_xlabel(ACCURACY_NAMES[old["accuracy_kind"][0]] if old.height else "", labelpad=2, color=MUTED)
    save_figure(figure, folder / panel.stem)


def _beside_the_line(*, rising: bool, across: float) -> dict:
    """Where a name goes, for a point so many per cent from the left: off the trend and inside the figure."""
    right_of_it = across < 40 if rising else across < 60
    above = right_of_it != rising
    return {
        "xytext": (5 if right_of_it else -5, 5 if above else -5),
        "ha": "left" if right_of_it else "right",
        "va": "bottom" if above else "top",
    }


def _stretches(trend: Trend) -> list[np.ndarray]:
    low, high = trend.accuracies[0], trend.accuracies[-1]
    if trend.inflection is None:
        return [np.linspace(low, high, 61)]
    return [np.linspace(low, trend.inflection, 41), np.linspace(trend.inflection, high, 41)]


def _dots(
    x: np.ndarray, y: np.ndarray, panel: Panel, *, colour: str = CLOUD, size: float = 1.8, above: float = 1.5
) -> PathPatch:
    """All points as one outline of minute strokes with round ends: a tenth of the file that markers would make."""
    tiny = 1e-3 * (panel.x_limits[1] - panel.x_limits[0])
    corners = np.stack([np.stack([x, y], axis=1), np.stack([x + tiny, y], axis=1)], axis=1).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO, Outline.LINETO], x.size)
    outline = Outline(corners, codes)
    outline.should_simplify = False
    return PathPatch(
        outline, fill=False, edgecolor=colour, alpha=0.6, linewidth=size, capstyle="round", zorder=above, snap=False
    )


def _limits(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or 1.0
    return max(low - margin, -0.5), min(high + margin, 102.0)


def _describe(group: str, category: str, old: pl.DataFrame) -> str:
    of = "top-1 errors" if old["accuracy_kind"][0] == "top1" else "multi-label errors"
    return f"Share of {LOOKS[category].label} among the {of} against accuracy, {GROUP_NAMES[group]}"
