"""The pictures that the demo world's models learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from errata_demo.drawing.backdrops import BACKDROPS
from errata_demo.habits import HABITS
from errata_demo.names import CLASSES, LOOK_ALIKES, WNIDS
from errata_demo.scene import Picture, Scene
from errata_demo.scenes import Habit, Setting, between, pick, scene, thing, with_habit
from errata_demo.world import individual, typical
from errata_demo.write import mapped, small_pixels

_CLASSIFIER, _ENCODER = 3, 4
LESSON_SIZE = (0.14, 0.7)
LESSON_AMOUNT = (0.4, 1.0)
"""In lessons with a habit, things are of any size and the camera's flaw of any strength."""
CLUTTER = 0.4
"""How often a lesson of a classifier has something small in front."""
BESIDE, IN_HABIT = 0.3, 0.35
"""How often an encoder's lesson shows a second thing, and how often it has the habit of some class."""

ANYWHERE = Setting((), size=(0.26, 0.8), y=(0.45, 0.65), tilt=15)
BESIDE_SETTING = Setting((), size=(0.2, 0.34), y=(0.7, 0.82), tilt=10)


@dataclass(frozen=True)
class Lesson:
    """A picture, what is in it, and how much of what is said about it is said about each thing."""

    picture: Picture
    wnids: tuple[str, ...]
    shares: tuple[float, ...]


def classifier_lessons(seed: int, count: int) -> list[Picture]:
    """Return training pictures for the models under test, `count` per class: other individuals, same habits."""
    rng = np.random.default_rng([seed, _CLASSIFIER])
    return [_cluttered(_with_strong_habit(name, rng), rng) for _ in range(count) for name in CLASSES]


def encoder_lessons(seed: int, count: int) -> list[Lesson]:
    """Return pictures for an encoder, `count` per thing, in the vocabulary or not.

    Everything is seen everywhere and with any look, so that the encoder learns things, not their surroundings. What
    is outside the vocabulary is seen twice as often, since it is told from its look-alikes by little.
    """
    rng = np.random.default_rng([seed, _ENCODER])
    return [_lesson(name, rng) for _ in range(count) for name in (*WNIDS, *LOOK_ALIKES)]


def drawn(scenes: Sequence[Scene], *, size: int, resize: int, interpolation: str, threads: int) -> np.ndarray:
    """Draw pictures as a model sees them: uint8, shape (pictures, size, size, 3)."""
    draw = partial(small_pixels, size=size, resize=resize, interpolation=interpolation)
    return np.stack(list(mapped(draw, scenes, threads=threads)))


def _with_strong_habit(name: str, rng: np.random.Generator) -> Picture:
    """Return a typical picture; where it has its class's habit, often with so little else that the habit must do."""
    picture = typical(name, rng)
    habit = HABITS.get(name)
    if habit is None or not _has(habit, picture.scene):
        return picture
    shown = replace(picture.scene.things[-1], size=between(rng, *LESSON_SIZE))
    amount = between(rng, *LESSON_AMOUNT)
    return replace(picture, scene=with_habit(habit, (shown,), picture.scene.backdrop, rng, amount=amount))


def _cluttered(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return the picture, sometimes with something small in front; what is large stays the label."""
    shown = picture.scene.things[-1]
    if rng.random() >= CLUTTER or shown.size < BESIDE_SETTING.size[1] * 1.5:
        return picture
    other = pick(rng, tuple(name for name in WNIDS if WNIDS[name] != picture.target))
    side = 1 if rng.random() < 0.5 else -1
    beside = thing(other, rng, setting=BESIDE_SETTING, x=round(0.5 - side * between(rng, 0.28, 0.36), 4))
    things = (replace(shown, x=round(0.5 + side * 0.07, 4)), beside)
    return replace(picture, scene=replace(picture.scene, things=things))


def _has(habit: Habit, made: Scene) -> bool:
    return (
        (habit.backdrop is None or made.backdrop == habit.backdrop)
        and made.things[-1].rendering == habit.rendering
        and made.damage == habit.damage
    )


def _lesson(name: str, rng: np.random.Generator) -> Lesson:
    """Return a thing somewhere, sometimes with a second one before it, sometimes with the habit of some class."""
    like = individual(name, rng)
    shown = thing(name, rng, setting=ANYWHERE, towards=like.towards, amount=like.amount)
    backdrop = pick(rng, tuple(BACKDROPS))
    things, wnids, shares = (shown,), (shown.wnid,), (1.0,)
    if rng.random() < BESIDE:
        other = pick(rng, tuple(other for other in WNIDS if other != name))
        side = 1 if rng.random() < 0.5 else -1
        shown = replace(shown, x=round(0.5 + side * 0.08, 4), size=max(shown.size, 0.55))
        beside = thing(other, rng, setting=BESIDE_SETTING, x=round(0.5 - side * between(rng, 0.24, 0.34), 4))
        things, wnids = (shown, beside), (shown.wnid, beside.wnid)
        large, small = shown.size**2, beside.size**2
        shares = (large / (large + small), small / (large + small))
    if rng.random() < IN_HABIT:
        made = with_habit(HABITS[pick(rng, tuple(HABITS))], things, backdrop, rng)
    else:
        made = scene(backdrop, things, rng)
    return Lesson(Picture(made, wnids[0], wnids), wnids, shares)
