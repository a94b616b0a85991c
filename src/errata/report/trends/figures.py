"""The panels of the report: every share that is compared with published models, one panel per category and group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from errata.drawing.clouds import draw_cloud, limits_of, plot_in
from errata.drawing.style import Sheet, save_figure
from errata.figures import cloud_data, draw_profile
from errata.groups import GROUPS
from errata.looks import GROUP_NAMES, LOOKS
from errata.results import Results
from errata.trends.cloud import measures
from errata.trends.fit import Trend

PANEL = Sheet(3.05, 7.0)
PANEL_HEIGHT = 2.75


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
        left, bottom, width, height = plot_in(PANEL, PANEL_HEIGHT)
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
        limits = tuple(limits_of(both[name].to_numpy()) for name in ("accuracy", "value"))
        panels += [
            Panel(group, category, f"trend-{category}-{group}", *limits, _describe_panel(group, category, old))
            for group in GROUPS
            if (group, category, "share") in trends
        ]
    return panels


def draw_figures(panels: Sequence[Panel], results: Results, folder: Path) -> None:
    """Draw the profile of every group and the panels that `plan_panels` returned for the same results into `folder`.

    Those of all images are there as PDF and PNG, too; `errata figure` writes any.
    """
    for group in results.groups:
        save_figure(
            draw_profile(results, group=group, width="page"), folder / f"profile-{group}", to_print=group == "all"
        )
    if not panels:
        return
    shares = results.comparison.filter(pl.col("quantity") == "share")
    cloud = measures(results.published)
    for panel in panels:
        data = cloud_data(results, panel.category, panel.group, shares, cloud)
        data = replace(data, limits=(panel.x_limits, panel.y_limits))
        figure = draw_cloud(data, PANEL, height=PANEL_HEIGHT, with_key=False)
        save_figure(figure, folder / panel.stem, to_print=panel.group == "all")


def _describe_panel(group: str, category: str, old: pl.DataFrame) -> str:
    of = "top-1 errors" if old["accuracy_kind"][0] == "top1" else "multi-label errors"
    return f"Share of {LOOKS[category].label} among the {of} against accuracy, {GROUP_NAMES[group]}"
