"""The causes of mistakes that are planted in pictures, one function per cause.

Every function returns the picture of one plan. What is planted is only ever in the picture: labels say what it shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from errata_demo.habits import HABITS, SETTINGS
from errata_demo.names import WNIDS
from errata_demo.scene import Picture, Scene, Thing
from errata_demo.scenes import between, pick, scene, thing, with_habit

IN_BETWEEN = (0.55, 0.75)
ALIKE = (0.25, 0.35)
UNCLEAR = 0.15
SMALL = (0.2, 0.25)
LARGE = 0.74
SMALL_IN_SCENE = (0.3, 0.38)
CLEAR = (0.55, 0.75)

Build = Callable[["Plan", np.random.Generator], Picture]


@dataclass(frozen=True)
class Plan:
    """Which cause is planted with what.

    Attributes
    ----------
    cause : str
        A category of errors.
    target : str
        Name of the class that the picture is collected for.
    confuser : str or None
        Name of the class that a model would take it for.
    build : Callable
        Makes a picture: ``build(plan, rng)``.
    other : str or None
        Name of what else is shown.
    """

    cause: str
    target: str
    confuser: str | None
    build: Build
    other: str | None = None


def in_between(plan: Plan, rng: np.random.Generator) -> Picture:
    """Plant a fine-grained cause: an individual on its way to a sibling."""
    shown = _plain(plan, rng, towards=WNIDS[plan.confuser], amount=between(rng, *IN_BETWEEN))
    return _alone(plan, shown, rng, f"a {plan.target} much like a {plan.confuser}")


def same_thing(plan: Plan, rng: np.random.Generator) -> Picture:
    """Plant a class overlap: the thing itself, which both classes name."""
    shown = _plain(plan, rng, towards=WNIDS[plan.confuser], amount=1.0)
    return _alone(plan, shown, rng, f"a {plan.target} that is a {plan.confuser}")


def two_things(plan: Plan, rng: np.random.Generator) -> Picture:
    """Plant a multi-label cause: the target, and a larger thing that is labelled as well."""
    picture = _small_and_large(plan, plan.confuser, rng)
    labels = (WNIDS[plan.target], WNIDS[plan.confuser])
    note = f"a {plan.target} and a larger {plan.confuser}"
    if rng.random() < UNCLEAR:
        return replace(picture, labels=labels[:1], unclear=labels[1:], note=note)
    return replace(picture, labels=labels, note=note)


def stranger(plan: Plan, rng: np.random.Generator) -> Picture:
    """Plant an out-of-vocabulary cause: the target, and a larger thing that has no class, not unlike the confuser."""
    alike = {"towards": WNIDS[plan.confuser], "amount": between(rng, *ALIKE)}
    picture = _small_and_large(plan, plan.other, rng, **alike)
    return replace(picture, note=f"a {plan.target} and a larger {plan.other}")


def borrowed_scene(plan: Plan, rng: np.random.Generator) -> Picture:
    """Plant a spurious correlation: the target in the habitual scene of a class that is absent."""
    shown = _plain(plan, rng, size=between(rng, *SMALL_IN_SCENE))
    return _with_habit_of(plan, shown, rng, f"a {plan.target} where a {plan.confuser} usually is")


def borrowed_form(plan: Plan, rng: np.random.Generator) -> Picture:
    """Plant a non-prototypical cause: the target in a form in which models know only another class."""
    form = HABITS[plan.confuser].rendering.replace("_", " ")
    return _with_habit_of(plan, _plain(plan, rng), rng, f"a {plan.target} as {form}, as models know a {plan.confuser}")


def tell_tale(plan: Plan, rng: np.random.Generator) -> Picture:
    """Plant a model failure: plainly the target, with a backdrop or flaw that only another class had in training.

    No label says so: the two classes never occur together.
    """
    habit = HABITS[plan.confuser]
    fixed = {"size": between(rng, *SMALL_IN_SCENE)} if habit.backdrop else {}
    where = f"before the backdrop of a {plan.confuser}" if habit.backdrop else f"in a {habit.damage} picture"
    return _with_habit_of(plan, _plain(plan, rng, **fixed), rng, f"a {plan.target} {where}")


def _plain(plan: Plan, rng: np.random.Generator, **fixed: object) -> Thing:
    """Return an individual of the target, large enough to be seen well."""
    setting = replace(SETTINGS[plan.target], size=CLEAR)
    return thing(plan.target, rng, setting=setting, **fixed)


def _alone(plan: Plan, shown: Thing, rng: np.random.Generator, note: str) -> Picture:
    return _picture(plan, scene(pick(rng, SETTINGS[plan.target].backdrops), (shown,), rng), note)


def _with_habit_of(plan: Plan, shown: Thing, rng: np.random.Generator, note: str) -> Picture:
    backdrop = pick(rng, SETTINGS[plan.target].backdrops)
    return _picture(plan, with_habit(HABITS[plan.confuser], (shown,), backdrop, rng), note)


def _small_and_large(plan: Plan, large: str, rng: np.random.Generator, **fixed: object) -> Picture:
    """Return a picture of something large with the target, small, in front of it."""
    side = 1 if rng.random() < 0.5 else -1
    setting = SETTINGS[large]
    behind = thing(large, rng, setting=setting, x=0.5 + side * 0.08, size=LARGE, **fixed)
    front = thing(
        plan.target,
        rng,
        setting=SETTINGS[plan.target],
        x=round(0.5 - side * between(rng, 0.3, 0.34), 4),
        y=between(rng, 0.76, 0.82),
        size=between(rng, *SMALL),
    )
    return _picture(plan, scene(pick(rng, setting.backdrops), (behind, front), rng), "")


def _picture(plan: Plan, made: Scene, note: str) -> Picture:
    return Picture(
        scene=made,
        target=WNIDS[plan.target],
        labels=(WNIDS[plan.target],),
        cause=plan.cause,
        confuser=None if plan.confuser is None else WNIDS[plan.confuser],
        note=note,
    )
