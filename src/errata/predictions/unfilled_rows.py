"""Find rows of a predictions file that were never filled: they all hold one class."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from errata.predictions.prediction_file import FROM_0, RowNumbers

LONGEST_PERIOD = 128
"""Rows that recur are looked for with periods of 2 to this many rows (processes, and rows a batch and process)."""
_CLASSES = 3
"""So many of the most frequent classes are looked at."""
_LEAST_ROWS = 8
_LEAST_SHARE = 0.004
_FULL, _NOT_FULL = 0.97, 0.6
"""Every so-many-th row is of one class in at least the first share of cases, rows between in less than the second."""
_NATS = 25.0
_RUN_CHANCE = 1e-7
_RUN_TARGETS = 6
"""A run of one class counts only if it spans this many targets: in class order, honest runs span few."""
_SCATTERED_SHARE = 0.01
_SCATTERED_FACTOR = 4
"""Scattered rows count only if the class is this many times as frequent as the fourth most frequent."""
_SCATTERED_TARGETS = 100
_SCATTERED_RIGHT = 0.15
"""... and so many of the other rows are right: a very weak model has favourites that it names whatever it sees."""
_HUB = 1.08
"""An honest favourite class is predicted for related targets: pairs of equal targets among its rows are at least twice
as frequent as among all rows. Rows that were never filled show no such factor (four standard errors are added)."""


@dataclass(frozen=True, eq=False)
class Residues:
    """Values of some rows of a file, added up over every so-many-th row, for all periods one behind the other.

    Attributes
    ----------
    rows, sums : numpy.ndarray
        How many rows have a value, and their sum, by period (2 to the longest) and residue; float64.
    starts, period : numpy.ndarray
        Where each period begins in these, shape (periods,), and the period of each entry.
    """

    rows: np.ndarray
    sums: np.ndarray
    starts: np.ndarray
    period: np.ndarray

    @classmethod
    def of(cls, place: np.ndarray, values: np.ndarray, *, longest: int) -> "Residues":
        """Add up values of shape (rows,) of the rows `place` of a file, which ascend."""
        periods = np.arange(2, longest + 1)
        starts = np.cumsum(periods) - periods
        rows = _rows_by_residue(place.tobytes(), place.dtype, longest)
        return cls(rows, _sums_by_residue(place, values, longest), starts, np.repeat(periods, periods))

    def by_period(self) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield each period with its rows and sums by residue."""
        for period, start in enumerate(self.starts.tolist(), start=2):
            part = slice(start, start + period)
            yield period, self.rows[part], self.sums[part]


@lru_cache(maxsize=4)
def _rows_by_residue(place: bytes, dtype: np.dtype, longest: int) -> np.ndarray:
    """Count rows by period and residue; most files of a run have their images in the same rows."""
    rows = np.frombuffer(place, dtype)
    return _sums_by_residue(rows, np.ones(len(rows)), longest)


