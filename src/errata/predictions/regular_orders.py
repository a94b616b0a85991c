"""Find the regular order that rows stand in when several processes, batches or shards were put together.

Where n rows come from W processes in batches of B, the place of a row's image in the right order is a formula of the
row. All usual W and B are tried on some rows, the best on all. Arrays are rows in file order: `targets` are those that
the rows would have in the right order (negative: unknown).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from errata.predictions.row_support import is_class_ordered

_BATCHES = (
    1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 25, 32, 40, 48, 50, 60, 64, 72, 80, 96, 100, 112, 120, 125, 128, 144, 150,
    160, 192, 200, 224, 250, 256, 300, 320, 384, 400, 448, 500, 512, 625, 640, 768, 1000, 1024, 1250, 2048, 2500,
)  # fmt: skip
"""Usual batch sizes a process. All sizes are tried up to 1,024 with 2, 4 or 8 processes, up to 128 with at most 16."""
_PROCESSES_OF_ANY_BATCH = (2, 4, 8)
_LARGEST_BATCH = 1024
_FEW_PROCESSES, _SMALL_BATCHES = 16, 128
_MOST_PROCESSES = 64
_MOST_STRIDES = 1024
_FIRST_ROWS, _LOOKED_AT_TWICE, _AT_ONCE = 400, 600, 128
_SEARCH_ROWS = 2000
_LOOKED_AT_AGAIN = 12
_SIGMA = 6.0
"""Standard errors by which the accuracy must rise: some 30,000 orders are tried, a false one has a chance of 3e-5."""
_SIGMA_OF_MANY = 7.0
"""... if several readings of the class ids are tried, too: of 20, a false one has a chance of 1e-6."""
_GAIN, _GAIN_FACTOR = 0.05, 5
_STILL_RIGHT, _STILL_RIGHT_SIGMA = 0.1, 4.0
_TARGETS = 0.999
"""An order that makes more answers right than this shows that they are the targets themselves."""
_SHIFT_SEEDS = 8
_FURTHEST_LAG = 256
_LAG_SIGMA = 7.0
_ROWS_AT_ONCE = 5_000
_WRAPPED_HITS, _WRAPPED_SHARE = 3, 0.5
"""Rows that a shift moves past the end belong to the other end if so many are right there."""


@dataclass(frozen=True, eq=False)
class FoundOrder:
    """An order that explains the predictions.

    Attributes
    ----------
    name, cause : str
        In words; the name is also that of its repair.
    image : numpy.ndarray
        Integers, shape (rows,): the place of each row's image in the right order, -1 for a row too many.
    before, after : float
        Accuracy of the rows whose image changes.
    """

    name: str
    cause: str
    image: np.ndarray
    before: float
    after: float


@dataclass(frozen=True)
class _Family:
    name: str
    cause: str
    image: Callable[[np.ndarray, int, int, int], np.ndarray]
    """(row, rows, processes, batch) -> place of the image in the right order; of many orders at once if processes and
    batch are columns."""


def _strided(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    length = -(-rows // processes)
    return row % length * processes + row // length


def _sharded(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    return row % processes * -(-rows // processes) + row // processes


def _in_step(row: np.ndarray, rows: int, processes: int, batch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the step that a row belongs to, its place in the step, and the step's batch: the last may be smaller."""
    length = -(-rows // processes)
    step = row // (processes * batch)
    size = np.where(step < length // batch, batch, np.maximum(length % batch, 1))
    return step, row - step * (processes * batch), size


def _gathered(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    step, place, size = _in_step(row, rows, processes, batch)
    return step * batch * processes + place % size * processes + place // size


def _ungathered(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    step, place, size = _in_step(row, rows, processes, batch)
    return step * batch * processes + place % processes * size + place // processes


def _shards_gathered(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    step, place, size = _in_step(row, rows, processes, batch)
    return place // size * -(-rows // processes) + step * batch + place % size


def _dealt(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    batches = -(-rows // batch)
    fewer = batches // processes * batch
    # the first processes have a batch more, the last of these less than a whole one
    long = batches % processes
    end = long * (fewer + batch) - np.where(long > 0, batches * batch - rows, 0)
    is_long = row < end
    process = np.where(is_long, row // (fewer + batch), long + (row - end) // np.maximum(fewer, 1))
    place = np.where(is_long, row - process * (fewer + batch), row - end - (process - long) * fewer)
    return (place // batch * processes + process) * batch + place % batch


def _dealt_back(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    process = row % processes
    return process * (rows // processes) + np.minimum(process, rows % processes) + row // processes


def _reversed(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    start = row // batch * batch
    return start + np.minimum(start + batch, rows) - 1 - row


def _exchanged(row: np.ndarray, rows: int, processes: int, batch: int) -> np.ndarray:
    start = row // (2 * batch) * (2 * batch)
    second = np.maximum(np.minimum(2 * batch, rows - start) - batch, 0)
    place = row - start
    return start + np.where(place < second, batch + place, place - second)


_STRIDED = _Family(
    "{w} ranks one after the other",
    "the outputs of {w} processes stand one after the other, but a sampler deals the images out one by one",
    _strided,
)
_SHARDED = _Family("{w} shards in turn", "{w} parts of the data set were put together row by row in turn", _sharded)
_GATHERED = _Family(
    "batches of {b} gathered from {w} processes",
    "batches of {b} from {w} processes stand one after the other, but a sampler deals the images out one by one",
    _gathered,
)
_UNGATHERED = _Family(
    "batches of {b} from {w} processes interleaved",
    "batches of {b} from {w} processes were put together row by row in turn",
    _ungathered,
)
_SHARDS_GATHERED = _Family(
    "batches of {b} gathered from {w} shards",
    "batches of {b} from {w} processes stand one after the other, but every process has its own part of the images",
    _shards_gathered,
)
_DEALT = _Family(
    "{w} ranks one after the other, batches of {b}",
    "the outputs of {w} processes stand one after the other, but batches of {b} were dealt out in turn",
    _dealt,
)
_RAGGED = _Family(
    "{w} ranks of unequal length one after the other",
    "the outputs of {w} processes stand one after the other, but the images were dealt out one by one",
    _dealt,
)
_RAGGED_SHARDS = _Family(
    "{w} shards of unequal length in turn",
    "{w} parts of the data set were put together row by row in turn",
    _dealt_back,
)
_REVERSED = _Family("every {b} rows reversed", "every {b} rows run backwards", _reversed)
_EXCHANGED = _Family("groups of {b} rows exchanged", "neighbouring groups of {b} row(s) are exchanged", _exchanged)


_FAMILIES = (
    _STRIDED, _SHARDED, _GATHERED, _UNGATHERED, _SHARDS_GATHERED, _DEALT, _RAGGED, _RAGGED_SHARDS, _REVERSED, _EXCHANGED
)  # fmt: skip


@dataclass(frozen=True)
class RegularOrder:
    """A family with its number of processes and batch."""

    family: _Family
    processes: int
    batch: int

    def image(self, row: np.ndarray, rows: int) -> np.ndarray:
        """Return the place of each row's image; samplers fill up with the first images."""
        return _within(self.family.image(row, rows, self.processes, self.batch), rows)

    @property
    def name(self) -> str:
        """Its name, which is also that of its repair."""
        if self.family is _EXCHANGED and self.batch == 1:
            return "neighbouring rows exchanged"
        return self.family.name.format(w=self.processes, b=self.batch)

    @property
    def cause(self) -> str:
        """How it comes about."""
        return self.family.cause.format(w=self.processes, b=self.batch)

    @property
    def twin(self) -> "RegularOrder":
        """The order that differs in the last step only."""
        if self.family in (_GATHERED, _UNGATHERED):
            return RegularOrder(_UNGATHERED if self.family is _GATHERED else _GATHERED, self.batch, self.processes)
        return self


def _within(image: np.ndarray, rows: int) -> np.ndarray:
    image = np.where(image < rows, image, image - rows)
    return np.where((image >= 0) & (image < rows), image, -1)


def regular_orders(rows: int) -> Iterator[RegularOrder]:
    """Yield the orders that are tried for so many rows."""
    for processes in range(2, min(_MOST_STRIDES, rows // 2) + 1):
        yield RegularOrder(_STRIDED, processes, 1)
        yield RegularOrder(_SHARDED, processes, 1)
        if rows % processes:
            yield RegularOrder(_RAGGED, processes, 1)
            yield RegularOrder(_RAGGED_SHARDS, processes, 1)
    for processes in range(2, _MOST_PROCESSES + 1):
        for batch in _batches(processes):
            if processes * batch > rows:
                break
            yield RegularOrder(_SHARDS_GATHERED, processes, batch)
            if batch > 1:
                yield RegularOrder(_GATHERED, processes, batch)
                yield RegularOrder(_UNGATHERED, processes, batch)
                yield RegularOrder(_DEALT, processes, batch)
    for batch in range(1, min(_LARGEST_BATCH, rows // 2) + 1):
        yield RegularOrder(_EXCHANGED, 0, batch)
        if batch > 2:
            yield RegularOrder(_REVERSED, 0, batch)


def _batches(processes: int) -> Iterable[int]:
    if processes in _PROCESSES_OF_ANY_BATCH:
        return range(1, _LARGEST_BATCH + 1)
    return _BATCHES if processes > _FEW_PROCESSES else sorted({*_BATCHES, *range(1, _SMALL_BATCHES + 1)})


def find_regular_order(targets: np.ndarray, readings: np.ndarray, classes: int) -> tuple[FoundOrder, int] | None:
    """Find the regular order that makes one of several readings of the class ids right, and which.

    Parameters
    ----------
    targets : numpy.ndarray
        Integers, shape (rows,); negative where unknown.
    readings : numpy.ndarray
        Integers, shape (readings, rows): the predicted classes under each numbering of the classes.
    classes : int
        Number of classes.
    """
    rows = readings.shape[1]
    row = np.random.default_rng(rows).permutation(rows)[:_SEARCH_ROWS].astype(np.int64)
    few = _best_orders(list(regular_orders(rows)), targets, readings, np.sort(row[:_FIRST_ROWS]), _LOOKED_AT_TWICE)
    best = _best_orders(few, targets, readings, np.sort(row), _LOOKED_AT_AGAIN)
    every = np.arange(rows)
    tried = [(o.name, o.cause, o.image(every, rows)) for o in dict.fromkeys([*best, *(o.twin for o in best)])]
    found: list[tuple[int, int, FoundOrder]] = []
    for name, cause, image in tried:
        right = _right(image, targets, readings, every)
        reading = int(right.argmax())
        order = measure_order(name, cause, image, targets, readings[reading])
        if order:
            found.append((int(right[reading]), reading, order))
    for reading, predictions in enumerate(readings):
        order = _shifted(targets, predictions)
        if order:
            found.append((int(_right(order.image, targets, readings, every)[reading]), reading, order))
    if not found:
        return None
    _, reading, order = max(found, key=lambda each: (each[0], -each[1]))
    chance = _chance(targets, readings[reading], classes)
    return (order, reading) if is_proved(order, targets, chance, of_many=len(readings) > 1) else None


def regular_order_of_name(name: str, targets: np.ndarray, predictions: np.ndarray) -> FoundOrder | None:
    """Return the order that a repair is called after; None if there is none of this name for so many rows."""
    rows = len(predictions)
    orders = (each for order in regular_orders(rows) for each in (order, order.twin))
    order = next((order for order in orders if order.name == name), None)
    if order:
        return measure_order(name, order.cause, order.image(np.arange(rows), rows), targets, predictions)
    shifted = _shifted(targets, predictions)
    return shifted if shifted and shifted.name == name else None


def _best_orders(
    orders: list[RegularOrder], targets: np.ndarray, readings: np.ndarray, row: np.ndarray, count: int
) -> list[RegularOrder]:
    """Return the orders with most right answers among some rows, under whichever reading."""
    rows, read = readings.shape[1], readings[:, row].astype(np.int32)
    # a row too many has image -1
    known, row = np.append(targets, -1).astype(np.int32), row.astype(np.int32)
    right = np.zeros(len(orders), np.int64)
    families = np.array([_FAMILIES.index(order.family) for order in orders])
    sizes = np.array([(order.processes, order.batch) for order in orders], np.int32)
    for family in np.unique(families):
        of_family = np.flatnonzero(families == family)
        for some in np.array_split(of_family, -(-len(of_family) // _AT_ONCE)):
            processes, batch = sizes[some, :1], sizes[some, 1:]
            found = known[_within(_FAMILIES[family].image(row, rows, processes, batch), rows)]
            found[found < 0] = -2
            right[some] = np.max([(each == found).sum(axis=1) for each in read], axis=0)
    return [orders[place] for place in np.argsort(-right, kind="stable")[:count]]


def _right(image: np.ndarray, targets: np.ndarray, readings: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return the number of right answers under each reading, shape (readings,)."""
    right = np.where(image >= 0, targets[image], -1)
    return ((readings[:, row] == right) & (right >= 0)).sum(axis=1)


def measure_order(
    name: str, cause: str, image: np.ndarray, targets: np.ndarray, predictions: np.ndarray
) -> FoundOrder | None:
    """Measure the accuracy of the rows that an order moves, before and after."""
    moved = image != np.arange(len(image))
    before = moved & (targets >= 0)
    after = moved & (image >= 0) & (targets[image] >= 0)
    if not before.any() or not after.any():
        return None
    return FoundOrder(
        name,
        cause,
        image,
        float((targets == predictions)[before].mean()),
        float((targets[image] == predictions)[after].mean()),
    )


def _chance(targets: np.ndarray, predictions: np.ndarray, classes: int) -> float:
    known, valid = targets >= 0, predictions >= 0
    shares = np.bincount(predictions[valid], minlength=classes) / max(len(predictions), 1)
    return float(shares @ np.bincount(targets[known], minlength=classes) / max(int(known.sum()), 1))


def is_proved(order: FoundOrder, targets: np.ndarray, chance: float, *, of_many: bool = False) -> bool:
    """Tell whether an order is proved, by the rows that it moves.

    They must be right more often by far, and at chance before: an order that explains half (as a shift does where
    neighbours are exchanged) leaves the other half right before. And no order makes all answers right but of targets.
    """
    moved = (order.image != np.arange(len(order.image))) & (order.image >= 0)
    images = max(int((targets[order.image[moved]] >= 0).sum()), 1)
    # a model that is always wrong is right more often in any order
    before = max(order.before, chance)
    gain = order.after - before
    sigma = _SIGMA_OF_MANY if of_many else _SIGMA
    if order.after >= _TARGETS or gain * images < sigma * np.sqrt(images * (before + order.after)):
        return False
    if gain < _GAIN and order.after < _GAIN_FACTOR * before:
        return False
    return order.before <= chance + _STILL_RIGHT * order.after + _STILL_RIGHT_SIGMA * np.sqrt(chance / images)


def _shifted(targets: np.ndarray, predictions: np.ndarray) -> FoundOrder | None:
    """Return the order in which every prediction stands some rows off its image."""
    steps = find_shift(targets, predictions)
    if steps is None:
        return None
    rows = len(targets)
    cause = f"the predictions stand {abs(steps)} row(s) {'below' if steps < 0 else 'above'} their image"
    if steps > 0:
        cause += f": {steps} row(s) lost at the top, such as a first row that was read as header"
    else:
        cause += f": {-steps} row(s) too many at the top, such as a header that was read as data"
    image = (np.arange(rows) + steps) % rows
    wrapped = np.arange(rows) + steps != image
    right = (targets[image] == predictions)[wrapped & (targets[image] >= 0)]
    order = measure_order(f"rows shifted by {-steps:+d}", cause, image, targets, predictions)
    if order and (right.sum() < _WRAPPED_HITS or right.mean() < _WRAPPED_SHARE * order.after):
        order = measure_order(order.name, cause, np.where(wrapped, -1, image), targets, predictions)
    return order


def find_shift(targets: np.ndarray, predictions: np.ndarray) -> int | None:
    """Return the k, of any size but 0, for which row i is the answer to image i + k, where one stands out.

    A cross-correlation by fast Fourier transform of one random sign per class, summed over some draws.
    """
    rows = len(targets)
    random = np.random.default_rng(1)
    total = np.zeros(rows)
    for _ in range(_SHIFT_SEEDS):
        sign = random.choice([-1.0, 1.0], size=int(max(targets.max(), predictions.max())) + 2)
        sign[-1] = 0.0  # unknown targets and predictions are -1
        spectrum = np.fft.rfft(sign[targets]) * np.conj(np.fft.rfft(sign[predictions]))
        total += np.fft.irfft(spectrum, rows)
    total[0] = -np.inf
    steps = int(total.argmax())
    pairs = np.sqrt(float((targets >= 0).mean()) * float((predictions >= 0).mean()))
    if total[steps] < _SIGMA * np.sqrt(_SHIFT_SEEDS * rows) * max(pairs, 1e-9):
        return None
    return steps if steps <= rows // 2 else steps - rows


def nearby_hits(targets: np.ndarray, predictions: np.ndarray) -> tuple[int, float]:
    """Return within how many rows predictions are right for another row's image, and which share of the hits these are.

    Hits at every lag of up to 256 rows are compared with those at lags of 257 to 512. (0, 0.0) if nothing stands out,
    and where neighbouring images have related targets, as in class order.
    """
    if len(targets) < 8 * _FURTHEST_LAG or is_class_ordered(targets[targets >= 0]):
        return 0, 0.0
    own = _own_lag_hits(targets.tobytes(), targets.dtype)
    found = _lag_hits(targets, predictions)
    reach = 2 ** np.arange(int(np.log2(_FURTHEST_LAG)) + 1)
    related, excess = own[0].cumsum()[reach - 1], found[0].cumsum()[reach - 1]
    z = excess / (found[1] * np.sqrt(reach))
    largest = int(z.argmax())
    if z[largest] < _LAG_SIGMA or (related / (own[1] * np.sqrt(reach)) > _LAG_SIGMA / 2).any():
        return 0, 0.0
    at_home = int(((targets == predictions) & (targets >= 0)).sum())
    return int(reach[largest]), float(excess[largest] / (excess[largest] + at_home))


@lru_cache(maxsize=4)
def _own_lag_hits(targets: bytes, dtype: np.dtype) -> tuple[np.ndarray, float]:
    """Return `_lag_hits` of the targets themselves, which most files of a run have in the same rows."""
    own = np.frombuffer(targets, dtype)
    return _lag_hits(own, own)


def _lag_hits(targets: np.ndarray, predictions: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the hits at every near lag (both ways) less their mean at far lags, and the spread at far lags."""
    rows, furthest = len(targets), 2 * _FURTHEST_LAG
    # by class, then by row, with a gap between classes that no lag reaches
    stride = rows + furthest + 1
    known = np.flatnonzero(targets >= 0)
    places = np.sort(targets[known].astype(np.int64) * stride + known)
    named = np.flatnonzero(predictions >= 0)
    # sorted, since neighbours are found faster so
    wanted = np.sort(predictions[named].astype(np.int64) * stride + named)
    first = np.searchsorted(places, wanted - furthest, "left")
    last = np.searchsorted(places, wanted + furthest, "right")
    hits = np.zeros(furthest + 1)
    for start in range(0, len(wanted), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        pairs = last[part] - first[part]
        place = np.repeat(first[part] - np.cumsum(pairs) + pairs, pairs) + np.arange(pairs.sum())
        hits += np.bincount(np.abs(places[place] - np.repeat(wanted[part], pairs)), minlength=furthest + 1)
    # fewer rows have another at a greater lag
    hits = hits[1:] * rows / (rows - np.arange(1, furthest + 1))
    near, far = np.split(hits, 2)
    return near - far.mean(), max(float(far.std()), 1.0)
