"""What if: the accuracies of every model if all its errors of a category were fixed.

A fixed error counts as a correct answer, so an accuracy gains the share of images whose answer is in the category: of
all images for top-1, the mean over target classes for the multi-label accuracies. The gain is an estimate of the same
form as the accuracy, and its interval is made in the same way (`errata.profiles.intervals`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS, MULTI_LABEL_ACCURACIES, OPEN_WORLD_UNCHECKED
from errata.profiles.answers import Answers, Counts, count_outcomes
from errata.profiles.intervals import Estimate, mean_of_classes, share
from errata.profiles.statistics import (
    ACCURACIES,
    ALL_CODES,
    PROVISIONAL_CODES,
    codes_of,
    has_unchecked,
    is_counted,
    is_defined,
)
from errata.profiles.tables import WHAT_IF
from errata.tables import check_table

TOP1 = "top1"
FIXABLE_ACCURACIES = (TOP1, *(accuracy.name for accuracy in MULTI_LABEL_ACCURACIES if not accuracy.own_classes))
"""The accuracies that what-if is asked of."""


@dataclass(frozen=True)
class Fix:
    """Errors of a category that an accuracy does not forgive, as outcome codes.

    `so_far` are those of every less severe category too, None for a provisional category.
    """

    accuracy: str
    category: str
    alone: tuple[int, ...]
    so_far: tuple[int, ...] | None


def fixes_of(atlas: Atlas) -> list[Fix]:
    """Return what can be fixed in an atlas, by accuracy, then by severity."""
    accepted = {TOP1: codes_of(CORRECT)} | {
        accuracy.column: accuracy.accepted
        for accuracy in ACCURACIES
        if accuracy.column in FIXABLE_ACCURACIES and is_defined(accuracy, atlas)
    }
    fixes = []
    for accuracy, forgiven in accepted.items():
        so_far: tuple[int, ...] = ()
        for category in CATEGORY_COLUMNS:
            codes = codes_of(category)
            checked = category == OPEN_WORLD_UNCHECKED and not has_unchecked(atlas)
            if is_counted(category, atlas) and not checked and not set(codes) <= set(forgiven):
                so_far += codes
                fixes.append(Fix(accuracy, category, codes, so_far))
        for category, codes in PROVISIONAL_CODES.items():
            if is_counted(category, atlas):
                fixes.append(Fix(accuracy, category, codes, None))
    return fixes


def build_what_if(atlas: Atlas, answers: Answers) -> pl.DataFrame:
    """Build the table `errata.profiles.tables.WHAT_IF`: by model in the given order, group, accuracy and category."""
    fixes = fixes_of(atlas)
    frames = [frame for counts in count_outcomes(atlas, answers) for frame in _gains(counts, fixes)]
    ranks = [
        pl.col(name).replace_strict(values, range(len(values)), return_dtype=pl.Int64)
        for name, values in (("model", list(answers.models)), ("group", list(atlas.groups)))
    ]
    # NaN is what could not be estimated
    table = pl.concat(frames).fill_nan(None).sort(ranks, maintain_order=True)
    return check_table(table, WHAT_IF, where="what if")


def _gains(counts: Counts, fixes: list[Fix]) -> Iterator[pl.DataFrame]:
    """Yield a frame for each fix, with a row for each model."""
    sizes = counts.sizes.astype(np.float64)
    everything = counts.of(ALL_CODES)
    known: dict[tuple[bool, frozenset[int]], Estimate] = {}

    def gain(accuracy: str, codes: tuple[int, ...]) -> Estimate:
        key = (accuracy == TOP1, frozenset(codes))
        if key not in known:
            fixed = counts.of(codes)
            known[key] = share(fixed, everything, sizes) if accuracy == TOP1 else mean_of_classes(fixed, sizes)
        return known[key]

    accuracies = {accuracy: _value(counts, accuracy, everything, sizes) for accuracy in {fix.accuracy for fix in fixes}}
    for fix in fixes:
        yield pl.DataFrame(
            {
                "model": counts.models,
                "group": [counts.group] * len(counts.models),
                "accuracy": [fix.accuracy] * len(counts.models),
                "category": [fix.category] * len(counts.models),
                "errors": counts.outcomes[:, list(fix.alone)].sum(axis=(1, 2)).astype(np.int32),
                **_columns(accuracies[fix.accuracy], gain(fix.accuracy, fix.alone), ""),
                **_columns(
                    accuracies[fix.accuracy],
                    None if fix.so_far is None else gain(fix.accuracy, fix.so_far),
                    "_so_far",
                ),
            }
        )


def _value(counts: Counts, accuracy: str, everything: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    if accuracy == TOP1:
        return share(counts.of(codes_of(CORRECT)), everything, sizes).value
    accepted = next(each.accepted for each in ACCURACIES if each.column == accuracy)
    return mean_of_classes(counts.of(accepted), sizes).value


def _columns(now: np.ndarray, gain: Estimate | None, ending: str) -> dict[str, np.ndarray]:
    names = (f"gain{ending}", f"gain{ending}_low", f"gain{ending}_high", f"fixed{ending}")
    if gain is None:
        return dict.fromkeys(names, np.full(len(now), np.nan))
    # rounding must not lift a sum of shares above one
    values = (gain.value, gain.low, gain.high, np.minimum(now + gain.value, 1))
    return {name: 100 * value for name, value in zip(names, values, strict=True)}
