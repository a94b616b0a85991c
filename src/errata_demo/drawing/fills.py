"""What shapes are filled with: colours and gradients."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from errata_demo.drawing.colours import Colour, darken, lighten

TO_LIGHT = (-0.6, -0.8)
"""Direction of the light in the picture, x to the right and y down: it comes from the top left."""

Stops = Sequence[tuple[float, Colour]]


@dataclass(frozen=True)
class Linear:
    """Gradient along a line in the local frame; stops are (position from 0 to 1, colour)."""

    start: tuple[float, float]
    end: tuple[float, float]
    stops: Stops


@dataclass(frozen=True)
class Radial:
    """Gradient from a centre outwards in the local frame; stops are (distance / radius, colour)."""

    centre: tuple[float, float]
    radius: float
    stops: Stops


@dataclass(frozen=True)
class Lit:
    """Gradient across the extent of the shape that it fills, from the light to the shade (see `lit`, `ball`)."""

    stops: Stops
    is_ball: bool = False


Fill = Colour | Linear | Radial | Lit


def lit(colour: Colour, strength: float = 0.25) -> Lit:
    """Return the fill that is lighter towards the light and darker away from it."""
    return Lit([(0, lighten(colour, strength)), (0.5, colour), (1, darken(colour, strength))])


def ball(colour: Colour, strength: float = 0.35) -> Lit:
    """Return the fill of a sphere: bright where it faces the light, dark at the far rim."""
    return Lit(
        [
            (0, lighten(colour, 1.3 * strength)),
            (0.35, lighten(colour, 0.25 * strength)),
            (0.65, colour),
            (1, darken(colour, strength)),
        ],
        is_ball=True,
    )


def positions_in_frame(fill: Linear | Radial, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the positions [rows, columns] in a gradient at points of the local frame, arrays of that shape."""
    if isinstance(fill, Radial):
        return np.hypot(x - fill.centre[0], y - fill.centre[1]) / fill.radius
    along = (fill.end[0] - fill.start[0], fill.end[1] - fill.start[1])
    return ((x - fill.start[0]) * along[0] + (y - fill.start[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)


def positions_to_light(fill: Lit, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the positions [rows, columns] from the light (0) to the shade (1).

    Parameters
    ----------
    fill : Lit
    x, y : numpy.ndarray
        Places in the picture, [1, columns] and [rows, 1], relative to the extent of the shape: -1 to 1.
    """
    if fill.is_ball:
        return np.hypot(x - 0.55 * TO_LIGHT[0], y - 0.55 * TO_LIGHT[1]) / 1.5
    return 0.5 - (x * TO_LIGHT[0] + y * TO_LIGHT[1]) / 2.4
