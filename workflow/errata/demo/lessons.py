"""The pictures that the demo world's models learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from errata.demo.drawing.backdrops import BACKDROPS
from errata.demo.habits import HABITS, SETTINGS
from errata.demo.names import CLASSES, WNIDS
from errata.demo.picture import Picture
from errata.demo.scenes import Setting, pick, scene, thing, with_habit
from errata.demo.world import typical
from errata.demo.write import mapped, small_pixels

_CLASSIFIER, _ENCODER = 3, 4
BESIDE, IN_HABIT = 0.3, 0.2
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
    return [typical(name, rng) for _ in range(count) for name in CLASSES]


def encoder_lessons(seed: int, count: int) -> list[Lesson]:
    """Return pictures for an encoder, `count` per thing, in the vocabulary or not.

    Everything is seen everywhere and with any look, so that the encoder learns things, not their surroundings.
    """
    rng = np.random.default_rng([seed, _ENCODER])
    return [_lesson(name, rng) for _ in range(count) for name in WNIDS]


def drawn(
    pictures: Sequence[Picture], *, size: int, resize: int, interpolation: str, threads: int
) -> np.ndarray:
    """Draw pictures as a model sees them: uint8, shape (pictures, size, size, 3)."""
    draw = partial(small_pixels, size=size, resize=resize, interpolation=interpolation)
    return np.stack(list(mapped(draw, [picture.scene for picture in pictures], threads=threads)))


def _lesson(name: str, rng: np.random.Generator) -> Lesson:
    """Return a thing somewhere, sometimes with a second one before it, sometimes with the habit of some class."""
    shown = thing(name, rng, setting=ANYWHERE)
    backdrop = pick(rng, tuple(BACKDROPS))
    things, wnids, shares = (shown,), (shown.wnid,), (1.0,)
    if rng.random() < BESIDE:
        other = pick(rng, tuple(other for other in WNIDS if other != name))
        side = 1 if rng.random() < 0.5 else -1
        shown = replace(shown, x=round(0.5 + side * 0.08, 4), size=max(shown.size, 0.55))
        beside = thing(other, rng, setting=BESIDE_SETTING, x=round(0.5 - side * float(rng.uniform(0.24, 0.34)), 4))
        things, wnids = (shown, beside), (shown.wnid, beside.wnid)
        large, small = shown.size**2, beside.size**2
        shares = (large / (large + small), small / (large + small))
    if rng.random() < IN_HABIT:
        habit = HABITS[pick(rng, tuple(HABITS))]
        made = with_habit(replace(habit, companions=()), things[-1], backdrop, rng)
        made = replace(made, things=(*things[:-1], *made.things))
    else:
        made = scene(backdrop, things, rng)
    return Lesson(Picture(made, wnids[0], wnids), wnids, shares)
