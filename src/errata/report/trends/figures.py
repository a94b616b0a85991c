"""The figures of pages: a bar for every model, and where models stand among published ones, by category."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from errata.drawing.clouds import draw_panels, limits_of, plot_in
from errata.drawing.style import Sheet, save_figure
from errata.figures import cloud_data, draw_profile
from errata.looks import GROUP_NAMES, LOOKS
from errata.results import Results
from errata.trends.cloud import measures

PANEL = Sheet(3.05, 7.0)
PANEL_HEIGHT = 2.75


@dataclass(frozen=True)
class Panel:
    """A panel, and where its points are.

    `file`: its name in the folder of figures.
    `x_limits`, `y_limits`: what the plot's sides stand for.
    `description`: what the panel shows, in words.
    """

    category: str
    file: str
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    description: str

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return how far a point is from the figure's left and top sides, in per cent of its width and height."""
        left, bottom, width, height = plot_in(PANEL, PANEL_HEIGHT)
        across = (x - self.x_limits[0]) / (self.x_limits[1] - self.x_limits[0])
        up = (y - self.y_limits[0]) / (self.y_limits[1] - self.y_limits[0])
        return 100 * (left + width * across), 100 * (1 - bottom - height * up)


def plan_panels(results: Results) -> list[Panel]:
    """Return a panel of all images for every category that new models are compared in, in reading order.

    The page of trends draws the other groups when they are asked for.
    """
    if results.published is None or results.comparison is None:
        return []
    words = results.facts.words
    here = (pl.col("quantity") == "share") & (pl.col("group") == "all")
    shares, cloud = results.comparison.filter(here), measures(results.published).filter(here)
    panels = []
    for category in LOOKS:
        new, old = (each.filter(pl.col("category") == category) for each in (shares, cloud))
        if new.is_empty() or old.is_empty() or ("all", category, "share") not in results.trends:
            continue
        both = pl.concat([old.select("accuracy", "value"), new.select("accuracy", "value")])
        limits = tuple(limits_of(both[name].to_numpy()) for name in ("accuracy", "value"))
        of = words.errors if old["accuracy_kind"][0] == "top1" else words.mles
        description = f"Share of {LOOKS[category].label} among the {of} against accuracy, {GROUP_NAMES['all']}"
        panels.append(Panel(category, f"trend-{category}.svg", *limits, description))
    return panels


def draw_figures(panels: Sequence[Panel], results: Results, folder: Path) -> None:
    """Draw the panels of `plan_panels` for the same results, and of several models the profile.

    `folder` takes SVG files; `errata figure` writes other formats and groups of images.
    """
    if results.profile["model"].n_unique() > 1:
        save_figure(draw_profile(results, width="page"), folder / "profile.svg")
    if not panels:
        return
    shares = results.comparison.filter(pl.col("quantity") == "share")
    cloud = measures(results.published)
    clouds = (
        replace(cloud_data(results, panel.category, "all", shares, cloud), limits=(panel.x_limits, panel.y_limits))
        for panel in panels
    )
    for panel, figure in zip(panels, draw_panels(clouds, PANEL, PANEL_HEIGHT), strict=True):
        save_figure(figure, folder / panel.file)
