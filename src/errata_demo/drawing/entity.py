"""Entities of the demo world: a family of look-alikes, and the look of one of them, written as short text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from errata_demo.drawing.canvas import Canvas
from errata_demo.drawing.colours import Colour, mix, rgb

Look = Mapping[str, float | Colour]
Family = Callable[[Canvas, Look, np.random.Generator], None]


@dataclass(frozen=True)
class Entity:
    """How a class of things is drawn.

    Attributes
    ----------
    family : Callable
        Draws any of the look-alikes: ``family(canvas, look, rng)``. It draws the same random numbers whatever the
        look, so that individuals stay the same when looks are blended.
    look : Mapping
        Numbers and colours that tell this entity from the others of the family; markings are strengths from 0 to 1.
    is_standing : bool
        Whether it touches the ground, and so casts a shadow there.
    """

    family: Family
    look: Look
    is_standing: bool = True


def blended(one: Entity, other: Entity, amount: float) -> Look:
    """Return the look between two entities of a family, every number and colour interpolated linearly.

    Parameters
    ----------
    one, other : Entity
    amount : float
        0 is the one, 1 the other.

    Returns
    -------
    Look

    Raises
    ------
    ValueError
        When the entities are of different families or their looks have different keys.
    """
    if one.family is not other.family or one.look.keys() != other.look.keys():
        raise ValueError("only entities of one family, with the same keys in their looks, can be blended")
    return {key: _between(value, other.look[key], amount) for key, value in one.look.items()}


def _between(one: float | Colour, other: float | Colour, amount: float) -> float | Colour:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return mix(one, other, amount)
    return (1.0 - amount) * one + amount * other


def palette(codes: str) -> list[Colour]:
    """Return the colours of hexadecimal codes with spaces between them."""
    return [rgb(code) for code in codes.split()]


def points(text: str) -> np.ndarray:
    """Return the points float64 [n, 2] written as ``x,y`` with spaces between them."""
    return np.array([point.split(",") for point in text.split()], dtype=np.float64)


def looks(table: str) -> dict[str, dict[str, float | Colour]]:
    """Return looks from a table: names of parameters in the first line, then a key and values for each entity.

    Parameters
    ----------
    table : str
        Cells are parted by spaces. Values are numbers, or colours as hexadecimal codes that start with ``#``.

    Returns
    -------
    dict of str to Look
    """
    names, *rows = [line.split() for line in table.strip().splitlines()]
    return {row[0]: dict(zip(names, map(_value, row[1:]), strict=True)) for row in rows}


def _value(cell: str) -> float | Colour:
    return rgb(cell) if cell.startswith("#") else float(cell)


def numbered(name: str, text: str) -> dict[str, float]:
    """Return the points (see `points`) as numbers of a look, so that outlines interpolate.

    The keys are ``{name}0x``, ``{name}0y``, ``{name}1x`` and so on.
    """
    return {f"{name}{i}{'xy'[j]}": float(value) for (i, j), value in np.ndenumerate(points(text))}


def points_of(look: Look, name: str) -> np.ndarray:
    """Return the points that `numbered` put into a look: float64 [n, 2]."""
    count = sum(key.startswith(name) and key[len(name) :].rstrip("x").isdigit() for key in look)
    return np.array([[look[f"{name}{i}x"], look[f"{name}{i}y"]] for i in range(count)], dtype=np.float64)
