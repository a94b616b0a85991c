"""Computer keyboards and laptops, one family (a laptop is a keyboard with a screen), and computer mice."""

import numpy as np

from errata.demo.drawing.canvas import Canvas, Linear, lit
from errata.demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata.demo.drawing.entity import Entity, Look
from errata.demo.drawing.forms import rounded
from errata.demo.drawing.shapes import arc, box, curve, ellipse, polygon, ribbon, smooth

CASES = [rgb(c) for c in "e9e6e1 c9ccd3 3b3d4a 2f3038 f2d9d0 bcd3d6 8d93a3".split()]
WALLPAPERS = [tuple(rgb(c) for c in pair.split()) for pair in ("8ad0d6 4a6fb0", "f6b48f b7548a", "a6d89a 2f8f7c", "f7d674 e8743f", "b6a7e8 4b4a8f")]
ROWS, COLUMNS = 4, 12


def keys(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a keyboard that lies on a table, and behind it the screen of a laptop, as far as it is open."""
    case = vary(CASES[rng.integers(len(CASES))], rng)
    wallpaper = WALLPAPERS[rng.integers(len(WALLPAPERS))]
    is_contrasting, accent, page = rng.random() < 0.4, rng.random(), rng.random(6)
    caps = lighten(case, 0.85) if sum(case) < 1.2 else mix(lighten(case, 0.7), rgb("3b3d4a"), float(is_contrasting))
    if sum(case) < 1.2 and not is_contrasting:
        caps = lighten(case, 0.16)
    back, front, depth = look["back"], look["front"], look["depth"]
    far = 0.86 - depth
    if look["screen"] > 0.02:
        _screen(canvas, look["screen"], half=back + 0.02, hinge=far, case=case, wallpaper=wallpaper, page=page)
    top = rounded([(-back, far), (back, far), (front, 0.86), (-front, 0.86)], 0.07)
    canvas.fill([part + (0, 0.075) for part in top] + rounded([(-front, 0.82), (front, 0.82), (front, 0.94), (-front, 0.94)], 0.05), darken(case, 0.45))
    canvas.fill(top, lit(case, 0.18))
    canvas.line([(-back + 0.06, far + 0.02), (back - 0.06, far + 0.02)], lighten(case, 0.6), 0.02, opacity=0.7)
    _caps(canvas, look, far=far, caps=caps, case=case, accent=accent)
    pad, near = 0.3 * look["pad"], 0.86
    canvas.fill(polygon([(-pad, near - 0.2), (pad, near - 0.2), (1.06 * pad, near - 0.04), (-1.06 * pad, near - 0.04)]), darken(case, 0.18), opacity=look["pad"])


def _caps(canvas: Canvas, look: Look, *, far: float, caps: Colour, case: Colour, accent: float) -> None:
    """Draw rows of keys in perspective; the last row has a space bar, and some keyboards a coloured key."""
    start, end = far + 0.07, 0.86 - look["wrist"]
    edges = np.linspace(start, end, ROWS + 1)
    well = _row(look, far, start - 0.025, end + 0.01, -0.93, 0.93)
    canvas.fill(well, darken(case, 0.5), opacity=0.55)
    side, face, bright = polygon([])[:0], polygon([])[:0], polygon([])[:0]
    for row in range(ROWS):
        low, high = edges[row], edges[row + 1] - 0.02
        if row < ROWS - 1:
            spans = [(-0.91 + 1.82 * i / COLUMNS, -0.91 + 1.82 * (i + 0.84) / COLUMNS) for i in range(COLUMNS)]
        else:
            spans = [(-0.91, -0.72), (-0.68, -0.5), (-0.46, 0.36), (0.4, 0.56), (0.6, 0.73), (0.77, 0.89)]
        for i, (left, right) in enumerate(spans):
            side = side + _row(look, far, low, high + 0.012, left, right)
            top = _row(look, far, low, high - 0.022, left + 0.008, right - 0.008)
            is_bright = accent < 0.35 and ((row, i) in ((0, 0), (1, COLUMNS - 1)))
            face, bright = (face, bright + top) if is_bright else (face + top, bright)
    canvas.fill(side, darken(caps, 0.42))
    canvas.fill(face, lit(caps, 0.14))
    if bright:
        canvas.fill(bright, rgb("e8743f"))


def _row(look: Look, far: float, low: float, high: float, left: float, right: float) -> list[np.ndarray]:
    """Part of the case between two depths; left and right are shares of its half width there."""
    halves = [np.interp(y, (far, 0.86), (look["back"], look["front"])) for y in (low, high)]
    return polygon([(left * halves[0], low), (right * halves[0], low), (right * halves[1], high), (left * halves[1], high)])


def _screen(canvas: Canvas, opened: float, *, half: float, hinge: float, case: Colour, wallpaper: tuple, page: np.ndarray) -> None:
    """Draw the screen with a window or a landscape on it."""
    top = hinge - 1.28 * opened
    edge = 0.07
    lid = rounded([(-half - 0.02, top), (half + 0.02, top), (half, hinge + 0.03), (-half, hinge + 0.03)], [0.08, 0.08, 0.02, 0.02])
    canvas.fill(lid, lit(mix(case, rgb("2b2c36"), 0.35), 0.2))
    canvas.fill(rounded([(-half + 0.02, top + 0.035), (half - 0.02, top + 0.035), (half - 0.035, hinge), (-half + 0.035, hinge)], 0.05), rgb("22232b"))
    glass = box(-half + edge + 0.02, top + edge + 0.02, half - edge - 0.02, hinge - edge, radius=0.02)
    canvas.fill(glass, Linear((-half, top), (half, hinge), [(0, wallpaper[0]), (1, wallpaper[1])]))
    with canvas.clipped(glass):
        middle, tall = top + 0.5 * (hinge - top), hinge - top
        if page[0] < 0.5:
            canvas.fill(ellipse(half * (page[1] - 0.5), middle, 0.16), lighten(wallpaper[0], 0.6))
            hills = [(-1.2, hinge), (-1.0, middle + 0.2), (-0.4 + 0.3 * page[2], middle), (0.2, middle + 0.3 * page[3]), (0.7, middle), (1.2, middle + 0.2), (1.2, hinge)]
            canvas.fill(polygon(curve(hills)), darken(wallpaper[1], 0.3), opacity=0.75)
        else:
            left = -0.55 + 0.3 * page[1]
            canvas.fill(box(left, top + 0.24 * tall, left + 0.9, top + 0.82 * tall, radius=0.03), rgb("fbf8f1"))
            canvas.fill(box(left, top + 0.24 * tall, left + 0.9, top + 0.33 * tall, radius=0.03), darken(wallpaper[1], 0.2))
            for i in range(4):
                y = top + (0.43 + 0.1 * i) * tall
                canvas.line([(left + 0.09, y), (left + 0.35 + 0.45 * page[2 + i], y)], mix(wallpaper[1], rgb("8d93a3"), 0.5), 0.04)
        canvas.fill(polygon([(-0.2, hinge), (0.5, top), (0.95, top), (0.25, hinge)]), (1.0, 1.0, 1.0), opacity=0.12)


def mouse(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a computer mouse from above with its cable."""
    case = vary(CASES[rng.integers(len(CASES))], rng)
    wide, sway, way = 1 + 0.08 * rng.uniform(-1, 1), rng.uniform(-1, 1, 3), 1 if rng.random() < 0.5 else -1
    has_glow, glow = rng.random() < 0.35, WALLPAPERS[rng.integers(len(WALLPAPERS))][1]
    cable = curve([(0, -0.3), (0.02, -0.62), (0.28 * way, -0.86 + 0.06 * sway[0]), (0.62 * way, -0.72 + 0.1 * sway[1]), (0.66 * way, -0.36), (1.0 * way, -0.14 + 0.15 * sway[2])])
    for width, colour in ((0.085, darken(case, 0.6)), (0.035, lighten(case, 0.1))):
        canvas.line(cable, colour, width)
    half = 0.55 * wide
    outline = [(0, -0.5), (0.3 * half / 0.55, -0.44), (0.92 * half, -0.1), (0.9 * half, 0.3), (half, 0.62), (0.66 * half, 0.92), (0, 1.0)]
    body = smooth(np.concatenate([outline, np.array(outline[-2:0:-1]) * (-1, 1)]))
    canvas.fill([part + (0, 0.03) for part in body], darken(case, 0.55))
    canvas.fill(body, lit(case, 0.28))
    canvas.round(body, depth=0.3, strength=0.45, shine=0.3)
    groove = darken(case, 0.55)
    with canvas.clipped(body):
        canvas.line(arc(0, 0.02, 0.75, 0.26, start=180, end=360), groove, 0.03, opacity=0.8)
        canvas.line([(0, -0.6), (0, 0.26)], groove, 0.03, opacity=0.8)
    canvas.fill(box(-0.095, -0.3, 0.095, 0.06, radius=0.09), groove)
    canvas.fill(box(-0.06, -0.26, 0.06, 0.02, radius=0.06), lit(mix(rgb("8d93a3"), glow, float(has_glow)), 0.3))
    for y in np.linspace(-0.2, -0.04, 4):
        canvas.line([(-0.05, y), (0.05, y)], rgb("2b2c36"), 0.014, opacity=0.6)
    canvas.fill(ellipse(0, 0.66, 0.1, 0.07), glow if has_glow else darken(case, 0.2), opacity=0.8)
    side = 1 if canvas.light[0] <= 0 else -1
    canvas.fill(ribbon(curve([(-0.3 * side, -0.2), (-0.37 * side, 0.1), (-0.36 * side, 0.45)]), [0.04, 0.1, 0.04]), (1.0, 1.0, 1.0), opacity=0.4, blur=0.03)


ENTITIES: dict[str, Entity] = {
    "n03085013": Entity(keys, {"back": 0.86, "front": 1.0, "depth": 0.7, "wrist": 0.07, "pad": 0.0, "screen": 0.0}),
    "n03642806": Entity(keys, {"back": 0.82, "front": 1.0, "depth": 0.56, "wrist": 0.24, "pad": 1.0, "screen": 1.0}),
    "n03793489": Entity(mouse, {}),
}
"""Computer keyboard, laptop, mouse."""
