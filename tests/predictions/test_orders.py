"""Rows without file names: the order that is said, and the one that is proved."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from errata.atlas.outcomes import CODES
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.repair import repair

CLASSES, PER_CLASS = 40, 30


@pytest.fixture
def atlas(make_atlas):
    """Images in random order, each with a class of its own that is nearly right, so that errors tell images apart."""
    atlas = make_atlas([f"class {each}" for each in range(CLASSES)], per_class=PER_CLASS)
    near = np.random.default_rng(5).integers(0, CLASSES, len(atlas.targets))
    atlas.outcomes[:] = CODES["model_failure", None]
    atlas.outcomes[np.arange(len(near)), near] = CODES["fine_grained", None]
    atlas.outcomes[np.arange(len(near)), atlas.targets] = 0
    rank = pl.struct("target", "file_name").rank("ordinal").cast(pl.Int32) - 1
    return replace(atlas, images=atlas.images.with_columns(folder_rank=rank))


@pytest.fixture
def answers(atlas):
    """Right for seven of ten images; where it is wrong, the nearly right class."""
    near = (atlas.outcomes == CODES["fine_grained", None]).argmax(axis=1)
    wrong = np.random.default_rng(6).random(len(near)) < 0.3
    return np.where(wrong, near, atlas.targets)


def in_folders(atlas, answers):
    order = atlas.images.select(pl.arg_sort_by("target", "file_name")).to_series().to_numpy()
    return answers[order]


def examined(array, atlas, tmp_path, **options):
    np.save(tmp_path / "m.npy", array)
    ((diagnosis, predicted),) = examine(tmp_path / "m.npy", atlas, **options)
    return {finding.kind: finding for finding in diagnosis.findings}, predicted


@pytest.mark.parametrize("order", ["val", "imagefolder"])
def test_a_named_order_is_taken_as_it_is_said(order, atlas, answers, tmp_path):
    array = answers if order == "val" else in_folders(atlas, answers)
    found, predicted = examined(array, atlas, tmp_path, order=order)
    assert "order_assumed" not in found
    assert (predicted == answers).all()


def test_another_order_than_the_one_that_is_said_is_refused(atlas, answers, tmp_path):
    found, predicted = examined(in_folders(atlas, answers), atlas, tmp_path, order="val")
    assert found["row_order"].severity == "refuse"
    assert predicted is None


def test_class_folders_are_proved_and_said(atlas, answers, tmp_path):
    found, predicted = examined(in_folders(atlas, answers), atlas, tmp_path)
    assert (found["order_found"].severity, found["order_found"].accuracy_after) == ("note", pytest.approx(70, abs=3))
    assert "They stand in class folders" in found["order_found"].message
    assert (predicted == answers).all()


def test_class_folders_that_are_not_proved_within_the_classes_are_refused(atlas, answers, tmp_path):
    rng = np.random.default_rng(7)
    by_class = in_folders(atlas, answers).reshape(CLASSES, PER_CLASS)
    found, predicted = examined(rng.permuted(by_class, axis=1).ravel(), atlas, tmp_path)
    assert predicted is None
    assert found["row_order"].fix_name is None


def test_rows_that_a_sampler_added_are_left_out(atlas, answers, tmp_path):
    array = in_folders(atlas, answers)
    for order in (None, "imagefolder"):
        found, predicted = examined(np.concatenate([array, array[:4]]), atlas, tmp_path, order=order)
        assert (found["extra_rows"].severity, found["extra_rows"].rows_affected) == ("warn", 4)
        assert (predicted == answers).all()


def test_a_last_batch_that_was_dropped_is_refused_until_it_is_accepted(atlas, answers, tmp_path):
    array = in_folders(atlas, answers)[:-16]
    found, predicted = examined(array, atlas, tmp_path)
    assert "16 row(s) at the end of the order were lost" in found["truncated"].message
    assert predicted is None
    found, predicted = examined(array, atlas, tmp_path, accepted=["truncated"])
    assert (predicted == -1).sum() == 16
    assert (predicted == answers)[predicted >= 0].all()


def test_a_number_of_rows_that_no_named_order_has_is_refused(atlas, answers, tmp_path):
    found, _ = examined(answers[:100], atlas, tmp_path, order="imagefolder")
    assert "100 rows fit the order 'imagefolder' neither" in found["order_length"].message


def test_file_names_win_over_a_named_order(atlas, answers, tmp_path):
    mixed = pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": answers}).sample(
        fraction=1, shuffle=True, seed=1
    )
    mixed.write_csv(tmp_path / "m.csv")
    ((_, predicted),) = examine(tmp_path / "m.csv", Aligner(atlas), order="imagefolder")
    assert (predicted == answers).all()


def test_what_was_read_in_a_proved_order_needs_no_repair(atlas, answers, tmp_path):
    np.save(tmp_path / "m.npy", in_folders(atlas, answers))
    with pytest.raises(ValueError, match="nothing needs a repair"):
        repair(tmp_path / "m.npy", atlas)


def test_ids_of_classes_that_no_image_has_are_no_other_numbering(make_atlas, tmp_path):
    # a model with 40 classes, images of twenty: a third of a class's images is taken for a sibling that has none
    atlas = make_atlas([f"class {each}" for each in range(CLASSES)], per_class=PER_CLASS)
    atlas = replace(
        atlas, images=(kept := atlas.images.filter(pl.col("target") < 20)), outcomes=atlas.outcomes[: kept.height]
    )
    targets = kept["target"].to_numpy()
    sibling = np.random.default_rng(7).random(len(targets)) < 0.4
    found, predicted = examined_by_name(atlas, np.where(sibling, targets + 20, targets), tmp_path)
    assert "class_order" not in found
    assert predicted is not None


def test_exchanged_ids_of_classes_that_images_have_are_another_numbering_all_the_same(make_atlas, tmp_path):
    atlas = make_atlas([f"class {each}" for each in range(CLASSES)], per_class=PER_CLASS)
    atlas = replace(
        atlas, images=(kept := atlas.images.filter(pl.col("target") < 20)), outcomes=atlas.outcomes[: kept.height]
    )
    exchanged = np.concatenate([np.roll(np.arange(6), 1), np.arange(6, CLASSES)])
    found, _ = examined_by_name(atlas, exchanged[kept["target"].to_numpy()], tmp_path)
    assert found["class_order"].severity == "refuse"


def examined_by_name(atlas, answers, tmp_path):
    frame = atlas.images.select("file_name").with_columns(predicted_class=pl.Series(answers, dtype=pl.Int32))
    frame.write_parquet(tmp_path / "m.parquet")
    ((diagnosis, predicted),) = examine(tmp_path / "m.parquet", Aligner(atlas))
    return {finding.kind: finding for finding in diagnosis.findings}, predicted
