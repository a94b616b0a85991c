"""Outlines in the local frame of a thing: x to the right, y down, the thing inside [-1, 1] in both.

A shape is a list of polygons (float arrays [n, 2]); what any of them covers belongs to the shape, so shapes are joined
with ``+``.
"""

import math
from collections.abc import Sequence

import numpy as np

Shape = list[np.ndarray]
Points = Sequence[tuple[float, float]] | np.ndarray

_TURN = np.linspace(0.0, 2 * np.pi, 49)[:-1]
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)
_DISC = _CIRCLE[::4]
_THIN = 0.03
"""Half the width of a ribbon that hardly overlaps itself."""


def _catmull_rom(samples: int) -> np.ndarray:
    """Return the weights [samples, 4] of four neighbouring points for the curve between the two in the middle."""
    t = np.arange(samples)[:, None] / samples
    return np.hstack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3]) / 2


_WEIGHTS = {samples: _catmull_rom(samples) for samples in range(1, 33)}


def curve(points: Points, *, is_closed: bool = False, samples: int = 8) -> np.ndarray:
    """Return a smooth line through points (Catmull-Rom), for `ribbon` or as the outline of a polygon.

    Parameters
    ----------
    points : points
        Where it goes through, in order.
    is_closed : bool
        Whether it returns to the first point.
    samples : int
        Points of the result for each point given, 1 to 32.

    Returns
    -------
    numpy.ndarray
        float64 [m, 2].
    """
    knots = np.asarray(points, dtype=np.float64)
    if is_closed:
        ring = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        ring = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    windows = ring[np.arange(len(ring) - 3)[:, None] + np.arange(4)]
    line = (_WEIGHTS[samples] @ windows).reshape(-1, 2)
    return line if is_closed else np.concatenate([line, knots[-1:]])


def smooth(points: Points, *, samples: int = 8) -> Shape:
    """Return a shape with a smooth outline through points."""
    return [curve(points, is_closed=True, samples=samples)]


def polygon(points: Points) -> Shape:
    """Return a shape with straight edges and sharp corners."""
    return [np.asarray(points, dtype=np.float64)]


def mirrored(points: Points) -> Points:
    """Return the points of a right half, top to bottom, continued by their mirror images on the left, bottom to top."""
    half = np.asarray(points, dtype=np.float64)
    return np.concatenate([half, half[::-1] * (-1.0, 1.0)])


def ellipse(x: float, y: float, rx: float, ry: float | None = None, *, angle: float = 0.0) -> Shape:
    """Return an ellipse (a circle without `ry`) around (x, y), turned counter-clockwise by degrees."""
    return moved([_CIRCLE * (rx, rx if ry is None else ry)], x, y, angle=angle)


def box(left: float, top: float, right: float, bottom: float, *, radius: float = 0.0) -> Shape:
    """Return an upright rectangle, its corners rounded with a radius."""
    if radius <= 0:
        return polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    corners = [(right, bottom), (left, bottom), (left, top), (right, top)]
    signs = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    arcs = [
        (x + sx * radius, y + sy * radius) + radius * np.concatenate([_CIRCLE, _CIRCLE])[12 * i : 12 * i + 13 : 2]
        for i, ((x, y), (sx, sy)) in enumerate(zip(corners, signs, strict=True))
    ]
    return [np.concatenate(arcs)]


def arc(x: float, y: float, rx: float, ry: float, *, start: float, end: float, samples: int = 24) -> np.ndarray:
    """Return the points of an arc from one direction to another: degrees, 0 to the right, 90 up, counter-clockwise."""
    turn = np.radians(np.linspace(start, end, samples))
    return np.stack([x + rx * np.cos(turn), y - ry * np.sin(turn)], axis=1)


def ribbon(points: Points, width: float | Sequence[float], *, is_capped: bool = True) -> Shape:
    """Return a stroke along points with round ends: for legs, tails, stems, whiskers, handles.

    Parameters
    ----------
    points : points
        The middle line; give ``curve(...)`` for a smooth one.
    width : float or sequence of float
        Full width, one for all or several that are spread evenly along the line.
    is_capped : bool
        Whether the ends are round.
    """
    line = np.asarray(points, dtype=np.float64)
    count = len(line)
    if isinstance(width, int | float):
        half = np.full(count, width / 2)
    else:
        half = np.interp(np.arange(count) * ((len(width) - 1) / (count - 1)), np.arange(len(width)), width) / 2
    ahead = np.empty_like(line)
    ahead[1:-1] = line[2:] - line[:-2]
    ahead[0], ahead[-1] = line[1] - line[0], line[-1] - line[-2]
    long = np.maximum(np.sqrt(ahead[:, 0] ** 2 + ahead[:, 1] ** 2), 1e-9)
    side = ahead[:, ::-1] * (half / long)[:, None]
    side[:, 0] *= -1
    left, right = line + side, line - side
    if half.max() <= _THIN:
        body = [np.concatenate([left, right[::-1]])]
    else:
        # Tight bends of a wide ribbon overlap, and one polygon would have holes there.
        quads = np.empty((count - 1, 4, 2))
        quads[:, 0], quads[:, 1], quads[:, 2], quads[:, 3] = left[:-1], left[1:], right[1:], right[:-1]
        body = list(quads)
    caps = [_DISC * half[0] + line[0], _DISC * half[-1] + line[-1]] if is_capped else []
    return [*body, *caps]


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    """Return the points turned around the origin counter-clockwise, in degrees."""
    if angle == 0:
        return points
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return points @ np.array([[cosine, -sine], [sine, cosine]])


def moved(shape: Shape, x: float = 0.0, y: float = 0.0, *, scale: float = 1.0, angle: float = 0.0) -> Shape:
    """Return a shape scaled and turned around the origin, then moved; for parts designed around the origin."""
    return [turned(part, angle) * scale + np.array([x, y]) for part in shape]


def shaggy(points: Points, tuft: float, *, count: int = 60) -> Shape:
    """Return a shape with an outline of fur: smooth through points, with teeth of a height."""
    line = curve(points, is_closed=True, samples=16)
    ring = line[np.linspace(0, len(line), count, endpoint=False).astype(int)]
    outwards = ring - ring.mean(axis=0)
    outwards /= np.maximum(np.hypot(outwards[:, 0], outwards[:, 1]), 1e-9)[:, None]
    heights = tuft * np.array([1.0, -0.2, 0.6, -0.3])[np.arange(count) % 4]
    return [ring + outwards * heights[:, None]]
