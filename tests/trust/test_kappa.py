"""Cohen's kappa."""

import numpy as np
import pytest

from errata.profiles.intervals import Z
from errata.trust.agreement import cohens_kappa


def test_kappa_is_the_agreement_beyond_that_of_the_judges_habits():
    # agreement 35 of 50; by chance (25 x 30 + 25 x 20) / 50^2 = 1/2
    assert cohens_kappa(np.array([[20, 5], [10, 15]])).value == pytest.approx(0.4)


def test_the_standard_error_is_that_of_resampled_judgements():
    table = np.array([[40, 9, 3], [12, 30, 4], [2, 6, 14]])
    kappa = cohens_kappa(table)
    random = np.random.default_rng(1)
    drawn = random.multinomial(table.sum(), table.ravel() / table.sum(), size=4000).reshape(-1, 3, 3)
    spread = np.std([cohens_kappa(one).value for one in drawn])
    assert (kappa.high - kappa.low) / (2 * Z) == pytest.approx(spread, rel=0.05)


def test_perfect_agreement_is_one_and_perfect_disagreement_is_below_zero():
    assert cohens_kappa(np.diag([3, 4])).value == pytest.approx(1)
    assert cohens_kappa(np.array([[0, 5], [5, 0]])).value == pytest.approx(-1)


@pytest.mark.parametrize("table", [np.zeros((2, 2)), np.array([[7, 0], [0, 0]]), np.array([[3, 0], [4, 0]])])
def test_where_a_judge_always_says_the_same_kappa_is_undefined(table):
    assert cohens_kappa(table).value is None
