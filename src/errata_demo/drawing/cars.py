"""Cars and school buses seen from the side, the front on the left."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, ball, lit
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look, looks, numbered, palette, points_of
from errata_demo.drawing.forms import rounded
from errata_demo.drawing.shapes import arc, box, ellipse, moved, polygon

PAINTS = palette("d8433b 2f6fb5 f0b13a f4f1ea 3d8f7c 5b6472 e8743f 8fb7d9 8a3f5c 2c3345 b9c3c9")
GLASS, TYRE, TRIM, RED, WHITE = rgb("9cc7d8"), rgb("2b2a33"), rgb("23232c"), rgb("c9302c"), rgb("f7f4ee")
ROUNDING = [0.05, 0.08, 0.2, 0.14, 0.16, 0.2, 0.14, 0.1, 0.05]
"""How far the corners of the body are rounded, from the front sill over the roof to the rear sill."""


def car(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a sports car, a sedan, a minivan or a school bus."""
    paint = mix(vary(PAINTS[rng.integers(len(PAINTS))], rng), vary(look["livery"], rng), look["bus"])
    rise, spokes, tilt, beam = 1 + 0.04 * rng.uniform(-1, 1), 5 + rng.integers(4), rng.uniform(0, 72), rng.random()
    sill = 1 - 0.62 * look["wheel"]
    outline = points_of(look, "body")
    outline[:, 1] = sill - (sill - outline[:, 1]) * rise
    outline[[0, -1], 1] = sill
    body, belt = rounded(outline, ROUNDING), sill - (sill - look["belt"]) * rise
    wheels = [(look["front"], 1 - look["wheel"]), (look["rear"], 1 - look["wheel"])]
    _spoiler(canvas, look["spoiler"], deck=float(outline[6, 1]), paint=paint)
    canvas.fill(box(-0.86, sill - 0.1, 0.86, sill + 0.05), TRIM)
    stops = [(0, lighten(paint, 0.4)), (0.45, lighten(paint, 0.08)), (0.52, paint), (1, darken(paint, 0.28))]
    canvas.fill(body, Linear((0, float(outline[:, 1].min())), (0, sill), stops))
    canvas.round(body, depth=0.12, strength=0.3, shine=0.35)
    with canvas.clipped(body):
        for x, y in wheels:
            canvas.fill(ellipse(x, y, 1.17 * look["wheel"]), TRIM)
        _side(canvas, look, paint=paint, belt=belt, sill=sill)
    _windows(canvas, look, outline=outline, belt=belt, paint=paint)
    _lights(canvas, look, outline=outline, sill=sill, beam=0.8 * (beam < 0.3))
    _signs(canvas, look["bus"], roof=float(outline[4, 1]), sill=sill)
    for x, y in wheels:
        _wheel(canvas, x, y, radius=look["wheel"], turns=tilt + 360 / spokes * np.arange(spokes), plain=look["bus"])


def _spoiler(canvas: Canvas, strength: float, *, deck: float, paint: Colour) -> None:
    canvas.line([(0.84, deck), (0.88, deck - 0.11)], TRIM, 0.05, opacity=strength)
    canvas.line([(0.74, deck - 0.11), (1.0, deck - 0.14)], darken(paint, 0.2), 0.06, opacity=strength)


def _side(canvas: Canvas, look: Look, *, paint: Colour, belt: float, sill: float) -> None:
    """Paint doors on the sides of cars and black rails on those of buses."""
    bus, seam = look["bus"], darken(paint, 0.45)
    canvas.line([(-1.1, belt + 0.07), (1.1, belt + 0.05)], lighten(paint, 0.5), 0.018, opacity=0.6)
    for y in (belt + 0.32 * (sill - belt), belt + 0.72 * (sill - belt)):
        canvas.line([(-1.1, y), (1.1, y)], TRIM, 0.05, opacity=bus)
    for i in range(3):
        x = look["door"] + i * look["door_width"]
        canvas.line([(x, belt), (x - 0.015, sill - 0.04)], seam, 0.018, opacity=0.7 * (1 - bus))
        if i:
            canvas.line([(x - 0.15, belt + 0.12), (x - 0.07, belt + 0.12)], seam, 0.03, opacity=0.9 * (1 - bus))
    canvas.fill(box(-1.1, sill - 0.07, 1.1, sill + 0.1), darken(paint, 0.55), opacity=0.8)


def _windows(canvas: Canvas, look: Look, *, outline: np.ndarray, belt: float, paint: Colour) -> None:
    """Cut the windows into the upper body, parted by pillars."""
    gap, cowl, front, rear, deck = look["frame"], *outline[3:7]
    upper = front[1] + 0.5 * gap + look["header"]
    corners = [(cowl[0] + 1.7 * gap, belt), (front[0] + 0.8 * gap, upper)]
    corners += [(rear[0] - 0.8 * gap, upper), (deck[0] - 1.9 * gap, belt)]
    panes = rounded(corners, [0.04, 0.08, 0.08, 0.05])
    left, right = corners[0][0], corners[-1][0]
    stops = [(0, lighten(GLASS, 0.45)), (0.5, GLASS), (1, darken(GLASS, 0.45))]
    canvas.fill(panes, Linear((left, upper), (left + 0.5, belt), stops))
    tall = belt - upper
    gleam = polygon([(0, 0), (0.25, -1.1 * tall), (0.36, -1.1 * tall), (0.11, 0)])
    with canvas.clipped(panes):
        for share in (0.24, 0.68):
            canvas.fill(moved(gleam, left + share * (right - left), belt), WHITE, opacity=0.28)
        for share, width in points_of(look, "pillar"):
            x = left + share * (right - left)
            frame = mix(TRIM, darken(paint, 0.1), look["bus"])
            canvas.fill(box(x - width / 2, upper - 0.1, x + width / 2, belt + 0.1), frame)
    canvas.fill(ellipse(left + 0.04, belt + 0.01, 0.07, 0.05), lit(darken(paint, 0.15)))


