from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.outcomes import OUTCOMES
from errata.categories import CATEGORY_COLUMNS
from errata.groups import GROUPS
from errata.predictions.tables import ERRORS, PROBLEMATIC
from errata.profiles.answers import answered_all, look_up, rows_of_errors, rows_of_problematic
from errata.profiles.build import build_pooled, build_profile
from errata.profiles.tables import PROFILE
from errata.profiles.what_if import build_what_if
from errata.tables import check_table

MODELS = ["one", "two.v1", "three"]


@pytest.fixture(params=[False, True], ids=["labels", "open world"])
def atlas(request):
    return compiled(random_world(1, images=300), with_open_world=request.param)


@pytest.fixture
def answers(atlas):
    rng = np.random.default_rng(0)
    images, classes = atlas.outcomes.shape
    right = rng.random((3, images)) < 0.5
    return look_up(
        atlas, MODELS, np.where(right, atlas.targets, rng.integers(0, classes, (3, images))).astype(np.int16)
    )


def images_of(atlas, group):
    counts = ~atlas.images["is_problematic"].to_numpy() & atlas.in_group(group)
    return np.flatnonzero(counts)


def test_counts_equal_those_of_a_plain_loop(atlas, answers):
    profile = build_profile(atlas, answers)
    for row in profile.iter_rows(named=True):
        model, images = MODELS.index(row["model"]), images_of(atlas, row["group"])
        categories = [OUTCOMES[answers.outcomes[model, image]].category for image in images]
        assert row["images"] == len(images)
        assert row["correct"] == categories.count("correct")
        for category in CATEGORY_COLUMNS:
            expected = None if category in atlas.undefined else categories.count(category)
            assert row[category] == expected, category


def test_figures_of_a_part_of_the_images_are_those_of_an_atlas_of_that_part(atlas, answers):
    there = np.random.default_rng(5).random(len(atlas.targets)) < 0.4
    predictions = answers.predictions.copy()
    predictions[0, ~there] = -1
    in_part = look_up(atlas, MODELS, predictions)
    small = replace(atlas, images=atlas.images.filter(pl.Series(there)), outcomes=atlas.outcomes[there])
    alone = look_up(small, MODELS[:1], predictions[:1, there])
    for build in (build_profile, build_what_if):
        whole, part = build(atlas, in_part), build(small, alone)
        assert_frame_equal(whole.filter(model=MODELS[0]), part)
        others = pl.col("model") != MODELS[0]
        assert_frame_equal(whole.filter(others), build(atlas, answers).filter(others))
    listed = pl.concat(rows_of_errors(atlas, in_part)).filter(model=MODELS[0])
    assert_frame_equal(listed, pl.concat(rows_of_errors(small, alone)))
    assert answered_all(atlas, build_profile(atlas, in_part)) == list(MODELS[1:])


def test_the_mla_equals_the_mean_over_target_classes_of_a_plain_loop(atlas, answers):
    accepted = {"correct", "class_overlap", "multi_label"}
    for row in build_profile(atlas, answers).iter_rows(named=True):
        by_class: dict[int, list[bool]] = {}
        for image in images_of(atlas, row["group"]):
            category = OUTCOMES[answers.outcomes[MODELS.index(row["model"]), image]].category
            by_class.setdefault(int(atlas.targets[image]), []).append(category in accepted)
        assert row["mla"] == pytest.approx(100 * np.mean([np.mean(values) for values in by_class.values()]), abs=1e-9)


def test_counts_always_add_up(atlas, answers):
    profile = build_profile(atlas, answers)
    assert (profile["images"] == profile["correct"] + profile["top1_errors"]).all()
    assert (profile["top1_errors"] == profile.select(pl.sum_horizontal(CATEGORY_COLUMNS)).to_series()).all()
    provisional = [name for name in profile.columns if name.startswith("provisional_")]
    if "fine_grained_oov" in atlas.undefined:
        assert (profile["open_world_unchecked"] == profile.select(pl.sum_horizontal(provisional)).to_series()).all()
    else:
        assert (profile["open_world_unchecked"] == 0).all()
        assert all(profile[name].null_count() == profile.height for name in provisional)


def test_the_columns_come_first_in_the_documented_order(atlas, answers):
    profile = check_table(build_profile(atlas, answers), PROFILE, where="profile")
    assert profile.columns[:16] == [
        "model",
        "group",
        "images",
        "correct",
        "top1_errors",
        "class_overlap",
        "multi_label",
        "fine_grained",
        "open_world_unchecked",
        "fine_grained_oov",
        "spurious_correlation",
        "non_prototypical",
        "model_failure",
        "mla",
        "mla_minor",
        "mla_explainable",
    ]
    assert profile.select("model", "group").rows() == [(model, group) for model in MODELS for group in GROUPS]


def test_every_atlas_gives_the_same_columns(answers):
    world = random_world(1, images=300)
    with_evidence, without = (
        build_profile(atlas, look_up(atlas, MODELS, answers.predictions))
        for atlas in (compiled(world, with_open_world=known) for known in (True, False))
    )
    assert with_evidence.schema == without.schema


