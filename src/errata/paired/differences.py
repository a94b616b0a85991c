"""Differences between two models on the same images: paired 95 % intervals, McNemar's test, Holm's correction.

The images are a sample drawn class by class, as in `errata.profiles.intervals`. A statistic of one model is a sum over
images, linearised where it is a ratio; the difference of two models is the sum of the differences within images, so
what is easy or hard for both cancels. Its variance is the stratified one of `errata.profiles.intervals`, small classes
treated alike.

Where few images differ, that variance is too small, and none where no image differs. As Bonett and Price (2012,
"Adjusted Wald confidence interval for a difference of binomial proportions based on paired data") add one image to
each of the two kinds that differ, the variance here is enlarged by that of one image changing for the better and one
changing for the worse. `make bench` measures how often these intervals cover the truth, beside those of a bootstrap
within classes, which draws nothing new from classes with one image.

The relative change of a count, B / A - 1, has Fieller's interval from the same variances: it holds zero if and only if
the interval of the difference does. No random numbers are involved.

Counts are tested with McNemar's test (1947): of the images that only one of two models counts, half would be counted by
either if the models were alike, so their split is binomial with probability 1/2. The exact test is conservative: its
probability of a false alarm at 5 % is well below 5 % where few images differ. The mid-p test, which counts the observed
split half, comes close to 5 % and is what Errata uses for every count, large or small (Fagerland, Lydersen and Laake
2013, "The McNemar test for binary matched-pairs data: mid-p and asymptotic are better than exact conditional"). Both
are conservative where models are alike on the whole and differ in opposite ways on different classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from errata.profiles.answers import COUNTED
from errata.profiles.intervals import Z, stratified_variance


@dataclass(frozen=True)
class Difference:
    """A statistic of two models and its difference; float64 arrays of one shape, NaN where it is undefined.

    `before`, `after`: the statistic of model A and of model B.
    `deviation`: standard deviation of their difference.
    """

    before: np.ndarray
    after: np.ndarray
    deviation: np.ndarray

    @property
    def value(self) -> np.ndarray:
        """B minus A."""
        return self.after - self.before

    @property
    def low(self) -> np.ndarray:
        """Lower 95 % limit of the difference."""
        return self.value - Z * self.deviation

    @property
    def high(self) -> np.ndarray:
        """Upper 95 % limit of the difference."""
        return self.value + Z * self.deviation


def difference_of_counts(transitions: np.ndarray, sizes: np.ndarray, codes: Sequence[int]) -> Difference:
    """Compare how many images have one of some outcomes.

    `transitions`: shape (..., classes, outcomes, outcomes): see `errata.paired.transitions.Transitions`.
    `sizes`: shape (classes,): images of each class.
    `codes`: the outcome codes that are counted.
    """
    return weighted_difference_of_counts(transitions, sizes, codes, ratio=1.0)


def weighted_difference_of_counts(
    transitions: np.ndarray, sizes: np.ndarray, codes: Sequence[int], *, ratio: float
) -> Difference:
    """Compare a count of B with `ratio` times the count of A, whose value is `before`; otherwise as above."""
    counted = membership(codes)
    before = ratio * _count_before(transitions, counted)
    values = counted[None, :] - ratio * counted[:, None]
    variance = _variance(transitions, values, sizes, np.ones_like(sizes)) + 1 + ratio**2
    return Difference(before, _count_after(transitions, counted), np.sqrt(variance))


def difference_of_shares(
    transitions: np.ndarray, sizes: np.ndarray, numerator: Sequence[int], denominator: Sequence[int]
) -> Difference:
    """Compare the share of the outcomes in `numerator` among those in `denominator`; shapes as above."""
    part, whole = membership(numerator), membership(denominator)
    below = [_count_before(transitions, whole), _count_after(transitions, whole)]
    with np.errstate(invalid="ignore", divide="ignore"):
        before = _count_before(transitions, part) / below[0]
        after = _count_after(transitions, part) / below[1]
        residual_before = (part - before[..., None] * whole) / below[0][..., None]
        residual_after = (part - after[..., None] * whole) / below[1][..., None]
        values = residual_after[..., None, :] - residual_before[..., :, None]
        variance = _variance(transitions, values, sizes, np.ones_like(sizes)) + 1 / below[0] ** 2 + 1 / below[1] ** 2
    return Difference(before, after, np.sqrt(variance))


def difference_of_means(transitions: np.ndarray, sizes: np.ndarray, accepted: Sequence[int]) -> Difference:
    """Compare the mean over classes of the share of `accepted` outcomes; classes of size 0 do not count."""
    counted = membership(accepted)
    present = sizes > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = np.where(present, 1 / (np.maximum(sizes, 1) * present.sum()), 0)
        before = (transitions.sum(axis=-1) @ counted) @ weights
        after = (transitions.sum(axis=-2) @ counted) @ weights
        one_image = (weights**2 * sizes).sum() / sizes.sum()
        variance = _variance(transitions, counted[None, :] - counted[:, None], sizes, weights) + 2 * one_image
    undefined = np.where(present.any(), 0.0, np.nan)
    return Difference(before + undefined, after + undefined, np.sqrt(variance))


def relative_change(
    transitions: np.ndarray, sizes: np.ndarray, codes: Sequence[int], *, quantile: float = Z
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return B / A - 1 of a count with its lower and upper limit, NaN where A counts too few images for limits.

    Fieller's interval (1954): every ratio r for which B - r A is within `quantile` standard deviations of zero.
    """
    counted = membership(codes)
    before, after = _count_before(transitions, counted), _count_after(transitions, counted)
    ones = np.ones_like(sizes)
    own = _variance(transitions, counted[:, None] + 0 * counted[None, :], sizes, ones)
    other = _variance(transitions, counted[None, :] + 0 * counted[:, None], sizes, ones)
    difference = _variance(transitions, counted[None, :] - counted[:, None], sizes, ones)
    shared = (own + other - difference) / 2
    square = before**2 - quantile**2 * (own + 1)
    linear = before * after - quantile**2 * shared
    constant = after**2 - quantile**2 * (other + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(before > 0, after / before - 1, np.nan)
        root = np.sqrt(linear**2 - square * constant)
        low, high = (linear - root) / square - 1, (linear + root) / square - 1
    bounded = (square > 0) & np.isfinite(root) & (before > 0)
    return value, np.where(bounded, np.maximum(low, -1), np.nan), np.where(bounded, high, np.nan)


def membership(codes: Sequence[int]) -> np.ndarray:
    """Return float64, shape (outcomes,): 1 for the outcome codes given, 0 for the others."""
    return np.isin(np.arange(COUNTED), list(codes)).astype(np.float64)


def _count_before(transitions: np.ndarray, counted: np.ndarray) -> np.ndarray:
    return transitions.sum(axis=(-3, -1)) @ counted


def _count_after(transitions: np.ndarray, counted: np.ndarray) -> np.ndarray:
    return transitions.sum(axis=(-3, -2)) @ counted


def _variance(transitions: np.ndarray, values: np.ndarray, sizes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the variance of the sum over images of weight x value, the value depending on the transition."""
    sums = np.einsum("...kij,...ij->...k", transitions, values)
    squares = np.einsum("...kij,...ij->...k", transitions, values**2)
    return stratified_variance(sums, squares, np.broadcast_to(sizes, sums.shape), weights=weights)


def mid_p(gained: int, lost: int) -> float:
    """Return the two-sided mid-p value of McNemar's test.

    `gained`, `lost`: images that only model B, and that only model A counts.
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
