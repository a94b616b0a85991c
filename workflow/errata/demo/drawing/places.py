"""Backdrops that people made: rooms, furniture, streets, stages, studios."""

from itertools import pairwise

import numpy as np

from errata.demo.drawing.canvas import Canvas, Linear, Radial
from errata.demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata.demo.drawing.outdoors import bush, glow, hill, paint_sky, tree
from errata.demo.drawing.shapes import box, curve, ellipse, polygon

_WALLS = [rgb("e6dccb"), rgb("cfdcd6"), rgb("d9d3e2"), rgb("e8d2c2"), rgb("c9d6e2"), rgb("e7e0d0"), rgb("bfcbb8")]
_WOODS = [rgb("c99f70"), rgb("b98a5f"), rgb("d8b88c"), rgb("a67c58"), rgb("cdb193")]
_CLOTHS = [rgb("c98a7a"), rgb("7f9fb0"), rgb("a5b08a"), rgb("d6b878"), rgb("9a8fb3")]
_BOOKS = [rgb("b5705f"), rgb("6f8fa3"), rgb("c9a45f"), rgb("7f9a7a"), rgb("8d7a9c"), rgb("d9cbb2")]


def _one_of(colours: list[Colour], rng: np.random.Generator) -> Colour:
    return vary(colours[int(rng.integers(len(colours)))], rng, hue=0.015, value=0.04)


def _wall(canvas: Canvas, colour: Colour, *, bottom: float = 1.05) -> None:
    canvas.fill(
        box(-1.05, -1.05, 1.05, bottom),
        Linear((-0.9, -1), (0.9, 0.9), [(0, lighten(colour, 0.4)), (0.5, colour), (1, darken(colour, 0.14))]),
    )


def _top(canvas: Canvas, rng: np.random.Generator, wood: Colour, *, edge: float) -> None:
    """Paint a wooden surface from an edge to the front, with grain."""
    canvas.fill(
        box(-1.05, edge, 1.05, 1.05),
        Linear((-0.4, edge), (0.3, 1.05), [(0, lighten(wood, 0.28)), (1, darken(wood, 0.08))]),
    )
    for y in np.linspace(edge + 0.06, 1.0, 6) + rng.uniform(-0.02, 0.02, 6):
        grain = curve([(-1.1, y), (-0.3, y + float(rng.uniform(-0.02, 0.02))), (0.4, y + 0.015), (1.1, y)], samples=4)
        canvas.line(grain, darken(wood, 0.25), 0.01, opacity=0.35)
    canvas.fill(box(-1.05, edge - 0.012, 1.05, edge + 0.012), darken(wood, 0.35), opacity=0.5)


def _window(canvas: Canvas, x: float, y: float) -> None:
    canvas.fill(box(x - 0.34, y - 0.4, x + 0.34, y + 0.4, radius=0.03), rgb("f7f3ea"))
    canvas.fill(
        box(x - 0.29, y - 0.35, x + 0.29, y + 0.35),
        Linear((0, y - 0.3), (0, y + 0.3), [(0, rgb("b4d6ea")), (1, rgb("e8f2ec"))]),
    )
    canvas.fill(
        box(x - 0.015, y - 0.35, x + 0.015, y + 0.35) + box(x - 0.29, y - 0.015, x + 0.29, y + 0.015), rgb("f7f3ea")
    )


def _frame(canvas: Canvas, rng: np.random.Generator, x: float, y: float) -> None:
    w, h = rng.uniform(0.16, 0.24, 2)
    canvas.fill(box(x - w, y - h, x + w, y + h), rgb("a88c6c"))
    canvas.fill(box(x - w + 0.03, y - h + 0.03, x + w - 0.03, y + h - 0.03), rgb("f3ecdf"))
    canvas.fill(ellipse(x, y, 0.5 * w, 0.45 * h), _one_of(_CLOTHS, rng), opacity=0.6)


def _books(canvas: Canvas, rng: np.random.Generator, left: float, right: float, foot: float) -> None:
    x = left
    while x < right:
        wide, high = rng.uniform((0.05, 0.2), (0.1, 0.36))
        colour = lighten(_one_of(_BOOKS, rng), 0.15)
        canvas.fill(
            box(x, foot - high, x + wide - 0.006, foot),
            Linear((x, 0), (x + wide, 0), [(0, lighten(colour, 0.15)), (1, darken(colour, 0.18))]),
        )
        x += wide


