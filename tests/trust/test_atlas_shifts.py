"""Two atlases of the same five images, on errors that fit the screen."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from errata.profiles.intervals import Z
from errata.trust.atlas_shifts import compare_atlases
from trust.five_images import CHECKED, FAILURE, FINE, MULTI, UNCHECKED, atlas, errors, without

OTHERWISE = [[*row] for row in CHECKED]
OTHERWISE[0][1] = MULTI  # a.jpg: what was fine-grained is in the label now
OTHERWISE[1][1] = FAILURE  # b.jpg: what was fine-grained is not explained

BASE = atlas(name="base")
ERRORS = errors(
    BASE,
    *(("weak", "a.jpg", 1), ("weak", "b.jpg", 1), ("weak", "c.jpg", 0), ("weak", "d.jpg", 0)),
    *(("strong", "b.jpg", 1), ("strong", "c.jpg", 0)),
)
"""Base: fine-grained five times, a model failure once."""


@pytest.fixture(scope="module")
def shifts():
    return compare_atlases(BASE, ERRORS, [atlas(OTHERWISE, name="other"), atlas(UNCHECKED, name="unchecked")])


def share(shifts, atlas_name: str, category: str, group: str = "all") -> dict:
    wanted = (pl.col("atlas") == atlas_name) & (pl.col("category") == category) & (pl.col("group") == group)
    return shifts.shares.row(by_predicate=wanted, named=True)


def test_both_atlases_judge_the_same_errors(shifts):
    row = share(shifts, "other", "fine_grained")
    assert (row["base_errors"], row["atlas_errors"], row["images"]) == (5, 2, 4)
    # of six multi-label errors; of five, as one is in the label now
    assert (row["base_share"], row["atlas_share"]) == pytest.approx((100 * 5 / 6, 100 * 2 / 5))
    assert row["difference"] == pytest.approx(100 * (2 / 5 - 5 / 6))


def test_the_interval_of_a_difference_comes_from_the_differences_image_by_image(shifts):
    # fine-grained a of b errors, image by image: base (1,1) (2,2) (2,2) (0,1), other (0,0) (0,2) (2,2) (0,1)
    base = (np.array([1, 2, 2, 0]) - 5 / 6 * np.array([1, 2, 2, 1])) / 6
    other = (np.array([0, 0, 2, 0]) - 2 / 5 * np.array([0, 2, 2, 1])) / 5
    moves = other - base
    # four images in classes of one or two are one pool of small classes: the variance among them
    half = Z * np.sqrt(4 * moves.var(ddof=1))
    row = share(shifts, "other", "fine_grained")
    assert row["difference_high"] == pytest.approx(min(row["difference"] + 100 * half, 100))
    assert row["difference_low"] == pytest.approx(max(row["difference"] - 100 * half, -100))


def test_what_one_atlas_does_not_define_has_no_difference(shifts):
    row = share(shifts, "unchecked", "model_failure")
    assert (row["base_errors"], row["atlas_errors"], row["difference"]) == (1, None, None)
    assert share(shifts, "unchecked", "provisional_model_failure")["base_errors"] is None


def test_a_share_that_moves_nowhere_moves_by_nothing(shifts):
    row = share(shifts, "unchecked", "fine_grained")
    assert (row["difference"], row["difference_low"], row["difference_high"]) == (0, 0, 0)


def test_transitions_say_what_became_of_every_error(shifts):
    rows = shifts.transitions.filter(atlas="other").select("base_category", "atlas_category", "errors", "images")
    assert set(rows.iter_rows()) == {
        ("fine_grained", "multi_label", 1, 1),
        ("fine_grained", "model_failure", 2, 1),
        ("fine_grained", "fine_grained", 2, 1),
        ("model_failure", "model_failure", 1, 1),
    }


def test_unchecked_errors_are_followed_by_their_provisional_category(shifts):
    rows = shifts.transitions.filter(atlas="unchecked", base_category="model_failure")
    assert rows["atlas_category"].to_list() == ["provisional_model_failure"]


def test_accuracies_are_means_over_classes_in_either_atlas(shifts):
    row = shifts.accuracies.row(by_predicate=(pl.col("atlas") == "other") & (pl.col("group") == "all"), named=True)
    # weak errs on every image: 0 in base; in other a.jpg is accepted, half of one class in three
    # strong errs on b and c: (1/2 + 0 + 1) / 3 in either
    assert (row["base_mla"], row["atlas_mla"]) == pytest.approx((100 * 0.5 / 2, 100 * (1 / 6 + 1 / 2) / 2))
    assert (row["least"], row["greatest"]) == pytest.approx((0, 100 / 6))
    assert (row["models"], row["model_pairs"], row["swapped_pairs"]) == (2, 1, 0)


def test_models_whose_order_another_atlas_turns_round_are_counted():
    turned = [[*row] for row in CHECKED]
    turned[2][0] = turned[1][1] = FINE
    turned[3][0] = turned[0][1] = MULTI
    two = errors(BASE, ("first", "d.jpg", 0), ("second", "b.jpg", 1))
    accuracies = compare_atlases(BASE, two, [atlas(turned, name="turned")]).accuracies
    # base: first loses a class of one (1/3), second half of one (1/6); turned accepts d.jpg, so first loses nothing
    row = accuracies.row(by_predicate=pl.col("group") == "all", named=True)
    assert (row["model_pairs"], row["swapped_pairs"]) == (1, 1)


def test_only_images_that_count_in_both_are_compared():
    shifts = compare_atlases(BASE, ERRORS, [without(atlas(name="smaller"), "c.jpg")])
    row = share(shifts, "smaller", "fine_grained")
    assert (row["images"], row["base_errors"], row["atlas_errors"]) == (3, 3, 3)
    accuracies = shifts.accuracies.row(by_predicate=pl.col("group") == "all", named=True)
    assert (accuracies["base_images"], accuracies["images"]) == (4, 3)


def test_what_another_label_set_leaves_out_is_told():
    labels = {"label_set": "real", "empty": 1, "without_target": 0}
    other = replace(without(atlas(name="real"), "c.jpg"), provenance={"title": "Other labels", "label_set": labels})
    rows = compare_atlases(BASE, ERRORS, [other, atlas(name="same")]).accuracies.filter(group="all")
    assert rows.select("title", "differs_in", "label_set", "empty_lists", "lists_without_target").rows() == [
        ("Other labels", "label set", "real", 1, 0),
        ("same", "", "multi_labels", None, None),
    ]


CHECK = {
    "encoder": "big",
    "prompt": "photo",
    "neighbours": 10,
    "temperature": 100,
    "score": "lemma",
    "ancestors": "count",
}


@pytest.mark.parametrize(
    ("changes", "differs_in"),
    [
        ({"open_world": CHECK | {"neighbours": 3}}, "neighbours"),
        ({"open_world": CHECK | {"score": "synset", "ancestors": "left_out"}}, "score, ancestors"),
        ({"open_world": None}, "open world"),
        (
            {"inputs": {"superclasses": {"sha256": "other"}}, "label_set": {"label_set": "real"}},
            "label set, superclasses",
        ),
    ],
)
def test_the_settings_in_which_an_atlas_differs_are_named(changes, differs_in):
    origin = {"open_world": CHECK, "inputs": {"superclasses": {"sha256": "ours"}}}
    base, other = replace(BASE, provenance=origin), replace(atlas(name="other"), provenance=origin | changes)
    assert set(compare_atlases(base, ERRORS, [other]).accuracies["differs_in"]) == {differs_in}


def test_images_are_matched_by_name():
    turned = atlas(CHECKED[::-1], name="turned")
    turned = replace(turned, images=turned.images.with_columns(pl.col("file_name", "is_problematic").reverse()))
    shifts = compare_atlases(BASE, ERRORS, [turned])
    assert (shifts.transitions["base_category"] == shifts.transitions["atlas_category"]).all()


def test_without_other_atlases_the_tables_are_empty():
    shifts = compare_atlases(BASE, ERRORS, [])
    assert (shifts.shares.height, shifts.transitions.height, shifts.accuracies.height) == (0, 0, 0)
