"""95 % confidence intervals for shares and mean accuracies of images that were sampled class by class.

The annotated images are a sample of so many images per target class, so the uncertainty of a figure comes from which
images of each class were drawn. An estimate is a weighted sum over images, linearised where it is a ratio (Cochran,
Sampling Techniques, 3rd ed., sections 5 and 6), and its variance is the sum over classes of the unbiased within-class
variance. A class with one image or a few shows little or no variance of its own: it gets the variance among the
images of all such classes, less the part that the larger classes show to lie between classes. The variance becomes an
effective sample size and that a Wilson interval, which stays within 0 and 1 and does not collapse at the ends (Korn
and Graubard 1998 use the effective size in the same way). No random numbers are involved, so intervals are the same
on every run.
"""

from dataclasses import dataclass

import numpy as np

Z = 1.959963984540054
"""97.5 % point of the normal distribution."""

LARGEST_DESIGN_GAIN = 5.0
"""Sampling by class is taken to be worth at most this many times as many images drawn at random. It keeps the interval
open where few images happen to show no variance within their classes."""


SMALL_CLASS = 5
"""Classes with fewer images borrow their variance from each other."""

BORROWED_IMAGES = 20
"""The variance among the images of small classes counts as if this many images of the larger classes were among them,
so that a few lucky images do not close the interval."""


@dataclass(frozen=True)
class Estimate:
    """Estimates with interval limits; float64 arrays of one shape, NaN where there is nothing to estimate from."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def share(numerator: np.ndarray, denominator: np.ndarray, sizes: np.ndarray) -> Estimate:
    """Estimate the share of images in the numerator among those in the denominator.

    Parameters
    ----------
    numerator, denominator : numpy.ndarray
        Shape (..., classes): images of each class in the numerator and in the denominator, the one being part of
        the other.
    sizes : numpy.ndarray
        Shape (..., classes), broadcast: sampled images of each class.
    """
    above, below = numerator.sum(axis=-1), denominator.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = above / below
    ratio = value[..., None]
    # every image contributes a - R b: 1 - R in the numerator, -R in the rest of the denominator, 0 outside it
    residuals = numerator - ratio * denominator
    squares = numerator * (1 - 2 * ratio) + ratio**2 * denominator
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = stratified_variance(residuals, squares, sizes, weights=np.ones_like(sizes)) / below**2
    return wilson(value, variance, images=below)


def mean_of_classes(successes: np.ndarray, sizes: np.ndarray) -> Estimate:
    """Estimate the mean over classes of the share of successes within each class.

    Parameters
    ----------
    successes : numpy.ndarray
        Shape (..., classes): images of each class that succeed.
    sizes : numpy.ndarray
        Shape (..., classes), broadcast: sampled images of each class. Classes without images do not count.
    """
    present = sizes > 0
    classes = present.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = np.where(present, 1 / (np.maximum(sizes, 1) * classes[..., None]), 0)
        value = np.where(classes > 0, (successes / np.maximum(sizes, 1)).sum(axis=-1) / classes, np.nan)
        variance = stratified_variance(successes, successes, sizes, weights=weights)
        images = 1 / (weights**2 * sizes).sum(axis=-1)
    return wilson(value, variance, images=images)


def pooled_share(
    numerator: np.ndarray,
    denominator: np.ndarray,
    squares: tuple[np.ndarray, np.ndarray, np.ndarray],
    sizes: np.ndarray,
) -> Estimate:
    """Estimate a share over the answers of many models to the same images.

    Every image is one draw with the answers of all models, so that models do not count as further evidence.

    Parameters
    ----------
    numerator, denominator : numpy.ndarray
        Shape (..., classes): answers, summed over models and images of a class.
    squares : tuple of numpy.ndarray
        Shape (..., classes) each: sums over the images of a class of a*a, a*b and b*b, where a and b are the answers
        of all models to one image in the numerator and in the denominator.
    sizes : numpy.ndarray
        Shape (..., classes), broadcast: sampled images of each class.
    """
    above, below = numerator.sum(axis=-1), denominator.sum(axis=-1)
    aa, ab, bb = squares
    with np.errstate(invalid="ignore", divide="ignore"):
        value = above / below
        ratio = value[..., None]
        residuals = numerator - ratio * denominator
        variance = (
            stratified_variance(residuals, aa - 2 * ratio * ab + ratio**2 * bb, sizes, weights=np.ones_like(sizes))
            / below**2
        )
        images = below**2 / bb.sum(axis=-1)
    return wilson(value, variance, images=images)


def stratified_variance(sums: np.ndarray, squares: np.ndarray, sizes: np.ndarray, *, weights: np.ndarray) -> np.ndarray:
    """Return the variance of the sum over classes of weight x sum over the class's images of a value.

    Parameters
    ----------
    sums, squares : numpy.ndarray
        Shape (..., classes): sums of the values and of their squares over the images of each class.
    sizes, weights : numpy.ndarray
        Shape (..., classes), broadcast: sampled images of each class, and the weight of each of them.
    """
    large, small = sizes >= SMALL_CLASS, (sizes > 0) & (sizes < SMALL_CLASS)
    corrected = np.where(large, sizes / np.maximum(sizes - 1, 1), 0)
    within = (squares - sums**2 / np.maximum(sizes, 1)) * corrected

    images_large, total_large = _spread(sums, squares, sizes, among=large)
    images_small, total_small = _spread(sums, squares, sizes, among=small)
    within_part = np.clip(_ratio(within.sum(axis=-1), images_large * total_large, default=1.0), 0, 1)
    borrowed = np.where(images_large > 0, BORROWED_IMAGES, 0)
    total = _ratio(images_small * total_small + borrowed * total_large, images_small + borrowed, default=0.0)
    return (weights**2 * within).sum(axis=-1) + within_part * total * (weights**2 * sizes * small).sum(axis=-1)


def _spread(
    sums: np.ndarray, squares: np.ndarray, sizes: np.ndarray, *, among: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of images in some classes and the variance of the value among them."""
    images = (sizes * among).sum(axis=-1)
    mean = _ratio((sums * among).sum(axis=-1), images, default=0.0)
    variance = _ratio((squares * among).sum(axis=-1), images, default=0.0) - mean**2
    return images, variance * _ratio(images, images - 1, default=1.0)


def _ratio(above: np.ndarray, below: np.ndarray, *, default: float) -> np.ndarray:
    return np.where(below > 0, above / np.where(below > 0, below, 1), default)


def wilson(value: np.ndarray, variance: np.ndarray, *, images: np.ndarray) -> Estimate:
    """Return Wilson's interval for `value`, with the number of independent images that would have `variance`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = value * (1 - value) / variance
        effective = np.where(np.isfinite(effective) & (effective > 0), effective, images)
        effective = np.minimum(effective, LARGEST_DESIGN_GAIN * images)
        centre = (value + Z**2 / (2 * effective)) / (1 + Z**2 / effective)
        half = Z / (1 + Z**2 / effective) * np.sqrt(value * (1 - value) / effective + Z**2 / (4 * effective**2))
    # rounding must not put a limit of 0 or 1 on the wrong side of the value
    return Estimate(value, np.clip(centre - half, 0, value), np.clip(centre + half, value, 1))
