"""Forms that several artifacts share: rounded corners and the shading of upright cylinders."""

from collections.abc import Sequence

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import Colour, darken, lighten
from errata_demo.drawing.shapes import Points, Shape

_STEPS = np.linspace(0.0, 1.0, 7)[:, None]


def rounded(points: Points, radius: float | Sequence[float]) -> Shape:
    """Return a polygon whose corners are rounded.

    Parameters
    ----------
    points : points
        The corners, in order.
    radius : float or sequence of float
        How far from a corner its rounding starts, one for all or one for each; at most half of an edge is used.
    """
    corners = np.asarray(points, dtype=np.float64)
    before, after = np.roll(corners, 1, axis=0) - corners, np.roll(corners, -1, axis=0) - corners
    reach = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(corners))
    starts = corners + before * _shares(before, reach)
    ends = corners + after * _shares(after, reach)
    arcs = [
        (1 - _STEPS) ** 2 * start + 2 * _STEPS * (1 - _STEPS) * corner + _STEPS**2 * end
        for start, corner, end in zip(starts, corners, ends, strict=True)
    ]
    return [np.concatenate(arcs)]


def _shares(edges: np.ndarray, reach: np.ndarray) -> np.ndarray:
    lengths = np.maximum(np.hypot(edges[:, 0], edges[:, 1]), 1e-9)
    return np.minimum(reach / lengths, 0.5)[:, None]


def cylinder(canvas: Canvas, x: float, half: float, colour: Colour, *, strength: float = 0.3) -> Linear:
    """Return the fill of an upright cylinder around `x`, brightest a quarter of the way from the lit side."""
    side = half if canvas.light[0] <= 0 else -half
    stops = [
        (0.0, lighten(colour, 0.4 * strength)),
        (0.22, lighten(colour, 1.3 * strength)),
        (0.55, colour),
        (1.0, darken(colour, 1.1 * strength)),
    ]
    return Linear((x - side, 0.0), (x + side, 0.0), stops)
