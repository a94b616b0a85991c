"""Backdrops under the open sky, on land."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import darken, lighten, one_of, rgb
from errata_demo.drawing.outdoors import GREENS, blossoms, bush, glow, grass, hill, paint_sky, small_daisies, tree
from errata_demo.drawing.shapes import box, curve, ellipse, polygon

PETALS = [rgb("e9a3b0"), rgb("f3d27a"), rgb("c3a6dc"), rgb("f2efe6")]


def meadow(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a meadow with hills."""
    green = one_of(GREENS, rng)
    paint_sky(canvas, rng, horizon=0.2)
    hill(canvas, rng, darken(green, 0.12), top=-0.05, haze=0.45)
    hill(canvas, rng, green, top=0.22, height=0.05)
    grass(canvas, rng, green, top=0.26)
    blossoms(canvas, rng, PETALS, top=0.3, count=14)


def daisies(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a meadow full of small daisies: where bees would be."""
    green = one_of(GREENS, rng)
    paint_sky(canvas, rng, horizon=0.0, clouds=2)
    hill(canvas, rng, darken(green, 0.1), top=-0.2, haze=0.4)
    hill(canvas, rng, green, top=0.0, height=0.04)
    grass(canvas, rng, green, top=0.05, count=50)
    small_daisies(canvas, rng, top=0.05)


def garden(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a lawn in front of a fence, bushes and flower beds."""
    green = one_of(GREENS, rng)
    paint_sky(canvas, rng, horizon=0.2, clouds=2)
    for x in np.linspace(-1.1, 1.1, 6) + rng.uniform(-0.1, 0.1):
        bush(canvas, x, 0.16, 0.42 + 0.14 * float(rng.uniform()), darken(green, 0.2))
    for x in np.linspace(-1, 1, 13):
        canvas.fill(
            polygon([(x - 0.055, 0.26), (x - 0.055, -0.12), (x, -0.19), (x + 0.055, -0.12), (x + 0.055, 0.26)]),
            rgb("ece4d6"),
        )
    canvas.fill(box(-1.05, -0.02, 1.05, 0.03) + box(-1.05, 0.13, 1.05, 0.18), rgb("ddd3c2"))
    hill(canvas, rng, green, top=0.25, height=0.02)
    grass(canvas, rng, green, top=0.3, count=40)
    blossoms(canvas, rng, PETALS, top=0.22, count=16, size=1.5)


def sky(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint nothing but sky."""
    paint_sky(canvas, rng, clouds=6)


def forest(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint tall trunks in green light."""
    green = one_of([rgb("86a874"), rgb("7a9f7c"), rgb("9aa86e")], rng)
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05), Linear((0, -1), (0, 0.5), [(0, darken(green, 0.1)), (1, lighten(green, 0.5))])
    )
    for far in (0.55, 0.3, 0.1):
        bark = lighten(rgb("776754"), far)
        for x in rng.uniform(-1, 1, 4):
            w = 0.1 - 0.09 * far
            canvas.fill(
                polygon([(x - w, 0.5), (x - 0.7 * w, -1.05), (x + 0.7 * w, -1.05), (x + w, 0.5)]),
                Linear((x - w, 0), (x + w, 0), [(0, lighten(bark, 0.2)), (1, darken(bark, 0.15))]),
            )
    glow(canvas, rgb("fff7d6"), opacity=0.35)
    hill(canvas, rng, darken(green, 0.12), top=0.38, height=0.05)
    grass(canvas, rng, green, top=0.42)


