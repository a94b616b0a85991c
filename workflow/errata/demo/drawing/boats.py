"""Sailing boats on the water, the bow on the left: sloops, yawls and schooners."""

import numpy as np

from errata.demo.drawing.canvas import Canvas, Linear, lit
from errata.demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata.demo.drawing.entity import Entity, Look
from errata.demo.drawing.shapes import Shape, box, curve, ellipse, polygon

HULLS = [rgb(c) for c in "34558b f4f1ea b5403a 2f6f62 8a5a3a 2c3345 e3a93c 6fa3b8".split()]
SAILS = [rgb(c) for c in "fbf5e6 fbf5e6 fbf5e6 f6ead0 d9704a b5503f f4f1ea".split()]
FLAGS = [rgb(c) for c in "d8433b f0b13a 2f6fb5 3d8f7c".split()]
BOOT, SEA = rgb("a8403a"), rgb("eaf4f4")
DECK, WATER = 0.66, 0.9
"""Heights of the deck amidships and of the waterline."""


def boat(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a boat under sail with one or two masts."""
    hull, cloth = vary(HULLS[rng.integers(len(HULLS))], rng), vary(SAILS[rng.integers(len(SAILS))], rng, hue=0.005)
    flag, full, tall = FLAGS[rng.integers(len(FLAGS))], rng.uniform(0.04, 0.12), 1 + 0.04 * rng.uniform(-1, 0)
    has_stripe, is_striped, ripples = rng.random() < 0.6, rng.random() < 0.25, rng.random(4)
    wood = rgb("8a5a38")
    canvas.line([(look["bow"], DECK - 0.1), (look["bow"] - look["bowsprit"], DECK - 0.19)], darken(wood, 0.1), 0.04)
    masts = [(look["fore_x"], 1 - (1 - look["fore_top"]) * tall), (look["aft_x"], 1 - (1 - look["aft_top"]) * tall)]
    tip = (look["bow"] - look["bowsprit"] + 0.02, DECK - 0.19)
    for share, seen in ((1.0, 1.0), (0.66, look["second_jib"])):
        _jib(canvas, masts[0], tip, share=share, seen=seen, cloth=mix(cloth, lighten(cloth, 0.12), share), full=full)
    for (x, top), foot, gaff in ((masts[1], look["aft_foot"], look["gaff"]), (masts[0], look["fore_foot"], look["gaff"])):
        if DECK - top > 0.08:
            canvas.line([(x, DECK + 0.02), (x, top)], darken(wood, 0.15), [0.05, 0.03])
            _mainsail(canvas, x, top, foot=foot, gaff=gaff, cloth=cloth, full=full, band=flag if is_striped else None, wood=wood)
    for x, top in masts:
        if DECK - top > 0.3:
            pennant = curve([(x, top), (x + 0.1, top + 0.02), (x + 0.2, top + 0.01)])
            canvas.line(pennant, flag, [0.07, 0.05, 0.01])
    _hull(canvas, look, hull=hull, wood=wood, stripe=0.9 * has_stripe, flag=flag)
    _water(canvas, look, hull=hull, ripples=ripples)


def _jib(canvas: Canvas, mast: tuple[float, float], tip: tuple[float, float], *, share: float, seen: float, cloth: Colour, full: float) -> None:
    """Draw a triangular sail between the first mast and the bowsprit."""
    x, top = mast
    head = (x - 0.02 - 0.25 * (1 - share) * (x - tip[0]), top + 0.08 + 0.28 * (1 - share))
    tack = (tip[0] + 0.55 * (1 - share) * (x - tip[0]), tip[1])
    clew = (x - 0.06, DECK - 0.16 - 0.04 * share)
    leech = curve([head, ((head[0] + clew[0]) / 2 - 0.3 * full, (head[1] + clew[1]) / 2), clew])
    luff = curve([tack, ((tack[0] + head[0]) / 2 - 0.2 * full, (tack[1] + head[1]) / 2), head])
    foot = curve([clew, ((clew[0] + tack[0]) / 2, (clew[1] + tack[1]) / 2 + 0.6 * full), tack])
    sail = polygon(np.concatenate([leech, foot, luff]))
    canvas.fill(sail, lit(darken(cloth, 0.06), 0.2), opacity=seen)
    canvas.line(leech, darken(cloth, 0.3), 0.012, opacity=seen)


def _mainsail(canvas: Canvas, x: float, top: float, *, foot: float, gaff: float, cloth: Colour, full: float, band: Colour | None, wood: Colour) -> None:
    """Draw the sail behind a mast: a triangle, or with a gaff a trapezium."""
    height = DECK - 0.12 - top
    throat = (x + 0.025, top + (0.04 + 0.26 * gaff) * height)
    peak = (x + 0.03 + 0.62 * gaff * foot, top + 0.04 * height + 0.02 * gaff)
    clew, tack = (x + foot, DECK - 0.15), (x + 0.025, DECK - 0.1)
    leech = curve([peak, (0.55 * peak[0] + 0.45 * clew[0] + full, 0.5 * (peak[1] + clew[1])), clew])
    sail = polygon(np.concatenate([[throat], leech, [((clew[0] + tack[0]) / 2, DECK - 0.1), tack]]))
    canvas.fill(sail, lit(cloth, 0.16))
    with canvas.clipped(sail):
        if band is not None:
            canvas.fill(box(x, top + 0.62 * height, x + 1.2, top + 0.76 * height), band, opacity=0.85)
        for share in (0.3, 0.5, 0.7, 0.88):
            y = top + share * height
            canvas.line([(x, y), (x + 1.2, y + 0.1)], darken(cloth, 0.35), 0.012, opacity=0.5)
    canvas.round(sail, depth=0.2, strength=0.3, shine=0.0)
    canvas.line([throat, peak], darken(wood, 0.1), 0.035, opacity=min(1.0, 3 * gaff))
    canvas.line([tack, (clew[0] + 0.03, clew[1])], darken(wood, 0.1), 0.035)


def _hull(canvas: Canvas, look: Look, *, hull: Colour, wood: Colour, stripe: float, flag: Colour) -> None:
    bow, stern = look["bow"], look["stern"]
    sheer = curve([(bow, DECK - 0.1), (0.45 * bow, DECK - 0.01), (0.3 * stern, DECK + 0.02), (stern, DECK - 0.04)])
    under = curve([(stern - 0.06, WATER), (0.3 * stern, WATER + 0.1), (0.5 * bow, WATER + 0.08), (bow + 0.16, WATER - 0.05)])
    shape = polygon(np.concatenate([sheer, under]))
    for left, right in ((look["fore_x"] - 0.02, look["fore_x"] + 0.32), (look["fore_x"] + 0.4, look["fore_x"] + 0.55)):
        canvas.fill(box(left, DECK - 0.08, right, DECK + 0.06, radius=0.03), lit(rgb("f1e4cc"), 0.2))
        canvas.fill(box(left + 0.04, DECK - 0.05, right - 0.04, DECK - 0.015, radius=0.015), rgb("4d6275"))
    canvas.fill(shape, Linear((0, DECK - 0.05), (0, WATER + 0.05), [(0, lighten(hull, 0.28)), (0.5, hull), (1, darken(hull, 0.3))]))
    with canvas.clipped(shape):
        canvas.fill(box(-1.2, WATER - 0.035, 1.2, 1.1), BOOT)
        canvas.line(sheer + (0, 0.09), mix(flag, rgb("f7f4ee"), 0.6), 0.03, opacity=stripe)
    canvas.round(shape, depth=0.15, strength=0.35)
    canvas.line(sheer, lighten(wood, 0.15), 0.04)


def _water(canvas: Canvas, look: Look, *, hull: Colour, ripples: np.ndarray) -> None:
    """Draw the foam at the hull and ripples in front of it."""
    bow, stern = look["bow"] + 0.08, look["stern"]
    canvas.fill(_wave(bow - 0.1, stern + 0.12, WATER + 0.03, 0.13), mix(rgb("6fb0c4"), hull, 0.15), opacity=0.75, blur=0.012)
    canvas.fill(_wave(bow - 0.1, stern + 0.1, WATER + 0.012, 0.045), SEA, opacity=0.9)
    canvas.fill(ellipse(bow - 0.02, WATER, 0.12, 0.045), SEA, opacity=0.8, blur=0.015)
    for i, place in enumerate(ripples):
        x = bow + (i + place) * (stern - bow) / 4
        canvas.fill(_wave(x - 0.14, x + 0.1, WATER + 0.085 + 0.025 * (i % 2), 0.02), SEA, opacity=0.75)


def _wave(left: float, right: float, y: float, height: float) -> Shape:
    x = np.linspace(left, right, 15)
    swell = 0.012 * np.sin(np.linspace(0, 14, 15))
    taper = np.sin(np.linspace(0, np.pi, 15)) ** 0.5 * height / 2
    return polygon(np.concatenate([np.stack([x, y + swell - taper], axis=1), np.stack([x, y + swell + taper], axis=1)[::-1]]))


_SLOOP = dict(bow=-0.8, stern=0.72, bowsprit=0.06, fore_x=-0.08, fore_top=-1.0, fore_foot=0.72, aft_x=0.66, aft_top=0.66, aft_foot=0.1, gaff=0.0, second_jib=0.0)
_YAWL = dict(bow=-0.84, stern=0.8, bowsprit=0.1, fore_x=-0.16, fore_top=-1.0, fore_foot=0.64, aft_x=0.58, aft_top=-0.12, aft_foot=0.34, gaff=0.0, second_jib=0.15)
_SCHOONER = dict(bow=-0.8, stern=0.88, bowsprit=0.22, fore_x=-0.34, fore_top=-0.78, fore_foot=0.42, aft_x=0.16, aft_top=-1.0, aft_foot=0.74, gaff=1.0, second_jib=1.0)

ENTITIES: dict[str, Entity] = {
    "n04242408": Entity(boat, _SLOOP, is_standing=False),
    "n04612504": Entity(boat, _YAWL, is_standing=False),
    "n04147183": Entity(boat, _SCHOONER, is_standing=False),
}
"""Sloop, yawl, schooner."""
