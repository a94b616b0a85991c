"""Pieces of indoor backdrops: walls, wooden surfaces, windows, pictures, books."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import Colour, darken, lighten, one_of, rgb
from errata_demo.drawing.shapes import box, curve, ellipse

WALLS = [rgb("e6dccb"), rgb("cfdcd6"), rgb("d9d3e2"), rgb("e8d2c2"), rgb("c9d6e2"), rgb("e7e0d0"), rgb("bfcbb8")]
WOODS = [rgb("c99f70"), rgb("b98a5f"), rgb("d8b88c"), rgb("a67c58"), rgb("cdb193")]
CLOTHS = [rgb("c98a7a"), rgb("7f9fb0"), rgb("a5b08a"), rgb("d6b878"), rgb("9a8fb3")]
BOOKS = [rgb("b5705f"), rgb("6f8fa3"), rgb("c9a45f"), rgb("7f9a7a"), rgb("8d7a9c"), rgb("d9cbb2")]


def wall_of(canvas: Canvas, colour: Colour, *, bottom: float = 1.05) -> None:
    """Paint a wall, lit from the top left, down to a line."""
    canvas.fill(
        box(-1.05, -1.05, 1.05, bottom),
        Linear((-0.9, -1), (0.9, 0.9), [(0, lighten(colour, 0.4)), (0.5, colour), (1, darken(colour, 0.14))]),
    )


def top_of(canvas: Canvas, rng: np.random.Generator, wood: Colour, *, edge: float) -> None:
    """Paint a wooden surface from an edge to the front, with grain."""
    canvas.fill(
        box(-1.05, edge, 1.05, 1.05),
        Linear((-0.4, edge), (0.3, 1.05), [(0, lighten(wood, 0.28)), (1, darken(wood, 0.08))]),
    )
    for y in np.linspace(edge + 0.06, 1.0, 6) + rng.uniform(-0.02, 0.02, 6):
        grain = curve([(-1.1, y), (-0.3, y + float(rng.uniform(-0.02, 0.02))), (0.4, y + 0.015), (1.1, y)], samples=4)
        canvas.line(grain, darken(wood, 0.25), 0.01, opacity=0.35)
    canvas.fill(box(-1.05, edge - 0.012, 1.05, edge + 0.012), darken(wood, 0.35), opacity=0.5)


def window(canvas: Canvas, x: float, y: float) -> None:
    """Paint a window."""
    canvas.fill(box(x - 0.34, y - 0.4, x + 0.34, y + 0.4, radius=0.03), rgb("f7f3ea"))
    canvas.fill(
        box(x - 0.29, y - 0.35, x + 0.29, y + 0.35),
        Linear((0, y - 0.3), (0, y + 0.3), [(0, rgb("b4d6ea")), (1, rgb("e8f2ec"))]),
    )
    canvas.fill(
        box(x - 0.015, y - 0.35, x + 0.015, y + 0.35) + box(x - 0.29, y - 0.015, x + 0.29, y + 0.015), rgb("f7f3ea")
    )


def frame(canvas: Canvas, rng: np.random.Generator, x: float, y: float) -> None:
    """Paint a framed picture."""
    w, h = rng.uniform(0.16, 0.24, 2)
    canvas.fill(box(x - w, y - h, x + w, y + h), rgb("a88c6c"))
    canvas.fill(box(x - w + 0.03, y - h + 0.03, x + w - 0.03, y + h - 0.03), rgb("f3ecdf"))
    canvas.fill(ellipse(x, y, 0.5 * w, 0.45 * h), one_of(CLOTHS, rng), opacity=0.6)


def books(canvas: Canvas, rng: np.random.Generator, left: float, right: float, foot: float) -> None:
    """Paint a row of books that stand on a line."""
    x = left
    while x < right:
        wide, high = rng.uniform((0.05, 0.2), (0.1, 0.36))
        colour = lighten(one_of(BOOKS, rng), 0.15)
        canvas.fill(
            box(x, foot - high, x + wide - 0.006, foot),
            Linear((x, 0), (x + wide, 0), [(0, lighten(colour, 0.15)), (1, darken(colour, 0.18))]),
        )
        x += wide
