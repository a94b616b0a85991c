"""Cohen's kappa: how far two judges agree beyond what their habits alone would give."""

from dataclasses import dataclass

import numpy as np

from errata.profile.intervals import Z


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa with its 95 % limits; None where a judge always says the same, so that there is nothing to tell."""

    value: float | None
    low: float | None = None
    high: float | None = None


def cohens_kappa(table: np.ndarray) -> Kappa:
    """Return Cohen's kappa of a square table of counts.

    The standard error is the large-sample one of Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969).

    Parameters
    ----------
    table : numpy.ndarray
        Shape (categories, categories): how often the first judge said the row and the second the column.
    """
    total = table.sum()
    if min(np.count_nonzero(table.sum(axis=0)), np.count_nonzero(table.sum(axis=1))) < 2:
        return Kappa(None)
    p = table / total
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    kappa = (observed - expected) / (1 - expected)
    both = columns[:, None] + rows[None, :]
    agreeing = np.diag(p) * (1 - np.diag(both) * (1 - kappa)) ** 2
    differing = (p - np.diag(np.diag(p))) * both**2 * (1 - kappa) ** 2
    variance = agreeing.sum() + differing.sum() - (kappa - expected * (1 - kappa)) ** 2
    half = Z * np.sqrt(max(variance, 0) / total) / (1 - expected)
    return Kappa(kappa, max(kappa - half, -1.0), min(kappa + half, 1.0))
