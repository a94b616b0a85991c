import numpy as np
import polars as pl
import pytest

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.outcomes import CORRECT, OUTCOMES
from errata.categories import CATEGORY_COLUMNS
from errata.groups import GROUPS
from errata.paired.compare import compare_pair
from errata.paired.transitions import category_transitions, changed_images
from errata.profiles.answers import look_up
from errata.profiles.build import build_profile
from paired.made_pairs import made_pair


@pytest.fixture(params=[False, True], ids=["labels", "open world"])
def atlas(request):
    return compiled(random_world(1, images=300), with_open_world=request.param)


@pytest.fixture
def answers(atlas):
    rng = np.random.default_rng(0)
    images, classes = atlas.outcomes.shape
    right = rng.random((2, images)) < [[0.4], [0.7]]
    predicted = np.where(right, atlas.targets, rng.integers(0, classes, (2, images))).astype(np.int16)
    return look_up(atlas, ["one", "two"], predicted)


def test_values_are_those_of_the_profile_of_each_model(atlas, answers):
    profile = build_profile(atlas, answers)
    differences = compare_pair(atlas, answers).differences
    assert set(differences["group"]) == set(GROUPS)
    for row in differences.filter(pl.col("statistic") != "forgiven").iter_rows(named=True):
        a, b = (profile.filter(model=model, group=row["group"])[row["statistic"]].item() for model in answers.models)
        assert (row["a"], row["b"]) == (pytest.approx(a), pytest.approx(b)), row["statistic"]
        assert row["difference"] == pytest.approx(b - a)


def test_every_defined_category_and_accuracy_is_compared_and_no_undefined_one(atlas, answers):
    differences = compare_pair(atlas, answers).differences
    compared = set(differences.filter(kind="count")["statistic"])
    assert compared & set(CATEGORY_COLUMNS) == set(CATEGORY_COLUMNS) - set(atlas.undefined) - (
        set() if atlas.undefined else {"open_world_unchecked"}
    )
    accuracies = set(differences.filter(kind="accuracy")["statistic"])
    assert accuracies >= {"top1", "mla"}
    assert ("mla_minor" in accuracies) == ("mla_explainable" in accuracies) == (not atlas.undefined)


def test_transitions_and_changed_images_equal_those_of_a_plain_loop(atlas, answers):
    order = [CORRECT, *CATEGORY_COLUMNS]
    expected, cells = [], {}
    for image, row in enumerate(atlas.images.iter_rows(named=True)):
        if row["is_problematic"]:
            continue
        a, b = (OUTCOMES[answers.outcomes[model, image]].category for model in (0, 1))
        cells[a, b] = cells.get((a, b), 0) + 1
        if a == b:
            continue
        change = "milder" if order.index(b) < order.index(a) else "more_severe"
        change = "fixed" if b == CORRECT else "broken" if a == CORRECT else change
        expected.append((row["file_name"], change, a, b))
    changed = changed_images(atlas, answers)
    assert sorted(changed.select("file_name", "change", "category_a", "category_b").rows()) == sorted(expected)
    assert changed["change"].unique(maintain_order=True).to_list() == ["fixed", "broken", "milder", "more_severe"]
    found = category_transitions(compare_pair(atlas, answers).transitions).filter(group="all")
    assert {(a, b): images for _, a, b, images in found.iter_rows()} == cells


def test_fixed_and_broken_images_explain_the_difference_of_the_top1_errors(atlas, answers):
    changes = dict(changed_images(atlas, answers)["change"].value_counts().iter_rows())
    row = compare_pair(atlas, answers).row("all", "top1_errors")
    assert (row["only_a"], row["only_b"]) == (changes["fixed"], changes["broken"])
    assert row["difference"] == changes["broken"] - changes["fixed"]


def test_a_model_against_itself_differs_in_nothing(atlas, answers):
    twice = look_up(atlas, ["one", "again"], answers.predictions[[0, 0]])
    comparison = compare_pair(atlas, twice)
    defined = comparison.differences.drop_nulls("difference")
    assert (defined["difference"] == 0).all()
    assert (defined["low"] < 0).all()
    assert (defined["high"] > 0).all()
    assert set(comparison.differences["word"]) == set(comparison.moves["word"]) == {"cannot tell"}
    assert changed_images(atlas, twice).is_empty()


def test_exchanging_the_models_exchanges_better_and_worse(atlas, answers):
    there = compare_pair(atlas, answers).differences
    back = compare_pair(atlas, look_up(atlas, ["two", "one"], answers.predictions[::-1])).differences
    opposite = {"better": "worse", "worse": "better", "higher": "lower", "lower": "higher"}
    assert [opposite.get(word, word) for word in there["word"]] == back["word"].to_list()
    assert "better" in there["word"].to_list()
    assert there["p"].to_list() == pytest.approx(back["p"].to_list(), nan_ok=True)


def word(cells, statistic):
    return compare_pair(*made_pair({("correct", "correct"): 500, **cells})).row("all", statistic)["word"]


def test_fewer_errors_are_better_and_more_are_worse():
    assert word({("model_failure", "correct"): 40}, "model_failure") == "better"
    assert word({("correct", "model_failure"): 40}, "model_failure") == "worse"
    assert word({("correct", "model_failure"): 2}, "model_failure") == "cannot tell"


def test_more_errors_of_a_category_are_better_where_they_were_more_severe_before():
    assert word({("model_failure", "fine_grained"): 40}, "fine_grained") == "better"
    assert word({("fine_grained", "model_failure"): 40}, "fine_grained") == "worse"
    assert (
        word({("model_failure", "fine_grained"): 40, ("correct", "fine_grained"): 41}, "fine_grained") == "cannot tell"
    )


def test_the_words_of_categories_hold_together():
    # 7 against 0 is p = 0.016 alone; among seven categories it may well be chance
    comparison = compare_pair(*made_pair({("correct", "correct"): 500, ("model_failure", "correct"): 7}))
    category, alone = (comparison.row("all", name) for name in ("model_failure", "mle"))
    assert (category["p"], alone["p"]) == (pytest.approx(2 * 0.5 / 2**7),) * 2
    assert category["p_adjusted"] == pytest.approx(7 * category["p"])
    assert (category["word"], alone["word"]) == ("cannot tell", "better")


def test_moves_count_milder_and_more_severe_answers_without_weights():
    cells = {
        ("correct", "multi_label"): 3,
        ("fine_grained", "class_overlap"): 5,
        ("fine_grained", "model_failure"): 2,
        ("spurious_correlation", "spurious_correlation"): 9,
    }
    moves = compare_pair(*made_pair(cells)).moves.filter(group="all")
    assert moves.select("among", "milder", "more_severe").rows() == [("all", 5, 5), ("both_wrong", 5, 2)]


def test_errors_without_an_open_world_check_do_not_move_among_themselves():
    atlas, answers = made_pair({("correct", "correct"): 9, ("open_world_unchecked", "correct"): 0}, checked=False)
    unchecked = answers.predictions.copy()
    unchecked[:, :4] = [[4], [6]]  # provisionally spurious with A, a failure with B
    comparison = compare_pair(atlas, look_up(atlas, ["A", "B"], unchecked))
    assert comparison.moves["milder"].sum() == comparison.moves["more_severe"].sum() == 0
    assert comparison.row("all", "provisional_model_failure")["difference"] == 4
    assert comparison.row("all", "open_world_unchecked")["difference"] == 0


def test_groups_without_images_are_left_out():
    comparison = compare_pair(*made_pair({("correct", "correct"): 5}))
    assert set(comparison.differences["group"]) == {"all", "organism"}
