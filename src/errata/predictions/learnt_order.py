"""A numbering of classes learnt from the file itself, judged on images that it was not learnt from."""

from collections.abc import Callable

import numpy as np

from errata.predictions.class_orders import NO_CLASS, ClassOrder

_LOWEST_ID = -1


def learn_order(ids: np.ndarray, targets: np.ndarray, class_count: int) -> ClassOrder:
    """Learn which class every predicted id stands for, one to one.

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
    together = np.bincount(cells, minlength=id_count * class_count).reshape(id_count, class_count).astype(np.int32)
    table = np.full(id_count, NO_CLASS, np.int32)
    rows = np.arange(id_count)
    while True:
        best_class = together.argmax(axis=1)
        best_id = together.argmax(axis=0)
        paired = (together[rows, best_class] > 0) & (best_id[best_class] == rows)
        if not paired.any():
            return ClassOrder("learnt from the targets", "", table, _LOWEST_ID)
        table[paired] = best_class[paired]
        together[paired] = 0
        together[:, best_class[paired]] = 0


def held_out_classes(
    ids: np.ndarray, targets: np.ndarray, class_count: int, *, learn: Callable[..., ClassOrder] = learn_order
) -> np.ndarray:
    """Return the class (int32, shape (images,)) of every image under a numbering learnt from the other half.

    The halves alternate among the images of each target, so both see every class.
    """
    by_target = np.argsort(targets, kind="stable")
    half = np.empty(len(targets), np.int8)
    half[by_target] = np.arange(len(targets)) % 2
    classes = np.empty(len(targets), np.int32)
    for side in (0, 1):
        held_out = half == side
        order = learn(ids[~held_out], targets[~held_out], class_count)
        classes[held_out] = order.apply(ids[held_out])
    return classes
