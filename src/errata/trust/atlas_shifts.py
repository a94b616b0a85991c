"""Sensitivity: the same errors under two atlases of a data set.

An atlas is a table [image, class], so what another one would call an error is looked up; no model is classified again.
Both atlases judge the same answers to the same images. The difference of two shares is therefore paired by image: an
image moves it by the difference of its two linearised residuals, and the variance is that of a sum over images that
were sampled class by class (`errata.profile.intervals`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.groups import GROUPS
from errata.profile.counts import COUNTED
from errata.profile.intervals import Z, stratified_variance
from errata.profile.statistics import SHARES, Share, is_defined
from errata.tables import Table, check_table
from errata.trust.about_atlas import about_atlas
from errata.trust.answers import wrong_answers
from errata.trust.atlas_accuracies import compare_accuracies
from errata.trust.both_judge import BothJudge, both_judge
from errata.trust.tables import ATLAS_ACCURACIES, ATLAS_SHARES, ATLAS_TRANSITIONS


@dataclass(frozen=True)
class Shifts:
    """The tables `ATLAS_SHARES`, `ATLAS_TRANSITIONS` and `ATLAS_ACCURACIES` of `errata.trust.tables`."""

    shares: pl.DataFrame
    transitions: pl.DataFrame
    accuracies: pl.DataFrame


def compare_atlases(base: Atlas, errors: pl.DataFrame, others: Iterable[Atlas]) -> Shifts:
    """Compare other atlases of a data set with a base, on the errors of some models.

    Parameters
    ----------
    base : Atlas
    errors : polars.DataFrame
        The table `errata.predictions.tables.ERRORS` of the models, classified with `base`.
    others : iterable of Atlas
        Of the same data set and classes; taken one at a time.
    """
    answers = wrong_answers(base, errors)
    shares: list[dict] = []
    transitions: list[pl.DataFrame] = []
    accuracies: list[dict] = []
    for other in others:
        pair = both_judge(base, other, answers)
        names = {"base": base.name, "atlas": other.name}
        shares += [names | row for row in _compare_shares(pair)]
        transitions.append(_count_transitions(pair).with_columns(**{key: pl.lit(name) for key, name in names.items()}))
        accuracies += [names | about_atlas(base, other) | row for row in compare_accuracies(pair)]
    return Shifts(
        _checked(pl.DataFrame(shares, schema=_schema(ATLAS_SHARES)), ATLAS_SHARES),
        _checked(
            pl.concat([pl.DataFrame(schema=_schema(ATLAS_TRANSITIONS)), *transitions], how="diagonal"),
            ATLAS_TRANSITIONS,
        ),
        _checked(pl.DataFrame(accuracies, schema=_schema(ATLAS_ACCURACIES)), ATLAS_ACCURACIES),
    )


def _schema(table: Table) -> dict:
    return {name: column.dtype for name, column in table.columns.items()}


def _checked(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    return check_table(frame.select(*table.columns), table, where=table.name)


def _compare_shares(pair: BothJudge) -> list[dict]:
    images = pair.base.images.height
    by_image = [
        np.bincount(pair.answers.image * COUNTED + codes, minlength=images * COUNTED)
        .reshape(images, COUNTED)
        .astype(np.float64)
        for codes in (pair.base_codes, pair.other_codes)
    ]
    rows = []
    for group in GROUPS:
        members = np.flatnonzero(pair.counts & pair.base.in_group(group))
        targets = pair.base.targets[members].astype(np.int64)
        for share in SHARES:
            defined = [is_defined(share, atlas) for atlas in (pair.base, pair.other)]
            if share.column == "top1" or not any(defined):
                continue
            sides = [
                _side(counts[members], share) if is_one else None
                for counts, is_one in zip(by_image, defined, strict=True)
            ]
            rows.append(
                {
                    "group": group,
                    "category": share.column.removeprefix("share_"),
                    "images": len(members),
                    **_values("base", sides[0]),
                    **_values("atlas", sides[1]),
                    **_difference(sides, targets, classes=pair.base.classes.height),
                }
            )
    return rows


@dataclass(frozen=True)
class _Side:
    """A share under one atlas: errors, the value (NaN of nothing), and how far each image moves it, shape (images,)."""

    errors: int
    value: float
    moves: np.ndarray


def _side(counts: np.ndarray, share: Share) -> _Side:
    a, b = counts[:, list(share.numerator)].sum(axis=1), counts[:, list(share.denominator)].sum(axis=1)
    total = b.sum()
    value = a.sum() / total if total else np.nan
    return _Side(int(a.sum()), float(value), (a - value * b) / total if total else np.full(len(a), np.nan))


def _values(name: str, side: _Side | None) -> dict:
    if side is None:
        return {f"{name}_errors": None, f"{name}_share": None}
    return {f"{name}_errors": side.errors, f"{name}_share": None if np.isnan(side.value) else 100 * side.value}


def _difference(sides: list[_Side | None], targets: np.ndarray, *, classes: int) -> dict[str, float | None]:
    base, other = sides
    names = ("difference", "difference_low", "difference_high")
    if base is None or other is None or np.isnan(base.value) or np.isnan(other.value):
        return dict.fromkeys(names)
    moves = other.moves - base.moves
    sums, squares = (np.bincount(targets, weights=value, minlength=classes) for value in (moves, moves**2))
    sizes = np.bincount(targets, minlength=classes).astype(np.float64)
    half = Z * np.sqrt(max(float(stratified_variance(sums, squares, sizes, weights=np.ones(classes))), 0.0))
    limits = 100 * (other.value - base.value + np.array([0.0, -half, half]))
    return dict(zip(names, np.clip(limits, -100, 100).tolist(), strict=True))


def _count_transitions(pair: BothJudge) -> pl.DataFrame:
    names = pl.Series(
        [
            f"provisional_{outcome.provisional_category}" if outcome.provisional_category else outcome.category
            for outcome in pair.base.outcome_list
        ]
    )
    cells = pl.DataFrame(
        {"image": pair.answers.image, "from": pair.base_codes.astype(np.int64), "to": pair.other_codes.astype(np.int64)}
    )
    counted = cells.group_by("from", "to").agg(pl.len().alias("errors"), pl.col("image").n_unique().alias("images"))
    counted = counted.sort("from", "to")
    return counted.select(
        names.gather(counted["from"]).alias("base_category"),
        names.gather(counted["to"]).alias("atlas_category"),
        pl.col("errors").cast(pl.Int64),
        pl.col("images").cast(pl.Int32),
    )
