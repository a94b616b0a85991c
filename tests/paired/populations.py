"""Populations of images for two models, from which samples are drawn class by class; the truth is known."""

import numpy as np

from errata.profiles.answers import COUNTED

RIGHT, MULTI_LABEL, FINE_GRAINED, FAILURE = 0, 2, 3, 10
USED = np.array([RIGHT, MULTI_LABEL, FINE_GRAINED, FAILURE])

EIGHTEEN_EACH = np.full(300, 18)
MANY_OF_ONE = np.array([1] * 100 + [2, 3, 4] * 10 + [18] * 70)  # like the group `other` of ImageNet


def population(rng: np.random.Generator, sizes: np.ndarray, *, alikeness: float, spread: float) -> np.ndarray:
    """Return how probable every transition is in each class; float64, shape (classes, outcomes, outcomes).

    `alikeness` is the share of images to which both models give the same kind of answer for the same reason; with a
    small `spread` the classes are much the same.
    """
    a, b = np.array([0.70, 0.06, 0.10, 0.14]), np.array([0.76, 0.06, 0.08, 0.10])
    shared = np.minimum(a, b) / np.minimum(a, b).sum()
    together = alikeness * np.diag(shared) + (1 - alikeness) * np.outer(a, b)
    draws = rng.dirichlet(together.ravel() / spread, len(sizes))
    full = np.zeros((len(sizes), COUNTED, COUNTED))
    full[:, USED[:, None], USED[None, :]] = draws.reshape(len(sizes), len(USED), len(USED))
    return full


def alike_in_every_class(probable: np.ndarray) -> np.ndarray:
    """Make the two models equally good in every class."""
    return (probable + probable.transpose(0, 2, 1)) / 2


def alike_on_the_whole(probable: np.ndarray) -> np.ndarray:
    """Make the second class of every two the mirror of the first: each model is better at half of the classes."""
    mirrored = probable.copy()
    mirrored[1::2] = probable[0::2][: len(mirrored[1::2])].transpose(0, 2, 1)
    return mirrored


def samples(rng: np.random.Generator, probable: np.ndarray, sizes: np.ndarray, times: int) -> np.ndarray:
    """Draw the images of every class so many times; float64, shape (times, classes, outcomes, outcomes)."""
    flat = probable[:, USED[:, None], USED[None, :]].reshape(len(sizes), -1)
    flat = flat / flat.sum(axis=1, keepdims=True)
    drawn = rng.multinomial(np.broadcast_to(sizes, (times, len(sizes))), flat)
    full = np.zeros((times, len(sizes), COUNTED, COUNTED))
    full[:, :, USED[:, None], USED[None, :]] = drawn.reshape(times, len(sizes), len(USED), len(USED))
    return full
