"""Against the published tables: eight models whose predictions are those that the paper used."""

from dataclasses import replace

import polars as pl
import pytest

from errata.profiles.answers import look_up
from errata.profiles.build import build_profile

pytestmark = pytest.mark.real

PUBLISHED = {
    "images": "num_group_samples",
    "correct": "num_group_correct",
    "top1_errors": "num_group_top1_errors",
    "class_overlap": "num_collapsed_mappings",
    "multi_label": "num_ambiguous",
}


@pytest.mark.parametrize("count", PUBLISHED)
def test_counts_that_need_no_superclass_are_exact_in_all_32_cells(exact_profile, published_rows, count):
    ours = {(row["model"], row["group"]): row[count] for row in exact_profile.iter_rows(named=True)}
    assert ours == {cell: int(row[PUBLISHED[count]]) for cell, row in published_rows.items()}


def test_mla_is_exact_to_1e_9_in_all_32_cells(exact_profile, published_rows):
    for row in exact_profile.iter_rows(named=True):
        assert row["mla"] == pytest.approx(float(published_rows[row["model"], row["group"]]["mla_group"]), abs=1e-9)


def test_an_overlapping_class_is_an_error_on_imagenet_m(imagenet):
    # the one image of the published list where it matters: a bathtub called a tub, which is none of its labels
    is_it = pl.col("file_name") == "ILSVRC2012_val_00022086.JPEG"
    atlas = replace(imagenet.atlas, images=imagenet.atlas.images.with_columns(is_imagenet_m=is_it))
    predicted = atlas.images.select(pl.when(is_it).then(876).otherwise("target").cast(pl.Int16)).to_series()
    row = build_profile(atlas, look_up(atlas, ["one"], predicted.to_numpy()[None])).row(0, named=True)
    assert (row["top1_errors"], row["class_overlap"], row["mle"], row["imagenet_m_errors"]) == (1, 1, 0, 1)


def test_what_the_open_world_check_would_decide_is_the_sum_of_the_four_published_counts(exact_profile, published_rows):
    later = ("num_OOV_clip", "num_common_co_occ", "num_non_prototypical", "num_not_classified")
    for row in exact_profile.iter_rows(named=True):
        published = published_rows[row["model"], row["group"]]
        difference = row["fine_grained"] - int(published["num_same_superclass"])
        assert row["open_world_unchecked"] + difference == sum(int(published[name]) for name in later)
