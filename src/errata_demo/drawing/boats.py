"""Sailing boats on the water, the bow on the left: sloops, yawls and schooners."""

from dataclasses import dataclass

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, lit
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look, looks, palette
from errata_demo.drawing.shapes import Shape, box, curve, ellipse, polygon

HULLS = palette("34558b f4f1ea b5403a 2f6f62 8a5a3a 2c3345 e3a93c 6fa3b8")
SAILS = palette("fbf5e6 fbf5e6 fbf5e6 f6ead0 d9704a b5503f f4f1ea")
FLAGS = palette("d8433b f0b13a 2f6fb5 3d8f7c")
WOOD, BOOT, FOAM = rgb("8a5a38"), rgb("a8403a"), rgb("eaf4f4")
DECK, WATER = 0.66, 0.9
"""Heights of the deck amidships and of the waterline."""


@dataclass(frozen=True)
class _Rig:
    """What the sails of a boat have in common: their cloth, how far the wind fills them, a coloured band or none."""

    cloth: Colour
    full: float
    band: Colour
    is_banded: bool


def boat(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a boat under sail with one or two masts."""
    hull, cloth = vary(HULLS[rng.integers(len(HULLS))], rng), vary(SAILS[rng.integers(len(SAILS))], rng, hue=0.005)
    flag, full, tall = FLAGS[rng.integers(len(FLAGS))], rng.uniform(0.04, 0.12), 1 + 0.04 * rng.uniform(-1, 0)
    has_stripe, is_banded, ripples = rng.random() < 0.6, rng.random() < 0.25, rng.random(4)
    rig = _Rig(cloth, full, flag, is_banded)
    fore, aft = ((look[f"{name}_x"], 1 - (1 - look[f"{name}_top"]) * tall) for name in ("fore", "aft"))
    tip = (look["bow"] - look["bowsprit"], DECK - 0.19)
    canvas.line([(look["bow"], DECK - 0.1), tip], darken(WOOD, 0.1), 0.04)
    _jib(canvas, rig, fore, tip, share=1.0, seen=1.0)
    _jib(canvas, rig, fore, tip, share=0.66, seen=look["second_jib"])
    for (x, top), foot in ((aft, look["aft_foot"]), (fore, look["fore_foot"])):
        if DECK - top > 0.08:
            canvas.line([(x, DECK + 0.02), (x, top)], darken(WOOD, 0.15), [0.05, 0.03])
            _mainsail(canvas, rig, x, top, foot=foot, gaff=look["gaff"])
        if DECK - top > 0.3:
            pennant = curve([(x, top), (x + 0.1, top + 0.02), (x + 0.2, top + 0.01)])
            canvas.line(pennant, flag, [0.07, 0.05, 0.01])
    _hull(canvas, look, hull=hull, stripe=mix(flag, rgb("f7f4ee"), 0.6), seen=0.9 * has_stripe)
    _water(canvas, look["bow"] + 0.08, look["stern"], hull=hull, ripples=ripples)


def _jib(canvas: Canvas, rig: _Rig, mast: tuple, tip: tuple, *, share: float, seen: float) -> None:
    """Draw a triangular sail between the first mast and the bowsprit, a smaller one where its share is below 1."""
    (x, top), full, less = mast, rig.full, 1 - share
    head = (x - 0.02 - 0.25 * less * (x - tip[0]), top + 0.08 + 0.28 * less)
    tack, clew = (tip[0] + 0.02 + 0.55 * less * (x - tip[0]), tip[1]), (x - 0.06, DECK - 0.16 - 0.04 * share)
    leech = curve([head, ((head[0] + clew[0]) / 2 - 0.3 * full, (head[1] + clew[1]) / 2), clew])
    foot = curve([clew, ((clew[0] + tack[0]) / 2, (clew[1] + tack[1]) / 2 + 0.6 * full), tack])
    luff = curve([tack, ((tack[0] + head[0]) / 2 - 0.2 * full, (tack[1] + head[1]) / 2), head])
    cloth = darken(lighten(rig.cloth, 0.12 * share), 0.06)
    canvas.fill(polygon(np.concatenate([leech, foot, luff])), lit(cloth, 0.2), opacity=seen)
    canvas.line(leech, darken(cloth, 0.3), 0.012, opacity=seen)


def _mainsail(canvas: Canvas, rig: _Rig, x: float, top: float, *, foot: float, gaff: float) -> None:
    """Draw the sail behind a mast: a triangle, or with a gaff a trapezium."""
    height = DECK - 0.12 - top
    throat = (x + 0.025, top + (0.04 + 0.26 * gaff) * height)
    peak = (x + 0.03 + 0.62 * gaff * foot, top + 0.04 * height + 0.02 * gaff)
    clew, tack = (x + foot, DECK - 0.15), (x + 0.025, DECK - 0.1)
    leech = curve([peak, (0.55 * peak[0] + 0.45 * clew[0] + rig.full, 0.5 * (peak[1] + clew[1])), clew])
    sail = polygon(np.concatenate([[throat], leech, [((clew[0] + tack[0]) / 2, DECK - 0.1), tack]]))
    canvas.fill(sail, lit(rig.cloth, 0.16))
    with canvas.clipped(sail):
        canvas.fill(box(x, top + 0.62 * height, x + 1.2, top + 0.76 * height), rig.band, opacity=0.85 * rig.is_banded)
        for y in top + height * np.array([0.3, 0.5, 0.7, 0.88]):
            canvas.line([(x, y), (x + 1.2, y + 0.1)], darken(rig.cloth, 0.35), 0.012, opacity=0.5)
    canvas.round(sail, depth=0.2, strength=0.3, shine=0.0)
    canvas.line([throat, peak], darken(WOOD, 0.1), 0.035, opacity=min(1.0, 3 * gaff))
    canvas.line([tack, (clew[0] + 0.03, clew[1])], darken(WOOD, 0.1), 0.035)


def _hull(canvas: Canvas, look: Look, *, hull: Colour, stripe: Colour, seen: float) -> None:
    """Draw cabins on the deck, and the hull."""
    bow, stern = look["bow"], look["stern"]
    sheer = curve([(bow, DECK - 0.1), (0.45 * bow, DECK - 0.01), (0.3 * stern, DECK + 0.02), (stern, DECK - 0.04)])
    keel = [(stern - 0.06, WATER), (0.3 * stern, WATER + 0.1), (0.5 * bow, WATER + 0.08), (bow + 0.16, WATER - 0.05)]
    shape = polygon(np.concatenate([sheer, curve(keel)]))
    for left, right in ((look["fore_x"] - 0.02, look["fore_x"] + 0.32), (look["fore_x"] + 0.4, look["fore_x"] + 0.55)):
        canvas.fill(box(left, DECK - 0.08, right, DECK + 0.06, radius=0.03), lit(rgb("f1e4cc"), 0.2))
        canvas.fill(box(left + 0.04, DECK - 0.05, right - 0.04, DECK - 0.015, radius=0.015), rgb("4d6275"))
    stops = [(0, lighten(hull, 0.28)), (0.5, hull), (1, darken(hull, 0.3))]
    canvas.fill(shape, Linear((0, DECK - 0.05), (0, WATER + 0.05), stops))
    with canvas.clipped(shape):
        canvas.fill(box(-1.2, WATER - 0.035, 1.2, 1.1), BOOT)
        canvas.line(sheer + np.array([0, 0.09]), stripe, 0.03, opacity=seen)
    canvas.round(shape, depth=0.15, strength=0.35)
    canvas.line(sheer, lighten(WOOD, 0.15), 0.04)


def _water(canvas: Canvas, bow: float, stern: float, *, hull: Colour, ripples: np.ndarray) -> None:
    """Draw the foam at the hull and ripples in front of it."""
    sea = mix(rgb("6fb0c4"), hull, 0.15)
    canvas.fill(_wave(bow - 0.1, stern + 0.12, y=WATER + 0.03, height=0.13), sea, opacity=0.75, blur=0.012)
    canvas.fill(_wave(bow - 0.1, stern + 0.1, y=WATER + 0.012, height=0.045), FOAM, opacity=0.9)
    canvas.fill(ellipse(bow - 0.02, WATER, 0.12, 0.045), FOAM, opacity=0.8, blur=0.015)
    for i, place in enumerate(ripples):
        x, y = bow + (i + place) * (stern - bow) / 4, WATER + 0.085 + 0.025 * (i % 2)
        canvas.fill(_wave(x - 0.14, x + 0.1, y=y, height=0.02), FOAM, opacity=0.75)


def _wave(left: float, right: float, *, y: float, height: float) -> Shape:
    x, half = np.linspace(left, right, 15), np.sin(np.linspace(0, np.pi, 15)) ** 0.5 * height / 2
    swell = y + 0.012 * np.sin(np.linspace(0, 14, 15))
    upper, lower = (np.stack([x, swell + side * half], axis=1) for side in (-1, 1))
    return polygon(np.concatenate([upper, lower[::-1]]))


_LOOKS = looks("""
          bow   stern bowsprit fore_x fore_top fore_foot aft_x aft_top aft_foot gaff second_jib
sloop     -0.8  0.72  0.06     -0.08  -1       0.72      0.66  0.66    0.1      0    0
yawl      -0.84 0.8   0.1      -0.16  -1       0.64      0.58  -0.12   0.34     0    0.15
schooner  -0.8  0.88  0.22     -0.34  -0.78    0.42      0.16  -1      0.74     1    1
""")

ENTITIES: dict[str, Entity] = {
    "n04242408": Entity(boat, _LOOKS["sloop"], is_standing=False),
    "n04612504": Entity(boat, _LOOKS["yawl"], is_standing=False),
    "n04147183": Entity(boat, _LOOKS["schooner"], is_standing=False),
}
"""Sloop, yawl, schooner."""
