"""Entities of the demo world: a family of look-alikes, and the look of one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from errata_demo.drawing.canvas import Canvas
from errata_demo.drawing.colours import Colour, mix

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
    """Look between two entities of a family, every number and colour interpolated linearly.

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
