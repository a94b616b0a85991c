"""Known ways to number the classes differently from wnid order."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from errata.predictions.class_labels import MISSING

NO_CLASS = -1

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

    `name` is its fix name, `cause` says in words how files come by it.
    """

    name: str
    cause: str
    table: np.ndarray
    first_id: int = 0

    def apply(self, ids: np.ndarray) -> np.ndarray:
        """Return the classes (int32) that ids stand for; `MISSING` where an id stands for none."""
        positions = ids.astype(np.int64) - self.first_id
        known = (positions >= 0) & (positions < len(self.table))
        classes = self.table[np.where(known, positions, 0)]
        return np.where(known & (classes != NO_CLASS), classes, MISSING).astype(np.int32)


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
        """Every numbering that differs from the right one, each table once."""
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

    @cached_property
    def sorted_tables(self) -> tuple[tuple[str, str, np.ndarray], ...]:
        """Name, cause and class ids (int32) in the order of: folder numbers as text; names by several alphabets."""
        count = self._classes.height
        tables = [
            (
                "text-sorted class numbers",
                "class folders named 0, 1, 2, ... were sorted as text: 0, 1, 10, 100, 101, ...",
                sorted(range(count), key=str),
            )
        ]
        for what, names in self._names().items():
            for case, fold in (("", str), (", ignoring case", str.lower)):
                tables.append(
                    (
                        f"alphabetical by {what}{case}",
                        f"the classes were sorted by {what}{case}, not by wnid",
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
