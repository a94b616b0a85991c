"""McNemar's test of paired counts, and Holm's correction for several tests.

Of the images that only one of two models counts, half would be counted by either if the models were alike, so their
split is binomial with probability 1/2 (McNemar 1947). The exact test is conservative: its probability of a false alarm
at 5 % is well below 5 % where few images differ. The mid-p test, which counts the observed split half, comes close to
5 % and is what Errata uses for every count, large or small (Fagerland, Lydersen and Laake 2013, "The McNemar test for
binary matched-pairs data: mid-p and asymptotic are better than exact conditional"). Both are conservative where models
are alike on the whole and differ in opposite ways on different classes.
"""

from collections.abc import Sequence

import numpy as np


def mid_p(gained: int, lost: int) -> float:
    """Return the two-sided mid-p value of McNemar's test.

    Parameters
    ----------
    gained, lost : int
        Images that only model B, and that only model A counts.
    """
    below_or_at, at = _lower_tail(gained, lost)
    return float(min(1.0, 2 * below_or_at - at))


def exact_p(gained: int, lost: int) -> float:
    """Return the two-sided exact (conditional) p value of McNemar's test."""
    return float(min(1.0, 2 * _lower_tail(gained, lost)[0]))


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Return p values adjusted for being the several tests of one family (Holm 1979).

    Rejecting where the adjusted value is at most 5 % keeps the probability of any false alarm at 5 % or less.
    """
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def _lower_tail(gained: int, lost: int) -> tuple[float, float]:
    """Return the probability of the smaller count or fewer, and of exactly that count, of Binomial(sum, 1/2)."""
    tosses, fewer = gained + lost, min(gained, lost)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, tosses + 1)))])
    heads = np.arange(fewer + 1)
    probabilities = np.exp(logs[tosses] - logs[heads] - logs[tosses - heads] - tosses * np.log(2))
    return probabilities.sum(), probabilities[-1]
