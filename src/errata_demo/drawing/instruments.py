"""Guitars and violins: a body with a waist, a neck and strings, upright."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Radial, lit
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look, looks, numbered, palette, points, points_of
from errata_demo.drawing.forms import rounded
from errata_demo.drawing.shapes import Shape, box, curve, ellipse, moved, polygon, smooth

PAINTS = palette("d23b3b 2f6fb5 57b0a8 f1e7d3 2c2c36 e8743f f0b13a e7a5b0")
EBONY, STEEL, IVORY = rgb("33262a"), rgb("d9d8d6"), rgb("f7f2e6")
GUARDS = [IVORY, EBONY, rgb("8a3f3a")]

# Parts on the body, as seen from the middle of the bridge.
_PLATE = smooth(
    points("0.06,-0.62 0.26,-0.56 0.2,-0.3 0.34,-0.06 0.3,0.1 0.14,-0.04 -0.14,-0.03 -0.22,-0.3 -0.06,-0.45")
)
_TEAR = smooth(points("0.05,-0.4 0.25,-0.45 0.3,-0.22 0.12,-0.22"))
_F_HOLE = curve(points("0.17,-0.2 0.21,-0.23 0.2,-0.14 0.22,0 0.27,0.12 0.27,0.2 0.22,0.18"))
_TAIL = rounded(points("-0.07,0.16 0.07,0.16 0.045,0.48 -0.045,0.48"), 0.03)


def strings(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw an instrument with strings."""
    paint, wood = PAINTS[rng.integers(len(PAINTS))], vary(look["wood"], rng, hue=0.008)
    burst, wide = max(look["burst"], 0.7 * (rng.random() < 0.35)), 1 + 0.05 * rng.uniform(-1, 1)
    has_bow, guard = rng.random() < 0.5, GUARDS[rng.integers(len(GUARDS))]
    top = mix(wood, vary(paint, rng), look["paint"])
    outline = np.concatenate([points_of(look, "right"), points_of(look, "left")[::-1] * (-1, 1)]) * (wide, 1)
    body = smooth(outline, samples=6)
    _bow(canvas, look["bow"] * has_bow, wood=wood)
    canvas.fill(moved(body, 0.035, 0.02), darken(top, 0.62))
    stops = [(0, lighten(top, 0.22)), (0.5, top), (1, mix(top, darken(top, 0.75), burst))]
    canvas.fill(body, Radial((-0.05, look["bridge"] - 0.2), 0.75, stops))
    canvas.round(body, depth=0.16, strength=0.42)
    middle = (0, float(outline[:, 1].mean()))
    inset = curve((outline - middle) * (0.93, 0.95) + middle, is_closed=True, samples=6)
    canvas.line(inset, lighten(wood, 0.55), 0.02, opacity=look["binding"])
    _front(canvas, look, body, guard=guard)
    _head(canvas, look, colour=darken(mix(wood, top, 0.3), 0.25))
    _neck(canvas, look)


def _front(canvas: Canvas, look: Look, body: Shape, *, guard: Colour) -> None:
    """Draw what is on the body: a sound hole, f-holes, pickups, a pickguard, the bridge and what holds the strings."""
    y, hole, pickups, f_holes = look["bridge"], look["hole"], look["pickups"], look["f_holes"]
    canvas.fill(moved(_PLATE, y=y), lit(guard, 0.15), opacity=pickups)
    canvas.fill(moved(_TEAR, y=y), darken(guard, 0.2), opacity=0.9 * hole)
    rings = ((0.215, lighten(look["wood"], 0.45)), (0.19, darken(look["wood"], 0.5)), (0.165, rgb("38231f")))
    for radius, colour in rings:
        canvas.fill(ellipse(0, y - 0.47, radius * hole + 0.001), colour, opacity=min(1.0, 2 * hole))
    for side in (-1, 1):
        canvas.line(_F_HOLE * (side, 1) + (0, y), rgb("2a1716"), [0.03, 0.05, 0.05, 0.03], opacity=f_holes)
    for shift in (-0.36, -0.23, -0.1):
        canvas.fill(box(-0.16, y + shift - 0.04, 0.16, y + shift + 0.04, radius=0.04), lit(EBONY), opacity=pickups)
        canvas.line([(-0.1, y + shift), (0.1, y + shift)], STEEL, 0.025, opacity=0.8 * pickups)
    for x, low in ((0.27, 0.03), (0.33, 0.16)):
        canvas.fill(ellipse(x, y + low, 0.045), lit(lighten(guard, 0.3), 0.4), opacity=pickups)
    half = look["bridge_half"]
    canvas.fill(box(-half, y - 0.03, half, y + 0.045, radius=0.03), lit(mix(EBONY, STEEL, pickups), 0.25))
    canvas.fill(moved(_TAIL, y=y), lit(EBONY, 0.3), opacity=f_holes)
    with canvas.clipped(body):
        canvas.fill(ellipse(-0.2, y + 0.46, 0.17, 0.11, angle=15), lit(EBONY, 0.35), opacity=f_holes)


def _head(canvas: Canvas, look: Look, *, colour: Colour) -> None:
    """Draw the head, a scroll on violins, and the pegs, on one side of electric guitars."""
    nut, half, flare, lean, scroll = (look[key] for key in ("nut", "neck", "head", "one_sided", "f_holes"))
    peg = lit(mix(STEEL, EBONY, scroll), 0.3)
    for y in np.linspace(nut - 0.07, -0.93, 3):
        for side, seen in ((-1, 1.0), (1, 1.0 - lean)):
            canvas.line([(0, y), (side * (flare + 0.075), y)], darken(STEEL, 0.35), 0.035, opacity=seen)
            canvas.fill(ellipse(side * (flare + 0.09), y, 0.05, 0.042), peg, opacity=seen)
    right = [(half, nut), (flare + 0.01 * lean, nut - 0.1), (flare * (1 - 0.1 * lean), -0.97)]
    left = [(-flare, -0.97 + 0.05 * lean), (-flare, nut - 0.1), (-half, nut)]
    canvas.fill(rounded([*right, (0, -1.0), *left], 0.06), lit(colour, 0.3))
    canvas.fill(ellipse(0, -0.94, 0.11 * scroll + 0.001), lit(colour, 0.4), opacity=scroll)
    canvas.fill(ellipse(0, -0.94, 0.045 * scroll + 0.001), darken(colour, 0.5), opacity=scroll)


