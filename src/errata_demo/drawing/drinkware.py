"""Coffee mugs, cups and teapots: round pots with a handle, and with strength from 0 to 1 a lid and a spout."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, lit
from errata_demo.drawing.colours import Colour, darken, lighten, mix, vary
from errata_demo.drawing.entity import Entity, Look, looks, palette
from errata_demo.drawing.forms import cylinder
from errata_demo.drawing.shapes import arc, curve, ellipse, moved, polygon, ribbon

GLAZES = palette("c9503f 2f8f8b 34558b e3a93c f1e7d3 8fae8b e7a59a 56545f 7db4d6 a993c9 f7f4ee")
ACCENTS = palette("fbf6ea fbf6ea f0c35a 3b3f54 d96c56")
PATTERNS = 6


def drinkware(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a mug, a cup or a teapot."""
    glaze = vary(GLAZES[rng.integers(len(GLAZES))], rng)
    accent = ACCENTS[rng.integers(len(ACCENTS))]
    wide, tall = 1 + 0.05 * rng.uniform(-1, 1, 2)
    pattern, has_saucer, steam = rng.integers(PATTERNS), rng.random() < look["saucer"], rng.random(3)
    x, bottom = look["x"], 0.92 - 0.05 * has_saucer
    top_y = bottom - (bottom - look["rim_y"]) * tall
    top, upper, lower, foot = (look[key] * wide for key in ("rim", "upper", "lower", "foot"))
    height = bottom - top_y
    edge = curve([(top, top_y), (upper, top_y + height / 3), (lower, top_y + height * 2 / 3), (foot, bottom)])
    under = arc(0, bottom, foot, 0.16 * foot, start=0, end=-180)
    body = moved(polygon(np.concatenate([edge, under, edge[::-1] * (-1, 1)])), x)
    rim = ellipse(x, top_y, top, 0.2 * top)
    if has_saucer:
        _saucer(canvas, x, foot + 0.42, glaze)
    _handle(canvas, look, x=x, top_y=top_y, height=height, at=(upper, lower), glaze=glaze)
    _spout(canvas, look, x=x, top_y=top_y, height=height, at=lower, glaze=glaze)
    canvas.fill(body + rim, cylinder(canvas, x, max(top, upper, lower), glaze))
    with canvas.clipped(body):
        _pattern(canvas, pattern, x=x, top_y=top_y, height=height, half=max(upper, lower) + 0.03, accent=accent)
    canvas.round(body, depth=0.22, strength=0.4)
    canvas.fill(rim, darken(glaze, 0.35))
    with canvas.clipped(rim):
        canvas.fill(ellipse(x, top_y + 0.06, 0.93 * top, 0.18 * top), lit(look["drink"], 0.2), opacity=1 - look["lid"])
    canvas.line(arc(x, top_y, top, 0.2 * top, start=0, end=360, samples=40), lighten(glaze, 0.45), 0.035)
    _lid(canvas, look["lid"], x=x, top_y=top_y, half=0.96 * top, glaze=glaze, accent=accent)
    side = 1 if canvas.light[0] <= 0 else -1
    across = x - side * np.array([0.68 * top, 0.72 * upper, 0.7 * lower])
    shine = curve(np.stack([across, top_y + height * np.array([0.22, 0.42, 0.65])], axis=1))
    canvas.fill(ribbon(shine, [0.03, 0.09, 0.03]), (1.0, 1.0, 1.0), opacity=0.45, blur=0.02)
    if steam[0] < 0.45:
        _steam(canvas, x=x, top_y=top_y, strength=0.5 * (1 - look["lid"]), phase=float(steam[1]))


def _handle(canvas: Canvas, look: Look, *, x: float, top_y: float, height: float, at: tuple, glaze: Colour) -> None:
    """Draw the handle behind the body on the right."""
    out = x + max(at) + look["handle"]
    across = [x + at[0] - 0.08, out - 0.1, out, out - 0.09, x + at[1] - 0.1]
    down = top_y + height * np.array([0.2, 0.17, 0.38, 0.64, 0.8])
    grip = ribbon(curve(np.stack([across, down], axis=1)), [0.15, 0.14, 0.14, 0.13, 0.14])
    canvas.fill(grip, lit(darken(glaze, 0.05), 0.3))
    canvas.round(grip, depth=0.09, strength=0.35)


def _spout(canvas: Canvas, look: Look, *, x: float, top_y: float, height: float, at: float, glaze: Colour) -> None:
    """Draw the spout on the left; it shrinks into the body as its strength does."""
    reach, low = look["spout"], top_y + 0.68 * height
    x, y = x - at - 0.42 * reach, low - 0.66 * height * reach
    bends = [(x + 0.42 * reach + 0.2, low), (x + 0.3 * reach, low - 0.12 * height * reach)]
    path = curve([*bends, (x + 0.1 * reach, y + 0.15 * reach), (x, y)])
    spout = ribbon(path, reach * np.array([0.42, 0.3, 0.16, 0.13]), is_capped=False)
    canvas.fill(spout, lit(glaze, 0.28))
    canvas.round(spout, depth=0.1, strength=0.3)
    canvas.fill(ellipse(x, y, 0.08 * reach, 0.03 * reach, angle=20), darken(glaze, 0.4), opacity=min(1.0, 3 * reach))


