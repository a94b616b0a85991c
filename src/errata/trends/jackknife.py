"""Intervals of any statistic of a set of models, by leaving out one block of similar models at a time.

With G blocks, θ₍g₎ the statistic without block g and θ̄ their mean, the variance of θ is (G - 1) / G Σ (θ₍g₎ - θ̄)²
(Shao and Tu, *The Jackknife and Bootstrap*, 1995, section 2.3) and the 95 % interval θ ± t √variance, with the 97.5 %
quantile t of Student's distribution with G - 1 degrees of freedom. Nothing is drawn at random. It answers: how much
would the number move, had other architectures been among the models? It does not ask about other images.

Values of a statistic come as arrays whose first row is that of all models, followed by one row without each block.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from errata.trends.fit import student_quantile

FEWEST_BLOCKS = 6
"""With fewer blocks of similar models there is no interval."""

NEGLIGIBLE = 1e-11
"""Directions of the columns whose square is this part of the largest one's carry no information."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; the limits are NaN where there is no interval."""

    value: float
    low: float
    high: float

    @property
    def negative(self) -> "Estimate":
        """The number with the other sign."""
        return Estimate(-self.value, -self.high, -self.low)

    def mapped(self, by: Callable[[float], float]) -> "Estimate":
        """Return a monotone function of the number; its interval is that of the limits."""
        low, high = sorted((by(self.low), by(self.high)))
        return Estimate(by(self.value), low, high)


def estimate(values: np.ndarray) -> Estimate:
    """Return a statistic with its interval, from its values of all models and without each block."""
    value, without = float(values[0]), np.asarray(values[1:], np.float64)
    count = without.size
    if count < FEWEST_BLOCKS:
        return Estimate(value, float("nan"), float("nan"))
    variance = (count - 1) / count * ((without - without.mean()) ** 2).sum()
    half = student_quantile(0.975, count - 1) * float(np.sqrt(variance))
    return Estimate(value, value - half, value + half)


def choices(blocks: np.ndarray) -> Iterator[np.ndarray]:
    """Yield which models to use: all of them, then all but those of each block; bool, shape (models,)."""
    names, block = np.unique(blocks, return_inverse=True)
    yield np.ones(block.size, bool)
    for left_out in range(names.size):
        yield block != left_out


def sums(numbers: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Return the sums of `numbers` over all models and without each block.

    `numbers` has shape (models, ...), the result (1 + blocks, ...).
    """
    order = np.argsort(blocks, kind="stable")
    _, starts = np.unique(blocks[order], return_index=True)
    of_block = np.add.reduceat(numbers[order].astype(np.float64), starts, axis=0)
    whole = of_block.sum(axis=0, keepdims=True)
    return np.concatenate([whole, whole - of_block])


@dataclass(frozen=True)
class Fits:
    """Regressions of the same columns: first on all models, then without each block.

    `coefficients`: float64, shape (1 + blocks, columns).
    `unexplained`: float64, shape (1 + blocks,): the variance that the columns leave, residual sum of squares / (n -
        rank).
    `whole`: float64, shape (1 + blocks,): the variance of the values, with n - 1.
    """

    coefficients: np.ndarray
    unexplained: np.ndarray
    whole: np.ndarray


def regressions(columns: np.ndarray, y: np.ndarray, blocks: np.ndarray) -> Fits:
    """Regress `y`, shape (models,), on the columns, shape (models, columns), which must span the constant.

    The normal equations of the models that stay are those of all models minus those of the block. Columns that become
    empty or dependent without a block are left out of that fit.
    """
    # centred, so that the sums of squares do not cancel
    centre = y.mean()
    y = y - centre
    gram = sums(columns[:, :, None] * columns[:, None, :], blocks)
    cross = sums(columns * y[:, None], blocks)
    count, total, square = sums(np.stack([np.ones_like(y), y, y**2], axis=1), blocks).T
    sizes, directions = np.linalg.eigh(gram)
    used = sizes > NEGLIGIBLE * sizes[:, -1:]
    inverse = np.where(used, 1 / np.where(used, sizes, 1), 0)
    solve = (directions * inverse[:, None]) @ directions.swapaxes(1, 2)
    coefficients = (solve @ cross[:, :, None])[:, :, 0]
    rest = np.maximum(square - (coefficients * cross).sum(axis=1), 0)
    # the coefficients that make the constant take up what was centred
    constant = solve[0] @ columns.sum(axis=0) * centre
    return Fits(
        coefficients + constant,
        rest / np.maximum(count - used.sum(axis=1), 1),
        np.maximum(square - total**2 / count, 0) / np.maximum(count - 1, 1),
    )
