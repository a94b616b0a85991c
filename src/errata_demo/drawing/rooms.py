"""Backdrops inside a house: desks, tables, rooms, shelves."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import darken, lighten, mix, one_of, rgb
from errata_demo.drawing.indoors import CLOTHS, WALLS, WOODS, books, frame, top_of, wall_of, window
from errata_demo.drawing.outdoors import bush, glow
from errata_demo.drawing.shapes import box, ellipse, polygon


def desk(canvas: Canvas, rng: np.random.Generator, *, has_mat: bool = False) -> None:
    """Paint a desk with papers and a plant."""
    wall_of(canvas, one_of(WALLS, rng))
    frame(canvas, rng, float(rng.uniform(-0.6, -0.2)), -0.55)
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
    wood = one_of(WOODS, rng)
    top_of(canvas, rng, wood, edge=0.18)
    if has_mat:
        canvas.fill(
            polygon([(-0.62, 0.42), (0.6, 0.42), (0.8, 0.95), (-0.84, 0.95)]), rgb("302a3a"), opacity=0.3, blur=0.03
        )
        mat = one_of([rgb("5f7387"), rgb("6b6478"), rgb("587a74")], rng)
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
    wall = one_of(WALLS, rng)
    wall_of(canvas, wall)
    glow(canvas, (1, 1, 0.95), opacity=0.4)
    top_of(canvas, rng, one_of(WOODS, rng), edge=0.12)


def tablecloth(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a chequered table cloth."""
    wall_of(canvas, one_of(WALLS, rng))
    cloth = mix(one_of(CLOTHS, rng), (1, 1, 1), 0.35)
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
    tile = one_of([rgb("dfe6e2"), rgb("e9e2d4"), rgb("d3e0e6")], rng)
    wall_of(canvas, tile)
    lines = [part for x in np.linspace(-1, 1, 7) for part in box(x - 0.006, -0.55, x + 0.006, 0.2)]
    lines += [part for y in np.linspace(-0.5, 0.1, 4) for part in box(-1.05, y - 0.006, 1.05, y + 0.006)]
    canvas.fill(lines, (1, 1, 1), opacity=0.7)
    canvas.fill(box(-1.05, -0.62, 1.05, -0.55), one_of(WOODS, rng))
    for x in rng.uniform(-0.95, 0.95, 5):
        jar = lighten(one_of(CLOTHS, rng), 0.3)
        canvas.fill(
            box(x - 0.08, -0.84, x + 0.08, -0.62, radius=0.03),
            Linear((x - 0.08, 0), (x + 0.08, 0), [(0, lighten(jar, 0.3)), (1, darken(jar, 0.1))]),
        )
    top_of(canvas, rng, mix(one_of(WOODS, rng), rgb("d8d4cf"), 0.5), edge=0.2)


def room(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a room with a window, a picture and a rug."""
    wall_of(canvas, one_of(WALLS, rng))
    side = float(rng.choice([-1, 1]))
    window(canvas, 0.55 * side, -0.42)
    frame(canvas, rng, -0.5 * side, -0.5)
    wood = one_of(WOODS, rng)
    canvas.fill(box(-1.05, 0.3, 1.05, 0.37), rgb("f3eee4"))
    top_of(canvas, rng, wood, edge=0.37)
    rug = one_of(CLOTHS, rng)
    canvas.fill(ellipse(0, 0.76, 0.85, 0.2), lighten(rug, 0.35))
    canvas.fill(ellipse(0, 0.76, 0.74, 0.165), lighten(rug, 0.15))


def sofa(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a sofa with cushions."""
    wall_of(canvas, one_of(WALLS, rng))
    cloth = mix(one_of(CLOTHS, rng), rgb("cfc8bf"), 0.35)
    for left, top, right, bottom in ((-1.2, -0.35, 1.2, 0.7), (-1.2, 0.25, 1.2, 1.2)):
        canvas.fill(
            box(left, top, right, bottom, radius=0.16),
            Linear((0, top), (0, bottom), [(0, lighten(cloth, 0.28)), (1, darken(cloth, 0.14))]),
        )
    canvas.line([(0, -0.28), (0, 0.25)], darken(cloth, 0.3), 0.014, opacity=0.5)
    side = float(rng.choice([-1, 1]))
    cushion = lighten(one_of(CLOTHS, rng), 0.25)
    canvas.fill(
        box(0.7 * side - 0.26, -0.16, 0.7 * side + 0.26, 0.33, radius=0.1),
        Linear((-0.3, -0.2), (0.8, 0.4), [(0, lighten(cushion, 0.25)), (1, darken(cushion, 0.1))]),
    )


def shelf(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a shelf in front of a row of books."""
    wall_of(canvas, one_of(WALLS, rng))
    wood = one_of(WOODS, rng)
    books(canvas, rng, -1.0, float(rng.uniform(-0.3, 0.3)), -0.38)
    canvas.fill(
        box(-1.05, -0.38, 1.05, -0.3), Linear((0, -0.38), (0, -0.3), [(0, lighten(wood, 0.2)), (1, darken(wood, 0.15))])
    )
    canvas.fill(box(-1.05, -0.3, 1.05, -0.22), darken(wood, 0.4), opacity=0.25, blur=0.04)
    books(canvas, rng, float(rng.uniform(0.55, 0.7)), 1.0, 0.62)
    canvas.fill(box(-1.05, 0.62, 1.05, 0.8), Linear((0, 0.62), (0, 0.8), [(0, lighten(wood, 0.25)), (1, wood)]))
    canvas.fill(
        box(-1.05, 0.8, 1.05, 1.05), Linear((0, 0.8), (0, 1.05), [(0, darken(wood, 0.35)), (1, darken(wood, 0.15))])
    )
