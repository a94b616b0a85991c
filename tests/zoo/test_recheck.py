"""Close calls of half precision, with made-up logits and made-up rounding."""

import numpy as np
import pytest

from errata.zoo import answers as answers_module
from errata.zoo.answers import recheck


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Computes at least one image again, so that examples fit the screen."""
    monkeypatch.setattr(answers_module, "LEAST", 1)


def said(logits: np.ndarray, precision: str = "fp16") -> dict[str, np.ndarray]:
    """What is known of images, of which only the order of the classes and the margin matter here."""
    ordered = np.sort(logits, axis=1)[:, ::-1]
    return {
        "top_classes": np.argsort(-logits, axis=1, kind="stable"),
        "margin": ordered[:, 0] - ordered[:, 1],
        "precision": np.full(len(logits), precision),
    }


class Float32:
    """Answers in float32, and which images they were asked about."""

    def __init__(self, logits, rounded):
        self.logits, self.rounded = np.asarray(logits), np.asarray(rounded)
        self.asked: list[list[int]] = []

    def __call__(self, places: np.ndarray) -> dict[str, np.ndarray]:
        self.asked.append(places.tolist())
        first, second = said(self.rounded[places])["top_classes"][:, :2].T
        each = np.arange(len(places))
        logits = self.logits[places]
        return {**said(logits, "fp32"), "gap": logits[each, first] - logits[each, second]}


def rechecked(logits, rounded, *, margin, precision="fp16"):
    exact = Float32(logits, rounded)
    found, seen = recheck(said(exact.rounded, precision), margin=margin, exact=exact)
    return found, seen, exact.asked


def test_images_within_the_margin_are_computed_again_and_others_are_not():
    logits = np.array([[1.0, 1.01], [1.0, 1.5], [2.0, 1.99]])
    found, seen, asked = rechecked(logits, logits, margin=0.02)
    assert asked == [[0, 2]]
    assert found["precision"].tolist() == ["fp32", "fp16", "fp32"]
    assert (seen.images, seen.changed, seen.largest_error) == (2, 0, 0)


def test_a_class_that_rounding_put_first_gives_way_to_that_of_float32():
    found, seen, _ = rechecked([[1.0, 1.004], [1.0, 9.0]], [[1.0, 1.0], [1.0, 9.0]], margin=0.02)
    assert found["top_classes"][:, 0].tolist() == [1, 1]
    assert seen.changed == 1
    assert seen.largest_error == pytest.approx(0.004)


def test_large_rounding_widens_the_margin_to_twice_what_was_seen():
    logits = np.array([[1.0, 1.0], [1.0, 1.1], [1.0, 1.3]])
    rounded = np.array([[1.0, 1.06], [1.0, 1.1], [1.0, 1.3]])
    found, seen, asked = rechecked(logits, rounded, margin=0.07)
    assert asked == [[0], [1]]
    assert seen.margin == pytest.approx(0.12)
    assert found["precision"].tolist() == ["fp32", "fp32", "fp16"]


def test_the_closest_calls_are_computed_again_however_far_apart(monkeypatch):
    monkeypatch.setattr(answers_module, "LEAST", 2)
    logits = np.array([[1.0, 5.0], [1.0, 3.0], [1.0, 4.0]])
    _, _, asked = rechecked(logits, logits, margin=0.02)
    assert asked == [[1, 2]]


def test_with_a_margin_of_zero_nothing_is_computed_again():
    logits = np.array([[1.0, 1.0]])
    found, seen, asked = rechecked(logits, logits, margin=0)
    assert (seen, asked) == (None, [])
    assert found["precision"].tolist() == ["fp16"]


def test_float32_is_not_computed_again():
    logits = np.array([[1.0, 1.0]])
    _, seen, asked = rechecked(logits, logits, margin=0.02, precision="fp32")
    assert (seen, asked) == (None, [])


def test_predicted_classes_equal_those_of_float32_under_random_rounding(monkeypatch):
    monkeypatch.setattr(answers_module, "LEAST", 64)
    random = np.random.default_rng(0)
    logits = random.normal(size=(5000, 40))
    rounded = logits + random.normal(size=logits.shape) * 0.01
    before = (rounded.argmax(axis=1) != logits.argmax(axis=1)).sum()
    found, seen, _ = rechecked(logits, rounded, margin=0.02)
    assert before > 20
    assert (found["top_classes"][:, 0] == logits.argmax(axis=1)).all()
    assert seen.changed == before
    assert seen.images < 1000
