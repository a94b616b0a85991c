"""Lines, their bands, and where a cloud bends."""

import numpy as np
import pytest

from errata.trends.fit import find_inflection, fit_line, fit_trend, student_quantile


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    # 97.5 % quantiles of any table of Student's distribution
    [(1, 12.7062), (2, 4.3027), (5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799), (10**6, 1.9600)],
)
def test_student_quantiles_are_those_of_the_tables(degrees: int, quantile: float):
    assert student_quantile(0.975, degrees) == pytest.approx(quantile, abs=5e-5)


def test_the_median_of_students_distribution_is_zero():
    assert student_quantile(0.5, 7) == 0


def test_a_line_is_that_of_polyfit():
    random = np.random.default_rng(0)
    x = random.uniform(60, 98, 200)
    y = 5 - 0.7 * x + random.normal(0, 2, 200)
    line = fit_line(x, y)
    assert (line.slope, line.intercept) == pytest.approx(tuple(np.polyfit(x, y, 1)))


def test_the_bands_are_those_of_the_covariance_of_polyfit():
    random = np.random.default_rng(1)
    x = random.uniform(0, 10, 30)
    y = x + random.normal(0, 1, 30)
    covariance = np.polyfit(x, y, 1, cov=True)[1]
    at = np.array([0.0, 5.0, 12.0])
    basis = np.stack([at, np.ones(3)])
    variance = np.einsum("ik,ij,jk->k", basis, covariance, basis)
    line = fit_line(x, y)
    assert line.confidence_deviation(at) == pytest.approx(np.sqrt(variance))
    assert line.prediction_deviation(at) == pytest.approx(np.sqrt(variance + line.deviation**2))


def test_a_line_by_hand():
    # the points (0, 0), (1, 2), (2, 1): slope 1/2, intercept 1/2, residuals -1/2, 1, -1/2
    line = fit_line(np.array([0.0, 1, 2]), np.array([0.0, 2, 1]))
    assert (line.slope, line.intercept, line.deviation) == pytest.approx((0.5, 0.5, np.sqrt(1.5)))
    assert line.confidence_deviation(1.0) == pytest.approx(np.sqrt(1.5 / 3))


def test_points_at_one_place_have_no_line():
    with pytest.raises(ValueError, match="different x"):
        fit_line(np.ones(5), np.arange(5.0))


def test_the_inflection_point_of_two_exact_lines_is_found():
    x = np.linspace(0, 10, 101)
    y = np.where(x < 7, x, 7 - 3 * (x - 7))
    assert find_inflection(x, y).at == pytest.approx(7, abs=0.1)


def test_the_inflection_point_is_the_best_of_all_splits():
    random = np.random.default_rng(2)
    x, y = np.sort(random.uniform(0, 1, 40)), random.normal(0, 1, 40)

    def error(split: int) -> float:
        return sum(
            ((part_y - np.polyval(np.polyfit(part_x, part_y, 1), part_x)) ** 2).sum()
            for part_x, part_y in ((x[:split], y[:split]), (x[split:], y[split:]))
        )

    best = min(range(10, 31), key=error)
    assert find_inflection(x, y).at == pytest.approx((x[best - 1] + x[best]) / 2)


def test_too_few_points_have_no_inflection_point():
    assert find_inflection(np.arange(19.0), np.arange(19.0) ** 2) is None


@pytest.mark.parametrize(("kink", "jump"), [(2.4, 0.0), (0.8, 0.0), (0.0, 4.0)])
def test_the_limits_of_the_inflection_point_hold_the_known_one(kink: float, jump: float):
    random = np.random.default_rng(5)
    hits = []
    for _ in range(200):
        x = 100 - np.clip(random.gamma(2.5, 4, 300), 0.5, 60)
        y = 70 - (x - 60) - kink * np.maximum(0, x - 91) - jump * (x >= 91) + random.normal(0, 2, 300)
        found = find_inflection(x, y)
        assert found.low <= found.at <= found.high
        hits.append(found.low <= 91 <= found.high)
    # Hansen's limits are on the safe side where the lines hardly jump
    assert np.mean(hits) >= 0.94


def test_more_points_bring_the_limits_of_the_inflection_point_closer():
    random = np.random.default_rng(6)

    def width(points: int) -> float:
        x = random.uniform(0, 10, points)
        found = find_inflection(x, np.maximum(0, 2 * (x - 6)) + random.normal(0, 1, points))
        return found.high - found.low

    assert np.median([width(800) for _ in range(30)]) < 0.7 * np.median([width(100) for _ in range(30)])


def test_the_limits_of_the_inflection_point_follow_hansen_by_hand():
    # 24 points, two flat lines 0 and 1 apart from one exception each, so S(c) is that of means; found by full search
    x = np.arange(24.0)
    y = (x >= 12).astype(float)
    y[[3, 20]] = 0.5
    found = find_inflection(x, y)

    def error(split: int) -> float:
        return sum(
            ((part_y - np.polyval(np.polyfit(part_x, part_y, 1), part_x)) ** 2).sum()
            for part_x, part_y in ((x[:split], y[:split]), (x[split:], y[split:]))
        )

    errors = {split: error(split) for split in range(10, 15)}
    likely = [split for split in errors if 24 * (errors[split] / errors[12] - 1) <= 7.3524]
    assert (found.low, found.at, found.high) == (x[min(likely) - 1], 11.5, x[max(likely)])


def test_a_straight_cloud_gets_one_line_and_a_bent_one_two():
    random = np.random.default_rng(3)
    x = np.linspace(0, 10, 200)
    noise = random.normal(0, 0.3, 200)
    assert fit_trend(x, x + noise).inflection is None
    assert fit_trend(x, np.maximum(0, 4 * (x - 6)) + noise).inflection == pytest.approx(6, abs=0.5)


def test_an_exact_straight_line_gets_one_line():
    x = np.linspace(0, 10, 60)
    assert fit_trend(x, 3 * x + 1).inflection is None


def test_the_prediction_band_holds_95_per_cent_of_new_points():
    random = np.random.default_rng(4)
    hits = []
    for _ in range(400):
        x = random.uniform(0, 10, 25)
        bands = fit_trend(x, 2 * x + random.normal(0, 1, 25), two_lines=False).bands(np.array([3.0, 9.0]))
        new = 2 * np.array([3.0, 9.0]) + random.normal(0, 1, 2)
        hits += list((bands["prediction_low"] <= new) & (new <= bands["prediction_high"]))
    # 800 draws: the standard error of the coverage is 0.8 points
    assert np.mean(hits) == pytest.approx(0.95, abs=0.025)
