import numpy as np
import pytest

from errata.paired.differences import (
    difference_of_counts,
    difference_of_means,
    difference_of_shares,
    relative_change,
    weighted_difference_of_counts,
)
from errata.profiles.answers import COUNTED
from errata.profiles.intervals import Z

SIZES = np.array([10, 10, 12, 3, 1])
RIGHT, FINE, FAILURE = 0, 3, 10


@pytest.fixture
def images():
    """(target, outcome of A, outcome of B) of every image."""
    rng = np.random.default_rng(5)
    targets = np.repeat(np.arange(len(SIZES)), SIZES)
    return np.stack([targets, *rng.choice([RIGHT, FINE, FAILURE], (2, len(targets)), p=[0.6, 0.2, 0.2])], axis=1)


@pytest.fixture
def transitions(images):
    counts = np.zeros((len(SIZES), COUNTED, COUNTED), dtype=np.int64)
    np.add.at(counts, tuple(images.T), 1)
    return counts


def test_counts_shares_and_means_are_those_of_each_model_alone(images, transitions):
    _, a, b = images.T
    counts = difference_of_counts(transitions, SIZES, (FAILURE,))
    assert (counts.before, counts.after) == ((a == FAILURE).sum(), (b == FAILURE).sum())
    shares = difference_of_shares(transitions, SIZES, (FAILURE,), (FINE, FAILURE))
    assert shares.before == pytest.approx((a == FAILURE).sum() / (a != RIGHT).sum())
    assert shares.after == pytest.approx((b == FAILURE).sum() / (b != RIGHT).sum())
    means = difference_of_means(transitions, SIZES, (RIGHT,))
    by_class = [np.mean([b[images[:, 0] == target] == RIGHT]) for target in range(len(SIZES))]
    assert means.after == pytest.approx(np.mean(by_class))


def test_the_variance_of_a_difference_is_the_sum_of_the_variances_within_classes_and_one_image_each_way(images):
    images = images[images[:, 0] < 3]  # classes large enough to need no other's variance
    sizes = SIZES[:3]
    counts = np.zeros((3, COUNTED, COUNTED), dtype=np.int64)
    np.add.at(counts, tuple(images.T), 1)
    difference = (images[:, 2] == FAILURE) * 1.0 - (images[:, 1] == FAILURE)
    variance = sum(n * np.var(difference[images[:, 0] == target], ddof=1) for target, n in enumerate(sizes))
    assert difference_of_counts(counts, sizes, (FAILURE,)).deviation ** 2 == pytest.approx(variance + 2)


def test_what_is_hard_for_both_models_cancels():
    same = np.zeros((2, COUNTED, COUNTED))
    same[:, RIGHT, RIGHT], same[:, FAILURE, FAILURE] = [90, 50], [10, 50]
    difference = difference_of_counts(same, np.array([100, 100]), (FAILURE,))
    assert difference.value == 0
    assert difference.high == pytest.approx(Z * np.sqrt(2))  # fewer than three images, of two hundred


def test_swapping_the_models_changes_the_sign_and_nothing_else(transitions):
    swapped = transitions.transpose(0, 2, 1)
    for forward, backward in [
        (difference_of_counts(transitions, SIZES, (FINE,)), difference_of_counts(swapped, SIZES, (FINE,))),
        (
            difference_of_shares(transitions, SIZES, (FINE,), (FINE, FAILURE)),
            difference_of_shares(swapped, SIZES, (FINE,), (FINE, FAILURE)),
        ),
        (difference_of_means(transitions, SIZES, (RIGHT,)), difference_of_means(swapped, SIZES, (RIGHT,))),
    ]:
        assert forward.value == pytest.approx(-backward.value)
        assert forward.deviation == pytest.approx(backward.deviation)


@pytest.mark.parametrize(("lost", "gained"), [(60, 20), (40, 30), (38, 24), (37, 25), (20, 60)])
def test_the_relative_change_holds_zero_if_and_only_if_the_difference_does(lost, gained):
    counts = np.zeros((1, COUNTED, COUNTED))
    counts[0, FAILURE, RIGHT], counts[0, RIGHT, FAILURE], counts[0, FAILURE, FAILURE] = lost, gained, 50
    counts[0, RIGHT, RIGHT] = 1000 - counts.sum()
    difference = difference_of_counts(counts, np.array([1000]), (FAILURE,))
    value, low, high = relative_change(counts, np.array([1000]), (FAILURE,))
    assert value == pytest.approx((gained - lost) / (50 + lost))
    assert low < value < high
    assert (low <= 0 <= high) == (difference.low <= 0 <= difference.high)


def test_too_few_errors_of_the_first_model_give_no_limits_of_a_relative_change():
    counts = np.zeros((1, COUNTED, COUNTED))
    counts[0, FAILURE, RIGHT], counts[0, RIGHT, RIGHT] = 2, 98
    value, low, high = relative_change(counts, np.array([100]), (FAILURE,))
    assert value == -1
    assert np.isnan([low, high]).all()


def test_a_share_of_nothing_is_undefined(transitions):
    nothing = difference_of_shares(transitions, SIZES, (4,), (4, 5))
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()


def test_the_limit_of_a_relative_change_is_the_ratio_at_which_the_weighted_difference_is_as_many_deviations(
    transitions,
):
    _, low, _ = relative_change(transitions[:3], SIZES[:3], (FAILURE, FINE), quantile=1.0)
    difference = weighted_difference_of_counts(transitions[:3], SIZES[:3], (FAILURE, FINE), ratio=1 + float(low))
    assert difference.value / difference.deviation == pytest.approx(1.0)
