"""How long models take: timm's throughput tables, and a fit to them for models that they leave out."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from errata.errors import InputError

IMAGES = 50_000
"""Estimates are for so many images: ImageNet-val."""

FOLDS = 10
"""In so many parts the architectures are divided to find the error of the fit."""


@dataclass(frozen=True)
class Measured:
    """A row of a throughput table.

    Attributes
    ----------
    seconds : float
        For `IMAGES` images.
    gmacs : float
        Thousand millions of multiply-adds for one image; NaN where nobody counted.
    parameters : float
        Trainable numbers, rounded to ten thousands.
    """

    seconds: float
    gmacs: float
    parameters: float


@dataclass(frozen=True)
class Fit:
    """log(seconds) as a linear function of log(multiply-adds), log(parameters) and log(size), for each group.

    Attributes
    ----------
    slopes : numpy.ndarray
        float64, shape (3,).
    intercepts : mapping
        Group of architectures -> intercept.
    error : float
        Median of |estimate / measured - 1| among architectures that the fit had not seen.
    """

    slopes: np.ndarray
    intercepts: Mapping[str, float]
    error: float

    def seconds(self, *, gmacs: float, parameters: float, size: int, group: str) -> float:
        """Estimate the seconds for `IMAGES` images."""
        return float(np.exp(np.log([gmacs, parameters, size]) @ self.slopes + self.intercepts[group]))


def read_throughput(path: Path | str) -> dict[tuple[str, int], Measured]:
    """Read one of timm's tables `benchmark-infer-*.csv`: (architecture, size) -> what was measured.

    Raises
    ------
    InputError
        If columns are missing.
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

    Parameters
    ----------
    measured : mapping
        (architecture, size) -> what was measured.
    group_of : callable
        Architecture -> its group.
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
