import numpy as np
import pytest

from errata.paired.differences import exact_p, holm, mid_p


@pytest.mark.parametrize(
    ("gained", "lost", "exact", "mid"),
    [
        (0, 0, 1, 1),
        (0, 1, 1, 0.5),
        (5, 0, 2 / 32, 1 / 32),
        (2, 8, 2 * (1 + 10 + 45) / 1024, 2 * (1 + 10 + 45 / 2) / 1024),
        (4, 4, 1, 1),
    ],
)
def test_p_values_are_those_of_fair_coins_counted_by_hand(gained, lost, exact, mid):
    assert exact_p(gained, lost) == pytest.approx(exact)
    assert mid_p(gained, lost) == pytest.approx(mid)
    assert (exact_p(lost, gained), mid_p(lost, gained)) == (exact_p(gained, lost), mid_p(gained, lost))


def test_many_images_agree_with_the_normal_approximation():
    z = 200 / np.sqrt(10_000)
    assert mid_p(5100, 4900) == pytest.approx(2 * 0.0227501, rel=1e-3)  # P(Z > 2)
    assert z == 2


def test_nothing_overflows_and_nothing_is_less_than_zero():
    assert 0 <= mid_p(9000, 1) < 1e-300


def test_holm_multiplies_the_smallest_by_the_number_of_tests_and_keeps_the_order():
    assert holm([0.04, 0.01, 0.03]).tolist() == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]).tolist() == [1, 1]
    assert holm([]).tolist() == []


def test_false_alarms_of_the_mid_p_test_are_near_5_per_cent_and_those_of_the_exact_one_below():
    # exact probabilities, no simulation: the images that only one model counts are fair coins
    for images in (20, 60, 200, 1000):
        heads = np.arange(images + 1)
        logs = np.concatenate([[0], np.cumsum(np.log(np.arange(1, images + 1)))])
        weight = np.exp(logs[images] - logs[heads] - logs[::-1][: images + 1] - images * np.log(2))
        alarms = {
            test: sum(w for head, w in zip(heads.tolist(), weight, strict=True) if test(head, images - head) <= 0.05)
            for test in (mid_p, exact_p)
        }
        assert 0.04 <= alarms[mid_p] <= 0.06, images
        assert alarms[exact_p] <= 0.05, images
        assert alarms[exact_p] <= alarms[mid_p], images
