"""The pictures that the demo world's models learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from errata.demo.habits import HABITS, SETTINGS
from errata.demo.names import CLASSES, WNIDS
from errata.demo.picture import Picture
from errata.demo.scenes import pick, scene, thing, with_habit
from errata.demo.world import typical
from errata.demo.write import mapped, small_pixels

_CLASSIFIER, _ENCODER = 3, 4
BESIDE, IN_HABIT = 0.3, 0.2
"""How often an encoder's lesson shows a second thing, and how often it has the habit of some class."""


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
