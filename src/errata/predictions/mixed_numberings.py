"""Find rows of a file that number the classes otherwise than the others: outputs of two programs put together.

The rows of a stretch, or every so-many-th row, are right under another numbering, known or learnt, and wrong as they
are; the other rows the other way round. A wrong numbering of the whole file leaves no such places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from errata.predictions.class_ids import MISSING, ClassOrder, held_out_classes, learn_order
from errata.predictions.unfilled_rows import Region, Residues

_CLASSES = 12
"""So many different classes must be right in either part by its own numbering; with fewer, a habit of confusing two
looks like a numbering."""
_HITS, _SIGMA = 30, 6.0
_AS_GOOD = 0.5
"""Under its numbering the part must be right half as often as the other rows are, and the other way round ..."""
_STILL_RIGHT = 0.3
"""... and as it is a third as often at most."""
_FEWEST_LEARNT = 500
_LEARNT_STILL_RIGHT, _LEARNT_KNOWN = 0.15, 0.3
_LONGEST_PERIOD = 64
_MOST_PARTS = 8
_AS_HIGH = 0.01
_STRETCHES = 50


@dataclass(frozen=True, eq=False)
class MixedNumberings:
    """The rows that follow another numbering than the others.

    Attributes
    ----------
    base, order : ClassOrder or None
        The numbering of the other rows (None: the data set's) and of these; a learnt one if `is_learnt`.
    parts : tuple of Region
        These rows.
    rows : numpy.ndarray
        All of them, bool, shape (rows,).
    before, after : float
        Accuracy of all rows as they are and with every part read by its numbering.
    """

    base: ClassOrder | None
    order: ClassOrder | None
    parts: tuple[Region, ...]
    rows: np.ndarray
    before: float
    after: float
    is_learnt: bool = False


def find_mixed_numberings(
    ids: np.ndarray, targets: np.ndarray, orders: Sequence[ClassOrder], classes: int
) -> MixedNumberings | None:
    """Find the part of the rows that numbers the classes otherwise, if one is proved.

    Parameters
    ----------
    ids, targets : numpy.ndarray
        Integers, shape (rows,), in file order; targets are negative where unknown.
    orders : sequence of ClassOrder
        The known numberings, without the data set's own.
    classes : int
        Number of classes.
    """
    place = np.flatnonzero(targets >= 0)
    if classes < _CLASSES or len(place) < 2 * _HITS:
        return None
    file = _File(ids, targets, place, classes)
    hits = [file.hits(order) for order in orders]
    own = file.hits(None)
    best = max(range(len(orders)), key=lambda i: int(hits[i].sum()), default=None)
    found = list(_of_base(file, None, own, orders, hits))
    if best is not None and hits[best].sum() >= _HITS:
        others = [None, *orders[:best], *orders[best + 1 :]]
        found += _of_base(file, orders[best], hits[best], others, [own, *hits[:best], *hits[best + 1 :]])
    better = [each for each in found if (each.after - each.before) * len(place) >= _HITS]
    highest = max((each.after for each in better), default=0.0)
    # either part may be called the other one: the smaller is
    best = [each for each in better if each.after > highest - _AS_HIGH]
    return min(best, key=lambda each: (each.is_learnt, each.rows.mean()), default=None)


@dataclass(frozen=True, eq=False)
class _File:
    ids: np.ndarray
    targets: np.ndarray
    place: np.ndarray
    """int, shape (judged,): the rows of images that count."""
    classes: int

    def hits(self, order: ClassOrder | None) -> np.ndarray:
        """Return which judged rows are right under a numbering (bool, shape (judged,))."""
        ids = self.ids[self.place]
        return (ids if order is None else order.apply(ids)) == self.targets[self.place]

    def mixed(
        self, base: ClassOrder | None, order: ClassOrder | None, inside: np.ndarray, right: np.ndarray, **more: object
    ) -> MixedNumberings:
        """Return the finding. `inside`: which judged rows; `right`: which of them are right once read so."""
        parts = self.parts(inside)
        rows = np.logical_or.reduce([part.rows for part in parts])
        before = float(self.hits(None).mean())
        return MixedNumberings(base, order, parts, rows, before, float(right.mean()), **more)

    def parts(self, inside: np.ndarray) -> tuple[Region, ...]:
        """Return the rows of the file, those between that are not judged included."""
        every = np.arange(len(self.ids))
        period = _recurring(inside, self.place)
        if period:
            which, residues = period
            return (Region(np.isin(every % which, residues), None, which, residues),)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
        parts = []
        for first, last in zip(edges[::2], edges[1::2] - 1, strict=True):
            end = len(self.ids) - 1 if last == len(self.place) - 1 else self.place[last]
            parts.append(Region((every >= (self.place[first] if first else 0)) & (every <= end)))
        return tuple(parts)


def _recurring(inside: np.ndarray, place: np.ndarray) -> tuple[int, tuple[int, ...]] | None:
    """Return period and residues if the rows inside are exactly those that recur."""
    for period, rows, total in Residues.of(place, inside, longest=_LONGEST_PERIOD).by_period():
        share = total / np.maximum(rows, 1)
        if np.isin(share, (0.0, 1.0)).all() and 0 < share.sum() < period:
            return period, tuple(np.flatnonzero(share).tolist())
    return None


def _of_base(
    file: _File,
    base: ClassOrder | None,
    own: np.ndarray,
    orders: Sequence[ClassOrder | None],
    hits: Sequence[np.ndarray],
) -> Iterator[MixedNumberings]:
    """Yield what is found if most rows follow `base`; `own` and `hits` are the right answers under each numbering."""
    low = list(_low_places(own, file.place))
    for order, right in zip(orders, hits, strict=True):
        if int((right & ~own).sum()) < _HITS:
            continue
        stretches = _stretches(right, own)
        for inside in (*([stretches] if stretches.any() else []), *low):
            if _is_proved(file, own, right, inside):
                yield file.mixed(base, order, inside, np.where(inside, right, own))
                break
    for inside in low:
        learnt = _learnt(file, own, inside)
        if learnt is not None:
            ids, targets = file.ids[file.place][inside], file.targets[file.place][inside]
            right = own.copy()
            right[inside] = learnt == targets
            yield file.mixed(base, learn_order(ids, targets, file.classes), inside, right, is_learnt=True)


def _stretches(right: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return the rows (bool) of the stretches in which more answers are right than as they are."""
    gain = right.astype(np.int64) - own
    inside = np.zeros(len(gain), bool)
    for _ in range(_MOST_PARTS):
        total = np.concatenate([[0], np.cumsum(np.where(inside, -len(gain), gain))])
        lowest = np.minimum.accumulate(total)
        end = int((total - lowest).argmax())
        if total[end] - lowest[end] < _HITS:
            break
        start = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
        inside[start:end] = True
    return inside


def _low_places(own: np.ndarray, place: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the stretch, and the rows that recur, in which hardly any answer is right as it is (bool)."""
    edges = np.linspace(0, len(own), _STRETCHES + 1).astype(np.int64)
    shares = np.add.reduceat(own.astype(np.int64), edges[:-1]) / np.diff(edges)
    highest = np.sort(shares)[_STRETCHES // 2 :].mean()
    toll = np.concatenate([[0.0], np.cumsum(highest / 2 - own)])
    lowest = np.minimum.accumulate(toll)
    end = int((toll - lowest).argmax())
    start = int(np.flatnonzero(toll[: end + 1] == lowest[end])[-1])
    if end - start >= _HITS:
        inside = np.zeros(len(own), bool)
        inside[start:end] = True
        yield inside
    sums = Residues.of(place, own, longest=_LONGEST_PERIOD)
    share = sums.sums / np.maximum(sums.rows, 1)
    is_low = share < _STILL_RIGHT * np.maximum.reduceat(share, sums.starts)[sums.period - 2]
    for period in np.unique(sums.period[is_low]).tolist():
        part = slice(sums.starts[period - 2], sums.starts[period - 2] + period)
        low = is_low[part]
        if share[part][~low].min() > 2 * share[part][low].max():
            yield low[place % period]
            return


def _is_proved(file: _File, own: np.ndarray, right: np.ndarray, inside: np.ndarray) -> bool:
    """Tell whether the rows inside are right under the other numbering, and only there."""
    gained, lost = int((right & ~own)[inside].sum()), int((own & ~right)[inside].sum())
    if inside.all() or gained < _HITS or gained - lost < _SIGMA * np.sqrt(gained + lost):
        return False
    others = float(own[~inside].mean())
    targets = file.targets[file.place]
    here, elsewhere = np.unique(targets[inside & right & ~own]), np.unique(targets[~inside & own & ~right])
    return bool(
        min(len(here), len(elsewhere)) >= _CLASSES
        and right[inside].mean() >= _AS_GOOD * others
        and others >= _AS_GOOD * right[inside].mean()
        and own[~inside].sum() >= _HITS
        and own[inside].mean() <= _STILL_RIGHT * right[inside].mean()
        and right[~inside].mean() <= _STILL_RIGHT * others
    )


def _learnt(file: _File, own: np.ndarray, inside: np.ndarray) -> np.ndarray | None:
    """Return the classes of the rows inside under a numbering learnt from half of them, if that explains them."""
    others = float(own[~inside].mean()) if not inside.all() else 0.0
    if inside.sum() < _FEWEST_LEARNT or own[inside].mean() > _LEARNT_STILL_RIGHT * others or not own[~inside].any():
        return None
    ids, targets = file.ids[file.place][inside], file.targets[file.place][inside]
    classes = held_out_classes(ids, targets, file.classes)
    known = classes != MISSING
    right = classes == targets
    is_explained = known.mean() >= _LEARNT_KNOWN and right[known].mean() >= _AS_GOOD * others
    elsewhere = np.unique(file.targets[file.place][own & ~inside])
    return classes if is_explained and min(len(np.unique(targets[right])), len(elsewhere)) >= _CLASSES else None
