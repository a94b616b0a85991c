"""Rows at random places that say nothing about their images, noticed by what the errors are."""

import dataclasses

import numpy as np
import pytest

from errata.atlas.outcomes import CODES
from errata.predictions.scattered_rows import IMAGENET, Scatter, find_scattered_rows, looks_mixed

CLASSES, IMAGES = 40, 8000
GROUPS = np.repeat([0, 1], CLASSES // 2)
TARGETS = np.arange(IMAGES) % CLASSES
FAR, NEAR, RIGHT = CODES["model_failure", None], CODES["fine_grained", None], CODES["correct", None]
OUTCOMES = np.where(TARGETS[:, None] // 4 == np.arange(CLASSES) // 4, NEAR, FAR).astype(np.uint8)
OUTCOMES[np.arange(IMAGES), TARGETS] = RIGHT


def sound(accuracy=0.76, cross=0.10):
    """A model's answers: of the errors, so many are in the other group, 20 % among four related classes."""
    random = np.random.default_rng(1)
    kind = random.random(IMAGES)
    related = TARGETS // 4 * 4 + (TARGETS + random.integers(1, 4, IMAGES)) % 4
    group = TARGETS // 20 * 20 + random.integers(0, 20, IMAGES)
    other = (TARGETS + 20 + random.integers(0, 20, IMAGES)) % CLASSES
    other = np.where(GROUPS[other] == GROUPS[TARGETS], (other + 20) % CLASSES, other)
    wrong = np.select([kind < cross, kind < 0.3], [other, related], group)
    return np.where(random.random(IMAGES) < accuracy, TARGETS, wrong)


def scatter(ids, line=IMAGENET, images=IMAGES):
    return find_scattered_rows(TARGETS, ids, OUTCOMES[np.arange(len(ids)), ids], GROUPS, line, images=images)


def shuffled(ids, share):
    random = np.random.default_rng(2)
    rows = random.choice(len(ids), int(share * len(ids)), replace=False)
    ids = ids.copy()
    ids[rows] = ids[random.permutation(rows)]
    return ids


def test_a_sound_model_is_near_the_line():
    assert abs(scatter(sound()).z) < 2
    assert scatter(sound()).severity is None


@pytest.mark.parametrize("share", [0.04, 0.1, 0.3])
def test_shuffled_rows_are_refused_and_their_share_is_estimated_from_below(share):
    found = scatter(shuffled(sound(), share))
    assert found.severity == "refuse"
    assert 0.5 * share < found.share < 1.2 * share


def test_it_is_said_from_which_share_on_shuffled_rows_would_be_noticed():
    share = scatter(sound()).noticed
    assert scatter(shuffled(sound(), 1.5 * share)).severity == "refuse"
    assert scatter(shuffled(sound(), 0.3 * share)).severity is None
    assert scatter(sound(accuracy=0.55)).noticed > share


def test_a_weaker_model_than_any_that_was_looked_at_is_judged_only_if_it_looks_mixed(monkeypatch):
    weak = dataclasses.replace(IMAGENET, known=(0.9, 0.95))
    assert scatter(shuffled(sound(), 0.3), weak) is None
    monkeypatch.setattr("errata.predictions.scattered_rows.looks_mixed", lambda *_: True)
    assert [scatter(shuffled(sound(), share), weak).severity for share in (0, 0.3)] == ["warn", "refuse"]


def test_a_good_model_of_which_most_rows_are_random_looks_mixed_and_a_weak_one_does_not():
    classes = 500
    targets = np.arange(10_000) % classes
    random = np.random.default_rng(3)
    other = random.integers(0, classes, 10_000)
    # a quarter of the classes are easy for the weak model
    weak = np.where(random.random(10_000) < np.where(targets % 4 == 0, 0.9, 0.1), targets, other)
    good = np.where(random.random(10_000) < 0.9, targets, other)
    assert looks_mixed(targets, shuffled(good, 0.7), classes)
    assert not looks_mixed(targets, weak, classes)


def test_a_model_of_which_fewer_errors_are_far_than_usual_is_only_warned_about():
    careful = dataclasses.replace(IMAGENET, near=(-9.0, 0.0))
    assert scatter(shuffled(sound(), 0.1), careful).severity == "warn"


def test_a_part_of_the_images_and_few_classes_are_not_judged():
    assert scatter(sound(), images=2 * IMAGES) is None
    assert scatter(np.minimum(sound(), 20)) is None


def test_what_looks_mixed_is_warned_about():
    assert Scatter(np.nan).severity == "warn"
