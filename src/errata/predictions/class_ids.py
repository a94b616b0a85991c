"""Class ids: what stands for a missing one, and numberings of the classes other than wnid order."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

MISSING = np.iinfo(np.int32).min
"""Stands for a null, NaN or infinite prediction among class ids."""
FRACTIONAL = MISSING + 1
"""Stands for a prediction that is a number but no integer."""
AMBIGUOUS = MISSING + 2
"""Stands for a prediction that is the name of several classes."""

_LOWEST_ID = -1

_SUBSET_MOST, _SUBSET_USED = 0.6, 0.95
"""A numbering of a subset has at most so many of the data set's classes, and uses nearly all of its ids."""
_SUBSET_IMAGES, _SUBSET_SIGMA, _SUBSET_SHARE = 50, 6.0, 0.2

NO_CLASS = -1
"""Stands for no class in the table of a `ClassOrder`."""
DEVKIT_START = (
    "n02119789", "n02100735", "n02110185", "n02096294", "n02102040", "n02066245", "n02509815", "n02124075", "n02417914",
    "n02123394", "n02125311", "n02423022", "n02346627", "n02077923", "n02110063", "n02447366", "n02109047", "n02089867",
    "n02102177", "n02091134",
)  # fmt: skip
"""The classes with ILSVRC devkit ids 1 to 20 (kit fox, English setter, Siberian husky, ...): the start of the list in
`ILSVRC2012_devkit_t12`, enough to recognise it. The whole list is not shipped."""


@dataclass(frozen=True, eq=False)
class ClassOrder:
    """A numbering of classes: id `first_id + i` stands for class `table[i]` (int32).

    `name` is also the name of its repair; `cause` says how it comes about.
    """

    name: str
    cause: str
    table: np.ndarray
    first_id: int = 0

    def apply(self, ids: np.ndarray) -> np.ndarray:
        """Return the classes (int32) that ids stand for; `MISSING` where an id stands for none."""
        return self._classes[np.clip(ids.astype(np.int64) - self.first_id, -1, len(self.table)) + 1]

    @cached_property
    def _classes(self) -> np.ndarray:
        """The table, between two places for ids below and above it."""
        known = np.where(self.table == NO_CLASS, MISSING, self.table)
        return np.concatenate([[MISSING], known, [MISSING]]).astype(np.int32)


