"""Stacked bars: what errors with a planted cause were called."""

from pathlib import Path

from matplotlib.axes import Axes

from errata.report.figure_style import INK, MUTED, PAPER, RULE, figure_style, new_figure, save_figure
from errata.report.truth.view import CauseLine, TruthView

ON_COLOUR = "#14171a"
"""Text on the colours of categories, which stay as they are on dark pages."""

NARROWEST_LABEL = 7.0
"""Per cent; narrower pieces carry no number."""


def draw_truth(view: TruthView, stem: Path) -> None:
    """Write the figure: a bar per cause, its own category first, so that the first piece is the recall."""
    rows = len(view.all_errors)
    height = 0.95 + 0.42 * max(rows, 2)
    with figure_style():
        figure = new_figure(9.2, height)
        bottom, top = 0.5 / height, 1 - 0.4 / height
        left = figure.add_axes((0.2, bottom, 0.375, top - bottom))
        right = figure.add_axes((0.615, bottom, 0.375, top - bottom))
        places = {line.look: rows - 1 - number for number, line in enumerate(view.all_errors)}
        for axes, lines, title in (
            (left, view.as_planted, "errors that the plant accounts for"),
            (right, view.all_errors, "all errors"),
        ):
            for line in lines:
                _draw_bar(axes, places[line.look], line)
            axes.set_title(title, loc="left")
            axes.set_xlim(0, 100)
            axes.set_ylim(-0.6, rows - 0.4)
            axes.set_xlabel("per cent of the errors")
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.grid(axis="x", color=RULE, linewidth=0.6)
            axes.set_axisbelow(True)
        sides = left.get_yaxis_transform()
        for look, place in places.items():
            name = "typical images" if look is None else look.label
            left.text(-0.02, place, name, transform=sides, ha="right", va="center", color=MUTED)
        save_figure(figure, stem)


def _draw_bar(axes: Axes, place: int, line: CauseLine) -> None:
    start = 0.0
    for piece in line.bar:
        look, width = piece.look, piece.share
        if look.hatched:
            paint = {"facecolor": PAPER, "edgecolor": look.colour, "hatch": "//////", "linewidth": 0}
        else:
            paint = {"facecolor": look.colour, "linewidth": 0}
        axes.barh(place, width, left=start, height=0.72, **paint)
        if width >= NARROWEST_LABEL and not look.hatched:
            axes.text(start + width / 2, place, f"{width:.0f}", ha="center", va="center", color=ON_COLOUR, fontsize=7.5)
        start += width
    recall = line.recall
    if recall.share is not None:
        # the interval of the recall, just below the bar's upper edge
        axes.plot([recall.low, recall.high], [place + 0.44] * 2, color=INK, linewidth=1.3, solid_capstyle="butt")
        axes.plot([recall.share] * 2, [place + 0.36, place + 0.52], color=INK, linewidth=1.3, solid_capstyle="butt")
