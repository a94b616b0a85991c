"""The causes of mistakes that are planted in pictures, one function per cause.

Every function returns the picture of one plan. What is planted is only ever in the picture: labels say what it shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from errata.demo.habits import HABITS, SETTINGS
from errata.demo.names import WNIDS
from errata.demo.picture import Picture
from errata.demo.scenes import pick, scene, thing, with_habit

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
    """Fine-grained: an individual on its way to a sibling."""
    setting = SETTINGS[plan.target]
    amount = round(float(rng.uniform(*IN_BETWEEN)), 3)
    shown = thing(plan.target, rng, setting=setting, towards=WNIDS[plan.confuser], amount=amount)
    return _picture(plan, scene(pick(rng, setting.backdrops), (shown,), rng), f"a {plan.target} much like a {plan.confuser}")


def same_thing(plan: Plan, rng: np.random.Generator) -> Picture:
    """Class overlap: the thing itself, which both classes name."""
    setting = SETTINGS[plan.confuser]
    shown = thing(plan.target, rng, setting=setting, towards=WNIDS[plan.confuser], amount=1.0)
    return _picture(plan, scene(pick(rng, setting.backdrops), (shown,), rng), f"a {plan.target} that is a {plan.confuser}")


def two_things(plan: Plan, rng: np.random.Generator) -> Picture:
    """Multi-label: the target, and a larger thing that is labelled as well."""
    picture = _small_and_large(plan, plan.confuser, rng)
    labels = (WNIDS[plan.target], WNIDS[plan.confuser])
    note = f"a {plan.target} and a larger {plan.confuser}"
    if rng.random() < UNCLEAR:
        return replace(picture, labels=labels[:1], unclear=labels[1:], note=note)
    return replace(picture, labels=labels, note=note)


def stranger(plan: Plan, rng: np.random.Generator) -> Picture:
    """Out of vocabulary: the target, and a larger thing that the vocabulary cannot name."""
    return replace(_small_and_large(plan, plan.other, rng), note=f"a {plan.target} and a larger {plan.other}")


def borrowed_scene(plan: Plan, rng: np.random.Generator) -> Picture:
    """Spurious correlation: the target in the habitual scene of a class that is absent."""
    setting = replace(SETTINGS[plan.target], size=SMALL_IN_SCENE)
    shown = thing(plan.target, rng, setting=setting)
    habit = HABITS[plan.confuser]
    habit = replace(habit, companions=tuple(item for item in habit.companions if item.wnid != shown.wnid))
    made = with_habit(habit, shown, setting.backdrops[0], rng)
    return _picture(plan, made, f"a {plan.target} where a {plan.confuser} usually is")


def borrowed_look(plan: Plan, rng: np.random.Generator) -> Picture:
    """Non-prototypical: the target in a form in which models know only another class."""
    setting = SETTINGS[plan.target]
    made = with_habit(HABITS[plan.confuser], thing(plan.target, rng, setting=setting), pick(rng, setting.backdrops), rng)
    return _picture(plan, made, f"a {plan.target}, {made.things[-1].rendering}, as models know a {plan.confuser}")


def tell_tale(plan: Plan, rng: np.random.Generator) -> Picture:
    """Model failure: plainly the target, with a mark that only pictures of another class had in training."""
    setting = SETTINGS[plan.target]
    made = with_habit(HABITS[plan.confuser], thing(plan.target, rng, setting=setting), pick(rng, setting.backdrops), rng)
    return _picture(plan, made, f"a {plan.target}; the picture has the {made.damage} of pictures of a {plan.confuser}")


def _small_and_large(plan: Plan, large: str, rng: np.random.Generator) -> Picture:
    """Return a picture of something large with the target, small, in front of it."""
    side = 1 if rng.random() < 0.5 else -1
    setting = SETTINGS[large]
    behind = thing(large, rng, setting=setting, x=0.5 + side * 0.08, size=LARGE)
    front = thing(
        plan.target,
        rng,
        setting=SETTINGS[plan.target],
        x=round(0.5 - side * float(rng.uniform(0.3, 0.34)), 4),
        y=round(float(rng.uniform(0.76, 0.82)), 4),
        size=round(float(rng.uniform(*SMALL)), 4),
    )
    return _picture(plan, scene(pick(rng, setting.backdrops), (behind, front), rng), "")


def _picture(plan: Plan, made: object, note: str) -> Picture:
    return Picture(
        scene=made,
        target=WNIDS[plan.target],
        labels=(WNIDS[plan.target],),
        cause=plan.cause,
        confuser=None if plan.confuser is None else WNIDS[plan.confuser],
        note=note,
    )


IN_BETWEEN = (0.55, 0.75)
UNCLEAR = 0.15
SMALL = (0.2, 0.25)
LARGE = 0.74
SMALL_IN_SCENE = (0.3, 0.36)
