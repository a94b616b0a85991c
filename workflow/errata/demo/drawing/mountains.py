"""Volcanoes and alps: wide enough, at full size, to fill the lower part of a picture."""

import numpy as np

from errata.demo.drawing.canvas import Canvas, Linear, Radial
from errata.demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata.demo.drawing.entity import Entity, Look
from errata.demo.drawing.shapes import arc, curve, ellipse, polygon, ribbon

HAZES = [rgb(c) for c in "9fb6d3 b9a8cf 8fb3b5 c7b3b0".split()]
MEADOWS = [rgb(c) for c in "6f9f5f 8fae5b 5f8f73 a3a35a".split()]
LAVA, EMBER, SMOKE, SNOW = rgb("ff6a2b"), rgb("ffd25a"), rgb("8b8692"), rgb("fbfaf7")
PEAKS = (-0.56, 0.6)
"""Where the lower peaks beside the main one are."""

FOOT = 0.8
"""Height of the foot of the mountain; meadows lie in front of it."""


def mountain(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a mountain with its foothills."""
    haze, meadow = HAZES[rng.integers(len(HAZES))], vary(MEADOWS[rng.integers(len(MEADOWS))], rng)
    rock = mix(vary(look["rock"], rng), haze, 0.12)
    lean, tall, crags, fires, far = rng.uniform(-0.1, 0.1), rng.uniform(0.9, 1.0), rng.standard_normal((4, 24)), rng.random(6), rng.random(5)
    top = FOOT - (FOOT - look["top"]) * tall
    ridge = _ridge(look, crags[0], lean=lean, top=top)
    _range(canvas, far, colour=mix(rock, haze, 0.65))
    _plume(canvas, look, x=lean, top=top, puffs=fires)
    body = polygon(np.concatenate([ridge, [(1.1, FOOT + 0.1), (-1.1, FOOT + 0.1)]]))
    stops = [(0, lighten(rock, 0.16)), (0.55, rock), (1, mix(rock, meadow, 0.5))]
    canvas.fill(body, Linear((0, top), (0, FOOT), stops))
    with canvas.clipped(body):
        _faces(canvas, look, ridge, crags, x=lean, top=top, rock=rock)
        _lava(canvas, look, x=lean, top=top, bends=fires)
    _meadows(canvas, meadow, far)


def _ridge(look: Look, crags: np.ndarray, *, lean: float, top: float) -> np.ndarray:
    """Skyline from left to right: float64 [49, 2]; a cone with a crater, or peaks with crags."""
    x = np.linspace(-1.12, 1.12, 49)
    away = np.abs(x - lean) / np.where(x < lean, 1.12 + lean, 1.12 - lean)
    flat = np.maximum(away - look["crater"], 0) / (1 - look["crater"])
    height = (1 - flat) ** look["concave"]
    dip = look["crater_depth"] * np.maximum(0, 1 - away / max(look["crater"], 1e-3)) ** 0.7
    shoulders = 0.66 * np.maximum(0, 1 - np.abs(x - PEAKS[0]) / 0.62) + 0.56 * np.maximum(0, 1 - np.abs(x - PEAKS[1]) / 0.5)
    height = height - dip + look["shoulders"] * np.maximum(0, shoulders - height)
    rough = np.interp(np.arange(49), np.arange(24) * 2.1, crags) * 0.5 + crags[np.arange(49) % 24] * 0.35
    height = height + 0.06 * look["crags"] * rough * np.sqrt(np.clip(height, 0, 1)) * (1 - np.exp(-((away / 0.08) ** 2)))
    return np.stack([x, FOOT - (FOOT - top) * np.clip(height, 0, 1.0)], axis=1)


def _faces(canvas: Canvas, look: Look, ridge: np.ndarray, crags: np.ndarray, *, x: float, top: float, rock: Colour) -> None:
    """Shade the faces away from the light and cap them with snow."""
    side = 1 if canvas.light[0] <= 0 else -1
    for peak, depth in ((x, 1.0), *((peak, look["shoulders"]) for peak in PEAKS)):
        start = float(np.interp(peak, ridge[:, 0], ridge[:, 1]))
        down = np.linspace(0, 1, 10)
        zigzag = peak + side * (0.04 + 0.12 * down) + (0.05 + 0.05 * look["crags"]) * crags[1, :10] * down
        edge = np.stack([np.r_[peak, zigzag[1:]], start - 0.03 + (1.1 - start) * down], axis=1)
        reach = 0.55 if depth < 1 else 1.4
        face = polygon(np.concatenate([edge, [(peak + side * reach, 1.1), (peak + side * reach * 0.5, start - 0.05)]]))
        canvas.fill(face, darken(rock, 0.5), opacity=0.5 * depth)
    for i in range(7):
        start_x = -0.9 + 0.28 * i + 0.05 * crags[2, i]
        start_y = float(np.interp(start_x, ridge[:, 0], ridge[:, 1])) + 0.16
        away = 0.25 * (start_x - x)
        line = curve([(start_x, start_y), (start_x + away + 0.04 * crags[2, i + 7], start_y + 0.2), (start_x + 1.6 * away, start_y + 0.42)])
        canvas.fill(ribbon(line, [0.02, 0.06, 0.01]), darken(rock, 0.45), opacity=0.35)
    _snow(canvas, look["snow"], ridge, crags[3], side=side)


def _snow(canvas: Canvas, snow: float, ridge: np.ndarray, crags: np.ndarray, *, side: int) -> None:
    """Cover what is above the snow line, which hangs down in tongues; blue in the shade."""
    if snow <= 0.01:
        return
    top = float(ridge[:, 1].min())
    x = np.linspace(-1.2, 1.2, 33)
    tongues = np.where(np.arange(33) % 2, 0.3, -0.24) + 0.12 * crags[np.arange(33) % 24]
    skyline = np.interp(x, ridge[:, 0], ridge[:, 1])
    above = np.clip((FOOT - skyline) / (FOOT - top), 0, 1)
    line = skyline - 0.04 + snow * above**1.5 * (0.7 * (FOOT - top) + tongues) * 0.75
    cover = polygon(np.concatenate([np.stack([x, line], axis=1), [(1.2, -1.2), (-1.2, -1.2)]]))
    canvas.fill(cover, SNOW, opacity=min(1.0, 2.5 * snow) * 0.96)
    peak = ridge[ridge[:, 1].argmin(), 0]
    with canvas.clipped(cover):
        down = np.linspace(0, 1, 8)
        edge = np.stack([peak + side * 0.1 * down + 0.07 * crags[:8] * down, top - 0.02 + 1.2 * down], axis=1)
        for middle, reach in ((peak, 0.5), (PEAKS[0], 0.26), (PEAKS[1], 0.4)):
            moved = edge + (middle - peak, float(np.interp(middle, ridge[:, 0], ridge[:, 1])) - top)
            face = polygon(np.concatenate([moved, [(middle + side * reach, 1.2), (middle + side * reach, moved[0, 1])]]))
            canvas.fill(face, rgb("8fa9d0"), opacity=0.6)


def _lava(canvas: Canvas, look: Look, *, x: float, top: float, bends: np.ndarray) -> None:
    """Paint the glowing crater and streams of lava."""
    hot = look["lava"]
    if hot <= 0.01:
        return
    canvas.fill(ellipse(x, top + 0.05, 0.3, 0.16), LAVA, opacity=0.55 * hot, blur=0.08)
    for i, start in enumerate((-0.1, 0.02, 0.12)):
        reach = (0.35 + 0.5 * bends[i]) * hot
        path = curve([(x + start, top), (x + 1.5 * start + 0.04, top + 0.3 * reach), (x + 2.2 * start - 0.05 * bends[i + 3], top + 0.7 * reach), (x + 3.0 * start, top + 1.1 * reach)])
        canvas.fill(ribbon(path, [0.1, 0.08, 0.06, 0.03]), LAVA, opacity=hot)
        canvas.fill(ribbon(path, [0.05, 0.035, 0.02, 0.0]), EMBER, opacity=hot)


def _plume(canvas: Canvas, look: Look, *, x: float, top: float, puffs: np.ndarray) -> None:
    """Draw smoke that drifts from the crater."""
    if look["plume"] <= 0.01:
        return
    canvas.fill(ellipse(x, top, 0.24, 0.2), Radial((x, top), 0.24, [(0, EMBER), (1, LAVA)]), opacity=0.7 * look["plume"], blur=0.06)
    drift = 1 if puffs[5] < 0.5 else -1
    for i, puff in enumerate(puffs):
        rise = i / 5
        place = (x + drift * 0.34 * rise**1.5 + 0.06 * (puff - 0.5), top + 0.02 - 0.5 * rise)
        size = (0.11 + 0.13 * rise) * (0.85 + 0.3 * puff)
        shade = mix(SMOKE, rgb("d9d3d6"), rise)
        canvas.fill(ellipse(*place, size, 0.85 * size), Radial((place[0] - 0.4 * size, place[1] - 0.5 * size), 1.6 * size, [(0, lighten(shade, 0.45)), (1, darken(shade, 0.2))]), opacity=0.92 * look["plume"], blur=0.02)


def _range(canvas: Canvas, heights: np.ndarray, *, colour: Colour) -> None:
    """Draw a hazy range in the distance."""
    places = np.linspace(-1.1, 1.1, 7)
    line = curve(np.stack([places, np.r_[0.75, 0.3 + 0.35 * heights, 0.75]], axis=1))
    canvas.fill(polygon(np.concatenate([line, [(1.1, FOOT + 0.1), (-1.1, FOOT + 0.1)]])), colour, opacity=0.8)


def _meadows(canvas: Canvas, meadow: Colour, heights: np.ndarray) -> None:
    """Draw two rolling meadows and a few firs in front."""
    for level, colour, flip in ((0.72, mix(meadow, rgb("5f7f8a"), 0.35), 1), (0.84, meadow, -1)):
        bumps = [0.13, 0.06 * flip * heights[0], 0.05, -0.06 * flip * heights[1], 0.13]
        line = curve(np.stack([[-1.19, -0.7, 0, 0.6, 1.19], level + np.array(bumps)], axis=1))
        mound = polygon(np.concatenate([line, arc(0, level + 0.13, 1.19, 0.97 - level, start=0, end=-180)]))
        canvas.fill(mound, Linear((0, level), (0, 1.05), [(0, lighten(colour, 0.12)), (1, darken(colour, 0.25))]), blur=0.012)
    for i, height in enumerate(heights):
        x, y = -0.92 + 0.42 * i + 0.16 * height, 0.9 + 0.05 * (i % 2)
        size = 0.09 + 0.05 * height
        for step in range(3):
            low = y - 0.6 * step * size
            canvas.fill(polygon([(x - size * (0.6 - 0.13 * step), low), (x + size * (0.6 - 0.13 * step), low), (x, low - 1.1 * size)]), darken(meadow, 0.5 - 0.08 * step))


_VOLCANO = {"rock": rgb("6a5560"), "top": -0.42, "concave": 1.5, "crater": 0.16, "crater_depth": 0.1, "crags": 0.25, "shoulders": 0.0, "snow": 0.0, "lava": 1.0, "plume": 1.0}
_ALP = {"rock": rgb("76809a"), "top": -0.9, "concave": 1.55, "crater": 0.0, "crater_depth": 0.0, "crags": 1.0, "shoulders": 1.0, "snow": 0.85, "lava": 0.0, "plume": 0.0}

ENTITIES: dict[str, Entity] = {
    "n09472597": Entity(mountain, _VOLCANO, is_standing=False),
    "n09193705": Entity(mountain, _ALP, is_standing=False),
}
"""Volcano, alp."""