class KnownOrders:
    """The known numberings of one data set's classes.

    Parameters
    ----------
    classes : polars.DataFrame
        `class_id`, `wnid`, `name`, `lemmas`, in class-id order.
    targets : numpy.ndarray
        The targets of the annotated images; a data set may use only some of the classes.
    """

    def __init__(self, classes: pl.DataFrame, targets: np.ndarray):  # noqa: D107 - the class docstring says it
        self._classes = classes
        self._targets = targets

    @cached_property
    def all(self) -> tuple[ClassOrder, ...]:
        """The numberings that differ from the right one, without repeats."""
        count = self._classes.height
        right = np.arange(count, dtype=np.int32)
        orders = [
            ClassOrder("ids minus 1", "ids start at 1, or a background class comes first (1001 outputs)", right, 1),
            ClassOrder("ids plus 1", "1 was subtracted from ids that start at 0 already", right, -1),
            ClassOrder("classes reversed", "the classes are numbered from the last to the first", right[::-1].copy()),
        ]
        for name, cause, table in self.sorted_tables:
            orders += [ClassOrder(name, cause, table), ClassOrder(f"{name}, inverted", cause, np.argsort(table))]
        present = np.unique(self._targets).astype(np.int32)
        if len(present) < count:
            cause = f"the model numbers only the {len(present)} classes that occur in this data set"
            orders.append(ClassOrder("classes present", cause, present))
        return tuple(_distinct(orders, right))

    @property
    def are_by_wnid(self) -> bool:
        """Whether the classes stand in the order of their wnids, as ImageNet's do; those of a list may stand in any."""
        return self._classes["wnid"].is_sorted()

    @property
    def key(self) -> str:
        """What class folders are called after: wnids, or names where no class has a wnid."""
        return "name" if (self._classes["wnid"] == self._classes["name"]).all() else "wnid"

    @cached_property
    def sorted_tables(self) -> tuple[tuple[str, str, np.ndarray], ...]:
        """Name, cause and table (int32) of the numberings that come from sorting folder numbers or names as text."""
        count = self._classes.height
        tables = [
            (
                "text-sorted class numbers",
                "class folders named 0, 1, 2, ... were sorted as text: 0, 1, 10, 100, 101, ...",
                sorted(range(count), key=str),
            )
        ]
        other = f", not by {self.key}" if self.are_by_wnid else ""
        if not self.are_by_wnid:
            by_wnid = self._classes["wnid"].arg_sort().to_list()
            key = self.key
            cause = f"the classes were sorted by {key}, as class folders are; if the model's outputs are, sort the list"
            tables.append((f"classes sorted by {key}", cause, by_wnid))
        for what, names in self._names().items():
            for case, fold in (("", str), (", ignoring case", str.lower)):
                tables.append(
                    (
                        f"alphabetical by {what}{case}",
                        f"the classes were sorted by {what}{case}{other}",
                        sorted(range(count), key=lambda i, names=names, fold=fold: (fold(names[i]), i)),
                    )
                )
        return tuple((name, cause, np.array(table, np.int32)) for name, cause, table in tables)

    def _names(self) -> dict[str, list[str]]:
        names, lemmas = self._classes["name"].to_list(), self._classes["lemmas"].to_list()
        first = [words[0] if words else name for words, name in zip(lemmas, names, strict=True)]
        joined = [", ".join(words) or name for words, name in zip(lemmas, names, strict=True)]
        return {
            "first name": first,
            "all names": joined,
            "display name": names,
            "first name with underscores": [name.replace(" ", "_") for name in first],
        }


def is_devkit_order(order: ClassOrder, wnids: list[str]) -> bool:
    """Tell whether a learnt numbering begins like the ILSVRC devkit's ids, counted from 1 or from 0."""
    rank = {wnid: class_id for class_id, wnid in enumerate(wnids)}
    expected = np.array([rank.get(wnid, MISSING) for wnid in DEVKIT_START], np.int32)
    if (expected == MISSING).any():
        return False
    for first_id in (1, 0):
        learnt = order.apply(np.arange(len(expected)) + first_id)
        known = learnt != MISSING
        if known.sum() >= len(expected) // 2 and (learnt[known] == expected[known]).mean() >= 0.8:
            return True
    return False


def _distinct(orders: Iterable[ClassOrder], right: np.ndarray) -> Iterable[ClassOrder]:
    seen = {(0, right.tobytes())}
    for order in orders:
        key = (order.first_id, order.table.astype(np.int32).tobytes())
        if key not in seen:
            seen.add(key)
            yield order


def learn_order(ids: np.ndarray, targets: np.ndarray, class_count: int) -> ClassOrder:
    """Learn a one-to-one numbering: which class every predicted id stands for.

    Ids and classes that are each other's most frequent partner are paired first, then the same among the rest.

    Parameters
    ----------
    ids, targets : numpy.ndarray
        Integers, shape (images,): predicted id and target. Ids outside -1..class_count are left out.
    class_count : int
        Number of classes.
    """
    id_count = class_count + 2
    known = (ids >= _LOWEST_ID) & (ids <= class_count)
    cells = (ids[known].astype(np.int64) - _LOWEST_ID) * class_count + targets[known]
    pairs, times = np.unique(cells, return_counts=True)
    table = _mutual_partners(*np.divmod(pairs, class_count), times, id_count)
    return ClassOrder("learnt from the targets", "", table, _LOWEST_ID)


def held_out_classes(ids: np.ndarray, targets: np.ndarray, class_count: int) -> np.ndarray:
    """Return the class (int32, shape (images,)) of every image under a numbering learnt from the other half.

    The halves alternate among the images of each target, so both see every class.
    """
    half = _halves(targets)
    classes = np.empty(len(targets), np.int32)
    for held_out in (half, ~half):
        order = learn_order(ids[~held_out], targets[~held_out], class_count)
        classes[held_out] = order.apply(ids[held_out])
    return classes


