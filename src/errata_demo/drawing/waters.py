"""Backdrops at, on and under water."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import Colour, darken, lighten, one_of, rgb
from errata_demo.drawing.outdoors import GREENS, hill, paint_sky, water
from errata_demo.drawing.shapes import box, curve, ellipse, polygon, ribbon, smooth

SEAS = [rgb("5fa3c4"), rgb("4f94b8"), rgb("6fb3bf"), rgb("6a93bd")]


def sea(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the open sea."""
    paint_sky(canvas, rng, horizon=0.25)
    water(canvas, rng, one_of(SEAS, rng), top=0.2)


def harbour(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a harbour without ships: houses on the far quay, a lighthouse, a pier."""
    paint_sky(canvas, rng, horizon=0.1)
    blue = one_of(SEAS, rng)
    hill(canvas, rng, rgb("8fa58f"), top=-0.12, height=0.06, haze=0.5)
    for x, high in zip(np.linspace(-1.02, 0.5, 8), rng.uniform(0.16, 0.34, 8), strict=True):
        wall = lighten(one_of([rgb("d9a58c"), rgb("e3cda4"), rgb("b9c4c9"), rgb("cf9f95")], rng), 0.2)
        canvas.fill(box(x, 0.14 - high, x + 0.2, 0.16), wall)
        canvas.fill(
            polygon([(x - 0.015, 0.14 - high), (x + 0.1, 0.05 - high), (x + 0.215, 0.14 - high)]), darken(wall, 0.25)
        )
        canvas.fill(
            box(x + 0.05, 0.2 - high, x + 0.09, 0.25 - high) + box(x + 0.12, 0.2 - high, x + 0.16, 0.25 - high),
            darken(wall, 0.35),
            opacity=0.7,
        )
    canvas.fill(
        polygon([(0.76, 0.16), (0.8, -0.5), (0.9, -0.5), (0.94, 0.16)]),
        Linear((0.76, 0), (0.94, 0), [(0, rgb("f6f1ea")), (1, rgb("cfc6c4"))]),
    )
    canvas.fill(box(0.785, -0.3, 0.915, -0.18) + box(0.77, -0.06, 0.93, 0.06), rgb("c96a5a"))
    canvas.fill(box(0.8, -0.6, 0.9, -0.5), rgb("5f6674"))
    canvas.fill(box(-1.05, 0.13, 1.05, 0.2), rgb("a79c92"))
    water(canvas, rng, blue, top=0.19)
    canvas.fill(polygon([(-1.05, 0.84), (-0.55, 0.92), (-0.45, 1.05), (-1.05, 1.05)]), rgb("9b7d62"))
    for x in (-0.92, -0.66):
        canvas.fill(box(x, 0.7, x + 0.09, 1.05, radius=0.03), rgb("7c624e"))


def beach(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a beach, sometimes with a parasol far off."""
    paint_sky(canvas, rng, horizon=0.0)
    water(canvas, rng, one_of(SEAS, rng), top=-0.08, glints=14)
    sand = one_of([rgb("ecd6aa"), rgb("e6cda6"), rgb("f0ddb8")], rng)
    hill(canvas, rng, (1, 1, 1), top=0.2, height=0.02)
    hill(canvas, rng, sand, top=0.25, height=0.02)
    dots = [ellipse(x, y, 0.012, 0.008)[0][::6] for x, y in rng.uniform((-1, 0.32), (1, 1), (40, 2))]
    canvas.fill(dots, darken(sand, 0.25), opacity=0.5)
    x = float(rng.choice([-0.82, 0.82]))
    canvas.line([(x, 0.4), (x, -0.16)], rgb("b99b77"), 0.025)
    shade = one_of([rgb("d98d7c"), rgb("7fb0b3"), rgb("e3bd6f")], rng)
    top = smooth([(x - 0.3, -0.08), (x - 0.2, -0.26), (x, -0.33), (x + 0.2, -0.26), (x + 0.3, -0.08), (x, -0.12)])
    canvas.fill(top, Linear((x - 0.3, -0.3), (x + 0.3, 0), [(0, lighten(shade, 0.35)), (1, shade)]))


def pond(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a pond with lily pads and reeds at the far bank."""
    green = one_of(GREENS, rng)
    paint_sky(canvas, rng, horizon=-0.1, clouds=2)
    hill(canvas, rng, darken(green, 0.15), top=-0.35, haze=0.25)
    for x in rng.uniform(-1, 1, 22):
        canvas.line([(x, -0.14), (x + 0.04, -0.42 - 0.12 * float(rng.uniform()))], darken(green, 0.25), 0.02)
    water(canvas, rng, rgb("6f9d9a"), top=-0.16, glints=18)
    for x, y in rng.uniform((-1, 0.1), (1, 1), (7, 2)):
        r = 0.08 + 0.1 * (y + 0.2)
        canvas.fill(ellipse(x, y, r, 0.42 * r), darken(green, 0.18))
        canvas.fill(polygon([(x, y), (x + r, y - 0.2 * r), (x + 1.05 * r, y + 0.15 * r)]), rgb("6a9795"))


def underwater(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint water from below, with rays of light, sand and weed."""
    _deep(canvas, rng, one_of([rgb("4fa3b8"), rgb("5aa9a4"), rgb("4a8fbd")], rng))
    for x in rng.uniform(-1, 1, 7):
        high = float(rng.uniform(0.3, 0.8))
        weed = curve([(x, 1.0), (x + 0.06, 1 - 0.4 * high), (x - 0.05, 1 - 0.7 * high), (x + 0.03, 1 - high)])
        canvas.line(weed, rgb("4b8f6a"), [0.07, 0.05, 0.015], opacity=0.75)


def reef(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a coral reef with sea anemones and no fish."""
    _deep(canvas, rng, one_of([rgb("3f8fb5"), rgb("4a9fae")], rng))
    for x, size in zip(rng.uniform(-1, 1, 4), rng.uniform(0.3, 0.5, 4), strict=True):
        coral = one_of([rgb("d98f93"), rgb("c79ac0"), rgb("e0b183")], rng)
        for turn in np.linspace(-1, 1, 9):
            arm = curve(
                [
                    (x + 0.08 * turn, 1.02),
                    (x + 0.3 * size * turn, 1 - 0.5 * size),
                    (x + 0.75 * size * turn, 1.02 - size * (1 - 0.3 * turn**2)),
                ]
            )
            canvas.fill(
                ribbon(arm, [0.05, 0.045, 0.06]),
                Linear((0, 1), (0, 1 - size), [(0, darken(coral, 0.35)), (1, lighten(coral, 0.2))]),
                opacity=0.85,
            )


def _deep(canvas: Canvas, rng: np.random.Generator, blue: Colour) -> None:
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05),
        Linear((-0.3, -1), (0.2, 1), [(0, lighten(blue, 0.5)), (0.5, blue), (1, darken(blue, 0.35))]),
    )
    for x in rng.uniform(-1.2, 0.6, 3):
        ray = polygon([(x, -1.1), (x + 0.16, -1.1), (x + 0.75, 1.0), (x + 0.3, 1.0)])
        canvas.fill(ray, (1, 1, 0.95), opacity=0.13, blur=0.05)
    hill(canvas, rng, rgb("cdbf98"), top=0.84, height=0.05, haze=0.1)
    for x, y in rng.uniform((-1, -0.9), (1, 0.5), (8, 2)):
        canvas.fill(ellipse(x, y, 0.02), (1, 1, 1), opacity=0.35)
