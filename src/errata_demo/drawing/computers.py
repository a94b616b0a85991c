"""Computer keyboards and laptops, one family (a laptop is a keyboard with a screen), and computer mice."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, lit
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look, looks, palette, points
from errata_demo.drawing.forms import rounded
from errata_demo.drawing.shapes import Shape, arc, box, curve, ellipse, moved, polygon, ribbon, smooth

CASES = palette("e9e6e1 c9ccd3 3b3d4a 2f3038 f2d9d0 bcd3d6 8d93a3")
WALLPAPERS = [palette(c) for c in ("8ad0d6 4a6fb0", "f6b48f b7548a", "a6d89a 2f8f7c", "f7d674 e8743f", "b6a7e8 4b4a8f")]
INK, PAPER, GREY, ORANGE, WHITE = rgb("22232b"), rgb("fbf8f1"), rgb("8d93a3"), rgb("e8743f"), (1.0, 1.0, 1.0)
NEAR = 0.86
"""Height of the front edge of a keyboard."""

_LETTERS = [(-0.91 + 1.82 * i / 12, -0.91 + 1.82 * (i + 0.84) / 12) for i in range(12)]
_SPACE_BAR = [(-0.91, -0.72), (-0.68, -0.5), (-0.46, 0.36), (0.4, 0.56), (0.6, 0.73), (0.77, 0.89)]
_ROWS = [_LETTERS, _LETTERS, _LETTERS, _SPACE_BAR]
"""Left and right ends of the keys of each row, in shares of half the width."""


def keys(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a keyboard that lies on a table, and behind it the screen of a laptop, as far as it is open."""
    case, wallpaper = vary(CASES[rng.integers(len(CASES))], rng), WALLPAPERS[rng.integers(len(WALLPAPERS))]
    is_contrasting, has_accent, page = rng.random() < 0.4, rng.random() < 0.35, rng.random(6)
    if sum(case) < 1.2:
        caps = lighten(case, 0.85 if is_contrasting else 0.16)
    else:
        caps = rgb("3b3d4a") if is_contrasting else lighten(case, 0.7)
    back, front, far = look["back"], look["front"], NEAR - look["depth"]
    if look["screen"] > 0.02:
        _screen(canvas, look["screen"], half=back + 0.02, hinge=far, case=case, wallpaper=wallpaper, page=page)
    top = rounded([(-back, far), (back, far), (front, NEAR), (-front, NEAR)], 0.07)
    canvas.fill(moved(top, y=0.075) + box(-front, NEAR - 0.04, front, NEAR + 0.08, radius=0.05), darken(case, 0.45))
    canvas.fill(top, lit(case, 0.18))
    canvas.line([(0.06 - back, far + 0.02), (back - 0.06, far + 0.02)], lighten(case, 0.6), 0.02, opacity=0.7)
    _caps(canvas, look, caps=caps, well=darken(case, 0.5), accent=ORANGE if has_accent else caps)
    pad = 0.3 * look["pad"]
    canvas.fill(_row(look, NEAR - 0.2, NEAR - 0.04, -pad, pad), darken(case, 0.18), opacity=look["pad"])


def _caps(canvas: Canvas, look: Look, *, caps: Colour, well: Colour, accent: Colour) -> None:
    """Draw the keys; on some keyboards two of them have another colour."""
    edges = np.linspace(NEAR - look["depth"] + 0.07, NEAR - look["wrist"], len(_ROWS) + 1)
    canvas.fill(_row(look, edges[0] - 0.025, edges[-1] + 0.01, -0.93, 0.93), well, opacity=0.55)
    sides: Shape = []
    faces: list[Shape] = []
    for spans, low, high in zip(_ROWS, edges[:-1], edges[1:] - 0.02, strict=True):
        for left, right in spans:
            sides += _row(look, low, high + 0.012, left, right)
            faces.append(_row(look, low, high - 0.022, left + 0.008, right - 0.008))
    canvas.fill(sides, darken(caps, 0.42))
    canvas.fill([part for face in faces for part in face], lit(caps, 0.14))
    canvas.fill(faces[0] + faces[2 * len(_LETTERS) - 1], accent, opacity=0.0 if accent == caps else 1.0)


def _row(look: Look, low: float, high: float, left: float, right: float) -> Shape:
    """Return the part of the keyboard between two depths; left and right are shares of its half width there."""
    one, other = np.interp((low, high), (NEAR - look["depth"], NEAR), (look["back"], look["front"]))
    return polygon([(left * one, low), (right * one, low), (right * other, high), (left * other, high)])


