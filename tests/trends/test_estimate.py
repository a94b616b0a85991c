"""How errors that were not checked would split, estimated from published models."""

import numpy as np
import polars as pl
import pytest

from errata.categories import BEYOND_OPEN_WORLD
from errata.shipped import published_rows
from errata.trends.estimate import estimate_unchecked, fit_split
from trends.estimate_coverage import coverage

IMAGES = 10_000
RULE = {"fine_grained_oov": 0.2, "spurious_correlation": 0.1, "non_prototypical": 0.0, "model_failure": 0.7}


def published(count: int = 150, *, seed: int = 0, odd_architecture: float = 0.0) -> pl.DataFrame:
    """Published models of ten architectures, whose unchecked errors are split at random by `RULE`.

    `odd_architecture`: of its errors, so large a share is out of vocabulary that would be failures elsewhere.
    """
    random = np.random.default_rng(seed)
    unchecked = np.linspace(500, 3000, count).astype(int)
    architecture = np.arange(count) % 10
    splits = []
    for number, kind in zip(unchecked, architecture, strict=True):
        shares = np.array(list(RULE.values()))
        shares[0], shares[3] = shares[0] + odd_architecture * (kind == 0), shares[3] - odd_architecture * (kind == 0)
        splits.append(random.multinomial(number, shares))
    return pl.DataFrame(
        {
            "model": [f"published {number}" for number in range(count)],
            "group": ["all"] * count,
            "images": [IMAGES] * count,
            "fine_grained": unchecked // 2,
            "mla": 100 - 100 * 1.5 * unchecked / IMAGES,
            "architecture": [f"architecture {number}" for number in architecture],
            **dict(zip(BEYOND_OPEN_WORLD, np.array(splits).T, strict=True)),
        }
    )


def model(unchecked: int = 1000, **changes: object) -> pl.DataFrame:
    """A model of a labels-only run; its unchecked errors would be 200 spurious correlations and failures else."""
    row = {
        "model": "mine",
        "group": "all",
        "images": IMAGES,
        "fine_grained": unchecked // 2,
        "mle": unchecked + unchecked // 2,
        "mla": 100 - 100 * 1.5 * unchecked / IMAGES,
        "open_world_unchecked": unchecked,
        "provisional_spurious_correlation": 200,
        "provisional_non_prototypical": 30,
        "provisional_model_failure": unchecked - 230,
        **dict.fromkeys(BEYOND_OPEN_WORLD),
    }
    integers = dict.fromkeys([*BEYOND_OPEN_WORLD, "provisional_non_prototypical"], pl.Int32)
    return pl.DataFrame([row | changes], schema_overrides=integers)


def estimates(frame: pl.DataFrame) -> dict[str, dict]:
    return {row["category"]: row for row in frame.to_dicts()}


def test_a_category_that_the_data_set_does_not_define_takes_no_share():
    undefined = {"provisional_non_prototypical": None, "provisional_model_failure": 800}
    of_paper = published().with_columns(non_prototypical=pl.lit(None, pl.Int32))
    found = estimates(estimate_unchecked(model(**undefined), of_paper))
    assert set(found) == {*BEYOND_OPEN_WORLD} - {"non_prototypical"}
    assert found["model_failure"]["estimate"] == pytest.approx(700, rel=0.02)


def test_estimates_are_the_shares_of_published_models_of_like_accuracy():
    found = estimates(estimate_unchecked(model(), published()))
    assert found["spurious_correlation"]["estimate"] == pytest.approx(100, rel=0.05)
    assert found["model_failure"]["estimate"] == pytest.approx(700, rel=0.02)


def test_estimates_add_up_to_the_unchecked_errors():
    assert estimate_unchecked(model(1234), published())["estimate"].sum() == pytest.approx(1234)


def test_limits_are_as_wide_as_the_binomial_spread_of_alike_models():
    found = estimates(estimate_unchecked(model(), published(1000)))["fine_grained_oov"]
    # 1.96 standard deviations of 200 in 1,000 on either side, rounded outwards
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * np.sqrt(1000 * 0.2 * 0.8), abs=6)


def test_limits_are_wider_where_one_architecture_is_unlike_the_others():
    alike, odd = (
        estimates(estimate_unchecked(model(), published(odd_architecture=share)))["fine_grained_oov"]
        for share in (0.0, 0.3)
    )
    assert odd["high"] - odd["low"] > 2 * (alike["high"] - alike["low"])


def test_limits_hold_the_truth_of_new_models_nineteen_times_in_twenty():
    split, new = fit_split(unchecked_of(published())), unchecked_of(published(1000, seed=1))
    _, low, high = split.counts(new)
    counts = new.select(BEYOND_OPEN_WORLD).to_numpy()
    held = ((counts >= low) & (counts <= high))[:, [0, 1, 3]].mean(axis=0)
    assert (held > 0.93).all()


def unchecked_of(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.sum_horizontal(BEYOND_OPEN_WORLD).alias("unchecked"))


def test_estimates_never_exceed_the_provisional_counts():
    found = estimates(estimate_unchecked(model(provisional_spurious_correlation=95), published()))
    assert (found["spurious_correlation"]["estimate"], found["spurious_correlation"]["high"]) == (95, 95)
    assert sum(row["estimate"] for row in found.values()) == pytest.approx(1000)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"images": 500}, "other images than those of the published models"),
        ({"provisional_model_failure": 300}, "errors unlike those of the published models"),
        ({"mla": 99.9}, "accuracy beyond that of the published models"),
    ],
)
def test_bounds_stand_alone_where_nothing_can_be_estimated(changes: dict[str, object], why: str):
    row = estimates(estimate_unchecked(model(**changes), published()))["spurious_correlation"]
    assert row | {"estimate": None, "low": 0, "high": 200, "why_not": why} == row


def test_an_estimate_lies_within_its_limits_also_where_a_bound_moves_it():
    for row in estimate_unchecked(model(provisional_spurious_correlation=85), published()).to_dicts():
        assert row["low"] <= row["estimate"] <= row["high"], row


def test_few_published_models_give_bounds_only():
    row = estimates(estimate_unchecked(model(), published(30)))["model_failure"]
    assert (row["estimate"], row["high"], row["why_not"]) == (None, 770, "fewer than 100 published models")


def test_a_category_that_the_data_set_leaves_undefined_has_no_row():
    found = estimates(estimate_unchecked(model(provisional_non_prototypical=None), published()))
    assert list(found) == ["fine_grained_oov", "spurious_correlation", "model_failure"]


def test_checked_models_have_no_rows():
    assert estimate_unchecked(model(fine_grained_oov=10), published()).is_empty()


def test_models_without_unchecked_errors_have_no_rows():
    assert estimate_unchecked(model(open_world_unchecked=0), published()).is_empty()


def test_limits_hold_published_models_of_architectures_that_were_left_out():
    # 95 % are promised; small counts are held more often, since limits are whole numbers
    held = coverage(published_rows())
    assert held["held"].min() > 94
    assert held["worst_held"].min() > 85
