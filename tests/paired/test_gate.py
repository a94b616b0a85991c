import numpy as np
import pytest

from errata.errors import InputError
from errata.paired.gate import Allowance, check_gate, read_allowance, read_allowances
from errata.paired.layout import gate_markdown, gate_text, gate_values
from errata.paired.transitions import count_transitions
from paired.made_pairs import made_atlas, made_pair

WORSE = {
    ("correct", "correct"): 1800,
    ("correct", "model_failure"): 40,
    ("model_failure", "correct"): 10,
    ("model_failure", "model_failure"): 150,
}


def gate(cells, **allowed):
    atlas, answers = made_pair(cells)
    watched = allowed or {"model_failure": "0"}
    allowances = {name: read_allowance(rise) for name, rise in watched.items()}
    return check_gate(count_transitions(atlas, *answers.outcomes, "all"), atlas, allowances)


def test_a_rise_beyond_chance_closes_the_gate_and_a_fall_does_not():
    assert not gate(WORSE).is_open
    assert gate({(b, a): images for (a, b), images in WORSE.items()}).is_open
    assert gate({**WORSE, ("model_failure", "correct"): 35}).is_open  # five more failures may be chance


def test_the_limit_of_the_rise_is_one_sided():
    row = gate(WORSE, model_failure="1pp").rows[0]
    # 30 more of 2000, 50 differ; one image each way is added; 1.645 deviations
    deviation = np.sqrt(50 - 30**2 / 2000 + 2)
    assert (row.rise, row.limit) == (30, pytest.approx((30 - 1.645 * deviation) / 20, rel=0.01))
    assert not row.is_raised


@pytest.mark.parametrize(
    ("rise", "is_raised"), [("0", True), ("10%", True), ("12%", False), ("0.8pp", True), ("1pp", False)]
)
def test_what_is_allowed_is_per_cent_of_the_baselines_count_or_points_of_the_images(rise, is_raised):
    row = gate(WORSE, model_failure=rise).rows[0]
    assert row.is_raised == is_raised
    assert (row.limit > row.allowed.amount) == is_raised


def test_with_more_categories_watched_each_needs_more_evidence():
    cells = {("correct", "correct"): 1000, ("correct", "model_failure"): 6}
    assert not gate(cells).is_open
    assert gate(cells, model_failure="0", fine_grained="0", spurious_correlation="0").is_open


def test_a_baseline_without_such_errors_gives_no_limit_in_per_cent_and_still_a_verdict():
    row = gate({("correct", "correct"): 1000, ("correct", "model_failure"): 20}).rows[0]
    assert row.limit is None
    assert row.is_raised


def test_by_default_every_category_is_watched_that_the_multi_labels_do_not_forgive():
    checked, unchecked = (made_atlas(np.arange(3), checked=known) for known in (True, False))
    assert list(read_allowances(None, "0", checked)) == [
        "fine_grained",
        "fine_grained_oov",
        "spurious_correlation",
        "non_prototypical",
        "model_failure",
    ]
    assert list(read_allowances(None, "0", unchecked)) == ["fine_grained", "open_world_unchecked"]


def test_categories_may_have_allowances_of_their_own():
    allowances = read_allowances(["fine_grained=5%", "mle"], "0.2pp", made_atlas(np.arange(3)))
    assert allowances == {"fine_grained": Allowance(5.0, "%"), "mle": Allowance(0.2, "pp")}


@pytest.mark.parametrize("text", ["5", "-1%", "nan%", "infpp", "much", "", "%"])
def test_a_rise_without_a_meaning_is_refused(text):
    with pytest.raises(InputError, match="--max-rise"):
        read_allowance(text)


@pytest.mark.parametrize(("name", "why"), [("model_failure", "cannot be decided by"), ("failure", "is no category of")])
def test_a_category_that_the_atlas_does_not_have_is_refused(name, why):
    with pytest.raises(InputError, match=why):
        read_allowances([name], "0", made_atlas(np.arange(3), checked=False))


def test_the_gate_says_when_a_rise_came_from_worse_mistakes():
    found = gate({("correct", "correct"): 1000, ("model_failure", "fine_grained"): 30}, fine_grained="0")
    assert not found.is_open
    for text in (gate_text(found, ("A", "B")), gate_markdown(found, ("A", "B"))):
        assert "fine-grained rose because worse mistakes became milder" in text
        assert "fine_grained" not in text.replace("\\", "")
    assert gate_values(found, ("A", "B"))["categories"][0]["milder"] == 30
