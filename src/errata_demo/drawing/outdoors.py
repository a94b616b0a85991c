"""Pieces of outdoor backdrops: skies, hills, grass, water, trees."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, Radial
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.shapes import Shape, box, curve, ellipse, polygon, smooth

GREENS = [rgb("9cc069"), rgb("8ab868"), rgb("aebf6d"), rgb("7fae72")]
_SKIES = [
    (rgb("86bfe6"), rgb("dff0f7")),
    (rgb("a3cdea"), rgb("f6efe0")),
    (rgb("9fb7d8"), rgb("f7dcc8")),
    (rgb("b9cbd8"), rgb("e9edee")),
    (rgb("7fb0dd"), rgb("cfe6f3")),
]
_HAZE = rgb("dfe9ee")


def paint_sky(canvas: Canvas, rng: np.random.Generator, *, horizon: float = 1.0, clouds: int = 3) -> None:
    """Paint a sky over the whole canvas, brightest at the horizon and near the sun at the top left."""
    high, low = _SKIES[int(rng.integers(len(_SKIES)))]
    high = vary(high, rng, hue=0.01)
    canvas.fill(box(-1.05, -1.05, 1.05, 1.05), Linear((0, -1), (0.15, horizon), [(0, high), (1, low)]))
    canvas.fill(ellipse(-0.9, -1.0, 0.7), rgb("fff6dc"), opacity=0.4, blur=0.3)
    for x, y, wide in rng.uniform((-1, -0.95, 0.2), (1, horizon - 0.5, 0.42), (clouds, 3)):
        puffs = [
            part
            for dx, dy, r in ((-0.6, 0.05, 0.3), (-0.15, -0.1, 0.42), (0.35, 0.0, 0.34), (0.7, 0.08, 0.2))
            for part in ellipse(x + dx * wide, y + dy * wide, 1.3 * r * wide, 0.75 * r * wide)
        ]
        canvas.fill(puffs, (1, 1, 1), opacity=0.62, blur=0.035)


def hill(
    canvas: Canvas, rng: np.random.Generator, colour: Colour, *, top: float, height: float = 0.12, haze: float = 0.0
) -> None:
    """Paint a rolling hill that fills everything below."""
    knots = [(x, top + height * float(rng.uniform(-1, 1))) for x in np.linspace(-1.3, 1.3, 6)]
    shape = [np.concatenate([curve(knots), [(1.4, 1.1), (-1.4, 1.1)]])]
    colour = mix(colour, _HAZE, haze)
    canvas.fill(shape, Linear((0, top - height), (0, 1.0), [(0, lighten(colour, 0.15)), (1, darken(colour, 0.12))]))


def grass(canvas: Canvas, rng: np.random.Generator, colour: Colour, *, top: float, count: int = 60) -> None:
    """Paint tufts of grass below a line, larger to the front."""
    depth = np.sqrt(rng.uniform(0.02, 1, count))
    x, lean = rng.uniform(-1, 1, count), rng.uniform(-1, 1, count)
    y, size = top + (1.02 - top) * depth, 0.03 + 0.07 * depth
    blades = np.stack(
        [
            np.stack([x - 0.12 * size, y], 1),
            np.stack([x + 0.5 * size * lean, y - size], 1),
            np.stack([x + 0.12 * size, y], 1),
        ],
        axis=1,
    )
    half = count // 2
    canvas.fill(list(blades[:half]), darken(colour, 0.2), opacity=0.6)
    canvas.fill(list(blades[half:]), lighten(colour, 0.25), opacity=0.6)


def blossoms(
    canvas: Canvas, rng: np.random.Generator, colours: list[Colour], *, top: float, count: int = 24, size: float = 1.0
) -> None:
    """Paint dots of flowers in a field, larger to the front."""
    depth = np.sqrt(rng.uniform(0.02, 1, count))
    for i, (x, far) in enumerate(zip(rng.uniform(-1, 1, count), depth, strict=True)):
        r = size * (0.008 + 0.022 * far)
        canvas.fill(ellipse(x, top + (1 - top) * far, r, 0.8 * r), colours[i % len(colours)], opacity=0.9)


def small_daisies(canvas: Canvas, rng: np.random.Generator, *, top: float, count: int = 26) -> None:
    """Paint small daisies in a field, from far to near."""
    depth = np.sort(np.sqrt(rng.uniform(0.02, 1, count)))
    petal = np.array([(0.25, -0.14), (0.8, -0.2), (1.0, 0.0), (0.8, 0.2), (0.25, 0.14)])
    turns = np.radians(np.arange(0, 360, 36))
    spin = np.stack([np.stack([np.cos(turns), -np.sin(turns)], 1), np.stack([np.sin(turns), np.cos(turns)], 1)], axis=2)
    flower = list(petal @ spin)
    for x, far in zip(rng.uniform(-1, 1, count), depth, strict=True):
        y, r = top + (0.98 - top) * far, 0.025 + 0.075 * far
        canvas.line([(x, y), (x + 0.3 * r, y + 2.2 * r)], rgb("6c9a4a"), 0.2 * r)
        canvas.fill([part * (r, 0.75 * r) + (x, y) for part in flower], mix(rgb("fdfcf6"), _HAZE, 0.5 * (1 - far)))
        canvas.fill(ellipse(x, y, 0.32 * r, 0.26 * r), rgb("eebf3a"))


def water(canvas: Canvas, rng: np.random.Generator, colour: Colour, *, top: float, glints: int = 26) -> None:
    """Paint water below a horizon, with glints that grow to the front."""
    canvas.fill(
        box(-1.05, top, 1.05, 1.05),
        Linear((0, top), (0, 1), [(0, lighten(colour, 0.35)), (0.3, colour), (1, darken(colour, 0.25))]),
    )
    depth = rng.uniform(0.02, 1, glints) ** 1.3
    x, wide = rng.uniform(-1, 1, glints), rng.uniform(0.5, 1.2, glints)
    for i in range(glints):
        y, w = top + (1 - top) * depth[i], wide[i] * (0.04 + 0.16 * depth[i])
        tint = lighten(colour, 0.5) if i % 3 else darken(colour, 0.2)
        canvas.fill(ellipse(x[i], y, w, 0.006 + 0.012 * depth[i]), tint, opacity=0.4)


def tree(canvas: Canvas, x: float, foot: float, size: float, leaf: Colour, *, is_conifer: bool) -> None:
    """Paint a tree."""
    canvas.fill(box(x - 0.035 * size, foot - 0.4 * size, x + 0.035 * size, foot), darken(rgb("8a6a4c"), 0.1))
    if is_conifer:
        tiers: Shape = [
            part
            for y, w in ((0.2, 0.3), (0.5, 0.24), (0.8, 0.17))
            for part in polygon(
                [(x - w * size, foot - y * size), (x + w * size, foot - y * size), (x, foot - (y + 0.5) * size)]
            )
        ]
    else:
        tiers = [
            part
            for dx, dy, r in ((0, 0.95, 0.3), (-0.24, 0.72, 0.26), (0.24, 0.72, 0.26), (0, 0.62, 0.28))
            for part in ellipse(x + dx * size, foot - dy * size, r * size)
        ]
    canvas.fill(
        tiers,
        Linear(
            (x - 0.3 * size, foot - 1.2 * size),
            (x + 0.3 * size, foot - 0.2 * size),
            [(0, lighten(leaf, 0.2)), (1, darken(leaf, 0.2))],
        ),
    )


def glow(canvas: Canvas, colour: Colour, *, x: float = -0.5, y: float = -0.6, opacity: float = 0.3) -> None:
    """Brighten a broad soft spot."""
    canvas.fill(ellipse(x, y, 0.5), colour, opacity=opacity, blur=0.35)


def bush(canvas: Canvas, x: float, foot: float, size: float, leaf: Colour) -> None:
    """Paint a round bush."""
    puffs = [
        part
        for dx, dy, r in ((-0.35, 0.2, 0.32), (0.0, 0.36, 0.4), (0.36, 0.2, 0.32))
        for part in ellipse(x + dx * size, foot - dy * size, r * size)
    ]
    base = smooth([(x - 0.6 * size, foot), (x, foot - 0.3 * size), (x + 0.6 * size, foot), (x, foot + 0.08 * size)])
    canvas.fill(
        puffs + base,
        Radial(
            (x - 0.3 * size, foot - 0.7 * size),
            1.1 * size,
            [(0, lighten(leaf, 0.25)), (0.5, leaf), (1, darken(leaf, 0.25))],
        ),
    )