def _neck(canvas: Canvas, look: Look) -> None:
    """Draw the fingerboard, its frets (a twelfth of an octave apart) and the strings.

    There are six strings; the outer two are the fainter the closer the instrument is to one with four.
    """
    nut, end, half, bridge = look["nut"], look["board_end"], look["neck"], look["bridge"]
    board = polygon([(-half, nut), (half, nut), (1.25 * half, end), (-1.25 * half, end)])
    canvas.fill(board, lit(mix(EBONY, rgb("b98a52"), 0.55 * look["paint"]), 0.2))
    for y in nut + (1 - 2 ** (-np.arange(1, 13) / 12)) * (bridge - nut):
        if y < end - 0.02:
            canvas.line([(-1.1 * half, y), (1.1 * half, y)], STEEL, 0.016, opacity=0.75 * look["frets"])
    canvas.line([(-half, nut), (half, nut)], IVORY, 0.03)
    for place in np.linspace(-1, 1, 6):
        seen = look["outer"] if abs(place) == 1 else 1.0
        spread = place * (1.3 - 0.3 * look["outer"])
        ends = [(0.75 * spread * half, nut), (spread * (0.6 * half + 0.35 * look["bridge_half"]), bridge)]
        canvas.line(ends, lighten(STEEL, 0.4), 0.012, opacity=0.75 * seen)


def _bow(canvas: Canvas, strength: float, *, wood: Colour) -> None:
    """Draw a bow beside the instrument."""
    canvas.line([(0.7, -0.78), (0.72, 0.82)], rgb("f4eee0"), 0.03, opacity=strength)
    stick = curve([(0.66, -0.78), (0.6, -0.1), (0.66, 0.86)])
    canvas.line(stick, darken(wood, 0.35), [0.03, 0.04, 0.05], opacity=strength)
    canvas.fill(box(0.62, 0.66, 0.74, 0.82, radius=0.03), EBONY, opacity=strength)


# Half outlines from the neck: joint, shoulder, upper bout (2), waist, corner, lower bout (2), foot, end.
_TREBLE = "0.06,0.24 0.17,0.19 0.3,0.09 0.36,0.12 0.3,0.37 0.33,0.52 0.42,0.64 0.43,0.78 0.31,0.94 0.1,0.98"
_BASS = "0.06,0.2 0.18,0.13 0.32,-0.02 0.39,0.03 0.31,0.34 0.34,0.5 0.43,0.62 0.45,0.76 0.34,0.94 0.1,0.99"
_ACOUSTIC = "0.06,-0.11 0.2,-0.1 0.33,-0.02 0.36,0.13 0.315,0.29 0.39,0.46 0.475,0.6 0.49,0.76 0.37,0.94 0.12,1"
_UKULELE = "0.08,0 0.2,0 0.32,0.07 0.35,0.2 0.31,0.35 0.38,0.5 0.455,0.62 0.465,0.77 0.36,0.94 0.12,1"
_VIOLIN = "0.06,-0.22 0.2,-0.21 0.35,-0.08 0.38,0.12 0.24,0.28 0.43,0.46 0.465,0.62 0.45,0.78 0.32,0.95 0.1,1"
_VIOLA = "0.06,-0.27 0.22,-0.26 0.4,-0.11 0.42,0.1 0.28,0.27 0.48,0.46 0.52,0.63 0.5,0.79 0.36,0.95 0.1,1"

_BODIES = looks("""
          wood    paint burst binding hole f_holes pickups bow bridge bridge_half
electric  #c98a4b 1     0.35  0       0    0       1       0   0.7    0.15
acoustic  #d99a52 0     0.35  0.7     1    0       0       0   0.68   0.2
ukulele   #b9743a 0     0.35  0.3     0.85 0       0       0   0.7    0.17
violin    #a8512a 0     0.4   0       0    1       0       1   0.38   0.13
viola     #8a4426 0     0.4   0       0    1       0       1   0.36   0.14
""")
_NECKS = looks("""
          nut   neck  board_end head  one_sided frets outer
electric  -0.68 0.065 0.24      0.11  1         1     1
acoustic  -0.68 0.07  0.05      0.12  0         1     1
ukulele   -0.62 0.085 0.14      0.14  0         1     0
violin    -0.72 0.065 0.16      0.075 0         0     0
viola     -0.74 0.065 0.12      0.08  0         0     0
""")


def _entity(name: str, right: str, left: str) -> Entity:
    return Entity(strings, numbered("right", right) | numbered("left", left) | _BODIES[name] | _NECKS[name])


ENTITIES: dict[str, Entity] = {
    "n03272010": _entity("electric", _TREBLE, _BASS),
    "n02676566": _entity("acoustic", _ACOUSTIC, _ACOUSTIC),
    "n04506289": _entity("ukulele", _UKULELE, _UKULELE),
    "n04536866": _entity("violin", _VIOLIN, _VIOLIN),
    "n04536335": _entity("viola", _VIOLA, _VIOLA),
}
"""Electric guitar, acoustic guitar, ukulele, violin, viola."""
