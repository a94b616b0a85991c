"""Probability by category: against a plain loop, adding up, undefined where the atlas is."""

import runpy
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.compiled import Atlas, write_atlas
from errata.atlas.outcomes import OUTCOMES
from errata.categories import CATEGORY_COLUMNS
from errata.errors import InputError
from errata.groups import GROUPS
from errata.predictions.tables import PREDICTIONS
from errata.profiles.build import BEYOND_TOP_CLASSES, build_soft_profile
from errata.profiles.tables import SOFT_PROFILE
from errata.tables import CLASS_ID, read_table, write_table

KEPT = 4
"""How many of the nine classes a made-up predictions table keeps."""


@pytest.fixture(scope="module", params=[False, True], ids=["labels", "open world"])
def atlas(request) -> Atlas:
    return compiled(random_world(1, images=200), with_open_world=request.param)


def predicted(atlas: Atlas, seed: int, *, without: int = 0) -> pl.DataFrame:
    """A model's predictions on all images but the first few, in an order of their own."""
    rng = np.random.default_rng(seed)
    images = rng.permutation(atlas.images.height)[without:]
    probabilities = rng.dirichlet(np.full(atlas.outcomes.shape[1], 0.4), len(images)).astype(np.float32)
    best = np.argsort(-probabilities, axis=1)[:, :KEPT]
    top = np.take_along_axis(probabilities, best, axis=1)
    return pl.DataFrame(
        {
            "file_name": atlas.images["file_name"].gather(images),
            "predicted_class": pl.Series(best[:, 0], dtype=CLASS_ID),
            "predicted_probability": top[:, 0],
            "top_classes": pl.Series(best.tolist(), dtype=pl.List(CLASS_ID)),
            "top_probabilities": pl.Series(top.tolist(), dtype=pl.List(pl.Float32)),
            "target_probability": pl.Series(np.full(len(images), 0.5), dtype=pl.Float32),
            "target_rank": pl.Series(np.full(len(images), 1), dtype=CLASS_ID),
            "entropy": pl.Series(np.full(len(images), 1.0), dtype=pl.Float32),
        }
    )


@pytest.fixture(scope="module")
def profile(atlas: Atlas) -> pl.DataFrame:
    return build_soft_profile(atlas, [("one@64", predicted(atlas, 0)), ("two.v1@64", predicted(atlas, 1, without=20))])


def test_masses_equal_those_of_a_plain_loop(atlas: Atlas, profile: pl.DataFrame):
    table = {name: rows for name, *rows in predicted(atlas, 1, without=20)[:, [0, 3, 4]].iter_rows()}
    for group in GROUPS:
        masses = dict.fromkeys(["correct", *CATEGORY_COLUMNS], 0.0)
        images = 0
        counted = atlas.in_group(group) & ~atlas.images["is_problematic"].to_numpy()
        for row in np.flatnonzero(counted):
            if (name := atlas.images["file_name"][int(row)]) in table:
                images += 1
                for class_id, probability in zip(*table[name], strict=True):
                    masses[OUTCOMES[atlas.outcomes[row, class_id]].category] += probability
        found = dict(profile.filter(model="two.v1@64", group=group).select("category", "mass").iter_rows())
        for category, mass in masses.items():
            expected = None if category in atlas.undefined else pytest.approx(100 * mass / images)
            assert found[category] == expected, category


def test_the_masses_of_a_model_and_group_add_up_to_100(profile: pl.DataFrame):
    sums = profile.group_by("model", "group").agg(pl.col("mass").sum())
    assert sums.height == 2 * len(GROUPS)
    assert sums["mass"].to_list() == pytest.approx([100] * sums.height)


def test_what_the_table_does_not_keep_is_shown_as_such(profile: pl.DataFrame):
    assert (profile.filter(category=BEYOND_TOP_CLASSES)["mass"] > 1).all()


def test_without_open_world_evidence_the_mass_is_unchecked_and_its_categories_are_null(
    atlas: Atlas, profile: pl.DataFrame
):
    masses = dict(profile.filter(model="one@64", group="all").select("category", "mass").iter_rows())
    unchecked = "fine_grained_oov" in atlas.undefined
    assert (masses["open_world_unchecked"] > 0) is unchecked
    for category in ("fine_grained_oov", "spurious_correlation", "model_failure"):
        assert (masses[category] is None) is unchecked


def test_rows_are_by_model_group_and_category(profile: pl.DataFrame):
    names = ["correct", *CATEGORY_COLUMNS, BEYOND_TOP_CLASSES]
    assert profile["model"].unique(maintain_order=True).to_list() == ["one@64", "two.v1@64"]
    assert profile.filter(model="one@64").select("group", "category").rows() == [
        (group, name) for group in GROUPS for name in names
    ]


def test_images_outside_the_atlas_are_not_used(atlas: Atlas):
    table = predicted(atlas, 0)
    foreign = table.head(3).with_columns(pl.format("foreign-{}", "file_name").alias("file_name"))
    with_foreign = build_soft_profile(atlas, [("a", pl.concat([foreign, table]))])
    assert with_foreign.equals(build_soft_profile(atlas, [("a", table)]))


def test_probabilities_that_add_up_to_a_little_more_than_one_leave_no_negative_tail(atlas: Atlas):
    table = predicted(atlas, 0).with_columns(
        pl.lit([0], pl.List(CLASS_ID)).alias("top_classes"),
        pl.lit([1.0000002], pl.List(pl.Float32)).alias("top_probabilities"),
    )
    masses = build_soft_profile(atlas, [("a", table)])
    assert masses.filter(category=BEYOND_TOP_CLASSES)["mass"].to_list() == [0] * len(GROUPS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit([99], pl.List(CLASS_ID)).alias("top_classes"), "name class 99"),
        (pl.lit([1], pl.List(CLASS_ID)).alias("top_classes"), "other numbers of top_classes and top_probabilities"),
        (pl.format("{}.x", "file_name").alias("file_name"), "hold no image of the atlas"),
    ],
)
def test_predictions_that_do_not_fit_the_atlas_are_refused(atlas: Atlas, change: pl.Expr, message: str):
    one = pl.col("top_classes", "top_probabilities").list.head(1 if "99" in message else KEPT)
    with pytest.raises(InputError, match=f"'odd@64' .*{message}"):
        build_soft_profile(atlas, [("odd@64", predicted(atlas, 0).with_columns(one).with_columns(change))])


def test_the_adapter_names_models_after_their_files(atlas: Atlas, project: Path, tmp_path: Path):
    write_atlas(atlas, tmp_path / "atlas.parquet")
    write_table(predicted(atlas, 0), PREDICTIONS, tmp_path / "resnet.v1@64.parquet")
    main = runpy.run_path(str(project / "workflow/scripts/profile_probabilities.py"))["main"]
    main(
        atlas=str(tmp_path / "atlas.parquet"),
        predictions=[str(tmp_path / "resnet.v1@64.parquet")],
        soft_profile=str(tmp_path / "soft.parquet"),
    )
    assert read_table(SOFT_PROFILE, tmp_path / "soft.parquet")["model"].unique().to_list() == ["resnet.v1@64"]
