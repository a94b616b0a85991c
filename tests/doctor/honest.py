"""Honest files of predictions: odd, but every row is what a model said of its image."""

from collections.abc import Callable

import numpy as np
import polars as pl

from doctor.material import NAMES, Content, Material, table

ROWS = 50_000
Honest = Callable[[Material, np.ndarray], Content]
"""A file made from a model's predictions and whether each image is annotated (bool, shape (50000,))."""


def _taken_for(m: Material, share: float, steps: int) -> np.ndarray:
    """Return the answers of a weaker model: so many answers are moved along what classes are confused with."""
    ids = m.ids.copy()
    for _ in range(steps):
        moved = np.flatnonzero(m.random.random(ROWS) < share)
        ids[moved] = m.confused[ids[moved], m.random.integers(0, 5, len(moved))]
    return ids


def _without(m: Material, classes: int) -> np.ndarray:
    """Return the answers of a model that never names some classes: it names a class that it confuses them with."""
    never = np.zeros(1000, bool)
    never[m.random.choice(1000, classes, replace=False)] = True
    ids = m.ids.copy()
    for column in range(5):
        lost = never[ids]
        ids[lost] = m.confused[m.ids[lost], column]
    for class_id in np.unique(ids[never[ids]]):
        ids[ids == class_id] = np.flatnonzero(~never)[class_id % (~never).sum()]
    return ids


def _weak(m: Material, accuracy: float) -> np.ndarray:
    """Return the answers of a model early in its training: near the image's class, often one of a few favourites."""
    right = (m.ids == m.targets).mean()
    ids = _taken_for(m, 0.6, 4)
    still = (ids == m.targets).mean()
    back = m.random.random(ROWS) < max(0.0, (accuracy - still) / max(right - still, 1e-9))
    ids[back] = m.ids[back]
    favourites = m.random.choice(1000, 60, replace=False)
    lost = (m.random.random(ROWS) < max(0.0, 1 - accuracy / max((ids == m.targets).mean(), accuracy))) & ~back
    ids[lost] = favourites[m.targets[lost] % 60]
    return ids


def _head(m: Material, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the answers of a head of so many classes that writes full ids, and whether an image is of one of them."""
    kept = np.zeros(1000, bool)
    kept[m.random.choice(1000, classes, replace=False)] = True
    nearest = np.arange(1000)
    nearest[~kept] = m.random.choice(np.flatnonzero(kept), (~kept).sum())
    for column in range(4, -1, -1):
        near = m.confused[:, column]
        nearest[~kept & kept[near]] = near[~kept & kept[near]]
    return nearest[m.ids], kept[m.targets]


def _named(m: Material, count: int) -> pl.DataFrame:
    rows = np.sort(m.random.choice(ROWS, count, replace=False))
    return table(m.ids[rows], NAMES[rows])


def _errors_first(frame: pl.DataFrame, m: Material) -> pl.DataFrame:
    targets = m.targets[np.searchsorted(NAMES, frame["file_name"].to_numpy())]
    return frame[np.argsort(frame["predicted_class"].to_numpy() == targets, kind="stable")]


def _of_head(m: Material, classes: int) -> pl.DataFrame:
    ids, of_them = _head(m, classes)
    return table(ids[of_them], NAMES[of_them])


def _as_text(m: Material, end: str) -> str:
    return f"file_name,predicted_class{end}" + end.join(
        f"{name},{class_id}" for name, class_id in zip(NAMES, m.ids, strict=True)
    )


def _pairs_joined(m: Material) -> np.ndarray:
    """Return answers in which sixty classes are always taken for the one that they are confused with most.

    That one is not among the sixty: classes that are taken for each other are exchanged, which is no honest file.
    """
    new = np.arange(1000)
    some = m.random.choice(1000, 60, replace=False)
    some = some[~np.isin(m.confused[some, 0], some)]
    new[some] = m.confused[some, 0]
    return new[m.ids]


HONEST: dict[str, Honest] = {
    "a table": lambda m, a: table(m.ids),
    "an array": lambda m, a: m.ids,
    "annotated rows only": lambda m, a: table(m.ids[a], NAMES[a]),
    "rows in another order, named": lambda m, a: table(m.ids, NAMES).sample(fraction=1, shuffle=True, seed=1),
    "sorted by class, named": lambda m, a: table(m.ids, NAMES)[np.argsort(m.targets, kind="stable")],
    "100 classes never": lambda m, a: table(_without(m, 100)),
    "300 classes never, array": lambda m, a: _without(m, 300),
    "sixty classes always taken for another": lambda m, a: table(_pairs_joined(m)),
    "a weaker model": lambda m, a: table(_taken_for(m, 0.4, 1)),
    "top-1 of 30 %": lambda m, a: table(_weak(m, 0.30)),
    "top-1 of 10 %, array": lambda m, a: _weak(m, 0.10),
    "top-1 of 4 %": lambda m, a: table(_weak(m, 0.04)),
    "100 classes, their images": lambda m, a: _of_head(m, 100),
    "100 classes, all images": lambda m, a: table(_head(m, 100)[0]),
    "1,000 images": lambda m, a: _named(m, 1_000),
    "300 images": lambda m, a: _named(m, 300),
    "5,000 images": lambda m, a: _named(m, 5_000),
    "errors first, named": lambda m, a: table(m.ids)[np.argsort(m.ids == m.targets, kind="stable")],
    "errors first, 1,000 images": lambda m, a: _errors_first(_named(m, 1_000), m),
    "ranked five": lambda m, a: m.ranked(),
    "text with blank lines at the end": lambda m, a: _as_text(m, "\r\n") + "\r\n\r\n\r\n",
}
SUBSETS = {"errors first, 1,000 images", "100 classes, their images", "1,000 images", "300 images", "5,000 images"}
"""Files of a part of the images: a warning with their number is right."""
