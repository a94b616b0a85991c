"""Backdrops where people drive, play and perform: roads, stages, sports grounds."""

from itertools import pairwise

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, Radial
from errata_demo.drawing.colours import darken, lighten, mix, one_of, rgb
from errata_demo.drawing.indoors import CLOTHS, WALLS, WOODS, top_of, wall_of
from errata_demo.drawing.outdoors import hill, paint_sky, tree
from errata_demo.drawing.shapes import box, curve, ellipse, polygon


def road(canvas: Canvas, rng: np.random.Generator, *, has_traffic: bool = False) -> None:
    """Paint a road with houses and trees beside it."""
    paint_sky(canvas, rng, horizon=0.1, clouds=2)
    hill(canvas, rng, rgb("93ab8a"), top=-0.05, height=0.05, haze=0.4)
    for x, high in zip(np.linspace(-1.05, 0.8, 6), rng.uniform(0.25, 0.55, 6), strict=True):
        wall = lighten(one_of([rgb("c9b7a4"), rgb("b8c0c4"), rgb("c7a79a"), rgb("d6c9ae")], rng), 0.2)
        canvas.fill(box(x, 0.2 - high, x + 0.27, 0.22), wall)
        panes = [
            part
            for i in range(2)
            for j in range(2)
            for part in box(x + 0.05 + 0.11 * i, 0.26 - high + 0.12 * j, x + 0.11 + 0.11 * i, 0.32 - high + 0.12 * j)
        ]
        canvas.fill(panes, rgb("8fa3b3"), opacity=0.55)
    for x in rng.uniform(-1, 1, 3):
        tree(canvas, x, 0.24, 0.34, rgb("8aa77c"), is_conifer=False)
    canvas.fill(box(-1.05, 0.2, 1.05, 0.3), rgb("c9c3b8"))
    tar = one_of([rgb("86868d"), rgb("8f8c8a"), rgb("7d8590")], rng)
    canvas.fill(
        box(-1.05, 0.3, 1.05, 1.05), Linear((0, 0.3), (0, 1), [(0, lighten(tar, 0.25)), (1, darken(tar, 0.12))])
    )
    if has_traffic:
        _traffic(canvas, rng)
    shift = float(rng.uniform(0, 0.4))
    for x in np.arange(-1.4, 1.2, 0.4) + shift:
        canvas.fill(
            polygon([(x, 0.84), (x + 0.2, 0.84), (x + 0.21, 0.88), (x + 0.005, 0.88)]), rgb("f2ead2"), opacity=0.85
        )


def _traffic(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the blurred traffic of the far lane: shapes and lights, no kind of car in particular."""
    for x in np.linspace(-0.78, 0.95, 4) + rng.uniform(-0.12, 0.12, 4):
        colour = mix(one_of(CLOTHS, rng), rgb("b8b8be"), 0.4)
        high = float(rng.uniform(0.14, 0.22))
        canvas.fill(ellipse(x, 0.46, 0.22, 0.03), rgb("2c2936"), opacity=0.35, blur=0.02)
        canvas.fill(box(x - 0.2, 0.44 - high, x + 0.2, 0.45, radius=0.07), colour, blur=0.02)
        canvas.fill(box(x - 0.13, 0.46 - high, x + 0.13, 0.53 - high, radius=0.03), rgb("7f909d"), blur=0.015)
        canvas.fill(ellipse(x - 0.19, 0.4, 0.02), rgb("fff0c0"), opacity=0.9, blur=0.012)
        canvas.fill(ellipse(x + 0.19, 0.4, 0.018), rgb("e0604f"), opacity=0.9, blur=0.012)


def traffic(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a road with traffic on the far lane."""
    road(canvas, rng, has_traffic=True)


def stage(canvas: Canvas, rng: np.random.Generator, *, has_amplifier: bool = False) -> None:
    """Paint a stage with curtains and light beams."""
    cloth = one_of([rgb("8a5560"), rgb("5d6088"), rgb("6a5a80"), rgb("4f7480")], rng)
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05), Linear((0, -1), (0, 0.6), [(0, darken(cloth, 0.5)), (1, darken(cloth, 0.15))])
    )
    for x in np.linspace(-1, 1, 11):
        canvas.fill(
            box(x - 0.05, -1.05, x + 0.04, 0.5),
            Linear((x - 0.06, 0), (x + 0.05, 0), [(0, lighten(cloth, 0.12)), (1, darken(cloth, 0.35))]),
            opacity=0.55,
        )
    top_of(canvas, rng, darken(one_of(WOODS, rng), 0.2), edge=0.48)
    light = one_of([rgb("ffe9b8"), rgb("ffd9d0"), rgb("d9e6ff")], rng)
    x = float(rng.uniform(-0.8, -0.4))
    canvas.fill(
        polygon([(x - 0.08, -1.1), (x + 0.08, -1.1), (0.75, 0.8), (-0.65, 0.8)]), light, opacity=0.26, blur=0.09
    )
    canvas.fill(ellipse(0.05, 0.8, 0.7, 0.14), light, opacity=0.4, blur=0.05)
    if has_amplifier:
        x = float(rng.choice([-0.66, 0.66]))
        canvas.fill(
            box(x - 0.3, 0.06, x + 0.3, 0.64, radius=0.04),
            Linear((x - 0.3, 0), (x + 0.3, 0.6), [(0, rgb("5a5560")), (1, rgb("322f39"))]),
        )
        canvas.fill(box(x - 0.25, 0.2, x + 0.25, 0.6, radius=0.02), rgb("8b8178"))
        canvas.fill(
            ellipse(x - 0.12, 0.4, 0.11) + ellipse(x + 0.12, 0.4, 0.11),
            Radial((x, 0.4), 0.25, [(0, rgb("4d4852")), (1, rgb("6a636a"))]),
        )
        canvas.fill([part for i in range(5) for part in ellipse(x - 0.2 + 0.1 * i, 0.13, 0.022)], rgb("d9c79a"))


def stage_with_amplifier(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a stage with an amplifier and no guitar."""
    stage(canvas, rng, has_amplifier=True)


def court(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the wooden floor of a sports hall."""
    wall_of(canvas, one_of(WALLS, rng))
    canvas.fill(box(-1.05, -0.1, 1.05, 0.14), mix(one_of(CLOTHS, rng), rgb("d9d6d2"), 0.4))
    floor = one_of([rgb("d9ad78"), rgb("cfa06c"), rgb("e0bc8c")], rng)
    top_of(canvas, rng, floor, edge=0.14)
    canvas.line(curve([(-1.1, 0.9), (-0.5, 0.5), (0.5, 0.5), (1.1, 0.9)]), (1, 1, 1), 0.03, opacity=0.7)
    canvas.line([(-1.1, 0.3), (1.1, 0.3)], (1, 1, 1), 0.02, opacity=0.7)


def pitch(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a mown sports field."""
    paint_sky(canvas, rng, horizon=0.0, clouds=3)
    for x in np.linspace(-1.05, 1.05, 7):
        tree(canvas, x, 0.08, 0.34, rgb("86a381"), is_conifer=False)
    green = one_of([rgb("86b565"), rgb("7cae6a")], rng)
    edges = 0.06 + np.array([0, 0.07, 0.17, 0.31, 0.5, 0.75, 1.0])
    for i, (top, bottom) in enumerate(pairwise(edges)):
        canvas.fill(box(-1.05, top, 1.05, bottom + 0.01), lighten(green, 0.1) if i % 2 else darken(green, 0.05))
    canvas.line([(-1.1, 0.36), (1.1, 0.3)], (1, 1, 1), 0.025, opacity=0.8)
