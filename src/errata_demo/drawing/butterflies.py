"""Butterflies: seen from above, wings spread."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Radial
from errata_demo.drawing.colours import Colour, darken, lighten, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import curve, ellipse, smooth, turned

_FORE = np.array(
    [(0.03, -0.16), (0.3, -0.56), (0.7, -0.82), (0.93, -0.74), (0.88, -0.42), (0.66, -0.08), (0.34, 0.04), (0.04, 0.02)]
)
_HIND = np.array(
    [(0.03, -0.04), (0.38, -0.04), (0.7, 0.1), (0.79, 0.36), (0.66, 0.66), (0.42, 0.78), (0.22, 0.56), (0.05, 0.2)]
)


def butterfly(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a butterfly.

    The look's keys: colours `wing`, `border`, `spot`; `margin` (width of the border), strengths `veins`, `dots` (white
    ones on the border), `tip` (dark corner of the forewing), `spots` (one on each wing).
    """
    wing = vary(look["wing"], rng, hue=0.012, saturation=0.1)
    pose = rng.uniform(-1, 1, 4)
    spread, lift = 0.89 + 0.11 * pose[0], 7 * pose[1]
    for side in (-1, 1):
        for outline, angle in ((_HIND, 0.5 * lift), (_FORE, lift)):
            flip = np.array([side * spread * (1 - 0.05 * side * pose[2]), 1.0])
            _wing(canvas, look, outline=turned(outline, angle) * flip, wing=wing, is_fore=outline is _FORE)
    dark = darken(look["border"], 0.35)
    for side in (-1, 1):
        feeler = curve([(side * 0.02, -0.32), (side * 0.1, -0.55), (side * 0.24, -0.72)])
        canvas.line(feeler, dark, 0.022)
        canvas.fill(ellipse(side * 0.245, -0.73, 0.032), dark)
    for body in (ellipse(0, 0.26, 0.07, 0.34), ellipse(0, -0.14, 0.1, 0.2), ellipse(0, -0.34, 0.075)):
        canvas.fill(body, dark)
        canvas.round(body, depth=0.08, strength=0.3, shine=0.55)


def _wing(canvas: Canvas, look: Look, *, outline: np.ndarray, wing: Colour, is_fore: bool) -> None:
    """Draw one wing: the border first, the field inside it, veins and dots over both."""
    root = outline[[0, -1]].mean(axis=0)
    whole = smooth(outline)
    canvas.fill(whole, look["border"])
    margin = look["margin"] * (1.15 if is_fore else 0.85)
    middle = root + 0.42 * (outline.mean(axis=0) - root)
    field = smooth(middle + (outline - middle) * (1 - margin))
    paint = Radial(tuple(root), 0.95, [(0, darken(wing, 0.12)), (0.3, wing), (1, lighten(wing, 0.22))])
    canvas.fill(field, paint)
    with canvas.clipped(whole):
        if is_fore:
            canvas.fill(ellipse(*outline[3], 0.26, 0.24), look["border"], opacity=look["tip"], blur=0.03)
        hub = middle + 0.35 * (outline[3 if is_fore else 4] - middle)
        for knot in outline[2:7]:
            canvas.line(
                [root, hub + 0.2 * (knot - hub), knot], look["border"], [0.02, 0.028, 0.03], opacity=look["veins"]
            )
        canvas.fill(ellipse(*hub, 0.055 if is_fore else 0.065), look["spot"], opacity=look["spots"])
        if look["dots"] > 0.04:
            edge = curve(outline, is_closed=True)
            ring = [
                middle + (edge[14 + 3 * i] - middle) * scale
                for i in range(12)
                for scale in ((0.95, 0.87) if is_fore else (0.94,))
            ]
            canvas.fill([ellipse(*place, 0.02)[0][::4] for place in ring], (1, 1, 0.96), opacity=look["dots"])
    canvas.round(whole, depth=0.16, strength=0.22, shine=0.12)


ENTITIES: dict[str, Entity] = {
    "n02279972": Entity(
        butterfly,
        {
            "wing": rgb("ee7f1d"),
            "border": rgb("1d1716"),
            "spot": rgb("1d1716"),
            "margin": 0.17,
            "veins": 1.0,
            "dots": 1.0,
            "tip": 1.0,
            "spots": 0.0,
        },
        is_standing=False,
    ),
    "n02281406": Entity(
        butterfly,
        {
            "wing": rgb("f7dc3c"),
            "border": rgb("8f8a3a"),
            "spot": rgb("d9742b"),
            "margin": 0.06,
            "veins": 0.12,
            "dots": 0.0,
            "tip": 0.25,
            "spots": 0.9,
        },
        is_standing=False,
    ),
}
"""Monarch and sulphur butterfly."""
