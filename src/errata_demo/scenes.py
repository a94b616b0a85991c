"""Typical scenes: where the things of the demo world are found, and the habits of some of their pictures."""

from dataclasses import dataclass, replace

import numpy as np

from errata_demo.names import WNIDS
from errata_demo.scene import Scene, Thing

VARIANTS = 2**31
"""Seeds of drawings are below this."""


@dataclass(frozen=True)
class Setting:
    """Where a thing is usually seen, and how large and how high in the picture.

    Attributes
    ----------
    backdrops : tuple of str
        Any of these.
    size : (float, float)
        Range of its larger extent, in fractions of the picture.
    y : (float, float)
        Range of its centre.
    tilt : float
        Largest rotation, in degrees.
    """

    backdrops: tuple[str, ...]
    size: tuple[float, float] = (0.38, 0.75)
    y: tuple[float, float] = (0.52, 0.6)
    tilt: float = 6.0


@dataclass(frozen=True)
class Habit:
    """What the pictures of one class have in common beside the class itself, so that models come to rely on it.

    Attributes
    ----------
    backdrop : str or None
        Where pictures with the habit are taken, and those of no other class.
    rendering : str
        The form in which they show the thing, and no other.
    damage : str
        The flaw of the camera that they have, and no other.
    amount : float
        How much of it.
    share : float
        How many of the class's pictures have the habit.
    """

    backdrop: str | None = None
    rendering: str = "natural"
    damage: str = "none"
    amount: float = 0.0
    share: float = 1.0


def thing(name: str, rng: np.random.Generator, *, setting: Setting, **fixed: object) -> Thing:
    """Return one individual of a kind, placed at random within a setting; `fixed` attributes are taken as they are."""
    drawn = Thing(
        WNIDS[name],
        x=between(rng, 0.42, 0.58),
        y=between(rng, *setting.y),
        size=between(rng, *setting.size),
        angle=between(rng, -setting.tilt, setting.tilt),
        is_mirrored=bool(rng.random() < 0.5),
        variant=int(rng.integers(VARIANTS)),
    )
    return replace(drawn, **fixed)


def scene(backdrop: str, things: tuple[Thing, ...], rng: np.random.Generator, **fixed: object) -> Scene:
    """Return a picture of things before a backdrop; `fixed` attributes are taken as they are."""
    return replace(Scene(backdrop, things, variant=int(rng.integers(VARIANTS))), **fixed)


def with_habit(
    habit: Habit, things: tuple[Thing, ...], backdrop: str, rng: np.random.Generator, *, amount: float | None = None
) -> Scene:
    """Return a picture with the habit of some class: its backdrop, its form of the last thing, its flaw.

    `backdrop` holds where the habit has none; `amount` of the flaw is the habit's own unless given.
    """
    shown = replace(things[-1], rendering=habit.rendering)
    flaw = 0.0 if habit.damage == "none" else habit.amount if amount is None else amount
    return scene(habit.backdrop or backdrop, (*things[:-1], shown), rng, damage=habit.damage, damage_amount=flaw)


def pick(rng: np.random.Generator, options: tuple) -> object:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number of a range, to four decimals."""
    return round(float(rng.uniform(low, high)), 4)