def test_accuracies_that_need_the_open_world_are_null_with_bounds_or_known_without(atlas, answers):
    profile = build_profile(atlas, answers)
    if "fine_grained_oov" in atlas.undefined:
        assert profile["mla_minor"].null_count() == profile.height
        assert (profile["mla_minor_lower_bound"] <= profile["mla_minor_upper_bound"]).all()
        assert (profile["mla_minor_lower_bound"] <= profile["mla_explainable_lower_bound"]).all()
        assert (profile["mla"] <= profile["mla_minor_lower_bound"]).all()
    else:
        assert (profile["mla"] <= profile["mla_minor"]).all()
        assert (profile["mla_minor"] <= profile["mla_explainable"]).all()


def test_bounds_enclose_what_the_open_world_check_would_say():
    world = random_world(1, images=300)
    with_evidence, without = (compiled(world, with_open_world=known) for known in (True, False))
    predictions = np.random.default_rng(5).integers(0, 9, (3, 300)).astype(np.int16)
    known = build_profile(with_evidence, look_up(with_evidence, MODELS, predictions))
    bounds = build_profile(without, look_up(without, MODELS, predictions))
    for name in ("mla_minor", "mla_explainable"):
        assert (bounds[f"{name}_lower_bound"] <= known[name] + 1e-9).all()
        assert (known[name] <= bounds[f"{name}_upper_bound"] + 1e-9).all()


def test_every_interval_encloses_its_value(atlas, answers):
    profile = build_profile(atlas, answers)
    names = [name.removesuffix("_low") for name in profile.columns if name.endswith("_low")]
    assert {"top1", "mla", "mla_own_classes", "share_fine_grained"} <= set(names)
    for name in names:
        defined = profile.filter(pl.col(name).is_not_null())
        assert (defined[f"{name}_low"] <= defined[name] + 1e-9).all()
        assert (defined[name] <= defined[f"{name}_high"] + 1e-9).all()


def test_shares_are_of_top1_errors_for_overlap_and_multi_label_and_of_multi_label_errors_for_the_rest(atlas, answers):
    profile = build_profile(atlas, answers).filter(pl.col("mle") > 0)
    by_top1 = 100 * profile["multi_label"] / profile["top1_errors"]
    by_mle = 100 * profile["fine_grained"] / profile["mle"]
    assert profile["share_multi_label"].to_list() == pytest.approx(by_top1.to_list())
    assert profile["share_fine_grained"].to_list() == pytest.approx(by_mle.to_list())


def test_own_class_accuracy_leaves_out_foreign_target_classes(atlas, answers):
    profile = build_profile(atlas, answers)
    group_of = atlas.classes["group"].to_numpy()
    accepted = {"correct", "class_overlap", "multi_label"}
    row = profile.filter(model="one", group="organism").row(0, named=True)
    means = []
    for class_id in np.flatnonzero(group_of == "organism"):
        images = [i for i in images_of(atlas, "organism") if atlas.targets[i] == class_id]
        if images:
            means.append(np.mean([OUTCOMES[answers.outcomes[0, i]].category in accepted for i in images]))
    assert row["mla_own_classes"] == pytest.approx(100 * np.mean(means))


def test_errors_are_the_images_that_count_and_whose_prediction_is_not_the_target(atlas, answers):
    errors = check_table(pl.concat(rows_of_errors(atlas, answers)), ERRORS, where="errors")
    profile = build_profile(atlas, answers).filter(group="all")
    assert errors.columns[:5] == ["model", "file_name", "target", "predicted_class", "category"]
    assert dict(errors["model"].value_counts().iter_rows()) == dict(profile.select("model", "top1_errors").iter_rows())
    assert (errors["target"] != errors["predicted_class"]).all()


def test_problematic_images_go_to_a_table_of_their_own(atlas, answers):
    errors = pl.concat(rows_of_errors(atlas, answers))
    problematic = check_table(pl.concat(rows_of_problematic(atlas, answers)), PROBLEMATIC, where="problematic")
    names = atlas.images.filter("is_problematic")["file_name"]
    assert problematic.height == len(MODELS) * len(names)
    assert not errors["file_name"].is_in(names.implode()).any()


def test_pooled_counts_are_sums_over_models(atlas, answers):
    profile, pooled = build_profile(atlas, answers), build_pooled(atlas, answers)
    for row in pooled.filter(~pl.col("category").str.starts_with("provisional")).iter_rows(named=True):
        assert row["count"] == profile.filter(group=row["group"])[row["category"]].sum()
        assert row["share"] == pytest.approx(100 * row["count"] / row["denominator"])
        assert row["share_low"] <= row["share"] <= row["share_high"]


def test_an_imagenet_m_error_is_a_prediction_that_no_label_names_even_of_an_overlapping_class(atlas, answers):
    labels, listed = atlas.images["multi_labels"], atlas.images["is_imagenet_m"]
    forgiven = 0
    for row in build_profile(atlas, answers).iter_rows(named=True):
        model = MODELS.index(row["model"])
        wrong = [
            int(image)
            for image in images_of(atlas, row["group"])
            if listed[int(image)] and answers.predictions[model, image] not in labels[int(image)]
        ]
        assert row["imagenet_m_errors"] == len(wrong)
        forgiven += sum(OUTCOMES[code].category == "class_overlap" for code in answers.outcomes[model, wrong])
    assert forgiven > 0


def test_imagenet_m_errors_are_null_without_a_list(atlas, answers):
    without = replace(atlas, images=atlas.images.with_columns(is_imagenet_m=pl.lit(None, dtype=pl.Boolean)))
    profile = build_profile(without, answers)
    assert profile["imagenet_m_errors"].null_count() == profile.height
