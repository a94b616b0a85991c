"""Cars and school buses seen from the side, the front on the left."""

import numpy as np

from errata.demo.drawing.canvas import Canvas, Linear, ball, lit
from errata.demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata.demo.drawing.entity import Entity, Look
from errata.demo.drawing.forms import numbered, points_of, rounded
from errata.demo.drawing.shapes import arc, box, ellipse, polygon

PAINTS = [rgb(c) for c in "d8433b 2f6fb5 f0b13a f4f1ea 3d8f7c 5b6472 e8743f 8fb7d9 8a3f5c 2c3345 b9c3c9".split()]
GLASS, TYRE, TRIM = rgb("9cc7d8"), rgb("2b2a33"), rgb("23232c")
PILLARS = 6
ROUNDING = [0.05, 0.08, 0.2, 0.14, 0.16, 0.2, 0.14, 0.1, 0.05]
"""How far the corners of the body are rounded, from the front sill over the roof to the rear sill."""


def car(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a sports car, a sedan, a minivan or a school bus."""
    paint = mix(vary(PAINTS[rng.integers(len(PAINTS))], rng), vary(look["livery"], rng), look["is_liveried"])
    rise, spokes, tilt, lights = 1 + 0.04 * rng.uniform(-1, 1), 5 + rng.integers(4), rng.uniform(0, 72), rng.random()
    sill = 1 - 0.62 * look["wheel"]
    outline = points_of(look, "body")
    outline[:, 1] = sill - (sill - outline[:, 1]) * rise
    outline[[0, -1], 1] = sill
    body = rounded(outline, ROUNDING)
    wheels = [(look["front"], 1 - look["wheel"]), (look["rear"], 1 - look["wheel"])]
    canvas.fill(box(-0.86, sill - 0.1, 0.86, sill + 0.05), TRIM)
    top, belt = float(outline[:, 1].min()), sill - (sill - look["belt"]) * rise
    stops = [(0, lighten(paint, 0.4)), (0.45, lighten(paint, 0.08)), (0.52, paint), (1, darken(paint, 0.28))]
    canvas.fill(body, Linear((0, top), (0, sill), stops))
    canvas.round(body, depth=0.12, strength=0.3, shine=0.35)
    with canvas.clipped(body):
        for x, y in wheels:
            canvas.fill(ellipse(x, y, 1.17 * look["wheel"]), TRIM)
        _side(canvas, look, paint=paint, belt=belt, sill=sill, top=top)
    _windows(canvas, look, outline=outline, belt=belt, paint=paint)
    _lights(canvas, look, outline=outline, sill=sill, glow=0.8 * (lights < 0.3))
    for x, y in wheels:
        _wheel(canvas, x, y, radius=look["wheel"], spokes=spokes, tilt=tilt, plain=look["plain"])


def _side(canvas: Canvas, look: Look, *, paint: Colour, belt: float, sill: float, top: float) -> None:
    """Paint doors, rails and stripes on the side of the body."""
    line = darken(paint, 0.45)
    canvas.line([(-1.1, belt + 0.07), (1.1, belt + 0.05)], lighten(paint, 0.5), 0.018, opacity=0.6)
    for share in (0.32, 0.72):
        canvas.line([(-1.1, belt + share * (sill - belt))] + [(1.1, belt + share * (sill - belt))], TRIM, 0.05, opacity=look["rails"])
    for x in (look["door"], look["door"] + look["door_width"], look["door"] + 2 * look["door_width"]):
        canvas.line([(x, belt), (x - 0.015, sill - 0.04)], line, 0.018, opacity=0.7 * (1 - look["rails"]))
    for i in (1, 2):
        x = look["door"] + i * look["door_width"] - 0.11
        canvas.line([(x - 0.04, belt + 0.12), (x + 0.04, belt + 0.12)], line, 0.03, opacity=0.9 * (1 - look["rails"]))
    canvas.fill(box(-1.1, sill - 0.07, 1.1, sill + 0.1), darken(paint, 0.55), opacity=0.8)


def _windows(canvas: Canvas, look: Look, *, outline: np.ndarray, belt: float, paint: Colour) -> None:
    """Cut the windows into the upper body, parted by pillars."""
    gap, drop = look["frame"], 0.5 * look["frame"] + look["header"]
    cowl, roof_front, roof_rear, deck = outline[3:7]
    panes = rounded(
        [
            (cowl[0] + 1.7 * gap, belt),
            (roof_front[0] + 0.8 * gap, roof_front[1] + drop),
            (roof_rear[0] - 0.8 * gap, roof_rear[1] + drop),
            (deck[0] - 1.9 * gap, belt),
        ],
        [0.04, 0.08, 0.08, 0.05],
    )
    left, right = float(panes[0][:, 0].min()), float(panes[0][:, 0].max())
    height = belt - roof_front[1]
    canvas.fill(panes, Linear((left, belt - height), (left + 0.5, belt), [(0, lighten(GLASS, 0.45)), (0.5, GLASS), (1, darken(GLASS, 0.45))]))
    with canvas.clipped(panes):
        for start in (left + 0.24 * (right - left), left + 0.68 * (right - left)):
            gleam = polygon([(start, belt), (start + 0.25, belt - height), (start + 0.36, belt - height), (start + 0.11, belt)])
            canvas.fill(gleam, (1.0, 1.0, 1.0), opacity=0.28)
        for i in range(PILLARS):
            x, width = left + look[f"pillar{i}x"] * (right - left), look[f"pillar{i}y"]
            canvas.fill(box(x - width / 2, -2, x + width / 2, belt + 0.1), mix(TRIM, darken(paint, 0.1), look["rails"]))
    canvas.fill(ellipse(left + 0.04, belt + 0.01, 0.07, 0.05), lit(darken(paint, 0.15)))


def _lights(canvas: Canvas, look: Look, *, outline: np.ndarray, sill: float, glow: float) -> None:
    nose, tail = outline[1:3].mean(axis=0), outline[7]
    lamp = (float(nose[0]) + 0.07, float(outline[2, 1]) + look["lamp"])
    canvas.fill(ellipse(*lamp, 0.12, 0.1), rgb("fff2b8"), opacity=glow, blur=0.05)
    canvas.fill(ellipse(*lamp, 0.075, 0.055), lit(rgb("fdf3cf")))
    canvas.fill(box(float(tail[0]) - 0.07, float(tail[1]) + 0.06, float(tail[0]) + 0.01, float(tail[1]) + 0.2, radius=0.03), rgb("c9302c"))
    for left, right in ((-1.0, -0.8), (0.8, 1.0)):
        canvas.fill(box(left, sill - 0.11, right, sill - 0.01, radius=0.04), lit(mix(rgb("6a6d78"), TRIM, look["rails"])))
    for place in (-0.33, 0.8):
        y = float(outline[4, 1])
        canvas.fill(ellipse(place, y, 0.055), ball(rgb("e0493a" if place > 0 else "f0913a")), opacity=look["rails"])
    sign, turn = (-0.2, sill - 0.28), np.radians(np.arange(8) * 45 + 22.5)
    octagon = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for radius, colour in ((0.12, rgb("f7f4ee")), (0.1, rgb("c9302c"))):
        canvas.fill(polygon(octagon * radius + sign), colour, opacity=look["rails"])
    canvas.line([(sign[0] - 0.05, sign[1]), (sign[0] + 0.05, sign[1])], rgb("f7f4ee"), 0.03, opacity=look["rails"])


def _wheel(canvas: Canvas, x: float, y: float, *, radius: float, spokes: int, tilt: float, plain: float) -> None:
    canvas.fill(ellipse(x, y, radius), ball(TYRE, 0.3))
    canvas.fill(ellipse(x, y, (0.64 - 0.1 * plain) * radius), lit(rgb("c8ccd2"), 0.35))
    for turn in np.radians(tilt + 360 / spokes * np.arange(spokes)):
        inner, outer = 0.2 * radius, 0.54 * radius
        ends = [(x + r * np.cos(turn), y + r * np.sin(turn)) for r in (inner, outer)]
        canvas.line(ends, rgb("5c606c"), 0.05, opacity=0.85 * (1 - plain))
    canvas.fill(ellipse(x, y, 0.17 * radius), lit(rgb("8a8f99")))
    canvas.line(arc(x, y, 0.86 * radius, 0.86 * radius, start=100, end=170), (1.0, 1.0, 1.0), 0.025, opacity=0.3)


def _pillars(shares: list[float], width: float) -> dict[str, float]:
    """Places of pillars along the windows; those that are not needed are thin ones in the same place."""
    return numbered("pillar", [(shares[i] if i < len(shares) else shares[-1], width if i < len(shares) else 0.0) for i in range(PILLARS)])


def _look(body: list[tuple[float, float]], *, shares: list[float], pillar: float, **rest: float | Colour) -> Look:
    plain = {"rails": 0.0, "plain": 0.0, "is_liveried": 0.0, "livery": rgb("f0b13a"), "header": 0.03, "lamp": 0.05}
    return numbered("body", body) | _pillars(shares, pillar) | plain | rest


# Corners: sill, bumper, hood, cowl, roof front and rear, deck, tail, sill.
_SPORTS = [(-0.94, 0.86), (-1.0, 0.74), (-0.93, 0.57), (-0.4, 0.46), (-0.04, 0.2), (0.34, 0.2), (0.86, 0.44), (0.98, 0.46), (0.95, 0.86)]
_SEDAN = [(-0.95, 0.86), (-1.0, 0.7), (-0.94, 0.5), (-0.47, 0.4), (-0.2, 0.08), (0.34, 0.08), (0.64, 0.4), (0.97, 0.43), (0.96, 0.86)]
_VAN = [(-0.95, 0.86), (-1.0, 0.66), (-0.92, 0.4), (-0.62, 0.26), (-0.32, -0.14), (0.8, -0.14), (0.92, 0.24), (0.97, 0.4), (0.96, 0.86)]
_BUS = [(-0.97, 0.86), (-1.0, 0.6), (-0.98, 0.3), (-0.68, 0.24), (-0.62, -0.36), (0.92, -0.36), (0.96, 0.1), (0.97, 0.3), (0.97, 0.86)]

ENTITIES: dict[str, Entity] = {
    "n04285008": Entity(car, _look(_SPORTS, shares=[0.62], pillar=0.07, wheel=0.215, front=-0.58, rear=0.6, belt=0.45, frame=0.06, door=-0.28, door_width=0.29)),
    "n04166281": Entity(car, _look(_SEDAN, shares=[0.45, 0.78], pillar=0.05, wheel=0.215, front=-0.6, rear=0.58, belt=0.4, frame=0.06, door=-0.36, door_width=0.38)),
    "n03770679": Entity(car, _look(_VAN, shares=[0.36, 0.66], pillar=0.05, wheel=0.205, front=-0.62, rear=0.6, belt=0.29, frame=0.07, door=-0.4, door_width=0.4)),
    "n04146614": Entity(car, _look(_BUS, shares=[0.16, 0.3, 0.44, 0.58, 0.72, 0.86], pillar=0.05, wheel=0.21, front=-0.6, rear=0.52, belt=0.2, frame=0.06, door=-0.5, door_width=0.3, header=0.14, rails=1.0, plain=1.0, is_liveried=1.0, lamp=0.12)),
}
"""Sports car, sedan, minivan, school bus."""