def _sums_by_residue(place: np.ndarray, values: np.ndarray, longest: int) -> np.ndarray:
    laid_out = np.zeros(int(place[-1]) + 1 + longest)
    laid_out[place] = values
    # a period is long or has a multiple that is, and long lines add up faster
    long = []
    for period in range(longest // 2 + 1, longest + 1):
        lines = -(-(len(laid_out) - longest) // period)
        long.append(laid_out[: lines * period].reshape(lines, period).sum(axis=0))
    part, residue = _parts_of_periods(longest)
    return np.bincount(residue, weights=np.concatenate(long)[part])


@lru_cache(maxsize=2)
def _parts_of_periods(longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which sums over long periods are parts of which over any period, as places in the two lists of sums."""
    shortest = longest // 2 + 1
    long, short = [], []
    start = 0
    for period in range(2, longest + 1):
        multiple = longest // period * period
        every = np.arange(multiple)
        long.append((multiple + shortest - 1) * (multiple - shortest) // 2 + every)
        short.append(start + every % period)
        start += period
    return np.concatenate(long), np.concatenate(short)


@dataclass(frozen=True, eq=False)
class Region:
    """Rows that say nothing about their images.

    Attributes
    ----------
    rows : numpy.ndarray
        bool, shape (rows,).
    label : int or None
        The class that they all hold.
    period, residues : int or None, tuple of int
        Set if they recur: rows i with i mod period among the residues.
    is_scattered : bool
        Whether they lie at random places.
    """

    rows: np.ndarray
    label: int | None = None
    period: int | None = None
    residues: tuple[int, ...] = ()
    is_scattered: bool = False

    def in_words(self, numbers: RowNumbers = FROM_0) -> str:
        """Say which rows are meant, in the file's own counting."""
        word = numbers.word
        if self.is_scattered:
            return f"{int(self.rows.sum())} scattered {word}s"
        if self.period is None:
            return stretches(self.rows, numbers)
        first = [numbers.number(residue) for residue in self.residues]
        if len(first) == 1:
            return f"every {ordinal(self.period)} {word}, from {word} {first[0]} on,"
        shown = ", ".join(map(str, first[:4])) + (", ..." if len(first) > 4 else "")
        return f"{len(first)} of every {self.period} {word}s, first {word}s {shown},"


def unfilled_regions(targets: np.ndarray, predictions: np.ndarray, classes: int) -> Iterator[Region]:
    """Yield the rows that were never filled: runs, every so-many-th row, and scattered rows of one class.

    Parameters
    ----------
    targets, predictions : numpy.ndarray
        Integers, shape (rows,), in file order; negative where unknown.
    classes : int
        Number of classes.
    """
    counts = np.bincount(predictions[predictions >= 0], minlength=classes)
    by_frequency = np.argsort(-counts, kind="stable")
    usual = max(int(counts[by_frequency[min(_CLASSES, classes - 1)]]), 1)
    for label in by_frequency[:_CLASSES]:
        if counts[label] < max(_LEAST_ROWS, _LEAST_SHARE * len(predictions)):
            continue
        left = predictions == label
        for find in (_periodic, _runs):
            region = find(targets, left, int(label))
            if region:
                yield region
                left = left & ~region.rows
        others = (targets >= 0) & ~left
        right = (targets == predictions)[others].mean() if others.any() else 0.0
        is_frequent = left.sum() > max(_SCATTERED_FACTOR * usual, _SCATTERED_SHARE * len(predictions))
        if is_frequent and right >= _SCATTERED_RIGHT:
            region = _scattered(targets, left, int(label), classes)
            if region:
                yield region


def _periodic(targets: np.ndarray, is_label: np.ndarray, label: int) -> Region | None:
    """Return the rows that recur; of several periods that which covers most rows, else the smallest."""
    place = np.arange(len(is_label))
    best: tuple[int, int, np.ndarray] | None = None
    for period in range(2, min(LONGEST_PERIOD, len(is_label) // _LEAST_ROWS) + 1):
        full = _full_residues(is_label, place % period, period)
        rows = full[place % period] & is_label
        if rows.sum() > (best[0] if best else 0) and _target_count(targets[rows]) >= _RUN_TARGETS:
            best = int(rows.sum()), period, full
    if best is None:
        return None
    _, period, full = best
    return Region(full[place % period] & is_label, label, period, tuple(np.flatnonzero(full).tolist()))


def _full_residues(is_label: np.ndarray, residue: np.ndarray, period: int) -> np.ndarray:
    """Return which residues (bool, shape (period,)) are of the class, if the others are not."""
    total = np.bincount(residue, minlength=period)
    share = np.bincount(residue, weights=is_label, minlength=period) / total
    full = share >= _FULL
    if not full.any() or full.all():
        return np.zeros(period, bool)
    rest = share[~full].mean()
    is_clear = rest < _NOT_FULL and -np.log(max(rest, 1 / len(is_label))) * total[full].min() > _NATS
    return full & is_clear


def _runs(targets: np.ndarray, is_label: np.ndarray, label: int) -> Region | None:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_label.astype(np.int8), [0]])))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    taken = np.zeros(len(is_label), bool)
    shortest = _shortest_run(int(is_label.sum()), lengths, len(is_label))
    for start, length in zip(starts[lengths >= shortest], lengths[lengths >= shortest], strict=True):
        part = slice(start, start + length)
        taken[part] = _target_count(targets[part]) >= min(_RUN_TARGETS, 0.8 * length)
    return Region(taken, label) if taken.sum() >= _LEAST_ROWS else None


def _shortest_run(labelled: int, lengths: np.ndarray, rows: int) -> int:
    """Return the length from which a run is too long for the share of the class outside of such runs."""
    shortest = 6
    for _ in range(4):
        in_runs = int(lengths[lengths >= shortest].sum())
        share = (labelled - in_runs + 1) / max(rows - in_runs, 1)
        shortest = max(3, int(np.ceil(np.log(_RUN_CHANCE / rows) / np.log(min(max(share, 1e-6), 0.97)))))
    return shortest


def _scattered(targets: np.ndarray, is_label: np.ndarray, label: int, classes: int) -> Region | None:
    """Return the rows of the class if their targets are as mixed as those of all rows."""
    known = targets >= 0
    seen = targets[is_label & known & (targets != label)]
    if len(seen) < _SCATTERED_TARGETS:
        return None
    among = np.bincount(seen, minlength=classes).astype(float)
    whole = np.bincount(targets[known], minlength=classes).astype(float)
    whole[label] = 0
    expected = len(seen) * (len(seen) - 1) * float(((whole / whole.sum()) ** 2).sum())
    if (among * (among - 1)).sum() > expected * _HUB + 4 * np.sqrt(2 * expected):
        return None
    return Region(is_label, label, is_scattered=True)


def _target_count(targets: np.ndarray) -> int:
    return len(np.unique(targets[targets >= 0]))


def stretches(rows: np.ndarray, numbers: RowNumbers = FROM_0, *, most: int = 3) -> str:
    """Say which rows (bool) are meant, as 'rows 5 to 9, 20 to 40 and 12 more stretches'."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(np.int8), [0]])))
    first, last = edges[::2], edges[1::2] - 1
    pairs = zip(first[:most].tolist(), last[:most].tolist(), strict=True)
    said = ", ".join(f"{numbers.number(a)} to {numbers.number(b)}" for a, b in pairs)
    return f"{numbers.word}s {said}" + (f" and {len(first) - most} more stretches" if len(first) > most else "")


def ordinal(number: int) -> str:
    """Return a number as '2nd', '3rd' or '11th'."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"
