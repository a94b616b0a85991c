"""Read facts about models from their names, and estimate their seconds from tables of throughput."""

import csv
import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from errata.errors import InputError
from errata.sheets import NONE


@dataclass(frozen=True)
class NameRules:
    """The tables that names are read with.

    `architectures`, `training_data`, `annotations`: `resources/zoo/architectures.tsv`, `training_data.tsv`,
        `annotations.tsv`.
    """

    architectures: Path
    training_data: Path
    annotations: Path

    @cached_property
    def _architectures(self) -> list[tuple[str, ...]]:
        return _read(self.architectures, columns=("pattern", "family", "group"))

    @cached_property
    def _training_data(self) -> list[tuple[re.Pattern, str, str]]:
        rows = _read(self.training_data, columns=("pattern", "training_data", "images"))
        return [(re.compile(pattern), data, images) for pattern, data, images in rows]

    @cached_property
    def _annotations(self) -> list[tuple[re.Pattern, str]]:
        rows = _read(self.annotations, columns=("pattern", "annotation"))
        return [(re.compile(pattern), annotation) for pattern, annotation in rows]

    def family_and_group(self, architecture: str) -> tuple[str, str]:
        """Return family and group of an architecture, by its name in its library.

        Raises InputError if no pattern fits.
        """
        for pattern, family, group in self._architectures:
            if fnmatch.fnmatchcase(architecture, pattern):
                return family, group
        raise InputError(f"{self.architectures}: no pattern fits the architecture '{architecture}'; add a row.")

    def data(self, name: str) -> tuple[str, str]:
        """Return the largest training data of a model, by its name without its size, and how many images that has.

        Raises InputError if no pattern fits.
        """
        for pattern, data, images in self._training_data:
            if pattern.search(name):
                return data, images
        raise InputError(f"{self.training_data}: no pattern fits the model '{name}'; add a row.")

    def kinds_of_training(self, name: str) -> str:
        """Return what else is known about the training of a model, separated by commas."""
        found = [annotation for pattern, annotation in self._annotations if pattern.search(name)]
        return ", ".join(found) or NONE


def _read(path: Path, *, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader((line for line in stream if not line.startswith("#")), delimiter="\t")
    if tuple(header) != columns:
        raise InputError(f"{path}: expected the tab-separated columns {', '.join(columns)}, found {', '.join(header)}.")
    return [tuple(row) for row in rows]


IMAGES = 50_000
"""Estimates are for so many images: ImageNet-val."""

FOLDS = 10
"""In so many parts the architectures are divided to find the error of the fit."""


@dataclass(frozen=True)
class Measured:
    """A row of a throughput table.

    `seconds`: for `IMAGES` images.
    `gmacs`: GMACs for one image; NaN where nobody counted.
    `parameters`: trainable numbers, rounded to ten thousands.
    """

    seconds: float
    gmacs: float
    parameters: float


@dataclass(frozen=True)
class Fit:
    """log(seconds) as a linear function of log(multiply-adds), log(parameters) and log(size), for each group.

    `slopes`: float64, shape (3,).
    `intercepts`: group of architectures -> intercept.
    `error`: median of |estimate / measured - 1| among architectures that the fit had not seen.
    """

    slopes: np.ndarray
    intercepts: Mapping[str, float]
    error: float

    def seconds(self, *, gmacs: float, parameters: float, size: int, group: str) -> float:
        """Estimate the seconds for `IMAGES` images."""
        return float(np.exp(np.log([gmacs, parameters, size]) @ self.slopes + self.intercepts[group]))


def read_throughput(path: Path | str) -> dict[tuple[str, int], Measured]:
    """Read one of timm's tables `benchmark-infer-*.csv`: (architecture, size) -> what was measured.

    Raises InputError if columns are missing.
    """
    with Path(path).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wanted = ("model", "infer_img_size", "infer_samples_per_sec", "infer_gmacs", "param_count")
    missing = [name for name in wanted if not rows or name not in rows[0]]
    if missing:
        raise InputError(f"{path}: lacks the column(s) {', '.join(missing)} of timm's throughput tables.")
    return {
        (row["model"], int(row["infer_img_size"])): Measured(
            IMAGES / float(row["infer_samples_per_sec"]),
            float(row["infer_gmacs"] or "nan"),
            1e6 * float(row["param_count"].replace(",", "")),
        )
        for row in rows
    }


def fit_seconds(measured: Mapping[tuple[str, int], Measured], *, group_of: Callable[[str], str]) -> Fit:
    """Fit the seconds of measured models by least squares in the logarithm.

    `measured`: (architecture, size) -> what was measured.
    `group_of`: architecture -> its group.
    """
    used = [(name, size, row) for (name, size), row in measured.items() if row.gmacs > 0]
    groups = sorted({group_of(name) for name, *_ in used})
    features = np.array(
        [
            [*np.log([row.gmacs, row.parameters, size]), *(float(group_of(name) == group) for group in groups)]
            for name, size, row in used
        ]
    )
    logs = np.log([row.seconds for *_, row in used])
    order = {name: place for place, name in enumerate(sorted({name for name, *_ in used}))}
    fold = np.array([order[name] % FOLDS for name, *_ in used])
    errors = [
        features[fold == one] @ _solve(features[fold != one], logs[fold != one]) - logs[fold == one]
        for one in range(FOLDS)
    ]
    weights = _solve(features, logs)
    return Fit(
        weights[:3],
        dict(zip(groups, weights[3:].tolist(), strict=True)),
        float(np.median(np.abs(np.exp(np.concatenate(errors)) - 1))),
    )


def _solve(features: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(features, values, rcond=None)[0]
