"""Checks of the labels themselves: values that are no class, constant predictions, probabilities, ranks."""

from collections.abc import Iterator

import numpy as np

from errata.predictions.align import NO_PREDICTION, Aligned, Aligner
from errata.predictions.class_labels import FRACTIONAL, MISSING
from errata.predictions.findings import Finding, percent
from errata.predictions.order_search import Evidence
from errata.predictions.row_match import NO_ROW

_MOSTLY = 0.9
_FEW_CLASSES = 0.5
_IMAGES_FOR_SHARES = 20


def check_values(aligned: Aligned, aligner: Aligner) -> Iterator[Finding]:
    """Yield findings about missing, fractional and impossible class ids."""
    ids = aligned.row_classes
    if ids.min() >= 0 and ids.max() < aligner.class_count:
        return
    needed = np.zeros(len(ids), bool)
    rows = aligned.match.rows[aligner.counts]
    needed[rows[rows != NO_ROW]] = True
    missing = ids == MISSING
    if missing.any():
        on_counted = int((missing & needed).sum())
        yield Finding(
            "not_finite",
            "refuse" if on_counted else "warn",
            f"{int(missing.sum())} row(s) have no prediction (null, NaN or infinite), first row "
            f"{int(missing.argmax())}; {on_counted} of them are images that count. Predict these images again "
            "(half precision overflows in some models).",
            int(missing.sum()),
        )
    fractional = ids == FRACTIONAL
    if fractional.any():
        yield Finding(
            "fractional_ids",
            "refuse",
            f"{int(fractional.sum())} row(s) have a class id that is no integer, first row {int(fractional.argmax())}. "
            "Are these probabilities or regression outputs? Save the arg-max.",
            int(fractional.sum()),
        )
    wrong = (ids != MISSING) & (ids != FRACTIONAL) & ((ids < 0) | (ids >= aligner.class_count))
    if wrong.any():
        found = ids[wrong]
        yield Finding(
            "ids_out_of_range",
            "refuse",
            f"{int(wrong.sum())} row(s) have a class id outside 0..{aligner.class_count - 1}: {int(found.min())} to "
            f"{int(found.max())}, first in row {int(wrong.argmax())}. Use class ids of this data set.",
            int(wrong.sum()),
        )


def check_variety(evidence: Evidence) -> Iterator[Finding]:
    """Yield findings about predictions that (nearly) always say the same."""
    count = len(evidence.ids)
    if count < _IMAGES_FOR_SHARES:
        return
    valid = evidence.ids[(evidence.ids >= 0) & (evidence.ids < evidence.class_count)]
    predicted = np.bincount(valid, minlength=evidence.class_count)
    in_targets = np.bincount(evidence.targets, minlength=evidence.class_count)
    distinct, distinct_targets = int((predicted > 0).sum()), int((in_targets > 0).sum())
    common = int(predicted.argmax())
    share = predicted[common] / count
    accuracy = percent(evidence.accuracy)
    if distinct_targets > 1 and share >= _MOSTLY > in_targets[common] / count:
        word = "All" if share == 1 else f"{share:.0%} of the"
        yield Finding(
            "constant",
            "refuse",
            f"{word} predictions are class {common}. "
            "The model collapsed, got blank images, or the file was not filled.",
            int(predicted[common]),
            accuracy,
        )
    elif distinct < _FEW_CLASSES * min(distinct_targets, count):
        yield Finding(
            "few_classes",
            "warn",
            f"Only {distinct} different classes are predicted where {distinct_targets} occur (most often "
            f"class {common}, {share:.0%}). Was the model trained, and on all classes?",
            None,
            accuracy,
        )


def check_probability(aligned: Aligned) -> Iterator[Finding]:
    """Yield a finding if probabilities are outside [0, 1] or missing where there is a prediction."""
    probability = aligned.source.probability
    if probability is None:
        return
    with np.errstate(invalid="ignore"):
        outside = ~((probability >= 0) & (probability <= 1 + 1e-6)) & (aligned.row_classes != MISSING)
    if not outside.any():
        return
    values = probability[outside]
    finite = values[np.isfinite(values)]
    if not len(finite):
        what = "they are missing"
    else:
        what = f"they run from {finite.min():.6g} to {finite.max():.6g}"
        what += "; per cent?" if finite.min() >= 0 and 1 < finite.max() <= 100 else "; logits?"
    yield Finding(
        "probability",
        "warn",
        f"{int(outside.sum())} row(s) have no probability within [0, 1], first row {int(outside.argmax())}: {what} "
        "Probabilities do not change the classification of errors.",
        int(outside.sum()),
    )


def check_ranks(aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray) -> Iterator[Finding]:
    """Yield findings about top-k columns that are not sorted, disagree with the prediction, or repeat a class."""
    ranked, probability = aligned.source.ranked, aligned.source.ranked_probability
    if ranked is None or ranked.shape[1] < 2 or ranked.shape[0] != len(aligned.row_classes):
        return
    rows = aligned.match.rows[judged]
    accuracy = percent(evidence.accuracy)

    def accuracy_of(columns: np.ndarray | int) -> float:
        return percent(
            (ranked[rows, columns[rows] if isinstance(columns, np.ndarray) else columns] == evidence.targets).mean()
        )

    if probability is not None:
        wrong = (np.diff(probability, axis=1) > 1e-6).any(axis=1)
        if wrong.any():
            after = accuracy_of(probability.argmax(axis=1))
            yield Finding(
                "top_k_order",
                "refuse",
                f"{int(wrong.sum())} row(s) have top-k probabilities that do not fall from left to right, first row "
                f"{int(wrong.argmax())}: the first column is not the prediction. Sort by falling probability.",
                int(wrong.sum()),
                accuracy,
                after,
                "most probable column",
            )
            return
    last = accuracy_of(ranked.shape[1] - 1)
    if last > max(accuracy, 100 / evidence.class_count):
        yield Finding(
            "top_k_order",
            "refuse",
            "The last top-k column is right more often than the first: the columns are sorted from the least to the "
            "most probable (as argsort gives them). Reverse them.",
            len(ranked),
            accuracy,
            last,
            "last column",
        )
        return
    differs = aligned.row_classes != ranked[:, 0]
    differs &= aligned.row_classes != MISSING
    if differs.any():
        yield Finding(
            "top_k_order",
            "refuse",
            f"{int(differs.sum())} row(s) have a prediction that is not the first of their top-k, first row "
            f"{int(differs.argmax())}: two different outputs were put together.",
            int(differs.sum()),
            accuracy,
            accuracy_of(0),
        )
    repeats = (np.diff(np.sort(ranked, axis=1), axis=1) == 0).any(axis=1)
    if repeats.any():
        yield Finding(
            "top_k_repeats",
            "warn",
            f"{int(repeats.sum())} row(s) name a class twice among their top-k, first row {int(repeats.argmax())}.",
            int(repeats.sum()),
        )


def is_predicted(aligned: Aligned) -> np.ndarray:
    """Return a bool mask, shape (images,): images with a usable prediction."""
    return aligned.predicted_class != NO_PREDICTION