def farm(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a barn, a field and a paddock fence."""
    green = one_of(GREENS, rng)
    paint_sky(canvas, rng, horizon=0.1)
    hill(canvas, rng, rgb("cdbb74"), top=-0.08, height=0.05, haze=0.3)
    x = float(rng.uniform(0.3, 0.7)) * float(rng.choice([-1, 1]))
    canvas.fill(
        box(x - 0.26, -0.26, x + 0.26, 0.18),
        Linear((x - 0.26, 0), (x + 0.26, 0), [(0, rgb("c27a66")), (1, rgb("9f5f55"))]),
    )
    canvas.fill(
        polygon([(x - 0.31, -0.25), (x - 0.16, -0.46), (x, -0.53), (x + 0.16, -0.46), (x + 0.31, -0.25)]), rgb("7d6a6c")
    )
    canvas.fill(box(x - 0.1, -0.08, x + 0.1, 0.18), rgb("efe6d8"))
    hill(canvas, rng, green, top=0.18, height=0.03)
    for post in np.linspace(-1, 1, 7):
        canvas.fill(box(post - 0.025, 0.08, post + 0.025, 0.4), rgb("b79b7b"))
    canvas.fill(box(-1.05, 0.13, 1.05, 0.17) + box(-1.05, 0.25, 1.05, 0.29), rgb("c6ab8a"))
    grass(canvas, rng, green, top=0.4, count=40)


def savanna(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint dry grassland with flat trees far off."""
    gold = one_of([rgb("d8bc78"), rgb("cfae6c"), rgb("c9b676")], rng)
    paint_sky(canvas, rng, horizon=0.2, clouds=1)
    glow(canvas, rgb("ffe7b8"), y=0.0, opacity=0.5)
    hill(canvas, rng, rgb("a9a58c"), top=0.04, height=0.06, haze=0.4)
    for x in rng.uniform(-0.95, 0.95, 2):
        canvas.line(curve([(x, 0.2), (x + 0.02, 0.0), (x - 0.05, -0.2)]), rgb("8d7a62"), [0.05, 0.03])
        canvas.fill(ellipse(x - 0.03, -0.24, 0.3, 0.08) + ellipse(x + 0.05, -0.3, 0.2, 0.07), rgb("8f9a66"))
    hill(canvas, rng, gold, top=0.2, height=0.02)
    grass(canvas, rng, gold, top=0.24, count=90)


def snow(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint snowy hills with firs."""
    paint_sky(canvas, rng, horizon=0.2, clouds=2)
    hill(canvas, rng, rgb("d3dfea"), top=-0.12, height=0.1, haze=0.2)
    for x in rng.uniform(-1, 1, 7):
        tree(canvas, x, 0.16 + 0.06 * float(rng.uniform()), 0.34, rgb("7f9f9b"), is_conifer=True)
    hill(canvas, rng, rgb("eef3f8"), top=0.2, height=0.04)
    for x, y in rng.uniform((-1, 0.3), (1, 1), (10, 2)):
        canvas.fill(ellipse(x, y, 0.12, 0.015), rgb("c5d4e6"), opacity=0.6, blur=0.01)


def orchard(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint rows of round trees."""
    green = one_of(GREENS, rng)
    paint_sky(canvas, rng, horizon=0.2, clouds=2)
    hill(canvas, rng, green, top=-0.02, height=0.03, haze=0.35)
    for x in np.linspace(-1, 1, 6) + rng.uniform(-0.12, 0.12):
        tree(canvas, x, 0.16, 0.36, darken(green, 0.12), is_conifer=False)
    hill(canvas, rng, green, top=0.16, height=0.02)
    for x in (-0.95, 0.95):
        tree(canvas, x, 0.42, 0.85, darken(green, 0.16), is_conifer=False)
    grass(canvas, rng, green, top=0.24)


def valley(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a wide sky over woods at the foot of whatever rises behind."""
    green = one_of([rgb("7fa07a"), rgb("8ca872"), rgb("769a86")], rng)
    paint_sky(canvas, rng, horizon=0.6, clouds=4)
    hill(canvas, rng, green, top=0.52, height=0.05, haze=0.3)
    for x in rng.uniform(-1, 1, 9):
        tree(canvas, x, 0.74 + 0.06 * float(rng.uniform()), 0.17, darken(green, 0.15), is_conifer=True)
    hill(canvas, rng, green, top=0.72, height=0.03)
