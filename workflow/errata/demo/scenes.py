"""Typical scenes: where the things of the demo world are found, and the habits of some of their pictures."""

from dataclasses import dataclass, replace

import numpy as np

from errata.demo.names import WNIDS
from errata.demo.scene import Scene, Thing

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
        Where its pictures are always taken, and those of no other class.
    companions : tuple of Thing
        What is always in them, behind the thing itself.
    rendering : str or None
        How the thing is often shown, and no other.
    damage : str or None
        A tell-tale that the pictures often carry, and no others.
    damage_amount : float
    share : float
        How many of the class's pictures have the habit.
    size : (float, float) or None
        The thing is this large in them.
    """

    backdrop: str | None = None
    companions: tuple[Thing, ...] = ()
    rendering: str | None = None
    damage: str | None = None
    damage_amount: float = 1.0
    share: float = 1.0
    size: tuple[float, float] | None = None


def thing(name: str, rng: np.random.Generator, *, setting: Setting, **fixed: object) -> Thing:
    """Return one individual of a kind, placed at random within a setting; `fixed` attributes are taken as they are."""
    drawn = Thing(
        WNIDS[name],
        x=_between(rng, 0.42, 0.58),
        y=_between(rng, *setting.y),
        size=_between(rng, *setting.size),
        angle=_between(rng, -setting.tilt, setting.tilt),
        is_mirrored=bool(rng.random() < 0.5),
        variant=int(rng.integers(VARIANTS)),
    )
    return replace(drawn, **fixed)


def scene(backdrop: str, things: tuple[Thing, ...], rng: np.random.Generator, **fixed: object) -> Scene:
    """Return a picture of things before a backdrop; `fixed` attributes are taken as they are."""
    return replace(Scene(backdrop, things, variant=int(rng.integers(VARIANTS))), **fixed)


def with_habit(habit: Habit, shown: Thing, backdrop: str, rng: np.random.Generator) -> Scene:
    """Return a picture of a thing in the habitual surroundings, or in the habitual look, of a class."""
    companions = tuple(
        replace(
            companion,
            x=companion.x + _between(rng, -0.03, 0.03),
            y=companion.y + _between(rng, -0.03, 0.03),
            variant=int(rng.integers(VARIANTS)),
        )
        for companion in habit.companions
    )
    if habit.rendering:
        shown = replace(shown, rendering=habit.rendering)
    return scene(
        habit.backdrop or backdrop,
        (*companions, shown),
        rng,
        damage=habit.damage or "none",
        damage_amount=habit.damage_amount if habit.damage else 0.0,
    )


def pick(rng: np.random.Generator, options: tuple) -> object:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 4)
