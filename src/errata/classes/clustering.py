"""Cluster classes: distances from vectors or confusions, average linkage, and where the dendrogram is cut."""

from dataclasses import dataclass
from math import isqrt

import numpy as np

UNLIKE = 1.0
"""The distance of classes that have nothing in common: never confused, or vectors at right angles."""


@dataclass(frozen=True)
class Dendrogram:
    """The merges of an agglomerative clustering, by height.

    Attributes
    ----------
    merges : numpy.ndarray
        int, shape (classes - 1, 2): the two nodes that become node `classes + row`; nodes below `classes` are classes.
    heights : numpy.ndarray
        float, shape (classes - 1,): mean distance between the members of the two, ascending.
    """

    merges: np.ndarray
    heights: np.ndarray

    @property
    def members(self) -> list[list[int]]:
        """The classes of every node, in the order in which they are drawn."""
        found = [[leaf] for leaf in range(len(self.merges) + 1)]
        for left, right in self.merges:
            found.append(found[left] + found[right])
        return found

    def cut(self, most: int) -> "Cut":
        """Cut at the greatest height at which no group has more than `most` classes or joins what is unlike."""
        members = self.members
        count = len(self.merges) + 1
        bad = [len(members[count + row]) > most or height >= UNLIKE for row, height in enumerate(self.heights)]
        first = bad.index(True) if any(bad) else len(bad)
        limit = float(self.heights[first]) if any(bad) else UNLIKE
        kept = int(np.searchsorted(self.heights, limit))
        below = float(self.heights[kept - 1]) if kept else 0.0
        nodes = set(range(count + kept)) - set(self.merges[:kept].ravel().tolist())
        return Cut((below + limit) / 2, {node: sorted(members[node]) for node in sorted(nodes)})


@dataclass(frozen=True)
class Cut:
    """Where a dendrogram is cut.

    Attributes
    ----------
    height : float
    groups : dict
        Node of the dendrogram -> its classes, single ones included.
    """

    height: float
    groups: dict[int, list[int]]


def largest_group(classes: int) -> int:
    """Return how many classes a proposed superclass may have: the square root of their number, at least two.

    Then groups are about as many as the classes of one. It was chosen on CIFAR-100 (ten; its own have five) and
    knows nothing of ImageNet, where `docs/own-data-sets.md` scores it.

    Examples
    --------
    >>> largest_group(100)
    10
    """
    return max(2, isqrt(classes))


def cosine_distances(vectors: np.ndarray) -> np.ndarray:
    """Return one minus the cosine of every two vectors: float32, shape (classes, classes).

    Vectors that are zero or not finite are unlike all others.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    known = np.isfinite(lengths) & (lengths > 0)
    unit = (np.where(known, vectors, 0) / np.where(known, lengths, 1)).astype(np.float32)
    return _distances(unit @ unit.T)


def confusion_distances(confusions: np.ndarray) -> np.ndarray:
    """Return one minus the mean share of images of one class that were taken for the other.

    `confusions`: counts, shape (targets, predictions). Returns float32, shape (classes, classes).
    """
    shares = confusions / np.maximum(confusions.sum(axis=1, keepdims=True), 1)
    return _distances(((shares + shares.T) / 2).astype(np.float32))


def _distances(likeness: np.ndarray) -> np.ndarray:
    """Return one minus what is given, between 0 and `UNLIKE`, in its place: of many classes it is large."""
    np.subtract(UNLIKE, likeness, out=likeness)
    np.clip(likeness, 0, UNLIKE, out=likeness)
    np.fill_diagonal(likeness, 0)
    return likeness


def average_linkage(distances: np.ndarray) -> Dendrogram:
    """Cluster by average linkage (UPGMA): two groups are as far apart as their members are on average.

    The nearest-neighbour chain of Murtagh (1983): each link goes to the nearest group, and the last two of a chain that
    are nearest to each other merge. It needs one matrix, and time that grows with its size. SciPy, which has the same,
    is no dependency of Errata.

    `distances`: symmetric, shape (classes, classes).
    """
    count = len(distances)
    left = distances.astype(np.float32)
    np.fill_diagonal(left, np.inf)
    sizes = np.ones(count)
    alive = np.ones(count, dtype=bool)
    chain: list[int] = []
    found = []
    while len(found) < count - 1:
        if not chain:
            chain.append(int(alive.argmax()))
        one = chain[-1]
        other = int(left[one].argmin())
        if len(chain) > 1 and left[one, chain[-2]] <= left[one, other]:
            other = chain[-2]
        if len(chain) < 2 or other != chain[-2]:
            chain.append(other)
            continue
        del chain[-2:]
        found.append((float(left[one, other]), one, other))
        mean = (sizes[one] * left[one] + sizes[other] * left[other]) / (sizes[one] + sizes[other])
        mean[other] = np.inf
        left[other], left[:, other] = mean, mean
        left[one], left[:, one] = np.inf, np.inf
        sizes[other] += sizes[one]
        alive[one] = False
    # a chain merges near pairs early, far from others; by height, every merge comes after what it joins
    found.sort(key=lambda merge: merge[0])
    node = list(range(2 * count - 1))

    def top(of: int) -> int:
        while node[of] != of:
            node[of] = node[node[of]]
            of = node[of]
        return of

    merges = np.zeros((count - 1, 2), dtype=np.int64)
    for row, (_, one, other) in enumerate(found):
        merges[row] = top(one), top(other)
        node[merges[row, 0]] = node[merges[row, 1]] = count + row
    return Dendrogram(merges, np.array([height for height, _, _ in found]))
