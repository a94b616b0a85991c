"""Least squares over all models and without each block of similar models, in one go."""

from dataclasses import dataclass

import numpy as np

from errata.trends.jackknife import sums

SMALL = 1e-11
"""Directions of the columns whose square is this part of the largest one's carry no information."""


@dataclass(frozen=True)
class Fits:
    """Regressions of the same columns: first on all models, then without each block.

    Attributes
    ----------
    coefficients : numpy.ndarray
        float64, shape (1 + blocks, columns).
    unexplained : numpy.ndarray
        float64, shape (1 + blocks,): the variance that the columns leave, residual sum of squares / (n - rank).
    whole : numpy.ndarray
        float64, shape (1 + blocks,): the variance of the values, with n - 1.
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
    used = sizes > SMALL * sizes[:, -1:]
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
