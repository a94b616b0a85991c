"""Tell whether rows at random places say nothing about their images, by how far off the errors are.

No place helps here, so it must be known what errors sound models make. They seldom take an organism for an artifact or
the other way round; of answers at random, half do. The share of such *cross* errors lies near a line over the accuracy
for sound models. The line belongs to a data set: that of ImageNet is below, and the test is left out elsewhere.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT

WARN_Z = 3.0
REFUSE_Z = 3.5
_LEAST_CLASSES = 0.9
_LEAST_PREDICTED = 0.97
_LEAST_IMAGES = 0.95
_FEWEST_ERRORS = 200
_MIXED_ACCURACY, _MIXED_CLASSES, _MIXED_RATIO = (0.1, 0.5), 0.05, 1.5
_SHARES = np.arange(0.001, 0.5, 0.001)
"""Shares of random rows that are tried for which would be noticed."""


@dataclass(frozen=True)
class ErrorLine:
    """What errors sound models make on one data set.

    Attributes
    ----------
    intercept, slope : float
        Log odds of cross errors among the errors that are no accepted answer, over logit(top-1).
    sd : float
        Standard deviation of these log odds between sound models of one accuracy.
    near : tuple of float
        Intercept and slope of the log odds of fine-grained errors against the others that are no accepted answer.
    known : tuple of float
        The top-1 accuracies for which sound models were looked at.
    lowest : float
        The top-1 accuracy down to which the line is used for files that look mixed.
    """

    intercept: float
    slope: float
    sd: float
    near: tuple[float, float]
    known: tuple[float, float]
    lowest: float


IMAGENET = ErrorLine(
    intercept=-1.7805,
    slope=-0.3244,
    sd=0.0865,
    near=(-1.3743, 0.6473),
    known=(0.5, 0.95),
    lowest=0.35,
)
"""The line of cross errors is a least-squares fit to predictions of 25 models of 2012 to 2018 (of 50, every other one
by accuracy). Their standard deviation is 0.051; it is taken 1.7 times as large, since other architectures may vary
more: the log odds of fine-grained errors vary twice as much among the 954 published models of Peychev et al. (2023) as
among these 50. The line of fine-grained errors is a robust fit to the counts of the 954."""

_IMAGENET_WNIDS = "385e0240499426c022b773be1ae4da780f057b89c9694c7f47199f62746b6edd"
"""SHA-256 of the 1,000 wnids in order, joined by line ends."""
_IMAGENET_IMAGES = 50_000


@dataclass(frozen=True)
class Scatter:
    """How far the errors are from those of sound models.

    Attributes
    ----------
    z : float
        Distance from the line in standard deviations of sound models; NaN where the file looks mixed (`looks_mixed`)
        and nothing else can be said.
    share : float
        Share of rows at random that would explain it, a lower bound for models with fewer cross errors than the line.
    is_proved : bool
        Whether a file may be refused for it: z is at least `REFUSE_Z`, or twice that where no sound models were looked
        at and the file looks mixed; and fine-grained errors are fewer than their line says.
    noticed : float
        The share of random rows from which on this file would be refused, as far as can be expected.
    """

    z: float
    share: float = np.nan
    is_proved: bool = False
    noticed: float = np.nan

    @property
    def severity(self) -> str | None:
        """'refuse', 'warn' or None."""
        if np.isnan(self.z):
            return "warn"
        if self.z < WARN_Z:
            return None
        return "refuse" if self.is_proved else "warn"


def line_of(atlas: Atlas) -> ErrorLine | None:
    """Return the line of the atlas's labels, or None if they are other than those of ImageNet's validation set.

    With reassessed targets the same models' errors are others.
    """
    if "label_set" in atlas.provenance or "multi_label" in atlas.undefined:
        return None
    wnids = hashlib.sha256("\n".join(atlas.classes["wnid"]).encode()).hexdigest()
    return IMAGENET if (wnids, atlas.dataset_images) == (_IMAGENET_WNIDS, _IMAGENET_IMAGES) else None


def looks_mixed(targets: np.ndarray, predictions: np.ndarray, classes: int) -> bool:
    """Tell whether a low accuracy looks like that of a good model, of whose rows most are random.

    Of a weak model some classes are still easy. Random rows make all classes alike: among the easiest twentieth of the
    classes, the share of answers that are right or recur falls in proportion to the accuracy. The ratio of the two was
    1.1 to 1.5 with 12 to 90 % of the rows of eight models shuffled, and at least 1.55 with made-up weak models.
    """
    top1 = float((targets == predictions).mean()) if len(targets) else 0.0
    if not _MIXED_ACCURACY[0] <= top1 <= _MIXED_ACCURACY[1]:
        return False
    t, p = targets.astype(np.int64), predictions.astype(np.int64)
    easy = _easiest_images(t, (t != p).astype(float), classes, share=_MIXED_CLASSES)
    return float((~_occurs_once(t, p, classes) & easy).sum()) < _MIXED_RATIO * top1 * int(easy.sum())


def find_scattered_rows(
    targets: np.ndarray,
    predictions: np.ndarray,
    codes: np.ndarray,
    groups: np.ndarray,
    line: ErrorLine,
    *,
    images: int,
) -> Scatter | None:
    """Measure how far the errors are from those of sound models, or return None where that cannot be judged.

    Files are judged with nearly all images (a chosen subset has other errors than its accuracy says) and nearly all
    classes (a model that never names some has other errors), with an accuracy for which the line is known; below it
    only if they look mixed.

    Parameters
    ----------
    targets, predictions : numpy.ndarray
        Class ids, shape (images,): the images that count and have a row.
    codes : numpy.ndarray
        uint8, shape (images,): the outcome codes of the predictions.
    groups : numpy.ndarray
        Integers, shape (classes,): organism, artifact or other.
    line : ErrorLine
    images : int
        How many images of the atlas count.
    """
    count, classes = len(targets), len(groups)
    if count < _LEAST_IMAGES * images or not _has_all_classes(targets, predictions, classes):
        return None
    top1 = float((targets == predictions).mean()) if count else 0.0
    is_known = line.known[0] <= top1 <= line.known[1]
    is_mixed = looks_mixed(targets, predictions, classes)
    if not (is_known or is_mixed):
        return None
    if top1 < line.lowest:
        return Scatter(np.nan)
    is_error = ~np.isin(codes, _NO_ERRORS)
    errors, near = int(is_error.sum()), int((codes == _FINE_GRAINED).sum())
    if errors < _FEWEST_ERRORS:
        return None
    near_expected = line.near[0] + line.near[1] * _logit(top1)
    is_farther = bool(np.log((near + 0.5) / (errors - near + 0.5)) < near_expected)
    is_far = is_error & (codes != _FINE_GRAINED)
    cross = int((is_far & (groups[targets] != groups[predictions])).sum())
    z = float(_distance(cross, errors, top1, line))
    if not is_known and not is_farther:
        return None
    # of answers at random; accepted answers are as good as never among them
    of_targets, of_answers = (np.bincount(groups[each], minlength=groups.max() + 1) for each in (targets, predictions))
    by_chance = 1 - float(of_targets @ of_answers) / count**2
    odds = np.exp(line.intercept + line.slope * _logit(top1))
    share = max(0.0, (cross - errors * odds / (1 + odds)) / (count * (by_chance - odds / (1 + odds))))
    if not is_known:
        return Scatter(z, share, is_proved=True) if z >= 2 * REFUSE_Z else Scatter(np.nan)
    left, random = 1 - _SHARES, _SHARES * count
    worse = _distance(left * cross + random * by_chance, left * errors + random, left * top1, line)
    noticed = float(_SHARES[(worse >= REFUSE_Z).argmax()]) if worse[-1] >= REFUSE_Z else np.nan
    return Scatter(z, share, is_farther and z >= REFUSE_Z, noticed)


def _distance(cross: np.ndarray, errors: np.ndarray, top1: np.ndarray, line: ErrorLine) -> np.ndarray:
    log_odds = np.log((cross + 0.5) / (errors - cross + 0.5))
    return (log_odds - line.intercept - line.slope * _logit(top1)) / line.sd


def _logit(share: np.ndarray) -> np.ndarray:
    return np.log(share / (1 - share))


def _has_all_classes(targets: np.ndarray, predictions: np.ndarray, classes: int) -> bool:
    present = np.bincount(targets, minlength=classes) > 0
    predicted = np.bincount(predictions, minlength=classes) > 0
    return bool(
        present.sum() >= _LEAST_CLASSES * classes and (predicted & present).sum() >= _LEAST_PREDICTED * present.sum()
    )


_FINE_GRAINED = CODES["fine_grained", None]
_NO_ERRORS = (CODES[CORRECT, None], CODES["class_overlap", None], CODES["multi_label", None])


def _occurs_once(targets: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Return which answers (bool) are wrong, the only ones of their kind, and never the other way round."""
    cells = np.bincount(targets * classes + predictions, minlength=classes * classes)
    is_alone = (cells[targets * classes + predictions] == 1) & (cells[predictions * classes + targets] == 0)
    return is_alone & (targets != predictions)


def _easiest_images(targets: np.ndarray, difficulty: np.ndarray, classes: int, *, share: float = 0.25) -> np.ndarray:
    """Return which images (bool) are of the easiest classes, as the other half of the images says."""
    count = len(targets)
    half = np.empty(count, bool)
    half[np.lexsort((np.random.default_rng(0).random(count), targets))] = np.arange(count) % 2 == 0
    easy = np.zeros(count, bool)
    for learn in (half, ~half):
        images = np.bincount(targets[learn], minlength=classes)
        total = np.bincount(targets[learn], weights=difficulty[learn], minlength=classes)
        mean = np.where(images > 0, total / np.maximum(images, 1), np.inf)
        easiest = np.zeros(classes, bool)
        easiest[np.argsort(mean, kind="stable")[: max(1, int(share * (images > 0).sum()))]] = True
        easy |= ~learn & easiest[targets]
    return easy
