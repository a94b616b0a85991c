"""Agreement with experts on mistakes that fit the screen."""

import polars as pl
import pytest

from errata.errors import InputError
from errata.trust.agreement import judge_mistakes, measure_agreement
from trust.five_images import UNCHECKED, atlas

FINE, OOV, BOTH = "Fine-grained error", "Fine-grained with OOV", "Fine-grained with Multilabel Options"
SPURIOUS, UNTYPICAL = "Spurious Correlation", "Non-prototypical"


def experts(*rows: tuple[str, int, str]) -> pl.DataFrame:
    """What experts say of (file name, predicted class)."""
    columns = {
        "expert_list": ["vit"] * len(rows),
        "file_name": [row[0] for row in rows],
        "predicted_class": pl.Series([row[1] for row in rows], dtype=pl.Int16),
        "expert_category": [row[2] for row in rows],
        "expert_severity": ["Minor"] * len(rows),
    }
    return pl.DataFrame(columns)


FOUR = experts(("a.jpg", 1, FINE), ("b.jpg", 3, OOV), ("c.jpg", 2, FINE), ("d.jpg", 1, UNTYPICAL))
"""The atlas that checks says: fine-grained, out of vocabulary, spurious, non-prototypical."""


def row_of(agreement: pl.DataFrame, category: str) -> dict:
    return agreement.row(by_predicate=pl.col("category") == category, named=True)


@pytest.fixture(scope="module")
def checked() -> pl.DataFrame:
    return measure_agreement(judge_mistakes(atlas(), FOUR))


@pytest.fixture(scope="module")
def unchecked() -> pl.DataFrame:
    return judge_mistakes(atlas(UNCHECKED), FOUR)


def test_the_category_of_a_mistake_is_looked_up_by_image_and_prediction():
    assert judge_mistakes(atlas(), FOUR)["category"].to_list() == [
        "fine_grained",
        "fine_grained_oov",
        "spurious_correlation",
        "non_prototypical",
    ]


def test_with_open_world_evidence_every_mistake_is_decided(checked):
    row = row_of(checked, "all")
    assert (row["experts"], row["decided"], row["agreeing"], row["recall"]) == (4, 4, 3, 75)
    assert row["at_least"] == row["at_most"] == 75


def test_recall_is_of_the_experts_mistakes_and_precision_of_ours(checked):
    row = row_of(checked, "fine_grained")
    assert (row["experts"], row["agreeing"], row["recall"]) == (2, 1, 50)
    assert (row["ours"], row["precision"]) == (1, 100)


def test_an_interval_is_wilsons(checked):
    # Wilson's interval for 1 of 2 is (1 +- z sqrt(2 / 4 + z^2 / 4) / ...): 9.45 to 90.55 per cent
    row = row_of(checked, "fine_grained")
    assert (row["recall_low"], row["recall_high"]) == pytest.approx((9.4531, 90.5469), abs=1e-3)


def test_an_unchecked_mistake_is_undecided_only_if_the_experts_say_what_it_may_turn_out_to_be(unchecked):
    # b may be out of vocabulary; c is spurious or out of vocabulary, so not fine-grained; d may be non-prototypical
    decided = dict(unchecked.select("file_name", "is_decided").iter_rows())
    assert decided == {"a.jpg": True, "b.jpg": False, "c.jpg": True, "d.jpg": False}
    assert unchecked["agrees"].to_list() == [True, None, False, None]


def test_undecided_mistakes_leave_bounds(unchecked):
    row = row_of(measure_agreement(unchecked), "all")
    assert (row["experts"], row["decided"], row["agreeing"], row["recall"]) == (4, 2, 1, 50)
    assert (row["at_least"], row["at_most"]) == (25, 75)


def test_if_nothing_were_out_of_vocabulary_every_mistake_is_decided(unchecked):
    row = row_of(measure_agreement(unchecked), "all_if_nothing_oov")
    assert (row["decided"], row["agreeing"]) == (4, 2)


def test_kappa_over_all_categories_waits_for_every_decision_and_that_of_fine_grained_does_not(checked, unchecked):
    agreement = measure_agreement(unchecked)
    assert row_of(agreement, "all")["kappa"] is None
    # experts: a, c fine-grained; atlas: a. Agreement 3/4, by chance (2/4)(1/4) + (2/4)(3/4) = 1/2
    assert row_of(agreement, "fine_grained")["kappa"] == pytest.approx(0.5)
    # agreement 3/4; by chance fine-grained (2/4)(1/4), out of vocabulary and non-prototypical (1/4)(1/4) each
    assert row_of(checked, "all")["kappa"] == pytest.approx((3 / 4 - 1 / 4) / (1 - 1 / 4))


def test_a_mistake_with_two_expert_categories_agrees_with_either():
    agreement = measure_agreement(judge_mistakes(atlas(), experts(("a.jpg", 2, BOTH), ("b.jpg", 2, BOTH))))
    assert (row_of(agreement, "all")["agreeing"], row_of(agreement, "all")["experts"]) == (1, 2)
    assert (row_of(agreement, "multi_label")["experts"], row_of(agreement, "multi_label")["agreeing"]) == (2, 1)
    assert (row_of(agreement, "fine_grained")["experts"], row_of(agreement, "fine_grained")["agreeing"]) == (2, 0)


def test_what_circularity_does_not_touch_leaves_the_non_prototypical_mistakes_out(checked):
    row = row_of(checked, "all_but_non_prototypical")
    assert (row["experts"], row["agreeing"]) == (3, 2)


def test_images_that_do_not_count_and_correct_answers_are_left_out():
    judged = experts(("problematic.jpg", 1, FINE), ("a.jpg", 0, FINE), ("elsewhere.jpg", 1, FINE), ("c.jpg", 0, FINE))
    assert judge_mistakes(atlas(), judged)["file_name"].to_list() == ["c.jpg"]


def test_lists_with_nothing_to_judge_give_empty_tables():
    mistakes = judge_mistakes(atlas(), experts(("a.jpg", 0, FINE)))
    assert mistakes.is_empty()
    assert measure_agreement(mistakes).is_empty()


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("a.jpg", 1, "Fine grained"), "a.jpg has the category 'Fine grained'; expected one of Fine-grained error"),
        (("a.jpg", 4, FINE), "a.jpg has the prediction 4; expected a class id from 0 to 3"),
    ],
)
def test_what_cannot_be_read_is_refused(row, complaint):
    with pytest.raises(InputError, match=complaint):
        judge_mistakes(atlas(), experts(row))
