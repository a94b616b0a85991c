"""The comparison of two pairs is the one that is written down, which the page's script must meet too."""

import json

import pytest

from paired.golden_pairs import GOLDEN, differences, golden_inputs, golden_values

PAIRS = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAIRS)
def test_python_compares_a_pair_as_it_is_written_down(name: str):
    pair = golden_inputs()[name]
    differing = list(differences({**pair, **golden_values(pair)}, PAIRS[name], name))
    assert differing == []


def test_the_p_value_of_the_few_images_is_counted_by_hand():
    (row,) = (row for row in PAIRS["few images"]["groups"]["all"]["rows"] if row["statistic"] == "top1_errors")
    assert (row["only_a"], row["only_b"]) == (2, 8)
    assert row["p"] == pytest.approx(2 * (1 + 10 + 45 / 2) / 1024)


def test_a_difference_is_found_where_it_is():
    assert list(differences({"a": [1, 2.0]}, {"a": [1, 2.0 + 1e-8]}, "x")) == ["x a 1: 2.0, not 2.00000001"]
    assert list(differences([None], [0.0], "x")) == ["x 0: None, not 0.0"]
    assert list(differences([1, 2], [1], "x")) == ["x: other names or another length"]
