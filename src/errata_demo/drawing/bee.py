"""A honey bee in flight, seen from the side."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import darken, lighten, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import curve, ellipse, moved, polygon, shaggy, smooth


def bee(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a bee; the look's keys: colours `fur`, `band`, `wing`."""
    fur = vary(look["fur"], rng, hue=0.012)
    pose = rng.uniform(-1, 1, 3)
    band = look["band"]
    beat = 10 * pose[0]
    _wing(canvas, look, angle=-6 + beat, scale=0.9, opacity=0.6)
    for x, foot in ((0.3, 0.44), (0.12, 0.2), (-0.04, -0.1)):
        canvas.line(curve([(x, 0.3), (x + 0.08, 0.56), (foot, 0.72), (foot - 0.05, 0.82)]), band, [0.06, 0.05, 0.035])
    sting = polygon([(-0.88, 0.36), (-0.76, 0.26), (-0.72, 0.4)])
    canvas.fill(sting, band)
    belly = moved(
        smooth([(0.16, -0.2), (-0.2, -0.32), (-0.58, -0.2), (-0.78, 0.04), (-0.6, 0.24), (-0.2, 0.3), (0.14, 0.2)]),
        -0.02,
        0.14,
        angle=14 + 5 * pose[1],
    )
    canvas.fill(belly, Linear((0, -0.3), (0, 0.5), [(0, lighten(fur, 0.25)), (0.6, fur), (1, darken(fur, 0.25))]))
    with canvas.clipped(belly):
        for x in (-0.08, -0.32, -0.55, -0.76):
            stripe = moved([curve([(x + 0.02, -0.5), (x - 0.07, 0.0), (x + 0.02, 0.5)])], 0.0, 0.14, angle=14)[0]
            canvas.line(stripe, band, 0.125)
    canvas.round(belly, depth=0.25, strength=0.45, shine=0.35, shade=darken(band, 0.3))
    chest = shaggy(ellipse(0.24, 0.06, 0.29, 0.3)[0][::4], 0.035, count=48)
    canvas.fill(chest, lighten(fur, 0.08))
    canvas.fill(ellipse(0.22, 0.1, 0.17), darken(fur, 0.4), opacity=0.5, blur=0.07)
    canvas.round(chest, depth=0.25, strength=0.4, shine=0.3, shade=darken(fur, 0.7))
    head = ellipse(0.6, 0.12, 0.22, 0.24)
    for end in ((0.86, -0.34), (0.98, -0.2)):
        canvas.line(curve([(0.66, -0.06), (0.76, -0.24), end]), band, [0.045, 0.035])
        canvas.fill(ellipse(*end, 0.038), band)
    canvas.fill(head, lighten(band, 0.1))
    canvas.round(head, depth=0.15, strength=0.4, shine=0.4)
    canvas.fill(ellipse(0.66, 0.08, 0.085, 0.125, angle=-12), rgb("fdf8ee"))
    canvas.fill(ellipse(0.68, 0.09, 0.055, 0.088, angle=-12), rgb("17131a"))
    canvas.fill(ellipse(0.67 + 0.02 * canvas.light[0], 0.05, 0.022), (1, 1, 1))
    canvas.line(curve([(0.64, 0.25), (0.7, 0.28), (0.76, 0.24)]), lighten(fur, 0.2), 0.02)
    _wing(canvas, look, angle=14 + beat, scale=1.0, opacity=0.74)


def _wing(canvas: Canvas, look: Look, *, angle: float, scale: float, opacity: float) -> None:
    for outline, turn in (
        ([(0, 0), (-0.08, -0.36), (0.02, -0.74), (0.26, -0.84), (0.38, -0.6), (0.24, -0.24)], 26),
        ([(0, 0), (-0.22, -0.24), (-0.36, -0.5), (-0.22, -0.6), (-0.04, -0.42)], 22),
    ):
        wing = moved(smooth(outline), 0.16, -0.14, scale=scale, angle=angle + turn)
        canvas.fill(
            wing,
            Linear((0.1, -0.1), (0.0, -0.95), [(0, lighten(look["wing"], 0.2)), (1, look["wing"])]),
            opacity=opacity,
        )
        rim = np.concatenate([wing[0], wing[0][:1]])
        canvas.line(rim, darken(look["wing"], 0.35), 0.016, opacity=0.7)
        vein = moved(
            [curve([(0, 0), (outline[2][0] * 0.6 + 0.06, -0.36), (outline[3][0] * 0.9, outline[3][1] * 0.85)])],
            0.16,
            -0.14,
            scale=scale,
            angle=angle + turn,
        )
        canvas.line(vein[0], darken(look["wing"], 0.35), 0.012, opacity=0.6)


ENTITIES: dict[str, Entity] = {
    "n02206856": Entity(bee, {"fur": rgb("f3b52c"), "band": rgb("35241d"), "wing": rgb("cfe3f2")}, is_standing=False),
}
"""Bee."""
