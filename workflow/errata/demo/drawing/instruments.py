"""Guitars and violins: a body with a waist, a neck and strings, upright."""

import numpy as np

from errata.demo.drawing.canvas import Canvas, Radial, lit
from errata.demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata.demo.drawing.entity import Entity, Look
from errata.demo.drawing.forms import numbered, points_of, rounded
from errata.demo.drawing.shapes import Shape, box, curve, ellipse, polygon, ribbon, smooth

PAINTS = [rgb(c) for c in "d23b3b 2f6fb5 57b0a8 f1e7d3 2c2c36 e8743f f0b13a e7a5b0".split()]
EBONY, STEEL = rgb("33262a"), rgb("d9d8d6")


def strings(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw an instrument with strings."""
    paint, wood = PAINTS[rng.integers(len(PAINTS))], vary(look["wood"], rng, hue=0.008)
    burst, wide = max(look["burst"], 0.7 * (rng.random() < 0.35)), 1 + 0.05 * rng.uniform(-1, 1)
    has_bow, guard = rng.random() < 0.5, (rgb("f7f2e6"), EBONY, rgb("8a3f3a"))[rng.integers(3)]
    top = mix(wood, vary(paint, rng), look["paint"])
    right, left = points_of(look, "right"), points_of(look, "left") * (-1, 1)
    body = smooth(np.concatenate([right, left[::-1]]) * (wide, 1), samples=6)
    _bow(canvas, look["bow"] * has_bow, wood=wood)
    canvas.fill([part + (0.035, 0.02) for part in body], darken(top, 0.62))
    canvas.fill(body, Radial((-0.05, look["bridge"] - 0.2), 0.75, [(0, lighten(top, 0.22)), (0.5, top), (1, mix(top, darken(top, 0.75), burst))]))
    canvas.round(body, depth=0.16, strength=0.42)
    outline = np.concatenate([right, left[::-1]])
    inset = (outline - (0, outline[:, 1].mean())) * (0.93 * wide, 0.95) + (0, outline[:, 1].mean())
    canvas.line(curve(inset, is_closed=True, samples=6), lighten(wood, 0.55), 0.02, opacity=look["binding"])
    _front(canvas, look, body, guard=guard)
    _neck(canvas, look, wood=wood, top=top)
    _strings(canvas, look)


def _front(canvas: Canvas, look: Look, body: Shape, *, guard: Colour) -> None:
    """Draw what is on the body: a sound hole, f-holes, pickups, a pickguard, the bridge and what holds the strings."""
    y, hole = look["bridge"], look["hole"]
    plate = smooth([(0.06, y - 0.62), (0.26, y - 0.56), (0.2, y - 0.3), (0.34, y - 0.06), (0.3, y + 0.1), (0.14, y - 0.04), (-0.14, y - 0.03), (-0.22, y - 0.3), (-0.06, y - 0.45)])
    canvas.fill(plate, lit(guard, 0.15), opacity=look["pickups"])
    if hole > 0.01:
        centre = (0.0, y - 0.47)
        canvas.fill(smooth([(0.05, y - 0.4), (0.25, y - 0.45), (0.3, y - 0.22), (0.12, y - 0.22)]), darken(guard, 0.2), opacity=0.9 * hole)
        canvas.fill(ellipse(*centre, 0.215 * hole), lighten(look["wood"], 0.45))
        canvas.fill(ellipse(*centre, 0.19 * hole), darken(look["wood"], 0.5))
        canvas.fill(ellipse(*centre, 0.165 * hole), rgb("38231f"))
    for side in (-1, 1):
        path = curve(np.array([(0.17, -0.2), (0.21, -0.23), (0.2, -0.14), (0.22, 0.0), (0.27, 0.12), (0.27, 0.2), (0.22, 0.18)]) * (side, 1) + (0, y - 0.02))
        canvas.line(path, rgb("2a1716"), [0.03, 0.05, 0.05, 0.03], opacity=look["f_holes"])
    for shift in (-0.36, -0.23, -0.1):
        canvas.fill(box(-0.16, y + shift - 0.04, 0.16, y + shift + 0.04, radius=0.04), lit(EBONY), opacity=look["pickups"])
        canvas.line([(-0.1, y + shift), (0.1, y + shift)], STEEL, 0.025, opacity=0.8 * look["pickups"])
    for x, knob_y in ((0.27, y + 0.03), (0.33, y + 0.16)):
        canvas.fill(ellipse(x, knob_y, 0.045), lit(lighten(guard, 0.3), 0.4), opacity=look["pickups"])
    half = look["bridge_half"]
    canvas.fill(box(-half, y - 0.03, half, y + 0.045, radius=0.03), lit(mix(EBONY, STEEL, look["pickups"]), 0.25))
    tail = rounded([(-0.07, y + 0.16), (0.07, y + 0.16), (0.045, y + 0.48), (-0.045, y + 0.48)], 0.03)
    canvas.fill(tail, lit(EBONY, 0.3), opacity=look["f_holes"])
    with canvas.clipped(body):
        canvas.fill(ellipse(-0.2, y + 0.46, 0.17, 0.11, angle=15), lit(EBONY, 0.35), opacity=look["f_holes"])


def _neck(canvas: Canvas, look: Look, *, wood: Colour, top: Colour) -> None:
    """Draw the fingerboard, its frets, the head and the pegs."""
    nut, end, half = look["nut"], look["board_end"], look["neck"]
    head = darken(mix(wood, top, 0.3), 0.25)
    flare, lean = look["head"], look["one_sided"]
    pegs = np.linspace(nut - 0.07, -0.93, 3)
    for y in pegs:
        for side, seen in ((-1, 1.0), (1, 1.0 - lean)):
            canvas.line([(0, y), (side * (flare + 0.075), y)], darken(STEEL, 0.35), 0.035, opacity=seen)
            canvas.fill(ellipse(side * (flare + 0.09), y, 0.05, 0.042), lit(mix(STEEL, EBONY, look["f_holes"]), 0.3), opacity=seen)
    outline = [(half, nut), (flare + 0.01 * lean, nut - 0.1), (flare * (1 - 0.1 * lean), -0.97), (0, -1.0), (-flare, -0.97 + 0.05 * lean), (-flare, nut - 0.1), (-half, nut)]
    canvas.fill(rounded(outline, 0.06), lit(head, 0.3))
    scroll = look["f_holes"]
    canvas.fill(ellipse(0, -0.94, 0.11 * scroll + 0.001), lit(head, 0.4), opacity=scroll)
    canvas.fill(ellipse(0, -0.94, 0.045 * scroll + 0.001), darken(head, 0.5), opacity=scroll)
    board = polygon([(-half, nut), (half, nut), (1.25 * half, end), (-1.25 * half, end)])
    canvas.fill(board, lit(mix(EBONY, rgb("b98a52"), 0.55 * look["paint"]), 0.2))
    for fret in 1 - 2 ** (-np.arange(1, 13) / 12):
        y = nut + 1.55 * fret * (look["bridge"] - nut) * 0.62
        if y < end - 0.02:
            canvas.line([(-1.1 * half, y), (1.1 * half, y)], STEEL, 0.016, opacity=0.75 * look["frets"])
    canvas.line([(-half, nut), (half, nut)], rgb("f7f2e6"), 0.03)


def _strings(canvas: Canvas, look: Look) -> None:
    """Draw six strings, of which the outer two are the fainter the closer the instrument is to one with four."""
    for place in np.linspace(-1, 1, 6):
        seen = look["outer"] if abs(place) == 1 else 1.0
        spread = place * (1.3 - 0.3 * look["outer"])
        path = [(0.75 * spread * look["neck"], look["nut"]), (spread * (0.6 * look["neck"] + 0.35 * look["bridge_half"]), look["bridge"])]
        canvas.line(path, lighten(STEEL, 0.4), 0.012, opacity=0.75 * seen)


def _bow(canvas: Canvas, strength: float, *, wood: Colour) -> None:
    """Draw a bow beside the instrument."""
    stick = curve([(0.66, -0.78), (0.6, -0.1), (0.66, 0.86)])
    canvas.line([(0.7, -0.78), (0.72, 0.82)], rgb("f4eee0"), 0.03, opacity=strength)
    canvas.line(stick, darken(wood, 0.35), [0.03, 0.04, 0.05], opacity=strength)
    canvas.fill(box(0.62, 0.66, 0.74, 0.82, radius=0.03), EBONY, opacity=strength)


def _look(right: list, left: list | None = None, **rest: float | Colour) -> Look:
    rest = {"paint": 0.0, "burst": 0.35, "binding": 0.0, "hole": 0.0, "f_holes": 0.0, "pickups": 0.0, "outer": 1.0, "frets": 1.0, "one_sided": 0.0, "bow": 0.0} | rest
    return numbered("right", right) | numbered("left", left or right) | rest


# Half outlines from the neck: joint, shoulder, upper bout, upper corner, waist, lower corner, lower bout, foot, end.
_ELECTRIC_RIGHT = [(0.06, 0.22), (0.2, 0.08), (0.34, 0.04), (0.31, 0.22), (0.28, 0.38), (0.33, 0.52), (0.43, 0.72), (0.3, 0.94), (0.08, 0.98)]
_ELECTRIC_LEFT = [(0.06, 0.2), (0.2, 0.02), (0.36, -0.1), (0.35, 0.14), (0.29, 0.34), (0.33, 0.5), (0.44, 0.7), (0.33, 0.94), (0.08, 0.99)]
_ACOUSTIC = [(0.06, -0.1), (0.22, -0.1), (0.36, 0.02), (0.36, 0.16), (0.31, 0.3), (0.38, 0.45), (0.5, 0.66), (0.36, 0.95), (0.1, 1.0)]
_UKULELE = [(0.08, 0.0), (0.22, -0.01), (0.36, 0.1), (0.36, 0.22), (0.31, 0.36), (0.37, 0.49), (0.48, 0.68), (0.36, 0.95), (0.1, 1.0)]
_VIOLIN = [(0.06, -0.22), (0.22, -0.2), (0.36, -0.04), (0.39, 0.12), (0.25, 0.3), (0.44, 0.5), (0.48, 0.68), (0.34, 0.95), (0.08, 1.0)]
_VIOLA = [(0.06, -0.27), (0.25, -0.25), (0.41, -0.08), (0.43, 0.1), (0.29, 0.28), (0.49, 0.5), (0.54, 0.69), (0.38, 0.95), (0.08, 1.0)]

ENTITIES: dict[str, Entity] = {
    "n03272010": Entity(strings, _look(_ELECTRIC_RIGHT, _ELECTRIC_LEFT, wood=rgb("c98a4b"), paint=1.0, pickups=1.0, one_sided=1.0, bridge=0.7, bridge_half=0.15, nut=-0.68, neck=0.065, head=0.11, board_end=0.24)),
    "n02676566": Entity(strings, _look(_ACOUSTIC, wood=rgb("d99a52"), hole=1.0, binding=0.7, bridge=0.68, bridge_half=0.2, nut=-0.68, neck=0.07, head=0.12, board_end=0.05)),
    "n04506289": Entity(strings, _look(_UKULELE, wood=rgb("b9743a"), hole=0.85, binding=0.3, outer=0.0, bridge=0.7, bridge_half=0.17, nut=-0.62, neck=0.085, head=0.14, board_end=0.14)),
    "n04536866": Entity(strings, _look(_VIOLIN, wood=rgb("a8512a"), burst=0.6, f_holes=1.0, outer=0.0, frets=0.0, bow=1.0, bridge=0.38, bridge_half=0.13, nut=-0.72, neck=0.065, head=0.075, board_end=0.16)),
    "n04536335": Entity(strings, _look(_VIOLA, wood=rgb("8a4426"), burst=0.6, f_holes=1.0, outer=0.0, frets=0.0, bow=1.0, bridge=0.36, bridge_half=0.14, nut=-0.74, neck=0.065, head=0.08, board_end=0.12)),
}
"""Electric guitar, acoustic guitar, ukulele, violin, viola."""
