import numpy as np
import pytest

from errata.profiles.intervals import Z, mean_of_classes, pooled_share, share

FEW_IMAGES_EACH = np.full(400, 18)
MANY_ONE_IMAGE_CLASSES = np.array([1] * 100 + [2, 3, 4] * 10 + [18] * 70)  # like the group `other` of ImageNet


def beta(rng, mean, correlation, size):
    spread = (1 - correlation) / correlation
    return rng.beta(mean * spread, (1 - mean) * spread, size)


@pytest.mark.parametrize("correlation", [0.05, 0.2, 0.5])
@pytest.mark.parametrize("mean", [0.6, 0.8, 0.95])
@pytest.mark.parametrize("sizes", [FEW_IMAGES_EACH, MANY_ONE_IMAGE_CLASSES], ids=["18 each", "many of one"])
def test_intervals_of_means_over_classes_cover_the_truth_in_93_to_97_per_cent(sizes, mean, correlation):
    rng = np.random.default_rng(20231)
    covered = []
    for _ in range(200):
        truth = beta(rng, mean, correlation, len(sizes))
        estimate = mean_of_classes(
            rng.binomial(sizes, truth, (50, len(sizes))), np.broadcast_to(sizes, (50, len(sizes)))
        )
        covered.append((estimate.low <= truth.mean()) & (truth.mean() <= estimate.high))
    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize("sizes", [FEW_IMAGES_EACH, MANY_ONE_IMAGE_CLASSES], ids=["18 each", "many of one"])
@pytest.mark.parametrize(("error_rate", "category_share"), [(0.1, 0.4), (0.2, 0.1), (0.3, 0.7)])
def test_intervals_of_shares_of_errors_cover_the_truth_in_93_to_97_per_cent(sizes, error_rate, category_share):
    rng = np.random.default_rng(20232)
    covered = []
    for _ in range(200):
        wrong = beta(rng, error_rate, 0.2, len(sizes))
        kind = beta(rng, category_share, 0.4, len(sizes))  # errors of a class are mostly of one kind
        truth = (sizes * wrong * kind).sum() / (sizes * wrong).sum()
        errors = rng.binomial(sizes, wrong, (50, len(sizes)))
        estimate = share(rng.binomial(errors, kind), errors, np.broadcast_to(sizes, errors.shape))
        covered.append((estimate.low <= truth) & (truth <= estimate.high))
    assert 0.93 <= np.mean(covered) <= 0.97


def test_values_are_the_plain_share_and_the_plain_mean_over_classes():
    assert share(np.array([1.0, 2.0]), np.array([2.0, 6.0]), np.array([10, 10])).value == pytest.approx(3 / 8)
    assert mean_of_classes(np.array([1.0, 3.0, 0.0]), np.array([2, 4, 0])).value == pytest.approx((1 / 2 + 3 / 4) / 2)


def test_nothing_to_estimate_from_gives_nan():
    nothing = share(np.zeros(3), np.zeros(3), np.full(3, 5))
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()
    assert np.isnan(mean_of_classes(np.zeros(3), np.zeros(3, dtype=int)).value)


@pytest.mark.parametrize("successes", [0, 1])
def test_a_share_of_nothing_or_all_keeps_an_open_interval(successes):
    sizes = np.full(5, 10)
    estimate = share(successes * np.full(5, 2.0), np.full(5, 2.0), sizes)
    assert estimate.high - estimate.low > 0.1
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_classes_that_differ_but_are_each_certain_do_not_close_the_interval():
    sizes = np.full(6, 10)
    estimate = mean_of_classes(np.array([10.0, 10, 10, 0, 0, 0]), sizes)
    assert estimate.high - estimate.low > 0.05


def test_one_class_gives_wilsons_interval_with_the_unbiased_variance():
    # Wilson 1927, with n - 1 in place of n
    estimate = mean_of_classes(np.array([6.0]), np.array([10]))
    n, p = 9, 0.6
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    assert (estimate.low, estimate.high) == pytest.approx((centre - half, centre + half))


def test_a_model_that_is_entered_twice_is_no_further_evidence():
    rng = np.random.default_rng(0)
    sizes = np.full(50, 12)
    b = rng.integers(0, 2, (50, 12)).astype(float)
    a = b * rng.integers(0, 2, (50, 12))

    def pooled(times):
        x, y = times * a, times * b
        return pooled_share(
            x.sum(axis=1), y.sum(axis=1), ((x * x).sum(axis=1), (x * y).sum(axis=1), (y * y).sum(axis=1)), sizes
        )

    single, double = pooled(1), pooled(2)
    assert (single.low, single.high) == pytest.approx((double.low, double.high))
    alone = share(a.sum(axis=1), b.sum(axis=1), sizes)
    assert (single.low, single.high) == pytest.approx((alone.low, alone.high))