def desk(canvas: Canvas, rng: np.random.Generator, *, has_mat: bool = False) -> None:
    """Paint a desk with papers and a plant."""
    _wall(canvas, _one_of(_WALLS, rng))
    _frame(canvas, rng, float(rng.uniform(-0.6, -0.2)), -0.55)
    side = float(rng.choice([-1, 1]))
    bush(canvas, 0.78 * side, -0.02, 0.36, rgb("7fa27c"))
    canvas.fill(
        polygon(
            [
                (0.78 * side - 0.13, -0.04),
                (0.78 * side + 0.13, -0.04),
                (0.78 * side + 0.09, 0.2),
                (0.78 * side - 0.09, 0.2),
            ]
        ),
        rgb("cf9a80"),
    )
    wood = _one_of(_WOODS, rng)
    _top(canvas, rng, wood, edge=0.18)
    if has_mat:
        canvas.fill(
            polygon([(-0.62, 0.42), (0.6, 0.42), (0.8, 0.95), (-0.84, 0.95)]), rgb("302a3a"), opacity=0.3, blur=0.03
        )
        mat = _one_of([rgb("5f7387"), rgb("6b6478"), rgb("587a74")], rng)
        canvas.fill(
            polygon([(-0.64, 0.4), (0.6, 0.4), (0.78, 0.92), (-0.84, 0.92)]),
            Linear((-0.6, 0.4), (0.5, 0.95), [(0, lighten(mat, 0.25)), (1, mat)]),
        )
    else:
        x = -0.7 * side
        canvas.fill(
            polygon([(x - 0.16, 0.28), (x + 0.2, 0.26), (x + 0.26, 0.52), (x - 0.18, 0.54)]),
            rgb("f7f4ec"),
            opacity=0.85,
        )
        canvas.line([(x - 0.1, 0.36), (x + 0.14, 0.34)], rgb("a9b0bb"), 0.014, opacity=0.7)
        canvas.line([(x - 0.1, 0.43), (x + 0.1, 0.415)], rgb("a9b0bb"), 0.014, opacity=0.7)


