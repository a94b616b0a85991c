"""Find the rows of a predictions file that say nothing about their images, by where they stand.

Given its target, an honest row's prediction does not depend on its place in the file, whatever the accuracy, the
images, or the order of the file. So stretches of rows, and every so-many-th row, are compared with the others: how
well the other rows explain their answers (`row_support.support`). What stands out is believed only if its answers do
not depend on its targets at all. `docs/predictions.md` has the error rates.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from errata.predictions.row_support import improbability, is_class_ordered, is_independent, support
from errata.predictions.unfilled_rows import LONGEST_PERIOD, Region, Residues, unfilled_regions

_SCAN_Z = -6.5
"""Rows are looked at closely from here on: no honest file of 600 that also passed the next conditions had less."""
_NATS = 11.5
"""-log of the chance of a false alarm in a file, 1e-5; the logarithm of the regions that are looked at is added."""
_REGIONS_PER_ROW = 20
_SMALLEST_WINDOW = 8
_LARGEST_WINDOW = 0.7
_WINDOW_FACTOR = 1.3
_LARGEST_REGION = 0.8
_END = 0.05
_MOST_REGIONS = 12
_SORTED_SHARE = 0.05
_FEWEST_ROWS = 50
_FEWEST_JUDGED = 100
_CLASSES_PER_WINDOW = 5
"""In class order, windows of so many classes are judged."""
_MOST_CLASS_WINDOWS = 60
_REFUSED_SHARE = 0.01
"""Dead rows are refused from 2 %; half of it, since a region may be found in part."""


@dataclass(frozen=True, eq=False)
class DeadRows:
    """The regions that were found, and all their rows (bool, shape (rows,))."""

    regions: tuple[Region, ...]
    rows: np.ndarray

    @property
    def share(self) -> float:
        """Their share of all rows of the file."""
        return float(self.rows.mean()) if len(self.rows) else 0.0

    @property
    def is_refused(self) -> bool:
        """Whether they are too many for the file to be scored."""
        return self.share >= _REFUSED_SHARE


def find_dead_rows(targets: np.ndarray, predictions: np.ndarray, classes: int) -> DeadRows:
    """Find the rows that say nothing about their images.

    Parameters
    ----------
    targets, predictions : numpy.ndarray
        Integers, shape (rows,), in file order: negative where the image is not annotated or does not count, and where
        a row has no prediction. Predictions are below `classes`.
    classes : int
        Number of classes.
    """
    dead = np.zeros(len(targets), bool)
    if len(targets) < _FEWEST_ROWS or _is_sorted(predictions):
        return DeadRows((), dead)
    regions = list(unfilled_regions(targets, predictions, classes))
    for region in regions:
        dead |= region.rows
    judged = (targets >= 0) & (predictions >= 0)
    while len(regions) < _MOST_REGIONS:
        place = np.flatnonzero(judged & ~dead)
        if len(place) < _FEWEST_JUDGED:
            break
        region = _worst_region(targets[place].astype(np.int64), predictions[place].astype(np.int64), place, classes)
        if region is None:
            break
        region = _widened(region, place, dead)
        regions.append(region)
        dead |= region.rows
    return DeadRows(tuple(regions), dead)


def rows_for_power(rows: int, accuracy: float) -> int:
    """Return from how many dead rows on a file of so many rows and this accuracy is noticed, at best."""
    missed = -np.log(max(1 - accuracy, 1e-9))
    return int(np.ceil((_NATS + np.log(_REGIONS_PER_ROW * max(rows, 1))) / max(missed, 1e-9)))


def _is_sorted(predictions: np.ndarray) -> bool:
    """Tell whether the rows are sorted by what was predicted: then a place says what the answer is."""
    distinct = len(np.unique(predictions))
    runs = 1 + int((np.diff(predictions) != 0).sum())
    return runs <= max(1.3 * distinct, 3) and 2 * distinct < len(predictions) and distinct > 1


@dataclass(frozen=True, eq=False)
class _Candidate:
    """Rows that stand out: mask among the judged rows, and period and residue if they recur."""

    z: float
    inside: np.ndarray
    period: int | None = None
    residue: int | None = None

    @property
    def core(self) -> np.ndarray:
        """The rows without the ends of a stretch, which cannot be told from sound rows."""
        if self.period:
            return self.inside
        place = np.flatnonzero(self.inside)
        cut = int(_END * len(place))
        core = np.zeros(len(self.inside), bool)
        core[place[cut : len(place) - cut]] = True
        return core


def _worst_region(targets: np.ndarray, predictions: np.ndarray, place: np.ndarray, classes: int) -> _Candidate | None:
    """Return the region that is least explained by the other rows, if it is dead. `place`: rows in the file."""
    supports = support(targets, predictions, classes)
    needed = np.log(_REGIONS_PER_ROW * len(place)) + _NATS
    for values in _residuals(supports, targets, classes):
        for candidate in sorted(_candidates(values, place), key=lambda candidate: candidate.z):
            inside = candidate.inside
            if (
                candidate.z < _SCAN_Z
                and 0 < inside.mean() < _LARGEST_REGION
                and not _is_sorted_by_success(targets == predictions, candidate)
                and improbability(targets, predictions, supports, inside, classes) > needed
                and is_independent(targets, predictions, candidate.core, classes)
            ):
                return candidate
    return _class_ordered_window(targets, predictions, classes) if is_class_ordered(targets) else None


def _is_sorted_by_success(right: np.ndarray, candidate: _Candidate) -> bool:
    """Tell whether a stretch holds nearly all errors and nearly nothing else: then the rows were sorted by success.

    With few images, errors alone show no dependence on their targets.
    """
    errors = max(int((~right).sum()), 1)
    is_all = (~right[~candidate.inside]).sum() <= _SORTED_SHARE * errors
    return bool(candidate.period is None and is_all and right[candidate.inside].mean() <= _SORTED_SHARE)


def _residuals(supports: np.ndarray, targets: np.ndarray, classes: int) -> Iterator[np.ndarray]:
    """Yield the supports less their mean among rows of the target, drawn to the mean by one row, and less their mean.

    The first is exact for any honest file. In class order it says nothing about whole classes; the second does.
    """
    images = np.maximum(np.bincount(targets, minlength=classes), 1)
    total = np.bincount(targets, weights=supports, minlength=classes)
    for values in (supports - (total[targets] + supports.mean()) / (images[targets] + 1), supports):
        yield values - values.mean()


def _candidates(values: np.ndarray, place: np.ndarray) -> Iterator[_Candidate]:
    window = _worst_window(values)
    if window:
        yield window
    period = _worst_residue(values, place)
    if period:
        yield period


def _worst_window(values: np.ndarray) -> _Candidate | None:
    count, variance = len(values), max(values.var(), 1e-9)
    total = np.concatenate([[0.0], np.cumsum(values)])
    worst: tuple[float, int, int] = (0.0, 0, 0)
    length = float(_SMALLEST_WINDOW)
    while length <= count * _LARGEST_WINDOW:
        size = int(length)
        start = np.arange(0, count - size + 1, max(size // 8, 1))
        z = (total[start + size] - total[start]) / np.sqrt(size * variance * (1 - size / count))
        lowest = int(z.argmin())
        worst = min(worst, (float(z[lowest]), int(start[lowest]), size))
        length *= _WINDOW_FACTOR
    z, start, size = worst
    if not size:
        return None
    inside = np.zeros(count, bool)
    inside[slice(*_best_ends(values, total, start, size))] = True
    return _Candidate(z, inside)


def _best_ends(values: np.ndarray, total: np.ndarray, start: int, size: int) -> tuple[int, int]:
    """Move both ends of a window to where it is lowest.

    Rows of a dead stretch lie below the others by a step. Half of the step is the toll of every row, so that the
    window does not swallow sound rows.
    """
    toll = 0.5 * (total[start + size] - total[start]) / size
    paid = np.concatenate([[0.0], np.cumsum(values - toll)])
    middle, slack = start + size // 2 + 1, size // 4 + _SMALLEST_WINDOW
    low, high = max(0, start - slack), min(len(values), start + size + slack)
    return low + int(paid[low:middle].argmax()), middle + int(paid[middle : high + 1].argmin())


def _worst_residue(values: np.ndarray, place: np.ndarray) -> _Candidate | None:
    variance = max(values.var(), 1e-9)
    sums = Residues.of(place, values, longest=LONGEST_PERIOD)
    z = sums.sums / np.sqrt(np.maximum(sums.rows, 1) * variance * np.maximum(1 - sums.rows / len(values), 1e-3))
    # the smaller period wins among equals
    z -= 1e-9 * sums.period
    # the judged rows themselves may lie every so many rows
    is_all = np.maximum.reduceat(sums.rows, sums.starts) == len(values)
    z[is_all[sums.period - 2] | (sums.period > len(values) // _SMALLEST_WINDOW)] = 0.0
    lowest = int(z.argmin())
    if z[lowest] >= 0:
        return None
    z, period = float(z[lowest]), int(sums.period[lowest])
    residue = lowest - int(sums.starts[period - 2])
    for divisor in (d for d in range(2, period) if period % d == 0):
        inside = place % divisor == residue % divisor
        spread = np.sqrt(max(inside.sum(), 1) * variance * max(1 - inside.mean(), 1e-3))
        if values[inside].sum() / spread < z:
            z, period, residue = float(values[inside].sum() / spread), divisor, residue % divisor
    return _Candidate(z, place % period == residue, period, residue)


def _class_ordered_window(targets: np.ndarray, predictions: np.ndarray, classes: int) -> _Candidate | None:
    """Find a dead stretch in class order, where "given the target" says nothing about whole classes.

    Windows of five classes are looked at whose right answers are no more than their own predictions in random order
    would give; neighbouring dead ones are joined.
    """
    count = len(targets)
    size = max(int(_CLASSES_PER_WINDOW * count / (1 + int((np.diff(targets) != 0).sum()))), 60)
    overall = float((targets == predictions).mean())
    right = np.concatenate([[0], np.cumsum(targets == predictions)])
    starts = np.arange(0, max(count - size, 1), max(size // 2, 1))
    by_hits = starts[np.argsort(right[np.minimum(starts + size, count)] - right[starts], kind="stable")]
    dead, lowest, looked_at = np.zeros(count, bool), 0.0, 0
    for start in by_hits:
        part = slice(start, min(start + size, count))
        rows = part.stop - part.start
        hits = right[part.stop] - right[part.start]
        z = (hits - overall * rows) / np.sqrt(rows * max(overall * (1 - overall), 1e-4))
        if z > _SCAN_Z or looked_at >= _MOST_CLASS_WINDOWS:
            break
        in_targets = np.bincount(targets[part], minlength=classes)
        expected = float(in_targets @ np.bincount(predictions[part], minlength=classes)) / rows
        if hits > expected + 4 * np.sqrt(max(expected, 1)):
            continue
        looked_at += 1
        inside = np.zeros(count, bool)
        inside[part] = True
        if is_independent(targets, predictions, inside, classes):
            dead |= inside
            lowest = min(lowest, float(z))
    return _Candidate(lowest, _longest_stretch(dead)) if dead.any() else None


def _longest_stretch(rows: np.ndarray) -> np.ndarray:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(np.int8), [0]])))
    longest = 2 * int((edges[1::2] - edges[::2]).argmax())
    stretch = np.zeros(len(rows), bool)
    stretch[edges[longest] : edges[longest + 1]] = True
    return stretch


def _widened(candidate: _Candidate, place: np.ndarray, dead: np.ndarray) -> Region:
    """Return the region among all rows of the file, with those between that could not be judged."""
    if candidate.period:
        rows = np.arange(len(dead)) % candidate.period == candidate.residue
        return Region(rows & ~dead, None, candidate.period, (candidate.residue,))
    within = place[candidate.inside]
    rows = np.zeros(len(dead), bool)
    rows[within[0] : within[-1] + 1] = True
    rows &= ~dead
    return Region(rows)
