"""Intervals from leaving out blocks of similar models."""

import math

import numpy as np
import pytest

from errata.trends.fit import student_quantile
from errata.trends.jackknife import choices, estimate, regressions, sums


def test_of_a_mean_with_one_model_per_block_it_is_the_textbooks_interval():
    y = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    found = estimate(np.array([y[kept].mean() for kept in choices(np.arange(8))]))
    half = student_quantile(0.975, 7) * y.std(ddof=1) / np.sqrt(8)
    assert (found.value, found.low, found.high) == pytest.approx((y.mean(), y.mean() - half, y.mean() + half))


def test_sums_without_each_block_by_hand():
    numbers, blocks = np.array([1.0, 10, 100, 1000]), np.array(["b", "a", "b", "c"])
    # all, without a, without b, without c
    assert sums(numbers, blocks).tolist() == [1111, 1101, 1010, 111]


def test_a_regression_without_each_block_is_that_of_the_models_that_stay():
    random = np.random.default_rng(0)
    columns = np.column_stack([np.ones(60), random.normal(0, 1, 60), random.uniform(80, 90, 60)])
    y, blocks = random.normal(50, 3, 60), np.arange(60) % 9
    fits = regressions(columns, y, blocks)
    for row, kept in enumerate(choices(blocks)):
        expected, rest, *_ = np.linalg.lstsq(columns[kept], y[kept], rcond=None)
        assert fits.coefficients[row] == pytest.approx(expected)
        assert fits.unexplained[row] == pytest.approx(rest[0] / (kept.sum() - 3))
        assert fits.whole[row] == pytest.approx(y[kept].var(ddof=1))


def test_a_column_that_only_the_block_left_out_has_costs_nothing():
    y, blocks = np.arange(12.0) ** 2, np.arange(12) // 2
    columns = np.column_stack([np.ones(12), np.arange(12.0), blocks == 5])
    fits = regressions(columns, y, blocks)
    expected, rest, *_ = np.linalg.lstsq(columns[:10, :2], y[:10], rcond=None)
    assert fits.coefficients[6, :2] == pytest.approx(expected)
    assert fits.unexplained[6] == pytest.approx(rest[0] / 8)


def test_few_blocks_give_no_interval():
    found = estimate(np.arange(6.0))
    assert found.value == 0
    assert math.isnan(found.low)


def test_the_interval_of_a_slope_covers_it_although_models_of_a_block_are_alike():
    random = np.random.default_rng(2)
    hits, plain_hits = [], []
    blocks = np.repeat(np.arange(30), 8)
    for _ in range(300):
        x = random.normal(0, 1, 30)[blocks] + random.normal(0, 0.3, 240)
        y = 2 * x + random.normal(0, 1, 30)[blocks] + random.normal(0, 0.5, 240)
        columns = np.column_stack([np.ones(240), x])
        found = estimate(regressions(columns, y, blocks).coefficients[:, 1])
        hits.append(found.low <= 2 <= found.high)
        alone = estimate(regressions(columns, y, np.arange(240)).coefficients[:, 1])
        plain_hits.append(alone.low <= 2 <= alone.high)
    # the standard error of the coverage is 1.3 points
    assert np.mean(hits) == pytest.approx(0.95, abs=0.03)
    assert np.mean(plain_hits) < 0.7
