"""The shares of categories beside those of wrong answers by chance, so that a share can be read against them.

Chance keeps the image and draws the answer: each class other than the target with a probability of its own. The
expected count of an outcome is then a sum over images and classes, worked out from the atlas without random numbers.
Nearly all answers to an image have one and the same outcome, so only the others are kept, and that one gets what
remains.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.profiles.answers import COUNTED
from errata.profiles.statistics import SHARES, is_defined
from errata.tables import check_table
from errata.trust.answers import WrongAnswers, wrong_answers
from errata.trust.tables import CHANCE, MODEL_CHANCE

_OUTCOMES_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Chance:
    """The tables `CHANCE` and `MODEL_CHANCE` of `errata.trust.tables`."""

    pooled: pl.DataFrame
    models: pl.DataFrame


def measure_chance(atlas: Atlas, errors: pl.LazyFrame, *, profile: pl.DataFrame, pooled: pl.DataFrame) -> Chance:
    """Compare the shares of categories with those that chance would give.

    `errors`: the table `errata.predictions.tables.ERRORS` of some models.
    `profile`, `pooled`: the tables `errata.profiles.tables.PROFILE` and `POOLED` of the same models.
    """
    rare = rare_outcomes(atlas)
    everyone, named = np.zeros(len(rare.targets)), np.zeros(rare.classes)
    models: list[str] = []
    of_models: list[np.ndarray] = []
    for wrong in wrong_answers(atlas, errors):
        models += wrong.models
        for answers, names in answers_by_model(rare, wrong):
            of_models.append(expected_counts(rare, answers, frequency(names)))
            everyone += answers
            named += names
    own = np.array(of_models)
    of_uniform = expected_counts(rare, rare.counts.astype(np.float64), uniform(rare))
    expected = {
        "uniform": of_uniform,
        "uniform_on_errors": expected_counts(rare, everyone, uniform(rare)),
        "population": expected_counts(rare, everyone, frequency(named)),
        "own": own.sum(axis=0) if len(own) else np.zeros_like(of_uniform),
    }
    by_baseline = pl.concat(
        [_shares(atlas, counts[None], {"baseline": [name]}) for name, counts in expected.items()]
    ).join(
        pooled.select("group", "category", "share", "share_low", "share_high"),
        on=["group", "category"],
        maintain_order="left",
    )
    columns = [f"share_{name}" for name in by_baseline["category"].unique(maintain_order=True)]
    observed = (
        profile.select("model", "group", *columns)
        .unpivot(columns, index=["model", "group"], variable_name="category", value_name="share")
        .with_columns(pl.col("category").str.strip_prefix("share_"))
    )
    by_model = _shares(atlas, own, {"model": models}).join(
        observed, on=["model", "group", "category"], maintain_order="left"
    )
    ratios = [
        _times("share").alias("ratio"),
        *(_times(f"share_{end}").alias(f"ratio_{end}") for end in ("low", "high")),
    ]
    return Chance(
        check_table(by_baseline.with_columns(ratios).select(*CHANCE.columns), CHANCE, where="chance"),
        check_table(by_model.with_columns(ratios[0]).select(*MODEL_CHANCE.columns), MODEL_CHANCE, where="model chance"),
    )


def _times(share: str) -> pl.Expr:
    return pl.when(pl.col("expected") > 0).then(pl.col(share) / pl.col("expected"))


def _shares(atlas: Atlas, counts: np.ndarray, key: dict[str, list[str]]) -> pl.DataFrame:
    """Turn expected counts, shape (rows, groups, outcomes), into a long table of expected shares in per cent."""
    ((name, values),) = key.items()
    frames = []
    for share in SHARES:
        if share.column == "top1" or not is_defined(share, atlas) or not len(counts):
            continue
        above = counts[:, :, list(share.numerator)].sum(axis=2)
        below = counts[:, :, list(share.denominator)].sum(axis=2)
        value = np.divide(100 * above, below, out=np.full_like(above, np.nan), where=below > 0)
        # rounding must not make a share of what remains negative
        frames.append(
            pl.DataFrame(
                {
                    name: np.repeat(values, len(atlas.groups)),
                    "group": list(atlas.groups) * len(values),
                    "category": share.column.removeprefix("share_"),
                    "expected": pl.Series(np.clip(value, 0, 100).ravel()).fill_nan(None),
                }
            )
        )
    schema = {name: pl.String, "group": pl.String, "category": pl.String, "expected": pl.Float64}
    return pl.concat([pl.DataFrame(schema=schema), *frames]) if frames else pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class RareOutcomes:
    """The wrong answers of an atlas whose outcome is not the most common one.

    `targets`: int64, shape (images,).
    `counts`: bool, shape (images,): the image counts.
    `in_groups`: int64, shape (images,): a bit for each of the atlas's groups after `all`, the first 1, the next 2.
    `combinations`: how many numbers these bits can make.
    `image`, `answer`, `cell`: one entry per rare (image that counts, class other than the target): row, class id, and
        outcome code x `combinations` + the image's groups.
    `most_common`: the outcome code of all others.
    """

    targets: np.ndarray
    counts: np.ndarray
    in_groups: np.ndarray
    combinations: int
    image: np.ndarray
    answer: np.ndarray
    cell: np.ndarray
    most_common: int
    classes: int


def rare_outcomes(atlas: Atlas) -> RareOutcomes:
    """Return the wrong answers of an atlas that do not have its most common outcome."""
    counts = ~atlas.images["is_problematic"].to_numpy()
    targets = atlas.targets.astype(np.int64)
    in_groups = np.zeros(len(targets), dtype=np.int64)
    for bit, group in enumerate(atlas.groups[1:]):
        in_groups += atlas.in_group(group).astype(np.int64) << bit
    combinations = 1 << len(atlas.groups[1:])
    totals = np.zeros(256, dtype=np.int64)
    for rows in _chunks(np.flatnonzero(counts), atlas.outcomes.shape[1]):
        totals += np.bincount(atlas.outcomes[rows].ravel(), minlength=256)
    most_common = int(totals.argmax())
    images, answers, cells = [], [], []
    for rows in _chunks(np.flatnonzero(counts), atlas.outcomes.shape[1]):
        outcomes = atlas.outcomes[rows]
        is_rare = outcomes != most_common
        is_rare[np.arange(len(rows)), targets[rows]] = False
        image, answer = np.nonzero(is_rare)
        images.append(rows[image])
        answers.append(answer)
        cells.append(outcomes[image, answer].astype(np.int64) * combinations + in_groups[rows[image]])
    nothing = np.empty(0, np.int64)
    return RareOutcomes(
        targets=targets,
        counts=counts,
        in_groups=in_groups,
        combinations=combinations,
        image=np.concatenate([nothing, *images]),
        answer=np.concatenate([nothing, *answers]),
        cell=np.concatenate([nothing, *cells]),
        most_common=most_common,
        classes=atlas.outcomes.shape[1],
    )


def expected_counts(rare: RareOutcomes, answers: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return the expected count of every outcome in every group.

    `answers`: float64, shape (images,): how many wrong answers chance gives to each image; those to images that do not
        count are ignored.
    `probability`: float64, shape (classes,), summing to 1: how often chance names each class. For an image the target
        is left out and the others are scaled up.
    Returns float64, shape (groups, outcomes), groups in the order of `Atlas.groups`.
    """
    answers = np.where(rare.counts, answers, 0)
    others = 1 - probability[rare.targets]
    weight = np.divide(answers, others, out=np.zeros_like(answers), where=(answers > 0) & (others > 0))
    cells = np.bincount(
        rare.cell, weights=weight[rare.image] * probability[rare.answer], minlength=COUNTED * rare.combinations
    )
    # without any entry, bincount counts in whole numbers
    cells = cells.astype(np.float64).reshape(COUNTED, rare.combinations)
    totals = np.bincount(rare.in_groups, weights=answers, minlength=rare.combinations)
    cells[rare.most_common] += totals - cells.sum(axis=0)
    combinations = np.arange(rare.combinations)
    bits = (1 << bit for bit in range(rare.combinations.bit_length() - 1))
    members = np.stack([np.ones(rare.combinations, dtype=bool), *(combinations & bit > 0 for bit in bits)])
    return members @ cells.T


def uniform(rare: RareOutcomes) -> np.ndarray:
    """Return the probability of each class where all are alike."""
    return np.full(rare.classes, 1 / rare.classes)


def answers_by_model(rare: RareOutcomes, wrong: WrongAnswers) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield, model by model, its wrong answers per image, shape (images,), and per class named, shape (classes,)."""
    order = np.argsort(wrong.model, kind="stable")
    ends = np.cumsum(np.bincount(wrong.model, minlength=len(wrong.models)))
    # nothing that is split has one part
    for mine in np.split(order, ends[:-1])[: len(wrong.models)]:
        yield (
            np.bincount(wrong.image[mine], minlength=len(rare.targets)).astype(np.float64),
            np.bincount(wrong.predicted[mine], minlength=rare.classes).astype(np.float64),
        )


def frequency(named: np.ndarray) -> np.ndarray:
    """Return the frequency of each class among answers, from how many name it."""
    return named / max(named.sum(), 1)


def _chunks(rows: np.ndarray, classes: int) -> Iterator[np.ndarray]:
    size = max(1, _OUTCOMES_AT_ONCE // classes)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