def _lights(canvas: Canvas, look: Look, *, outline: np.ndarray, sill: float, beam: float) -> None:
    """Draw the lights and the bumpers."""
    lamp = (float(outline[1:3, 0].mean()) + 0.07, float(outline[2, 1]) + look["lamp"])
    canvas.fill(ellipse(*lamp, 0.12, 0.1), rgb("fff2b8"), opacity=beam, blur=0.05)
    canvas.fill(ellipse(*lamp, 0.075, 0.055), lit(rgb("fdf3cf")))
    x, y = (float(value) for value in outline[7])
    canvas.fill(box(x - 0.07, y + 0.06, x + 0.01, y + 0.2, radius=0.03), RED)
    bumper = lit(mix(rgb("6a6d78"), TRIM, look["bus"]))
    for left in (-1.0, 0.8):
        canvas.fill(box(left, sill - 0.11, left + 0.2, sill - 0.01, radius=0.04), bumper)


def _signs(canvas: Canvas, strength: float, *, roof: float, sill: float) -> None:
    """Draw the flashing lights and the stop sign of a school bus."""
    for x, code in ((-0.33, "f0913a"), (0.8, "e0493a")):
        canvas.fill(ellipse(x, roof, 0.055), ball(rgb(code)), opacity=strength)
    x, y, turn = -0.2, sill - 0.28, np.radians(np.arange(8) * 45 + 22.5)
    octagon = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for radius, colour in ((0.12, WHITE), (0.1, RED)):
        canvas.fill(polygon(octagon * radius + (x, y)), colour, opacity=strength)
    canvas.line([(x - 0.05, y), (x + 0.05, y)], WHITE, 0.03, opacity=strength)


def _wheel(canvas: Canvas, x: float, y: float, *, radius: float, turns: np.ndarray, plain: float) -> None:
    canvas.fill(ellipse(x, y, radius), ball(TYRE, 0.3))
    canvas.fill(ellipse(x, y, (0.64 - 0.1 * plain) * radius), lit(rgb("c8ccd2"), 0.35))
    for turn in np.radians(turns):
        ends = [(x + reach * np.cos(turn), y + reach * np.sin(turn)) for reach in (0.2 * radius, 0.54 * radius)]
        canvas.line(ends, rgb("5c606c"), 0.05, opacity=0.85 * (1 - plain))
    canvas.fill(ellipse(x, y, 0.17 * radius), lit(rgb("8a8f99")))
    canvas.line(arc(x, y, 0.86 * radius, 0.86 * radius, start=100, end=170), WHITE, 0.025, opacity=0.3)


# Corners: sill, bumper, hood, cowl, roof front and rear, deck, tail, sill.
_BODIES = {
    "sports": "-0.94,0.86 -1,0.74 -0.93,0.57 -0.4,0.46 -0.04,0.2 0.34,0.2 0.86,0.44 0.98,0.46 0.95,0.86",
    "sedan": "-0.95,0.86 -1,0.7 -0.94,0.5 -0.47,0.4 -0.2,0.08 0.34,0.08 0.64,0.4 0.97,0.43 0.96,0.86",
    "van": "-0.95,0.86 -1,0.66 -0.92,0.4 -0.62,0.26 -0.32,-0.14 0.8,-0.14 0.92,0.24 0.97,0.4 0.96,0.86",
    "bus": "-0.97,0.86 -1,0.6 -0.98,0.3 -0.68,0.24 -0.62,-0.36 0.92,-0.36 0.96,0.1 0.97,0.3 0.97,0.86",
}
# Pillars: how far along the windows, and how wide; those that only the bus needs are of no width elsewhere.
_PILLARS = {
    "sports": "0.62,0.07 0.62,0 0.62,0 0.62,0 0.62,0 0.62,0",
    "sedan": "0.45,0.05 0.45,0 0.45,0 0.78,0.05 0.78,0 0.78,0",
    "van": "0.36,0.05 0.36,0 0.36,0 0.66,0.05 0.66,0 0.66,0",
    "bus": "0.16,0.05 0.3,0.05 0.44,0.05 0.58,0.05 0.72,0.05 0.86,0.05",
}
_LOOKS = looks("""
        livery  bus spoiler wheel front rear belt frame header door  door_width lamp
sports  #f0b13a 0   1       0.215 -0.58 0.6  0.45 0.06  0.03   -0.28 0.29       0.05
sedan   #f0b13a 0   0       0.215 -0.6  0.58 0.4  0.06  0.03   -0.36 0.38       0.05
van     #f0b13a 0   0       0.205 -0.62 0.6  0.29 0.07  0.03   -0.4  0.4        0.05
bus     #f0b13a 1   0       0.21  -0.6  0.52 0.2  0.06  0.14   -0.5  0.3        0.12
""")


def _entity(name: str) -> Entity:
    return Entity(car, numbered("body", _BODIES[name]) | numbered("pillar", _PILLARS[name]) | _LOOKS[name])


ENTITIES: dict[str, Entity] = {
    "n04285008": _entity("sports"),
    "n04166281": _entity("sedan"),
    "n03770679": _entity("van"),
    "n04146614": _entity("bus"),
}
"""Sports car, sedan, minivan, school bus."""
