"""Real predictions as material for broken and honest files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

NAMES = np.array([f"ILSVRC2012_val_{i:08d}.JPEG" for i in range(1, 50_001)])


@dataclass(frozen=True)
class Material:
    """A real model's predictions of all 50,000 validation images and what they can be turned into.

    ids, targets : int array, shape (50000,), in the order of the file names
    confused : int array, shape (1000, 5): the five classes that other models take a class for most often
    """

    name: str
    ids: np.ndarray
    targets: np.ndarray
    confused: np.ndarray

    @property
    def random(self) -> np.random.Generator:
        """A generator that gives the same numbers every time."""
        return np.random.default_rng(len(self.name))

    def ranked(self, columns: int = 5) -> np.ndarray:
        """Return ranked class ids, shape (50000, columns): the prediction first, then what it is confused with.

        Where the prediction is wrong the target is second in half of the rows, as it is with real models.
        """
        random = self.random
        rest = self.confused[self.ids][:, : columns - 1].copy()
        second = (self.ids != self.targets) & (random.random(len(self.ids)) < 0.5)
        present = (rest == self.targets[:, None]).any(axis=1)
        rest[second & ~present, 0] = self.targets[second & ~present]
        return np.column_stack([self.ids, rest])

    def scores(self, rows: slice = slice(None), dtype: type = np.float16) -> np.ndarray:
        """Return logits, shape (rows, 1000), whose ranking is `ranked`."""
        ranked = self.ranked()[rows]
        scores = self.random.normal(0, 0.5, (len(ranked), 1000)).astype(np.float32)
        np.put_along_axis(scores, ranked, np.array([12.0, 9.0, 8.0, 7.0, 6.0], np.float32), axis=1)
        return scores.astype(dtype)


def read_material(real: Path, models: list[str]) -> list[Material]:
    """Read models' predictions; what classes are confused with is counted over the models that are not read.

    Models that nothing was fitted to lie in `unseen` beside the folder.
    """
    targets = pl.read_csv(real / "val_labels.csv")["class_id"].to_numpy().astype(np.int64)
    counts = np.zeros((1000, 1000))
    found = {}
    files = [
        path for folder in (real, real.parent / "unseen") for path in sorted((folder / "predictions").glob("*.parquet"))
    ]
    for path in files:
        ids = pl.read_parquet(path).sort("file_name")["predicted_class"].to_numpy().astype(np.int64)
        if path.stem in models:
            found[path.stem] = ids
        else:
            np.add.at(counts, (targets, ids), 1)
    counts += counts.T.copy()
    np.fill_diagonal(counts, -1)
    confused = np.argsort(-counts, axis=1, kind="stable")[:, :5]
    return [Material(model, found[model], targets, confused) for model in models]


Content = pl.DataFrame | np.ndarray | str | dict[str, np.ndarray]
Make = Callable[[Material], Content]


def table(ids: np.ndarray, names: np.ndarray = NAMES, **columns: np.ndarray) -> pl.DataFrame:
    """Return a table of predictions."""
    return pl.DataFrame({"file_name": names, "predicted_class": ids, **columns})


def write(content: Content, folder: Path, stem: str = "model") -> Path:
    """Write the content in the format that its type stands for."""
    if isinstance(content, pl.DataFrame):
        path = folder / f"{stem}.parquet"
        content.write_parquet(path)
    elif isinstance(content, np.ndarray):
        path = folder / f"{stem}.npy"
        np.save(path, content)
    elif isinstance(content, dict):
        path = folder / f"{stem}.npz"
        np.savez(path, **content)
    else:
        path = folder / f"{stem}.csv"
        path.write_text(content)
    return path
