"""Volcanoes and alps: wide enough, at full size, to fill the lower part of a picture."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, Radial
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look, looks, palette
from errata_demo.drawing.shapes import Shape, arc, curve, ellipse, polygon, ribbon

HAZES, MEADOWS = palette("9fb6d3 b9a8cf 8fb3b5 c7b3b0"), palette("6f9f5f 8fae5b 5f8f73 a3a35a")
LAVA, EMBER, SNOW, BLUE_SHADE = rgb("ff6a2b"), rgb("ffd25a"), rgb("fbfaf7"), rgb("8fa9d0")
SMOKE, THIN_SMOKE = rgb("8b8692"), rgb("d9d3d6")
FOOT, HALF = 0.8, 1.02
"""Height of the foot of the mountain, and half its width."""

PEAKS = (-0.52, 0.55)
"""Where the lower peaks beside the main one are."""


def mountain(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a mountain, a range behind it and meadows before it."""
    haze, meadow = HAZES[rng.integers(len(HAZES))], vary(MEADOWS[rng.integers(len(MEADOWS))], rng)
    rock, lean, tall = mix(vary(look["rock"], rng), haze, 0.12), rng.uniform(-0.1, 0.1), rng.uniform(0.9, 1.0)
    crags, puffs, far = rng.standard_normal((4, 24)), rng.random(6), rng.random(5)
    top = FOOT - (FOOT - look["top"]) * tall
    places = np.linspace(-HALF, HALF, 7)
    canvas.fill(_above_foot(curve(np.stack([places, [0.75, *(0.3 + 0.35 * far), 0.75]], axis=1))), mix(rock, haze, 0.6))
    _plume(canvas, look["plume"], x=lean, top=top, puffs=puffs)
    ridge = _ridge(look, crags[0], lean=lean, top=top)
    body = _above_foot(ridge)
    stops = [(0, lighten(rock, 0.16)), (0.55, rock), (1, mix(rock, meadow, 0.5))]
    canvas.fill(body, Linear((0, top), (0, FOOT), stops))
    with canvas.clipped(body):
        _faces(canvas, look, ridge, crags, lean=lean, colour=darken(rock, 0.5))
        _snow(canvas, look["snow"], ridge, crags[3])
        _lava(canvas, look["lava"], x=lean, top=top, bends=puffs)
    _meadows(canvas, meadow, far)


def _above_foot(line: np.ndarray) -> Shape:
    return polygon(np.concatenate([line, [(HALF, FOOT + 0.04), (-HALF, FOOT + 0.04)]]))


def _ridge(look: Look, crags: np.ndarray, *, lean: float, top: float) -> np.ndarray:
    """Return the skyline from left to right: float64 [49, 2]; a cone with a crater, or peaks with crags."""
    x, steps = np.linspace(-HALF, HALF, 49), np.arange(49)
    away = np.abs(x - lean) / np.where(x < lean, HALF + lean, HALF - lean)
    height = (1 - np.maximum(away - look["crater"], 0) / (1 - look["crater"])) ** look["concave"]
    height -= look["crater_depth"] * np.maximum(0, 1 - away / max(look["crater"], 1e-3)) ** 0.7
    lower = sum(
        tall * np.maximum(0, 1 - np.abs(x - p) / w) for p, tall, w in zip(PEAKS, (0.66, 0.56), (0.62, 0.5), strict=True)
    )
    height += look["peaks"] * np.maximum(0, lower - height)
    height *= np.minimum(1, (HALF - np.abs(x)) / 0.3)
    rough = 0.5 * np.interp(steps, 2.1 * np.arange(24), crags) + 0.35 * crags[steps % 24]
    is_summit = np.exp(-((away / 0.08) ** 2))
    height += 0.06 * look["crags"] * rough * np.sqrt(np.clip(height, 0, 1)) * (1 - is_summit)
    return np.stack([x, FOOT - (FOOT - top) * np.clip(height, 0, 1)], axis=1)


def _at(ridge: np.ndarray, x: float) -> float:
    """Return the height of the skyline."""
    return float(np.interp(x, ridge[:, 0], ridge[:, 1]))


def _shady_side(canvas: Canvas) -> int:
    """Return 1 where the shade falls to the right in the local frame, -1 where it falls to the left."""
    return 1 if canvas.light[0] <= 0 else -1


def _faces(canvas: Canvas, look: Look, ridge: np.ndarray, crags: np.ndarray, *, lean: float, colour: Colour) -> None:
    """Shade the faces away from the light, and draw gullies."""
    side, down = _shady_side(canvas), np.linspace(0, 1, 10)
    for peak, reach, strength in ((lean, 1.4, 1.0), *((peak, 0.55, look["peaks"]) for peak in PEAKS)):
        start = _at(ridge, peak)
        zigzag = side * (0.04 * np.sign(down) + 0.12 * down) + (0.05 + 0.05 * look["crags"]) * crags[1, :10] * down
        edge = np.stack([peak + zigzag, start - 0.03 + (1.13 - start) * down], axis=1)
        rest = [(peak + side * reach, 1.1), (peak + side * reach * 0.5, start - 0.05)]
        canvas.fill(polygon(np.concatenate([edge, rest])), colour, opacity=0.5 * strength)
    gullies: Shape = []
    for i in range(7):
        x, bend = -0.9 + 0.28 * i + 0.05 * crags[2, i], 0.04 * crags[2, i + 7]
        y, away = _at(ridge, x) + 0.16, 0.25 * (x - lean)
        gullies += ribbon(curve([(x, y), (x + away + bend, y + 0.2), (x + 1.6 * away, y + 0.42)]), [0.02, 0.06, 0.01])
    canvas.fill(gullies, colour, opacity=0.35)


