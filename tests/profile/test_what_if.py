"""Fixing errors by hand and counting again gives what the table says."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.outcomes import OUTCOMES
from errata.categories import CATEGORY_COLUMNS
from errata.profiles.answers import images_that_count, look_up
from errata.profiles.build import build_profile
from errata.profiles.intervals import mean_of_classes
from errata.profiles.tables import WHAT_IF
from errata.profiles.what_if import build_what_if
from errata.tables import check_table

MODELS = ["one", "two"]


@pytest.fixture(params=[False, True], ids=["labels", "open world"])
def atlas(request):
    return compiled(random_world(1, images=300), with_open_world=request.param)


@pytest.fixture
def answers(atlas):
    rng = np.random.default_rng(0)
    images, classes = atlas.outcomes.shape
    right = rng.random((2, images)) < 0.5
    return look_up(
        atlas, MODELS, np.where(right, atlas.targets, rng.integers(0, classes, (2, images))).astype(np.int16)
    )


def with_fixed(answers, categories, provisional=None):
    """The answers with the errors of some categories turned into correct ones."""
    codes = [
        outcome.code
        for outcome in OUTCOMES
        if outcome.category in categories and provisional in (None, outcome.provisional_category)
    ]
    return replace(answers, outcomes=np.where(np.isin(answers.outcomes, codes), 0, answers.outcomes).astype(np.uint8))


def accuracies(atlas, answers):
    profile = build_profile(atlas, answers)
    return {(row["model"], row["group"]): row for row in profile.iter_rows(named=True)}


def test_the_fixed_accuracy_is_that_of_answers_fixed_by_hand(atlas, answers):
    now, table = accuracies(atlas, answers), build_what_if(atlas, answers)
    assert table.height > 0
    for (category,), rows in table.group_by("category"):
        provisional = category.removeprefix("provisional_") if category.startswith("provisional_") else None
        name = "open_world_unchecked" if provisional else category
        fixed = accuracies(atlas, with_fixed(answers, [name], provisional))
        for row in rows.iter_rows(named=True):
            key, accuracy = (row["model"], row["group"]), row["accuracy"]
            assert row["fixed"] == pytest.approx(fixed[key][accuracy])
            assert row["gain"] == pytest.approx(fixed[key][accuracy] - now[key][accuracy], abs=1e-9)
            assert row["errors"] == now[key][category]


def test_so_far_is_the_category_and_all_less_severe_ones(atlas, answers):
    table = build_what_if(atlas, answers).filter(pl.col("gain_so_far").is_not_null())
    for (category,), rows in table.group_by("category"):
        severity = CATEGORY_COLUMNS.index(category)
        fixed = accuracies(atlas, with_fixed(answers, CATEGORY_COLUMNS[: severity + 1]))
        for row in rows.iter_rows(named=True):
            assert row["fixed_so_far"] == pytest.approx(fixed[row["model"], row["group"]][row["accuracy"]])


def test_when_everything_is_fixed_every_accuracy_is_100(atlas, answers):
    last = build_what_if(atlas, answers).drop_nulls("gain_so_far").group_by("model", "group", "accuracy").last()
    assert last["fixed_so_far"].to_list() == pytest.approx([100.0] * last.height)


def test_the_interval_of_a_gain_is_that_of_the_same_share_of_images(atlas, answers):
    row = build_what_if(atlas, answers).row(
        by_predicate=(pl.col("model") == "two")
        & (pl.col("group") == "organism")
        & (pl.col("accuracy") == "mla")
        & (pl.col("category") == "fine_grained"),
        named=True,
    )
    images = images_that_count(atlas, "organism")
    code = next(outcome.code for outcome in OUTCOMES if outcome.category == "fine_grained")
    hits = atlas.targets[images][answers.outcomes[1, images] == code]
    sizes = np.bincount(atlas.targets[images], minlength=atlas.outcomes.shape[1]).astype(float)
    expected = mean_of_classes(np.bincount(hits, minlength=len(sizes)).astype(float), sizes)
    assert (row["gain"], row["gain_low"], row["gain_high"]) == pytest.approx(
        (100 * expected.value, 100 * expected.low, 100 * expected.high)
    )


def test_what_an_accuracy_forgives_or_nobody_can_tell_has_no_row(atlas, answers):
    table = build_what_if(atlas, answers)
    found = {(accuracy, category) for accuracy, category in table.select("accuracy", "category").iter_rows()}
    assert ("top1", "multi_label") in found
    assert ("mla", "multi_label") not in found
    if "fine_grained_oov" in atlas.undefined:
        assert {accuracy for accuracy, _ in found} == {"top1", "mla"}
        assert ("mla", "provisional_model_failure") in found
        assert ("mla", "model_failure") not in found
    else:
        assert ("mla_minor", "fine_grained") not in found
        assert {category for accuracy, category in found if accuracy == "mla_explainable"} == {"model_failure"}
        assert "open_world_unchecked" not in table["category"]


def test_the_table_is_as_declared_and_intervals_enclose_their_gain(atlas, answers):
    table = check_table(build_what_if(atlas, answers), WHAT_IF, where="what if")
    for name in ("gain", "gain_so_far"):
        known = table.drop_nulls(name)
        assert (known[f"{name}_low"] <= known[name]).all()
        assert (known[name] <= known[f"{name}_high"]).all()
