"""The shares of categories beside those of wrong answers by chance, so that a share can be read against them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.groups import GROUPS
from errata.profile.statistics import SHARES, is_defined
from errata.tables import check_table
from errata.trust.answers import wrong_answers
from errata.trust.chance_counts import (
    answers_by_model,
    answers_of,
    expected_counts,
    rare_outcomes,
    uniform,
)
from errata.trust.tables import CHANCE, MODEL_CHANCE

BASELINES = ("uniform", "uniform_on_errors", "population", "own")


@dataclass(frozen=True)
class Chance:
    """The tables `CHANCE` and `MODEL_CHANCE` of `errata.trust.tables`."""

    pooled: pl.DataFrame
    models: pl.DataFrame


def measure_chance(atlas: Atlas, errors: pl.DataFrame, *, profile: pl.DataFrame, pooled: pl.DataFrame) -> Chance:
    """Put the shares of categories beside those that chance would give.

    Parameters
    ----------
    atlas : Atlas
    errors : polars.DataFrame
        The table `errata.predictions.tables.ERRORS` of some models.
    profile, pooled : polars.DataFrame
        The tables `errata.profile.tables.PROFILE` and `POOLED` of the same models.
    """
    rare = rare_outcomes(atlas)
    wrong = wrong_answers(atlas, errors)
    everyone, population = answers_of(rare, wrong.image, wrong.predicted)
    own = np.array([expected_counts(rare, *of_model) for of_model in answers_by_model(rare, wrong)])
    expected = {
        "uniform": expected_counts(rare, rare.counts.astype(np.float64), uniform(rare)),
        "uniform_on_errors": expected_counts(rare, everyone, uniform(rare)),
        "population": expected_counts(rare, everyone, population),
        "own": own.sum(axis=0) if len(own) else np.zeros((len(GROUPS), 1)),
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
    by_model = _shares(atlas, own, {"model": list(wrong.models)}).join(
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
                    name: np.repeat(values, len(GROUPS)),
                    "group": list(GROUPS) * len(values),
                    "category": share.column.removeprefix("share_"),
                    "expected": pl.Series(np.clip(value, 0, 100).ravel()).fill_nan(None),
                }
            )
        )
    schema = {name: pl.String, "group": pl.String, "category": pl.String, "expected": pl.Float64}
    return pl.concat([pl.DataFrame(schema=schema), *frames]) if frames else pl.DataFrame(schema=schema)
