"""Tell whether rows at random places say nothing about their images, by how far off the errors are.

No place helps here, so it must be known what errors sound models make. Four statistics of the errors are each near a
line over the accuracy for sound models; a few rows at random move them off it. The lines belong to a data set: those
of ImageNet are below, and the test is left out elsewhere.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT

WARN_Z = 3.0
REFUSE_Z = 3.5
"""The highest z of 58 real models is 1.4, of 600 honest files made from them 1.5."""
_LEAST_CLASSES = 0.9
_LEAST_PREDICTED = 0.97
_LEAST_IMAGES = 0.95
_FEWEST_ERRORS = 200
_MIXED_ACCURACY, _MIXED_CLASSES, _MIXED_RATIO = (0.1, 0.35), 0.05, 1.5


@dataclass(frozen=True, eq=False)
class ErrorLines:
    """What errors sound models make on one data set.

    Attributes
    ----------
    lines : numpy.ndarray
        Shape (4, 2): intercept and slope over logit(top-1) of the statistics of `error_statistics`.
    weights : numpy.ndarray
        Shape (4,): of the four distances from the lines in z.
    accuracy : tuple of float
        The top-1 accuracies for which they hold.
    fitted_to : float
        The accuracy of the best model that all four were fitted to. Above it only the first is used, with `first_sd`,
        and only warned about.
    first_sd : float
        Standard deviation of the first statistic, between models and by counting.
    by_chance : float
        Share of fine-grained among the errors that are no accepted answer, for answers in random order.
    """

    lines: np.ndarray
    weights: np.ndarray
    accuracy: tuple[float, float]
    fitted_to: float
    first_sd: float
    by_chance: float


IMAGENET = ErrorLines(
    lines=np.array([[-1.3743, 0.6473], [-1.3071, -1.4100], [-1.0421, -0.9539], [0.9388, -0.3237]]),
    weights=np.array([-5.392, 1.195, 10.107, 14.879]),
    accuracy=(0.35, 0.95),
    fitted_to=0.84,
    first_sd=0.0737,
    by_chance=0.0118,
)
"""The first line is a robust fit to the counts of the 954 models of Peychev et al. (2023) with published accuracies,
the others to predictions of 50 models of 2012 to 2018. The weights are the linear discriminant against files of which
2 % were shuffled, with the covariance of those 50 models times 1.5; the variance of the first statistic is 0.055**2
between the published models and 0.049**2 by counting."""

_IMAGENET_WNIDS = "385e0240499426c022b773be1ae4da780f057b89c9694c7f47199f62746b6edd"
"""SHA-256 of the 1,000 wnids in order, joined by line ends."""
_IMAGENET_IMAGES = 50_000


@dataclass(frozen=True)
class Scatter:
    """How far the errors are from those of sound models.

    `z` is in standard deviations of sound models; `share` is the share of rows at random that would explain it, a lower
    bound for models better than the line. Both are NaN where the file looks mixed (`looks_mixed`).
    """

    z: float
    share: float
    is_fitted: bool

    @property
    def severity(self) -> str | None:
        """'refuse', 'warn' or None."""
        if np.isnan(self.z):
            return "warn"
        if self.z < WARN_Z:
            return None
        return "refuse" if self.z >= REFUSE_Z and self.is_fitted else "warn"


def lines_of(atlas: Atlas) -> ErrorLines | None:
    """Return the lines of the atlas's labels, or None if they are other than those of ImageNet's validation set.

    With reassessed targets the same models' errors are others (z of up to 8.5).
    """
    if "label_set" in atlas.provenance or "multi_label" in atlas.undefined:
        return None
    wnids = hashlib.sha256("\n".join(atlas.classes["wnid"]).encode()).hexdigest()
    return IMAGENET if (wnids, atlas.dataset_images) == (_IMAGENET_WNIDS, _IMAGENET_IMAGES) else None


def looks_mixed(targets: np.ndarray, predictions: np.ndarray, classes: int) -> bool:
    """Tell whether a low accuracy looks like that of a good model, of whose rows most are random.

    Of a weak model some classes are still easy. Random rows make all classes alike: among the easiest twentieth of the
    classes, the share of answers that are right or recur falls in proportion to the accuracy. The ratio of the two was
    1.1 to 1.5 with 30 to 90 % of the rows of five models shuffled, and at least 1.55 with made-up weak models.
    """
    top1 = float((targets == predictions).mean()) if len(targets) else 0.0
    if not _MIXED_ACCURACY[0] <= top1 <= _MIXED_ACCURACY[1]:
        return False
    t, p = targets.astype(np.int64), predictions.astype(np.int64)
    easy = _easiest_images(t, (t != p).astype(float), classes, share=_MIXED_CLASSES)
    return float((~_occurs_once(t, p, classes) & easy).sum()) < _MIXED_RATIO * top1 * int(easy.sum())


def find_scattered_rows(
    targets: np.ndarray, predictions: np.ndarray, outcomes: np.ndarray, lines: ErrorLines, *, images: int
) -> Scatter | None:
    """Measure how far the errors are from those of sound models, or return None where that cannot be judged.

    Files are judged with nearly all images (a chosen subset has other errors than its accuracy says) and nearly all
    classes (a model that never names some has other errors), with an accuracy for which the lines hold.

    Parameters
    ----------
    targets, predictions : numpy.ndarray
        Class ids, shape (images,): the images that count and have a row.
    outcomes : numpy.ndarray
        uint8, shape (images, classes): their codes in the atlas.
    lines : ErrorLines
    images : int
        How many images of the atlas count.
    """
    count, classes = outcomes.shape
    if count < _LEAST_IMAGES * images or not _has_all_classes(targets, predictions, classes):
        return None
    top1 = float((targets == predictions).mean()) if count else 0.0
    if looks_mixed(targets, predictions, classes):
        return Scatter(np.nan, np.nan, is_fitted=False)
    if not lines.accuracy[0] <= top1 <= lines.accuracy[1]:
        return None
    codes = outcomes[np.arange(count), predictions]
    errors = int((~np.isin(codes, _NO_ERRORS)).sum())
    if errors < _FEWEST_ERRORS:
        return None
    logit, *found = error_statistics(targets, predictions, outcomes)
    expected = lines.lines @ np.array([1.0, logit])
    is_fitted = top1 <= lines.fitted_to
    z = float((found - expected) @ lines.weights) if is_fitted else float((expected[0] - found[0]) / lines.first_sd)
    near, honest = (np.exp(odds) / (1 + np.exp(odds)) for odds in (found[0], expected[0]))
    share = max(0.0, (honest - near) / (honest - lines.by_chance)) * errors / count
    return Scatter(z, float(share), is_fitted)


def _has_all_classes(targets: np.ndarray, predictions: np.ndarray, classes: int) -> bool:
    present = np.bincount(targets, minlength=classes) > 0
    predicted = np.bincount(predictions, minlength=classes) > 0
    return bool(
        present.sum() >= _LEAST_CLASSES * classes and (predicted & present).sum() >= _LEAST_PREDICTED * present.sum()
    )


_FINE_GRAINED = CODES["fine_grained", None]
_NO_ERRORS = (CODES[CORRECT, None], CODES["class_overlap", None], CODES["multi_label", None])


def error_statistics(targets: np.ndarray, predictions: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """Return what the errors of a model are like (float, shape (5,)).

    logit of top-1; log odds of fine-grained among the errors that are no accepted answer; log shares of far errors and
    of wrong answers among the easiest quarter of the classes; log odds of pairs of target and answer among the wrong
    answers that occur once and never the other way round.
    """
    count, classes = outcomes.shape
    t, p = targets.astype(np.int64), predictions.astype(np.int64)
    codes = outcomes[np.arange(count), p]
    wrong = t != p
    far = ~np.isin(codes, (*_NO_ERRORS, _FINE_GRAINED))
    easy = _easiest_images(t, wrong + 0.3 * (wrong & far), classes)
    once = int(_occurs_once(t, p, classes).sum())
    near, right, errors = int((codes == _FINE_GRAINED).sum()), 1 - wrong.mean(), int(wrong.sum())
    return np.log(
        [
            (right + 0.5 / count) / (1 - right + 0.5 / count),
            (near + 0.5) / (int(far.sum()) + 0.5),
            (int((far & easy).sum()) + 0.5) / max(int(easy.sum()), 1),
            (int((wrong & easy).sum()) + 0.5) / max(int(easy.sum()), 1),
            (once + 0.5) / (errors - once + 0.5),
        ]
    )


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
