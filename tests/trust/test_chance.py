"""Shares of wrong answers by chance, against a literal enumeration."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from errata.errors import InputError
from errata.groups import GROUPS
from errata.profiles.answers import look_up
from errata.profiles.build import build_pooled, build_profile
from errata.trust.answers import wrong_answers
from errata.trust.chance import measure_chance
from trust.five_images import FAILURE, FINE, MULTI, OVERLAP, TARGETS, UNCHECKED, atlas, errors

PREDICTIONS = {"weak": [1, 3, 2, 0, 3], "strong": [0, 1, 1, 0, 3]}
"""weak errs on all four images that count, strong on b.jpg and d.jpg."""


def measured(whole):
    answers = look_up(whole, list(PREDICTIONS), np.array(list(PREDICTIONS.values()), dtype=np.int16))
    rows = [
        (model, file, predicted)
        for model, predictions in PREDICTIONS.items()
        for file, predicted in zip(TARGETS, predictions, strict=True)
        if predicted != TARGETS[file]
    ]
    return measure_chance(
        whole, errors(whole, *rows), profile=build_profile(whole, answers), pooled=build_pooled(whole, answers)
    )


def test_models_that_are_read_one_after_another_have_the_same_shares(chance, monkeypatch):
    monkeypatch.setattr("errata.trust.answers._ROWS_AT_ONCE", 1)
    one_by_one = measured(atlas())
    assert one_by_one.pooled.equals(chance.pooled)
    assert one_by_one.models.equals(chance.models)


def test_errors_of_a_model_that_are_apart_are_refused(monkeypatch):
    whole = atlas()
    apart = errors(whole, ("weak", "a.jpg", 1), ("strong", "b.jpg", 1), ("weak", "b.jpg", 1))
    monkeypatch.setattr("errata.trust.answers._ROWS_AT_ONCE", 1)
    with pytest.raises(InputError, match="the rows of model 'weak' are apart"):
        list(wrong_answers(whole, apart))


@pytest.fixture(scope="module")
def chance():
    return measured(atlas())


def row_of(frame: pl.DataFrame, **key: str) -> dict:
    return frame.row(by_predicate=pl.all_horizontal(pl.col(name) == value for name, value in key.items()), named=True)


def expectation(answers: dict[str, dict[int, Fraction]], codes: set[int], among: set[int] | None) -> Fraction:
    """The expected share of some outcome codes: file name -> predicted class -> expected number of answers."""
    outcomes = atlas().outcomes
    files = list(TARGETS)
    counted = [
        (outcomes[files.index(file), predicted], number)
        for file, drawn in answers.items()
        for predicted, number in drawn.items()
    ]
    below = sum(number for code, number in counted if among is None or code in among)
    return sum((number for code, number in counted if code in codes), Fraction(0)) / below


def drawn(numbers: dict[str, int], frequency: dict[int, int]) -> dict[str, dict[int, Fraction]]:
    """Answers to some images by chance: classes other than the target in proportion to their frequency."""
    return {
        file: {
            predicted: Fraction(
                number * frequency[predicted], sum(frequency[c] for c in frequency if c != TARGETS[file])
            )
            for predicted in frequency
            if predicted != TARGETS[file]
        }
        for file, number in numbers.items()
    }


EVERY_CLASS = dict.fromkeys(range(4), 1)
ON_ERRORS = {"a.jpg": 1, "b.jpg": 2, "c.jpg": 1, "d.jpg": 2}
OF_ALL = {1: 2, 3: 1, 2: 1, 0: 2}
"""How often each class is wrongly named: 1 by weak on a and strong on b, 3 on b, 2 on c, 0 by both on d."""
MLE = set(range(16)) - {OVERLAP, MULTI}


@pytest.mark.parametrize(
    ("baseline", "answers"),
    [
        ("uniform", drawn(dict.fromkeys(ON_ERRORS, 1), EVERY_CLASS)),
        ("uniform_on_errors", drawn(ON_ERRORS, EVERY_CLASS)),
        ("population", drawn(ON_ERRORS, OF_ALL)),
    ],
)
def test_the_expected_share_is_that_of_all_possible_answers(chance, baseline, answers):
    for category, code, among in (
        ("multi_label", MULTI, None),
        ("fine_grained", FINE, MLE),
        ("model_failure", FAILURE, MLE),
    ):
        row = row_of(chance.pooled, baseline=baseline, group="all", category=category)
        assert row["expected"] == pytest.approx(float(100 * expectation(answers, {code}, among)))


def test_uniform_is_what_stands_in_the_atlas(chance):
    # twelve wrong answers to the four images that count: one overlap, one multi-label, three fine-grained of the rest
    assert row_of(chance.pooled, baseline="uniform", group="all", category="class_overlap")[
        "expected"
    ] == pytest.approx(100 / 12)
    assert row_of(chance.pooled, baseline="uniform", group="all", category="fine_grained")["expected"] == pytest.approx(
        30
    )


def test_by_a_models_own_frequencies_its_own_images_are_answered(chance):
    strong = drawn({"b.jpg": 1, "d.jpg": 1}, {1: 1, 0: 1})
    row = row_of(chance.models, model="strong", group="all", category="fine_grained")
    # b.jpg can only get class 1, fine-grained; d.jpg class 0 or 1, neither
    assert row["expected"] == pytest.approx(float(100 * expectation(strong, {FINE}, MLE))) == pytest.approx(50)
    assert (row["share"], row["ratio"]) == pytest.approx((50, 1))


def test_own_frequencies_of_all_models_add_up_the_models(chance):
    weak = drawn(dict.fromkeys(ON_ERRORS, 1), {1: 1, 3: 1, 2: 1, 0: 1})
    strong = drawn({"b.jpg": 1, "d.jpg": 1}, {1: 1, 0: 1})
    both = {file: {c: weak[file].get(c, 0) + strong.get(file, {}).get(c, 0) for c in weak[file]} for file in weak}
    row = row_of(chance.pooled, baseline="own", group="all", category="model_failure")
    assert row["expected"] == pytest.approx(float(100 * expectation(both, {FAILURE}, MLE)))


def test_groups_hold_their_images_alone(chance):
    answers = drawn({"a.jpg": 1, "d.jpg": 2}, EVERY_CLASS)
    row = row_of(chance.pooled, baseline="uniform_on_errors", group="artifact", category="multi_label")
    assert row["expected"] == pytest.approx(float(100 * expectation(answers, {MULTI}, None)))


def test_a_group_without_errors_has_no_expectation(chance):
    row = row_of(chance.pooled, baseline="population", group="other", category="fine_grained")
    assert (row["expected"], row["ratio"]) == (None, None)


def test_a_share_is_so_many_times_chance_and_its_limits_too(chance):
    row = row_of(chance.pooled, baseline="uniform_on_errors", group="all", category="model_failure")
    for end in ("", "_low", "_high"):
        assert row[f"ratio{end}"] == pytest.approx(row[f"share{end}"] / row["expected"])


def test_the_expected_shares_of_all_categories_add_up():
    for whole in (atlas(), atlas(UNCHECKED)):
        pooled = measured(whole).pooled.filter(~pl.col("category").str.starts_with("provisional_"))
        errors_of_mle = pooled.filter(~pl.col("category").is_in(["class_overlap", "multi_label"]))
        sums = errors_of_mle.drop_nulls("expected").group_by("baseline", "group").agg(pl.col("expected").sum())
        assert sums.height >= len(GROUPS)
        assert sums["expected"].to_list() == pytest.approx([100] * sums.height)


def test_what_an_atlas_cannot_decide_has_no_row_and_its_provisional_split_has():
    pooled = measured(atlas(UNCHECKED)).pooled
    assert "model_failure" not in set(pooled["category"])
    assert "provisional_model_failure" in set(pooled["category"])


def test_models_without_any_error_have_no_shares_by_chance():
    whole = atlas()
    answers = look_up(whole, ["right"], np.array([list(TARGETS.values())], dtype=np.int16))
    chance = measure_chance(
        whole, errors(whole), profile=build_profile(whole, answers), pooled=build_pooled(whole, answers)
    )
    assert chance.models.is_empty()
    assert chance.pooled.filter(pl.col("baseline") == "own")["expected"].is_null().all()
