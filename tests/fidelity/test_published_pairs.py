"""Two models compared, against the difference of their rows in the paper's tables."""

import pytest

from errata.paired.compare import compare_pair
from errata.profiles.answers import look_up
from fidelity.test_anchors import PUBLISHED

pytestmark = pytest.mark.real


@pytest.mark.parametrize("places", [(0, 1), (2, 3), (7, 1), (4, 6)])
def test_differences_are_those_of_the_published_counts_and_mlas(imagenet, exact_answers, published_rows, places):
    a, b = (exact_answers.models[place] for place in places)
    pair = look_up(imagenet.atlas, [a, b], exact_answers.predictions[list(places)])
    compared = compare_pair(imagenet.atlas, pair)
    names = {**PUBLISHED, "mla": "mla_group"}
    del names["images"]
    for group in ("all", "organism", "artifact", "other"):
        for statistic, published in names.items():
            row = compared.row(group, statistic)
            expected = float(published_rows[b, group][published]) - float(published_rows[a, group][published])
            assert row["difference"] == pytest.approx(expected, abs=1e-9), (group, statistic)
            assert row["low"] <= expected <= row["high"]