def _snow(canvas: Canvas, snow: float, ridge: np.ndarray, crags: np.ndarray) -> None:
    """Cover the heights with snow, the thicker the higher, which hangs down in tongues; blue in the shade."""
    if snow <= 0.01:
        return
    side, top, x = _shady_side(canvas), float(ridge[:, 1].min()), np.linspace(-1.2, 1.2, 33)
    skyline = np.interp(x, ridge[:, 0], ridge[:, 1])
    tongues = np.where(np.arange(33) % 2, 0.14, -0.12) + 0.1 * crags[np.arange(33) % 24]
    deep = ((FOOT - skyline) / (FOOT - top)).clip(0, 1) ** 1.5 * (0.52 * (FOOT - top) + 0.75 * tongues)
    edge = np.stack([x, skyline - 0.04 + snow * deep], axis=1)
    cover = polygon(np.concatenate([edge, [(1.2, -1.2), (-1.2, -1.2)]]))
    canvas.fill(cover, SNOW, opacity=min(1.0, 2.5 * snow))
    down = np.linspace(0, 1, 8)
    with canvas.clipped(cover):
        for peak, reach in ((float(ridge[ridge[:, 1].argmin(), 0]), 0.5), (PEAKS[0], 0.26), (PEAKS[1], 0.4)):
            start = _at(ridge, peak) - 0.02
            edge = np.stack([peak + (side * 0.1 + 0.07 * crags[:8]) * down, start + 1.2 * down], axis=1)
            rest = [(peak + 1.7 * side * reach, 1.2), (peak + 0.4 * side * reach, start)]
            canvas.fill(polygon(np.concatenate([edge, rest])), BLUE_SHADE, opacity=0.6)


def _lava(canvas: Canvas, hot: float, *, x: float, top: float, bends: np.ndarray) -> None:
    """Paint the glow of the crater and three streams of lava."""
    canvas.fill(ellipse(x, top + 0.05, 0.3, 0.16), LAVA, opacity=0.55 * hot, blur=0.08)
    for i, start in enumerate((-0.1, 0.02, 0.12)):
        reach = (0.35 + 0.5 * bends[i]) * hot
        places = x + np.array([start, 1.5 * start + 0.04, 2.2 * start - 0.05 * bends[i + 3], 3 * start])
        path = curve(np.stack([places, top + reach * np.array([0, 0.3, 0.7, 1.1])], axis=1))
        canvas.fill(ribbon(path, [0.1, 0.08, 0.06, 0.03]), LAVA, opacity=hot)
        canvas.fill(ribbon(path, [0.05, 0.035, 0.02, 0.0]), EMBER, opacity=hot)


def _plume(canvas: Canvas, strength: float, *, x: float, top: float, puffs: np.ndarray) -> None:
    """Draw smoke that drifts from the crater."""
    glow = Radial((x, top), 0.24, [(0, EMBER), (1, LAVA)])
    canvas.fill(ellipse(x, top, 0.24, 0.2), glow, opacity=0.7 * strength, blur=0.06)
    drift = 0.34 if puffs[5] < 0.5 else -0.34
    for rise, puff in zip(np.linspace(0, 1, 6), puffs, strict=True):
        across, up, radius = (
            x + drift * rise**1.5 + 0.06 * (puff - 0.5),
            top + 0.02 - 0.5 * rise,
            (0.11 + 0.13 * rise) * (0.85 + 0.3 * puff),
        )
        smoke = mix(SMOKE, THIN_SMOKE, rise)
        light = (across + 0.55 * radius * canvas.light[0], up + 0.55 * radius * canvas.light[1])
        shade = Radial(light, 1.6 * radius, [(0, lighten(smoke, 0.45)), (1, darken(smoke, 0.2))])
        canvas.fill(ellipse(across, up, radius, 0.85 * radius), shade, opacity=0.92 * strength, blur=0.02)


def _meadows(canvas: Canvas, meadow: Colour, heights: np.ndarray) -> None:
    """Draw two rolling meadows and a few firs in front."""
    for level, colour, flip in ((0.72, mix(meadow, rgb("5f7f8a"), 0.35), 0.05), (0.84, meadow, -0.05)):
        bumps = level + np.array([0.1, flip * heights[0], 0.04, -flip * heights[1], 0.1])
        line = curve(np.stack([[-1.19, -0.7, 0, 0.6, 1.19], bumps], axis=1))
        mound = polygon(np.concatenate([line, arc(0, level + 0.1, 1.19, 1.0 - level, start=0, end=-180)]))
        canvas.fill(
            mound, Linear((0, level), (0, 1.05), [(0, lighten(colour, 0.12)), (1, darken(colour, 0.25))]), blur=0.012
        )
    for i, height in enumerate(heights):
        x, y, size = -0.92 + 0.42 * i + 0.16 * height, 0.9 + 0.05 * (i % 2), 0.09 + 0.05 * height
        for step in range(3):
            low, half = y - 0.6 * step * size, size * (0.6 - 0.13 * step)
            fir = polygon([(x - half, low), (x + half, low), (x, low - 1.1 * size)])
            canvas.fill(fir, darken(meadow, 0.5 - 0.08 * step))


_LOOKS = looks("""
         rock    top   concave crater crater_depth crags peaks snow lava plume
volcano  #6a5560 -0.42 1.5     0.16   0.1          0.25  0     0    1    1
alp      #76809a -0.9  1.55    0      0            1     1     0.85 0    0
""")

ENTITIES: dict[str, Entity] = {
    "n09472597": Entity(mountain, _LOOKS["volcano"], is_standing=False),
    "n09193705": Entity(mountain, _LOOKS["alp"], is_standing=False),
}
"""Volcano, alp."""