def desk_with_mat(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a desk with a mouse pad and no mouse."""
    desk(canvas, rng, has_mat=True)


def table(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a wooden table in front of a wall."""
    wall = _one_of(_WALLS, rng)
    _wall(canvas, wall)
    glow(canvas, (1, 1, 0.95), opacity=0.4)
    _top(canvas, rng, _one_of(_WOODS, rng), edge=0.12)


def tablecloth(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a chequered table cloth."""
    _wall(canvas, _one_of(_WALLS, rng))
    cloth = mix(_one_of(_CLOTHS, rng), (1, 1, 1), 0.35)
    canvas.fill(box(-1.05, 0.05, 1.05, 1.05), Linear((0, 0.05), (0, 1), [(0, rgb("fbf7ef")), (1, rgb("ece5d9"))]))
    for x in np.linspace(-1.6, 1.6, 11):
        canvas.fill(
            polygon(
                [(0.6 * x - 0.045, 0.05), (0.6 * x + 0.045, 0.05), (1.15 * x + 0.09, 1.05), (1.15 * x - 0.09, 1.05)]
            ),
            cloth,
            opacity=0.4,
        )
    for y, high in ((0.08, 0.05), (0.22, 0.07), (0.42, 0.1), (0.7, 0.13)):
        canvas.fill(box(-1.05, y, 1.05, y + high), cloth, opacity=0.4)


def kitchen(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a worktop in front of tiles and a shelf with jars."""
    tile = _one_of([rgb("dfe6e2"), rgb("e9e2d4"), rgb("d3e0e6")], rng)
    _wall(canvas, tile)
    lines = [part for x in np.linspace(-1, 1, 7) for part in box(x - 0.006, -0.55, x + 0.006, 0.2)]
    lines += [part for y in np.linspace(-0.5, 0.1, 4) for part in box(-1.05, y - 0.006, 1.05, y + 0.006)]
    canvas.fill(lines, (1, 1, 1), opacity=0.7)
    canvas.fill(box(-1.05, -0.62, 1.05, -0.55), _one_of(_WOODS, rng))
    for x in rng.uniform(-0.95, 0.95, 5):
        jar = lighten(_one_of(_CLOTHS, rng), 0.3)
        canvas.fill(
            box(x - 0.08, -0.84, x + 0.08, -0.62, radius=0.03),
            Linear((x - 0.08, 0), (x + 0.08, 0), [(0, lighten(jar, 0.3)), (1, darken(jar, 0.1))]),
        )
    _top(canvas, rng, mix(_one_of(_WOODS, rng), rgb("d8d4cf"), 0.5), edge=0.2)


def room(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a room with a window, a picture and a rug."""
    _wall(canvas, _one_of(_WALLS, rng))
    side = float(rng.choice([-1, 1]))
    _window(canvas, 0.55 * side, -0.42)
    _frame(canvas, rng, -0.5 * side, -0.5)
    wood = _one_of(_WOODS, rng)
    canvas.fill(box(-1.05, 0.3, 1.05, 0.37), rgb("f3eee4"))
    _top(canvas, rng, wood, edge=0.37)
    rug = _one_of(_CLOTHS, rng)
    canvas.fill(ellipse(0, 0.76, 0.85, 0.2), lighten(rug, 0.35))
    canvas.fill(ellipse(0, 0.76, 0.74, 0.165), lighten(rug, 0.15))


def sofa(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a sofa with cushions."""
    _wall(canvas, _one_of(_WALLS, rng))
    cloth = mix(_one_of(_CLOTHS, rng), rgb("cfc8bf"), 0.35)
    for left, top, right, bottom in ((-1.2, -0.35, 1.2, 0.7), (-1.2, 0.25, 1.2, 1.2)):
        canvas.fill(
            box(left, top, right, bottom, radius=0.16),
            Linear((0, top), (0, bottom), [(0, lighten(cloth, 0.28)), (1, darken(cloth, 0.14))]),
        )
    canvas.line([(0, -0.28), (0, 0.25)], darken(cloth, 0.3), 0.014, opacity=0.5)
    side = float(rng.choice([-1, 1]))
    cushion = lighten(_one_of(_CLOTHS, rng), 0.25)
    canvas.fill(
        box(0.7 * side - 0.26, -0.16, 0.7 * side + 0.26, 0.33, radius=0.1),
        Linear((-0.3, -0.2), (0.8, 0.4), [(0, lighten(cushion, 0.25)), (1, darken(cushion, 0.1))]),
    )


def shelf(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a shelf in front of a row of books."""
    _wall(canvas, _one_of(_WALLS, rng))
    wood = _one_of(_WOODS, rng)
    _books(canvas, rng, -1.0, float(rng.uniform(-0.3, 0.3)), -0.38)
    canvas.fill(
        box(-1.05, -0.38, 1.05, -0.3), Linear((0, -0.38), (0, -0.3), [(0, lighten(wood, 0.2)), (1, darken(wood, 0.15))])
    )
    canvas.fill(box(-1.05, -0.3, 1.05, -0.22), darken(wood, 0.4), opacity=0.25, blur=0.04)
    _books(canvas, rng, float(rng.uniform(0.55, 0.7)), 1.0, 0.62)
    canvas.fill(box(-1.05, 0.62, 1.05, 0.8), Linear((0, 0.62), (0, 0.8), [(0, lighten(wood, 0.25)), (1, wood)]))
    canvas.fill(
        box(-1.05, 0.8, 1.05, 1.05), Linear((0, 0.8), (0, 1.05), [(0, darken(wood, 0.35)), (1, darken(wood, 0.15))])
    )


def road(canvas: Canvas, rng: np.random.Generator, *, has_traffic: bool = False) -> None:
    """Paint a road with houses and trees beside it."""
    paint_sky(canvas, rng, horizon=0.1, clouds=2)
    hill(canvas, rng, rgb("93ab8a"), top=-0.05, height=0.05, haze=0.4)
    for x, high in zip(np.linspace(-1.05, 0.8, 6), rng.uniform(0.25, 0.55, 6), strict=True):
        wall = lighten(_one_of([rgb("c9b7a4"), rgb("b8c0c4"), rgb("c7a79a"), rgb("d6c9ae")], rng), 0.2)
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
    tar = _one_of([rgb("86868d"), rgb("8f8c8a"), rgb("7d8590")], rng)
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
        colour = mix(_one_of(_CLOTHS, rng), rgb("b8b8be"), 0.4)
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
    cloth = _one_of([rgb("8a5560"), rgb("5d6088"), rgb("6a5a80"), rgb("4f7480")], rng)
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05), Linear((0, -1), (0, 0.6), [(0, darken(cloth, 0.5)), (1, darken(cloth, 0.15))])
    )
    for x in np.linspace(-1, 1, 11):
        canvas.fill(
            box(x - 0.05, -1.05, x + 0.04, 0.5),
            Linear((x - 0.06, 0), (x + 0.05, 0), [(0, lighten(cloth, 0.12)), (1, darken(cloth, 0.35))]),
            opacity=0.55,
        )
    _top(canvas, rng, darken(_one_of(_WOODS, rng), 0.2), edge=0.48)
    light = _one_of([rgb("ffe9b8"), rgb("ffd9d0"), rgb("d9e6ff")], rng)
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
    _wall(canvas, _one_of(_WALLS, rng))
    canvas.fill(box(-1.05, -0.1, 1.05, 0.14), mix(_one_of(_CLOTHS, rng), rgb("d9d6d2"), 0.4))
    floor = _one_of([rgb("d9ad78"), rgb("cfa06c"), rgb("e0bc8c")], rng)
    _top(canvas, rng, floor, edge=0.14)
    canvas.line(curve([(-1.1, 0.9), (-0.5, 0.5), (0.5, 0.5), (1.1, 0.9)]), (1, 1, 1), 0.03, opacity=0.7)
    canvas.line([(-1.1, 0.3), (1.1, 0.3)], (1, 1, 1), 0.02, opacity=0.7)


def pitch(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a mown sports field."""
    paint_sky(canvas, rng, horizon=0.0, clouds=3)
    for x in np.linspace(-1.05, 1.05, 7):
        tree(canvas, x, 0.08, 0.34, rgb("86a381"), is_conifer=False)
    green = _one_of([rgb("86b565"), rgb("7cae6a")], rng)
    edges = 0.06 + np.array([0, 0.07, 0.17, 0.31, 0.5, 0.75, 1.0])
    for i, (top, bottom) in enumerate(pairwise(edges)):
        canvas.fill(box(-1.05, top, 1.05, bottom + 0.01), lighten(green, 0.1) if i % 2 else darken(green, 0.05))
    canvas.line([(-1.1, 0.36), (1.1, 0.3)], (1, 1, 1), 0.025, opacity=0.8)


def night(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a dark wall with blurred city lights."""
    dark = _one_of([rgb("2b2b4a"), rgb("24344a"), rgb("3a2a48")], rng)
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05), Linear((0, -1), (0, 1), [(0, darken(dark, 0.4)), (1, lighten(dark, 0.12))])
    )
    for x, y, r in rng.uniform((-1, -0.9, 0.04), (1, 0.3, 0.12), (16, 3)):
        light = [rgb("ffcf87"), rgb("f29f9a"), rgb("9fc7f2"), rgb("ffe9c4")][int(rng.integers(4))]
        canvas.fill(ellipse(x, y, r), light, opacity=0.24, blur=0.008)
    canvas.fill(box(-1.05, 0.6, 1.05, 1.05), darken(dark, 0.3), opacity=0.6)


def paper(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a sheet of drawing paper."""
    sheet = _one_of([rgb("f5f0e4"), rgb("efe8da"), rgb("f4efe9")], rng)
    _wall(canvas, sheet)
    for y in rng.uniform(-1, 1, 10):
        canvas.line([(-1.05, y), (1.05, y + float(rng.uniform(-0.1, 0.1)))], darken(sheet, 0.12), 0.006, opacity=0.3)


def studio(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless studio background in a soft colour."""
    _studio(
        canvas, _one_of([rgb("d9cfe0"), rgb("cddfd6"), rgb("f0d9c9"), rgb("c9d9e8"), rgb("eadfb9"), rgb("d9d9d4")], rng)
    )


def studio_white(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless white background."""
    _studio(canvas, vary(rgb("f1f0ee"), rng, saturation=0.5, value=0.015))


def studio_dark(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless dark background."""
    _studio(canvas, _one_of([rgb("4d5563"), rgb("5a4f5f"), rgb("4d5f5a"), rgb("605752")], rng))


def _studio(canvas: Canvas, colour: Colour) -> None:
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05),
        Radial((-0.25, -0.35), 1.7, [(0, lighten(colour, 0.4)), (0.5, colour), (1, darken(colour, 0.22))]),
    )
    canvas.fill(box(-1.2, 0.52, 1.2, 1.3), lighten(colour, 0.35), opacity=0.35, blur=0.12)
