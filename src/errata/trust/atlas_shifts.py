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
from errata.trust.answers import WrongAnswers, wrong_answers
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


def compare_atlases(base: Atlas, errors: pl.LazyFrame, others: Iterable[Atlas]) -> Shifts:
    """Compare other atlases of a data set with a base, on the errors of some models.

    `errors`: the table `errata.predictions.tables.ERRORS` of the models, classified with `base`.
    `others`: of the same data set and classes; taken one at a time.
    """
    # eight to ten bytes an error, so that the table is read once
    answers = list(wrong_answers(base, errors))
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


@dataclass(frozen=True)
class BothJudge:
    """The wrong answers to images that count in two atlases, counted as both judge them.

    `counts`: bool, shape (images of base,): the image counts in both atlases.
    `models`: their names.
    `by_image`: int64, shape (2, images of base, outcomes): errors by outcome code in either atlas.
    `errors`, `images`: int64, shape (outcomes, outcomes): errors by outcome codes in base and other, and on how many
        images.
    `accuracies`: float64, shape (groups, 2, models): the MLA on the group's images in either atlas, per cent; NaN
        without images.
    """

    base: Atlas
    other: Atlas
    counts: np.ndarray
    models: tuple[str, ...]
    by_image: np.ndarray
    errors: np.ndarray
    images: np.ndarray
    accuracies: np.ndarray


def both_judge(base: Atlas, other: Atlas, answers: Iterable[WrongAnswers]) -> BothJudge:
    """Look wrong answers up in two atlases of a data set; `answers` are positions in `base`."""
    theirs = other.images.with_row_index("other_row").filter(~pl.col("is_problematic")).select("file_name", "other_row")
    rows = base.images.select("file_name", "is_problematic").join(
        theirs, on="file_name", how="left", maintain_order="left"
    )
    counts = (~rows["is_problematic"] & rows["other_row"].is_not_null()).to_numpy()
    other_row = rows["other_row"].fill_null(0).to_numpy()
    images = base.images.height
    by_image = np.zeros((2, images * COUNTED), dtype=np.int64)
    transitions = np.zeros(COUNTED * COUNTED, dtype=np.int64)
    occurs = np.zeros((COUNTED * COUNTED, images), dtype=bool)
    weights = [_weights(base, counts & base.in_group(group)) for group in GROUPS]
    models: list[str] = []
    accuracies = [np.empty((len(GROUPS), 2, 0))]
    for part in answers:
        keep = counts[part.image]
        model, image, predicted = part.model[keep], part.image[keep], part.predicted[keep]
        codes = (base.outcomes[image, predicted], other.outcomes[other_row[image], predicted])
        for side, of_side in enumerate(codes):
            by_image[side] += np.bincount(image * COUNTED + of_side, minlength=images * COUNTED)
        pair = codes[0].astype(np.int64) * COUNTED + codes[1]
        transitions += np.bincount(pair, minlength=COUNTED * COUNTED)
        occurs[pair, image] = True
        lost = [
            [
                np.bincount(
                    model, weights=weight[image] * np.isin(each, MULTI_LABEL_ERROR_CODES), minlength=len(part.models)
                )
                for each in codes
            ]
            for weight in weights
        ]
        models += part.models
        accuracies.append(100 * (1 - np.array(lost)))
    return BothJudge(
        base=base,
        other=other,
        counts=counts,
        models=tuple(models),
        by_image=by_image.reshape(2, images, COUNTED),
        errors=transitions.reshape(COUNTED, COUNTED),
        images=occurs.sum(axis=1).reshape(COUNTED, COUNTED),
        accuracies=np.concatenate(accuracies, axis=2),
    )


def _weights(atlas: Atlas, counts: np.ndarray) -> np.ndarray:
    """Return what an error on each image takes from a perfect MLA: 1 / (images of its class x classes).

    `counts`: bool, shape (images,): which images count. Without any, the accuracy is not defined.
    """
    sizes = np.bincount(atlas.targets[counts], minlength=atlas.classes.height)
    with np.errstate(divide="ignore"):
        return np.where(counts, 1 / (sizes[atlas.targets] * np.float64(np.count_nonzero(sizes))), 0)


def _checked(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    return check_table(frame.select(*table.columns), table, where=table.name)


def _compare_shares(pair: BothJudge) -> list[dict]:
    by_image = pair.by_image.astype(np.float64)
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
    before, after = np.nonzero(pair.errors)
    return pl.DataFrame(
        {
            "base_category": names.gather(before),
            "atlas_category": names.gather(after),
            "errors": pair.errors[before, after],
            "images": pair.images[before, after].astype(np.int32),
        }
    )


NO_SUMMARY = dict.fromkeys(("base_mla", "atlas_mla", "difference", "least", "greatest")) | {
    "model_pairs": 0,
    "swapped_pairs": 0,
}
"""What is said of accuracies without models or images."""


def compare_accuracies(pair: BothJudge) -> list[dict]:
    """Return a row of `errata.trust.tables.ATLAS_ACCURACIES` per group, without the names of the atlases."""
    rows = []
    for group, (base, other) in zip(GROUPS, pair.accuracies, strict=True):
        members = pair.base.in_group(group)
        counts = pair.counts & members
        rows.append(
            {
                "group": group,
                "base_images": int((members & ~pair.base.images["is_problematic"].to_numpy()).sum()),
                "images": int(counts.sum()),
                "models": len(pair.models),
                **(_summary(base, other) if pair.models and counts.any() else NO_SUMMARY),
            }
        )
    return rows


def _summary(base: np.ndarray, other: np.ndarray) -> dict:
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
