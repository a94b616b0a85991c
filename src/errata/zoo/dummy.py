"""Predict without weights or pixels: scores from a hash, with a given accuracy, for tests and studies of schedules."""

import hashlib

import numpy as np
import torch

from errata.errors import InputError
from errata.models import Model
from errata.zoo.answers import answers

MARGIN = 2.0
"""By how much the logit of the answer exceeds all others."""

IMAGES_AT_ONCE = 1024


def dummy_answers(
    model: Model, *, rows: np.ndarray, targets: np.ndarray, class_count: int, allowed: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Return predictions as arrays that depend on the model's name, the row and its target only.

    `model`: its `weights` say the accuracy, a number from 0 to 1.
    `rows`: int64, shape (N,): positions of the images.
    `targets`: int64, shape (N,): their targets.
    `class_count`: number of classes.
    `allowed`: bool, shape (classes,): the classes to answer among; None: all.
    Returns what `errata.zoo.answers.answers` does, and `precision`.
    Raises InputError if the weights say no accuracy.
    """
    accuracy = stated_accuracy(model)
    among = None if allowed is None else torch.from_numpy(allowed)
    parts = []
    for start in range(0, len(rows), IMAGES_AT_ONCE):
        some, their_targets = rows[start : start + IMAGES_AT_ONCE], targets[start : start + IMAGES_AT_ONCE]
        logits = _logits(model.model, some, their_targets, accuracy, class_count)
        parts.append(answers(torch.from_numpy(logits), torch.from_numpy(their_targets), allowed=among))
    found = {name: torch.cat([part[name] for part in parts]).numpy() for name in parts[0]}
    return {**found, "precision": np.full(len(rows), "fp32")}


def stated_accuracy(model: Model) -> float:
    """Return the accuracy that the row's `weights` say.

    Raises InputError if they are no number from 0 to 1.
    """
    try:
        accuracy = float(model.weights)
    except ValueError:
        accuracy = -1
    if not 0 <= accuracy <= 1:
        raise InputError(
            f"{model.row}: the weights of a dummy are its accuracy, a number from 0 to 1; found '{model.weights}'."
        )
    return accuracy


def _logits(name: str, rows: np.ndarray, targets: np.ndarray, accuracy: float, class_count: int) -> np.ndarray:
    """Compute a logit from 0 to 4 for every class, then lift the target, or another class, above the rest."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    # a number per class, and two that decide about the answer
    numbers = _uniform(seed, rows[:, None].astype(np.uint64) << np.uint64(20), class_count + 2)
    logits = (4 * numbers[:, 2:]).astype(np.float32)
    others = 1 + (numbers[:, 1] * (class_count - 1)).astype(np.int64)
    answer = np.where(numbers[:, 0] < accuracy, targets, (targets + others) % class_count)
    logits[np.arange(len(rows)), answer] = logits.max(axis=1) + MARGIN
    return logits


def _uniform(seed: int, starts: np.ndarray, count: int) -> np.ndarray:
    """Hash `count` integers from each start on to numbers in [0, 1): SplitMix64 (Steele, Lea, Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = (starts + np.arange(count, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)) / np.float64(2**53)
