"""Plain backdrops: studios, paper, the lights of a city at night."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, Radial
from errata_demo.drawing.colours import Colour, darken, lighten, one_of, rgb, vary
from errata_demo.drawing.indoors import wall_of
from errata_demo.drawing.shapes import box, ellipse


def night(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a dark wall with blurred city lights."""
    dark = one_of([rgb("2b2b4a"), rgb("24344a"), rgb("3a2a48")], rng)
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05), Linear((0, -1), (0, 1), [(0, darken(dark, 0.4)), (1, lighten(dark, 0.12))])
    )
    for x, y, r in rng.uniform((-1, -0.9, 0.04), (1, 0.3, 0.12), (16, 3)):
        light = [rgb("ffcf87"), rgb("f29f9a"), rgb("9fc7f2"), rgb("ffe9c4")][int(rng.integers(4))]
        canvas.fill(ellipse(x, y, r), light, opacity=0.24, blur=0.008)
    canvas.fill(box(-1.05, 0.6, 1.05, 1.05), darken(dark, 0.3), opacity=0.6)


def paper(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a sheet of drawing paper."""
    sheet = one_of([rgb("f5f0e4"), rgb("efe8da"), rgb("f4efe9")], rng)
    wall_of(canvas, sheet)
    for y in rng.uniform(-1, 1, 10):
        canvas.line([(-1.05, y), (1.05, y + float(rng.uniform(-0.1, 0.1)))], darken(sheet, 0.12), 0.006, opacity=0.3)


def studio(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless studio background in a soft colour."""
    _studio(
        canvas, one_of([rgb("d9cfe0"), rgb("cddfd6"), rgb("f0d9c9"), rgb("c9d9e8"), rgb("eadfb9"), rgb("d9d9d4")], rng)
    )


def studio_white(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless white background."""
    _studio(canvas, vary(rgb("f1f0ee"), rng, saturation=0.5, value=0.015))


def studio_dark(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless dark background."""
    _studio(canvas, one_of([rgb("4d5563"), rgb("5a4f5f"), rgb("4d5f5a"), rgb("605752")], rng))


def _studio(canvas: Canvas, colour: Colour) -> None:
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05),
        Radial((-0.25, -0.35), 1.7, [(0, lighten(colour, 0.4)), (0.5, colour), (1, darken(colour, 0.22))]),
    )
    canvas.fill(box(-1.2, 0.52, 1.2, 1.3), lighten(colour, 0.35), opacity=0.35, blur=0.12)