@dataclass(frozen=True, eq=False)
class SubsetNumbering:
    """Ids 0 to K - 1 of a model with fewer classes than the data set.

    `table` (int, shape (K,)) is the class that each id seems to stand for, `NO_CLASS` where none does. `before` and
    `after` are the accuracies as the ids are and translated, over the images of these classes: such a model can get no
    others right.
    """

    table: np.ndarray
    before: float
    after: float


def find_subset_numbering(ids: np.ndarray, targets: np.ndarray, class_count: int) -> SubsetNumbering | None:
    """Find out whether ids number the classes of a model that knows only some of the data set's.

    Ids and classes are paired as in `learn_order`, by the share of each class's images, on one half of the images and
    judged on the other. The gain must be six standard errors of McNemar's bound, and the accuracy a fifth of the way
    from chance.

    Parameters
    ----------
    ids, targets : numpy.ndarray
        Integers, shape (images,). Negative ids are left out.
    class_count : int
        Number of classes of the data set.
    """
    ids, targets = ids[ids >= 0].astype(np.int64), targets[ids >= 0].astype(np.int64)
    if not len(ids):
        return None
    count = int(ids.max()) + 1
    used = np.bincount(ids, minlength=count) > 0 if count <= _SUBSET_MOST * class_count else np.zeros(1)
    if count < 2 or used.mean() < _SUBSET_USED:
        return None
    half = _halves(targets)
    judged = right = now = 0
    table = np.full(count, NO_CLASS)
    for learn in (half, ~half):
        pairs, times = np.unique(ids[learn] * class_count + targets[learn], return_counts=True)
        images = np.bincount(targets[learn], minlength=class_count)
        of_id, of_class = np.divmod(pairs, class_count)
        table = _mutual_partners(of_id, of_class, times / images[of_class], count)
        wanted = ~learn & np.isin(targets, table[table != NO_CLASS])
        judged += int(wanted.sum())
        right += int((table[ids] == targets)[wanted].sum())
        now += int((ids == targets)[wanted].sum())
    if judged < _SUBSET_IMAGES or right - now < _SUBSET_SIGMA * np.sqrt(right + now):
        return None
    chance = 1 / count
    if right / judged < chance + _SUBSET_SHARE * (1 - chance):
        return None
    return SubsetNumbering(table, now / judged, right / judged)


def _halves(targets: np.ndarray) -> np.ndarray:
    """Return a bool array that alternates among the images of each target."""
    half = np.empty(len(targets), bool)
    half[np.argsort(targets, kind="stable")] = np.arange(len(targets)) % 2 == 0
    return half


def _mutual_partners(ids: np.ndarray, classes: np.ndarray, weights: np.ndarray, id_count: int) -> np.ndarray:
    """Return the class (int32) of every id: pairs that are each other's largest first, then among the rest.

    `ids`, `classes`, `weights`: one entry per pair that occurs, by id and then by class; of equal weights the first
        counts. With many classes, pairs are few beside a matrix of all.
    """
    table = np.full(id_count, NO_CLASS, np.int32)
    by_id = np.lexsort((classes, -weights, ids))
    by_class = np.lexsort((ids, -weights, classes))
    class_count = int(classes.max(initial=-1)) + 1
    while len(by_id):
        # the first pair of every id, and that of every class
        of_id = by_id[np.unique(ids[by_id], return_index=True)[1]]
        of_class = by_class[np.unique(classes[by_class], return_index=True)[1]]
        mutual = np.intersect1d(of_id, of_class, assume_unique=True)
        table[ids[mutual]] = classes[mutual]
        id_taken, class_taken = np.zeros(id_count, bool), np.zeros(class_count, bool)
        id_taken[ids[mutual]] = class_taken[classes[mutual]] = True
        is_left = ~(id_taken[ids] | class_taken[classes])
        by_id, by_class = by_id[is_left[by_id]], by_class[is_left[by_class]]
    return table