def _lid(canvas: Canvas, lid: float, *, x: float, top_y: float, half: float, glaze: Colour, accent: Colour) -> None:
    """Draw a domed lid with a knob; the dome rises with the strength of the lid."""
    rise = 0.26 * lid
    over = arc(x, top_y, half, rise + 0.12 * half, start=0, end=180)
    dome = polygon(np.concatenate([over, arc(x, top_y, half, 0.17 * half, start=180, end=360)]))
    seen = min(1.0, 2 * lid)
    knob = ellipse(x, top_y - rise - 0.12, 0.1 * lid + 0.001, 0.095 * lid + 0.001)
    canvas.fill(knob, lit(mix(glaze, accent, 0.35), 0.35), opacity=seen)
    canvas.fill(dome, cylinder(canvas, x, half, lighten(glaze, 0.06)), opacity=seen)
    if seen > 0.5:
        canvas.round(dome, depth=0.12, strength=0.25)
    canvas.line(arc(x, top_y, half, 0.17 * half, start=190, end=350), darken(glaze, 0.35), 0.02, opacity=seen)


def _saucer(canvas: Canvas, x: float, half: float, glaze: Colour) -> None:
    canvas.fill(ellipse(x, 0.9, half, 0.12), lit(darken(glaze, 0.12), 0.3))
    canvas.fill(ellipse(x, 0.875, half, 0.1), lit(lighten(glaze, 0.12), 0.25))
    canvas.fill(ellipse(x + 0.06, 0.89, 0.62 * half, 0.06), darken(glaze, 0.45), opacity=0.5, blur=0.02)


def _pattern(
    canvas: Canvas, pattern: int, *, x: float, top_y: float, height: float, half: float, accent: Colour
) -> None:
    """Paint the body: nothing, a band, two thin bands, dots, a dipped foot or a heart."""
    bands = {1: [(0.55, 0.22)], 2: [(0.3, 0.055), (0.42, 0.055)], 4: [(0.88, 0.36)]}
    for share, width in bands.get(pattern, []):
        line = arc(x, top_y + share * height - 0.16, 1.25 * half, 0.28, start=212, end=328)
        canvas.fill(ribbon(line, width * height, is_capped=False), accent, opacity=0.88)
    if pattern == 3:
        for row, column in np.ndindex(3, 5):
            place = 0.4 * (column - 2 + 0.5 * (row % 2))
            y = top_y + (0.28 + 0.22 * row) * height + 0.12 * np.sqrt(max(0.0, 1 - place**2))
            dot = ellipse(x + half * np.sin(1.3 * place), y, 0.06 * np.cos(place), 0.06)
            canvas.fill(dot, accent, opacity=0.9)
    elif pattern == 5:
        heart = ellipse(-0.07, -0.05, 0.1) + ellipse(0.07, -0.05, 0.1) + polygon([(-0.16, 0), (0.16, 0), (0, 0.2)])
        canvas.fill(moved(heart, x, top_y + 0.56 * height, scale=1.25), accent, opacity=0.9)


def _steam(canvas: Canvas, *, x: float, top_y: float, strength: float, phase: float) -> None:
    for i, place in enumerate((-0.18, 0.14)):
        sway = 0.09 * np.sin(2 * np.pi * (phase + 0.25 * i) + np.linspace(0, 5, 5))
        path = np.stack([x + place + sway, top_y - 0.02 - np.linspace(0, 0.42, 5)], axis=1)
        canvas.fill(ribbon(curve(path), [0.05, 0.1, 0.05]), (1.0, 1.0, 1.0), opacity=strength, blur=0.035)


_LOOKS = looks("""
        x     rim_y rim  upper lower foot handle lid spout saucer drink
mug     -0.17 -0.62 0.6  0.595 0.585 0.55 0.36   0   0     0.15   #4a2a1c
cup     -0.16 -0.42 0.64 0.63  0.56  0.36 0.34   0   0     0.5    #7a4022
teapot  0.03  -0.28 0.36 0.6   0.63  0.38 0.33   1   1     0      #9a5a2a
""")

ENTITIES: dict[str, Entity] = {
    "n03063599": Entity(drinkware, _LOOKS["mug"]),
    "n07930864": Entity(drinkware, _LOOKS["cup"]),
    "n04398044": Entity(drinkware, _LOOKS["teapot"]),
}
"""Coffee mug, cup, teapot."""
