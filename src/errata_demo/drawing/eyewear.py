"""Sunglasses. Two classes of ImageNet mean them, so both are drawn alike."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, lit
from errata_demo.drawing.colours import Colour, darken, lighten, rgb, vary
from errata_demo.drawing.entity import Entity, Look, palette, points
from errata_demo.drawing.shapes import Shape, arc, curve, moved, polygon, ribbon, smooth

FRAMES = palette("2b2a33 2b2a33 7a3f2a d8433b d9b36a f4f1ea 2f6f8a e7a5b0")
LENSES = palette("2a2d3a 3a2a20 1f3a4a 4a2a4f 2c3f2c b5482f"), palette("6a7285 b98a5a 5fb0b8 e0788a 9ab87a f7c65a")
"""Colours at the top of the lenses, and the ones that they fade to."""

OUTLINES = np.array(
    [
        points("-0.4,-0.12 -0.34,-0.32 0,-0.35 0.34,-0.34 0.42,-0.16 0.34,0.2 0.04,0.34 -0.3,0.22"),
        points("-0.4,0 -0.28,-0.28 0,-0.4 0.28,-0.28 0.4,0 0.28,0.28 0,0.4 -0.28,0.28"),
        points("-0.38,-0.2 -0.2,-0.33 0.08,-0.33 0.36,-0.28 0.42,-0.05 0.3,0.27 0.02,0.4 -0.28,0.2"),
        points("-0.38,-0.06 -0.3,-0.26 0.02,-0.3 0.36,-0.4 0.45,-0.3 0.36,0.12 0.08,0.3 -0.26,0.2"),
    ]
)
"""Right lens of wayfarers, round glasses, aviators and cat's eyes: float64 [4, 8, 2] around its middle."""


def sunglasses(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw sunglasses that lie on their temples, seen from the front."""
    frame, tint = vary(FRAMES[rng.integers(len(FRAMES))], rng), rng.integers(len(LENSES[0]))
    dark, light = LENSES[0][tint], LENSES[1][tint]
    one, other = rng.permutation(len(OUTLINES))[:2]
    outline = OUTLINES[one] + 0.25 * rng.random() * (OUTLINES[other] - OUTLINES[one])
    thick, apart, drop = rng.uniform(0.05, 0.1), 0.48 + 0.02 * rng.random(), rng.uniform(-0.02, 0.08)
    y = 1 - float(outline[:, 1].max()) - thick
    canvas.fill(_flat_shadow(y), rgb("1b1730"), opacity=0.22 * look["shadow"], blur=0.05)
    for side in (-1, 1):
        hinge = (side * (apart + 0.4), y - 0.2)
        temple = curve(
            [
                hinge,
                (side * (apart + 0.36), y - 0.42),
                (side * (apart - 0.06), y - 0.62 - drop),
                (side * (apart - 0.2), y - 0.52 - drop),
            ]
        )
        canvas.fill(ribbon(temple, [1.1 * thick, 0.8 * thick, 0.7 * thick, 0.9 * thick]), lit(darken(frame, 0.3), 0.2))
    bridge = arc(0, y - 0.1, apart - 0.3, 0.13, start=10, end=170)
    canvas.fill(ribbon(bridge, 1.15 * thick), lit(lighten(frame, 0.08), 0.3))
    for side in (-1, 1):
        _lens(canvas, outline * (side, 1) + (side * apart, y), frame=frame, dark=dark, light=light, thick=thick)


def _lens(canvas: Canvas, outline: np.ndarray, *, frame: Colour, dark: Colour, light: Colour, thick: float) -> None:
    middle = outline.mean(axis=0)
    rim: Shape = smooth((outline - middle) * (1 + thick) + middle)
    glass = smooth((outline - middle) * (1 - 1.4 * thick) + middle)
    canvas.fill(moved(rim, y=0.03), darken(frame, 0.55))
    canvas.fill(rim, lit(frame, 0.35))
    edge = curve((outline - middle) * (1 + 0.3 * thick) + middle, is_closed=True)
    edge = np.roll(edge, len(edge) // 2 - int(((edge - middle) @ canvas.light).argmax()), axis=0)
    canvas.line(edge[20:44], lighten(frame, 0.6), [0.0, 0.025, 0.0], opacity=0.6)
    low, high = float(outline[:, 1].max()), float(outline[:, 1].min())
    canvas.fill(glass, Linear((0, high), (0, low), [(0, dark), (0.35, dark), (1, light)]))
    with canvas.clipped(glass):
        x, y = middle
        canvas.fill(
            polygon([(x - 0.3, y + 0.5), (x + 0.1, y - 0.5), (x + 0.24, y - 0.5), (x - 0.16, y + 0.5)]),
            (1.0, 1.0, 1.0),
            opacity=0.3,
        )
        canvas.fill(
            polygon([(x - 0.08, y + 0.5), (x + 0.32, y - 0.5), (x + 0.37, y - 0.5), (x - 0.03, y + 0.5)]),
            (1.0, 1.0, 1.0),
            opacity=0.22,
        )
    canvas.round(glass, depth=0.12, strength=0.3, shine=0.0)


def _flat_shadow(y: float) -> Shape:
    return polygon([(-0.6, y - 0.5), (0.6, y - 0.5), (0.9, y + 0.2), (-0.9, y + 0.2)])


_LOOK = {"shadow": 1.0}

ENTITIES: dict[str, Entity] = {"n04355933": Entity(sunglasses, _LOOK), "n04356056": Entity(sunglasses, _LOOK)}
"""Sunglass and sunglasses."""