def _screen(
    canvas: Canvas, opened: float, *, half: float, hinge: float, case: Colour, wallpaper: list, page: np.ndarray
) -> None:
    """Draw the screen with a landscape or a window on it."""
    tall = 1.28 * opened
    top, middle = hinge - tall, hinge - tall / 2
    lid = [(-half - 0.02, top), (half + 0.02, top), (half, hinge + 0.03), (-half, hinge + 0.03)]
    canvas.fill(rounded(lid, [0.08, 0.08, 0.02, 0.02]), lit(mix(case, rgb("2b2c36"), 0.35), 0.2))
    canvas.fill(box(0.03 - half, top + 0.035, half - 0.03, hinge, radius=0.05), INK)
    glass = box(0.09 - half, top + 0.09, half - 0.09, hinge - 0.07, radius=0.02)
    canvas.fill(glass, Linear((-half, top), (half, hinge), [(0, wallpaper[0]), (1, wallpaper[1])]))
    with canvas.clipped(glass):
        if page[0] < 0.5:
            canvas.fill(ellipse(half * (page[1] - 0.5), middle, 0.16), lighten(wallpaper[0], 0.6))
            heights = hinge - tall * np.array([0, 0.35, 0.5, 0.5 - 0.25 * page[3], 0.5, 0.35, 0])
            hills = np.stack([[-1.2, -1.0, 0.3 * page[2] - 0.4, 0.2, 0.7, 1.2, 1.2], heights], axis=1)
            canvas.fill(polygon(curve(hills)), darken(wallpaper[1], 0.3), opacity=0.75)
        else:
            left = -0.55 + 0.3 * page[1]
            for low, colour in ((0.82, PAPER), (0.33, darken(wallpaper[1], 0.2))):
                canvas.fill(box(left, top + 0.24 * tall, left + 0.9, top + low * tall, radius=0.03), colour)
            for share, length in zip((0.43, 0.53, 0.63, 0.73), page[2:], strict=True):
                ends = [(left + 0.09, top + share * tall), (left + 0.35 + 0.45 * length, top + share * tall)]
                canvas.line(ends, mix(wallpaper[1], GREY, 0.5), 0.04)
        canvas.fill(polygon([(-0.2, hinge), (0.5, top), (0.95, top), (0.25, hinge)]), WHITE, opacity=0.12)


_MOUSE = points("0,-0.3 0.3,-0.26 0.5,0 0.5,0.36 0.55,0.66 0.38,0.92 0,0.98")
_CABLE = points("0,-0.2 0.02,-0.48 0.28,-0.7 0.62,-0.6 0.68,-0.3 1.02,-0.12")
"""Right half of a mouse and its cable, foreshortened: it lies on a table that is seen from above at an angle."""


def mouse(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a computer mouse with its cable."""
    case = vary(CASES[rng.integers(len(CASES))], rng)
    wide, sway, way = 1 + 0.08 * rng.uniform(-1, 1), rng.uniform(-1, 1, 3), 1 if rng.random() < 0.5 else -1
    has_glow, glow = rng.random() < 0.35, WALLPAPERS[rng.integers(len(WALLPAPERS))][1]
    bends = np.zeros_like(_CABLE)
    bends[[2, 3, 5], 1] = np.array([0.06, 0.08, 0.12]) * sway
    cable = curve((_CABLE + bends) * (way, 1))
    for width, colour in ((0.085, darken(case, 0.6)), (0.035, lighten(case, 0.1))):
        canvas.line(cable, colour, width)
    body = smooth(np.concatenate([_MOUSE, _MOUSE[-2:0:-1] * (-1, 1)]) * (wide, 1))
    canvas.fill(moved(body, y=0.045), darken(case, 0.6))
    canvas.fill(body, lit(case, 0.28))
    canvas.round(body, depth=0.3, strength=0.45, shine=0.3)
    groove, wheel = darken(case, 0.55), mix(GREY, glow, float(has_glow))
    with canvas.clipped(body):
        canvas.line(arc(0, 0.16, 0.75, 0.22, start=180, end=360), groove, 0.03, opacity=0.8)
        canvas.line([(0, -0.4), (0, 0.37)], groove, 0.03, opacity=0.8)
    canvas.fill(box(-0.095, -0.13, 0.095, 0.18, radius=0.09), groove)
    canvas.fill(box(-0.06, -0.1, 0.06, 0.15, radius=0.06), lit(wheel, 0.3))
    for y in np.linspace(-0.05, 0.1, 4):
        canvas.line([(-0.055, y), (0.055, y)], INK, 0.014, opacity=0.6)
    canvas.fill(ellipse(0, 0.68, 0.1, 0.06), glow if has_glow else darken(case, 0.2), opacity=0.8)
    side = 1 if canvas.light[0] <= 0 else -1
    shine = curve([(-0.28 * side, -0.02), (-0.35 * side, 0.22), (-0.34 * side, 0.5)])
    canvas.fill(ribbon(shine, [0.04, 0.1, 0.04]), WHITE, opacity=0.4, blur=0.03)


_LOOKS = looks("""
          back front depth wrist pad screen
keyboard  0.86 1     0.7   0.07  0   0
laptop    0.82 1     0.56  0.24  1   1
""")

ENTITIES: dict[str, Entity] = {
    "n03085013": Entity(keys, _LOOKS["keyboard"]),
    "n03642806": Entity(keys, _LOOKS["laptop"]),
    "n03793489": Entity(mouse, {}),
}
"""Computer keyboard, laptop, mouse."""
