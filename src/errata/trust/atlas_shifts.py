"""Sensitivity: the same errors under two atlases of a data set.

An atlas is a table [image, class], so what another one would call an error is looked up; no model is classified again.
Both atlases judge the same answers to the same images. The difference of two shares is therefore paired by image: an
image moves it by the difference of its two linearised residuals, and the variance is that of a sum over images that
were sampled class by class (`errata.profiles.intervals`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.groups import GROUPS
from errata.profiles.answers import COUNTED
from errata.profiles.intervals import Z, stratified_variance
from errata.profiles.statistics import MULTI_LABEL_ERROR_CODES, SHARES, Share, is_defined
from errata.tables import Table, check_table
from errata.trust.answers import BothJudge, both_judge, wrong_answers
from errata.trust.tables import ATLAS_ACCURACIES, ATLAS_SHARES, ATLAS_TRANSITIONS

MULTI_LABELS = "multi_labels"

OPEN_WORLD_SETTINGS = ("encoder", "prompt", "neighbours", "temperature", "score", "ancestors")
"""Settings of the open-world check, `errata.openworld.settings`."""

LABEL_SET, OPEN_WORLD = "label set", "open world"
"""How a difference in the labels is called, and one in whether the open world is checked at all."""


@dataclass(frozen=True)
class Shifts:
    """The tables `ATLAS_SHARES`, `ATLAS_TRANSITIONS` and `ATLAS_ACCURACIES` of `errata.trust.tables`."""

    shares: pl.DataFrame
    transitions: pl.DataFrame
    accuracies: pl.DataFrame


def compare_atlases(base: Atlas, errors: pl.DataFrame, others: Iterable[Atlas]) -> Shifts:
    """Compare other atlases of a data set with a base, on the errors of some models.

    `errors`: the table `errata.predictions.tables.ERRORS` of the models, classified with `base`.
    `others`: of the same data set and classes; taken one at a time.
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
        _checked(pl.DataFrame(shares, schema=ATLAS_SHARES.schema), ATLAS_SHARES),
        _checked(
            pl.concat([pl.DataFrame(schema=ATLAS_TRANSITIONS.schema), *transitions], how="diagonal"),
            ATLAS_TRANSITIONS,
        ),
        _checked(pl.DataFrame(accuracies, schema=ATLAS_ACCURACIES.schema), ATLAS_ACCURACIES),
    )


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


def compare_accuracies(pair: BothJudge) -> list[dict]:
    """Return a row of `errata.trust.tables.ATLAS_ACCURACIES` per group, without the names of the atlases."""
    rows = []
    for group in GROUPS:
        members = pair.base.in_group(group)
        counts = pair.counts & members
        both = _accuracies(pair, counts)
        base, other = (None, None) if both is None else both
        rows.append(
            {
                "group": group,
                "base_images": int((members & ~pair.base.images["is_problematic"].to_numpy()).sum()),
                "images": int(counts.sum()),
                "models": len(pair.answers.models),
                **_summary(base, other),
            }
        )
    return rows


def _accuracies(pair: BothJudge, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the MLA of every model in either atlas, per cent; None without images.

    Every answer that is not accepted takes 1 / (images of its class x classes) from a perfect accuracy.
    """
    if not counts.any() or not pair.answers.models:
        return None
    sizes = np.bincount(pair.base.targets[counts], minlength=pair.base.classes.height)
    with np.errstate(divide="ignore"):
        weight = 1 / (sizes[pair.base.targets] * np.count_nonzero(sizes))
    lost = np.where(counts[pair.answers.image], weight[pair.answers.image], 0)
    models = len(pair.answers.models)
    base, other = (
        100
        * (
            1
            - np.bincount(pair.answers.model, weights=lost * np.isin(codes, MULTI_LABEL_ERROR_CODES), minlength=models)
        )
        for codes in (pair.base_codes, pair.other_codes)
    )
    return base, other


def _summary(base: np.ndarray | None, other: np.ndarray | None) -> dict:
    if base is None or other is None:
        nothing = ("base_mla", "atlas_mla", "difference", "least", "greatest")
        return dict.fromkeys(nothing) | {"model_pairs": 0, "swapped_pairs": 0}
    # rounding must not make an order of equal accuracies
    orders = [np.sign(np.round(values[:, None] - values[None, :], 9)) for values in (base, other)]
    product = np.triu(orders[0] * orders[1], 1)
    difference = other - base
    return {
        "base_mla": float(np.clip(base.mean(), 0, 100)),
        "atlas_mla": float(np.clip(other.mean(), 0, 100)),
        "difference": float(difference.mean()),
        "least": float(difference.min()),
        "greatest": float(difference.max()),
        "model_pairs": int((product != 0).sum()),
        "swapped_pairs": int((product < 0).sum()),
    }


def about_atlas(base: Atlas, other: Atlas) -> dict[str, object]:
    """Return `title`, `differs_in`, `label_set`, `empty_lists` and `lists_without_target` of an atlas beside a base."""
    labels = _mapping(other, "label_set")
    return {
        "title": str(other.provenance.get("title", other.name)),
        "differs_in": ", ".join(_differences(base, other)),
        "label_set": str(labels.get("label_set", MULTI_LABELS)),
        "empty_lists": labels.get("empty"),
        "lists_without_target": labels.get("without_target"),
    }


def _differences(base: Atlas, other: Atlas) -> list[str]:
    found = []
    if _mapping(base, "label_set").get("label_set") != _mapping(other, "label_set").get("label_set"):
        found.append(LABEL_SET)
    if _mapping(base, "inputs").get("superclasses") != _mapping(other, "inputs").get("superclasses"):
        found.append("superclasses")
    ours, theirs = _mapping(base, "open_world"), _mapping(other, "open_world")
    if bool(ours) != bool(theirs):
        return [*found, OPEN_WORLD]
    return found + [name for name in OPEN_WORLD_SETTINGS if ours.get(name) != theirs.get(name)]


def _mapping(atlas: Atlas, key: str) -> Mapping:
    value = atlas.provenance.get(key)
    return value if isinstance(value, Mapping) else {}
