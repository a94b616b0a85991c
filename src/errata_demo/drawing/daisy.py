"""A daisy: white petals around a yellow disc, on a stem."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Radial, ball, lit
from errata_demo.drawing.colours import darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import Shape, curve, moved, ribbon, smooth

_PETAL = smooth(
    [(0.12, -0.05), (0.4, -0.088), (0.66, -0.06), (0.71, 0.0), (0.66, 0.06), (0.4, 0.088), (0.12, 0.05)], samples=4
)
_GOLDEN_ANGLE = np.pi * (3 - 5**0.5)


def daisy(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a daisy; the look's keys: colours `petal`, `disc`, `leaf`."""
    leaf = vary(look["leaf"], rng)
    disc = vary(look["disc"], rng, hue=0.01)
    pose = rng.uniform(-1, 1, 4)
    wobble = rng.normal(0, 1, (2, 19))
    tilt = 0.9 + 0.09 * pose[0]
    centre = (0.06 * float(pose[1]), -0.3)

    stem = curve([(centre[0], -0.25), (0.05 * pose[1] - 0.04 * pose[2], 0.35), (-0.1 * pose[2], 0.97)])
    canvas.fill(ribbon(stem, [0.05, 0.06, 0.075]), lit(leaf, 0.3))
    for side, y in ((-1, 0.72), (1, 0.84)):
        blade = smooth(
            [(0, 0), (0.14, -0.1), (0.26, -0.08), (0.38, -0.15), (0.58, -0.08), (0.44, 0.02), (0.3, 0.02), (0.16, 0.06)]
        )
        foot = stem[int(len(stem) * (0.5 + 0.25 * y))]
        placed = [part * (side, 1) + foot for part in moved(blade, angle=18 + 10 * pose[3])]
        canvas.fill(placed, lit(darken(leaf, 0.08), 0.3))
        canvas.round(placed, depth=0.08, strength=0.3)

    shade = mix(look["petal"], rgb("8d95c4"), 0.4)
    count = 17
    for ring, (scale, colour) in enumerate(((0.97, mix(look["petal"], shade, 0.5)), (0.9, look["petal"]))):
        for i in range(count):
            angle = 360 / count * (i + 0.5 * ring) + 3 * wobble[ring, i]
            petal = _at(moved(_PETAL, angle=angle, scale=scale * (1 + 0.04 * wobble[1 - ring, i])), centre, tilt)
            canvas.fill(petal, Radial(centre, 0.68, [(0.2, shade), (0.55, colour), (1, lighten(colour, 0.5))]))
            edge = moved([np.array([(0.2, 0.045), (0.45, 0.082), (0.64, 0.058)])], angle=angle, scale=scale)
            canvas.line(_at(edge, centre, tilt)[0], shade, 0.016, opacity=0.75)
    heart = _at(
        smooth([(0.235 * np.cos(turn), 0.235 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 17)[:-1]]),
        centre,
        tilt,
    )
    canvas.fill(moved(heart, 0.02, 0.04), rgb("3b3558"), opacity=0.35, blur=0.04, is_atop=True)
    canvas.fill(heart, ball(disc, 0.3))
    number = np.arange(70)
    spiral = np.stack([np.cos(number * _GOLDEN_ANGLE), np.sin(number * _GOLDEN_ANGLE)], axis=1)
    seeds = spiral * (0.215 * np.sqrt(number / 70))[:, None] * (1, tilt) + centre
    dot = np.array([(0.012, 0), (0, 0.012), (-0.012, 0), (0, -0.012)])
    canvas.fill([dot + seed for seed in seeds], darken(disc, 0.3), opacity=0.55)
    canvas.fill([dot * 0.8 + seed + (-0.006, -0.01) for seed in seeds], lighten(disc, 0.55), opacity=0.7)


def _at(shape: Shape, centre: tuple[float, float], tilt: float) -> Shape:
    return [part * (1.0, tilt) + centre for part in shape]


ENTITIES: dict[str, Entity] = {
    "n11939491": Entity(daisy, {"petal": rgb("fdfcf8"), "disc": rgb("f4be26"), "leaf": rgb("5e9a44")}),
}
"""Daisy."""
