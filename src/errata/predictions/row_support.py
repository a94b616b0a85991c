"""How well the other rows of a file explain a row's prediction, and whether rows depend on their targets at all.

All arrays are rows in file order without unknown targets or predictions; shape (rows,), int64.
"""

from dataclasses import dataclass

import numpy as np

_LOWEST_SUPPORT, _HIGHEST_SUPPORT = -1.0, 5.0
_SUPPORTED = 1.0
"""A row counts as supported above this: its answer is e times as frequent for its target as it is on the whole."""
_INDEPENDENT_Z = 4.0
"""Rows are independent of their targets if they show less dependence than this many standard errors ..."""
_INDEPENDENT_SHARE = 0.25
"""... and right answers beyond chance in less than this share of what the other rows show."""
_RIGHT_FLOOR = 1.5
"""Least spread of right answers: they are so rare by chance that five of 300 occur once in a thousand stretches."""
_REPEATS_FLOOR = 3.0
"""Least spread of agreeing pairs: three equal rows are six of them at once."""
_NEARLY_CONSTANT = 0.5
_FEWEST_ROWS = 8
_FEWEST_TARGETS = 3
_CLASS_ORDERED = 0.34
"""Rows are in class order if they have at most this many runs of equal targets a row."""
_RANDOM_ORDERS = 24


def support(targets: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Return how much better the other rows explain each answer than chance does (float, shape (rows,)).

    It is the logarithm of the share of the answer among the other rows of the target, over its share among all rows.
    Right answers and confusions that recur, also the other way round (with half the weight), are high whatever the
    accuracy; answers that occur once are low. The prior is one row of the file's own accuracy, so that classes with
    few images can be used.
    """
    is_right = targets == predictions
    cells = targets * classes + predictions
    images = np.bincount(targets, minlength=classes)
    share = np.bincount(predictions, minlength=classes) / len(predictions)
    usual = np.maximum(share[predictions], 0.5 / len(predictions))
    right = is_right.mean()
    prior = np.where(is_right, right, (1 - right) * usual)
    others = _times(cells, cells) - 1
    mirrored = np.where(is_right, 0, _times(cells, predictions * classes + targets))
    mirrored_images = np.where(is_right, 0, images[predictions])
    explained = (others + 0.5 * mirrored + prior) / (images[targets] + 0.5 * mirrored_images)
    return np.clip(np.log(explained / usual), _LOWEST_SUPPORT, _HIGHEST_SUPPORT)


def _times(cells: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return how often each of the wanted cells occurs; a table of all cells would be large with many classes."""
    known, times = np.unique(cells, return_counts=True)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, times[place], 0)


def is_class_ordered(targets: np.ndarray) -> bool:
    """Tell whether rows of one target stand together."""
    return 1 + int((np.diff(targets) != 0).sum()) <= _CLASS_ORDERED * len(targets)


def improbability(
    targets: np.ndarray, predictions: np.ndarray, supports: np.ndarray, inside: np.ndarray, classes: int
) -> float:
    """Return -log of the chance that so few rows `inside` (bool) are right, or supported, if they are as the others.

    The rates are those of the rows outside, class by class, drawn to their mean by two rows; the chance is Chernoff's
    bound of the binomial tail.
    """
    highest = 0.0
    for good in (targets == predictions, supports > _SUPPORTED):
        images = np.bincount(targets[~inside], minlength=classes)
        right = np.bincount(targets[~inside], weights=good[~inside], minlength=classes)
        rate = (right + 2 * good[~inside].mean()) / (images + 2)
        expected = float(np.clip(rate[targets[inside]].mean(), 1e-6, 1 - 1e-6))
        found = float(good[inside].mean())
        if found < expected:
            divergence = (1 - found) * np.log((1 - found) / (1 - expected))
            divergence += found * np.log(found / expected) if found else 0.0
            highest = max(highest, int(inside.sum()) * divergence)
    return highest


def is_independent(targets: np.ndarray, predictions: np.ndarray, inside: np.ndarray, classes: int) -> bool:
    """Tell whether the answers of the rows `inside` (bool) do not depend on their targets, though other rows' do.

    Right answers, answers that the other rows give for this target (or the other way round), and pairs of rows that
    agree in target and answer are compared with those of the same answers in random order. Honest rows depend on their
    targets however they are sorted: also errors only, and hard images only.
    """
    if is_class_ordered(targets):
        # in class order, classes that the model never names show no dependence either
        ever = np.bincount(predictions, minlength=classes) > 0
        judged = inside & ever[targets]
        if judged.sum() < 0.5 * inside.sum():
            return False
        inside = judged
    rows = _Rows(targets[inside], predictions[inside], classes)
    if len(rows.targets) < _FEWEST_ROWS or len(np.unique(rows.targets)) < _FEWEST_TARGETS:
        return False
    if np.bincount(rows.predictions).max() > _NEARLY_CONSTANT * len(rows.targets):
        return False
    known = _known_pairs(targets[~inside], predictions[~inside], classes)
    random = np.random.default_rng(len(rows.targets))
    by_chance = [rows.counts(random.permutation(len(rows.targets)), known) for _ in range(_RANDOM_ORDERS)]
    hits, right, repeats = zip(*by_chance, strict=True)
    found = rows.counts(slice(None), known)
    count, hits_mean = len(rows.targets), float(np.mean(hits))
    # floors for the spread: nearly constant answers have next to none
    hits_floor = 0.5 * np.sqrt(hits_mean * max(1 - hits_mean / count, 0.0))
    hits_z = (found[0] - hits_mean) / max(np.std(hits), hits_floor, 1.0)
    right_z = (found[1] - np.mean(right)) / max(np.std(right), np.sqrt(np.mean(right)), _RIGHT_FLOOR)
    repeats_z = (found[2] - np.mean(repeats)) / max(
        np.std(repeats), 0.7 * np.sqrt(2 * np.mean(repeats)), _REPEATS_FLOOR
    )
    others_right = float((targets[~inside] == predictions[~inside]).mean())
    left = (found[1] - np.mean(right)) / max(count * others_right, 1e-9)
    return bool(max(hits_z, right_z, repeats_z) < _INDEPENDENT_Z and left < _INDEPENDENT_SHARE)


@dataclass(frozen=True, eq=False)
class _Rows:
    targets: np.ndarray
    predictions: np.ndarray
    classes: int

    def counts(self, order: np.ndarray | slice, known: np.ndarray) -> tuple[float, float, float]:
        """Count hits, right answers, and pairs of rows that agree, with the answers in this order."""
        predictions = self.predictions[order]
        cells = self.targets * self.classes + predictions
        repeats = np.unique(cells, return_counts=True)[1].astype(float)
        return (
            float(((_times(known, cells) > 0) | (self.targets == predictions)).sum()),
            float((self.targets == predictions).sum()),
            float((repeats * (repeats - 1)).sum()),
        )


def _known_pairs(targets: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Return the cells, target x classes + answer, of answers that occur for the target, or the other way round."""
    return np.unique(np.concatenate([targets * classes + predictions, predictions * classes + targets]))
