"""The doctor on small data sets: what each finding says, its severity, and its repair."""

import dataclasses
import json

import numpy as np
import polars as pl
import pytest

from errata.errors import InputError
from errata.predictions.doctor import examine
from errata.predictions.findings import Diagnosis, as_dict, format_diagnosis
from errata.predictions.repair import repair


def kinds(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    return [(finding.kind, finding.severity) for finding in diagnosis.findings]


@pytest.fixture
def diagnosed(aligner, tmp_path):
    """Write predictions with the atlas's file names (or an array) and return the only diagnosis and vector."""

    def run(predicted, *, names=None, **columns):
        names = aligner.atlas.images["file_name"] if names is None else names
        path = tmp_path / "model.parquet"
        pl.DataFrame({"file_name": names, "predicted_class": predicted, **columns}).write_parquet(path)
        ((diagnosis, vector),) = examine(path, aligner)
        return diagnosis, vector

    return run


@pytest.fixture
def diagnosed_array(aligner, tmp_path):
    def run(array):
        np.save(tmp_path / "model.npy", array)
        ((diagnosis, vector),) = examine(tmp_path / "model.npy", aligner)
        return diagnosis, vector

    return run


def test_a_healthy_file_has_no_findings(diagnosed, predicted):
    diagnosis, vector = diagnosed(predicted)
    assert kinds(diagnosis) == []
    assert diagnosis.is_usable
    assert (vector == predicted).all()


def test_the_accuracy_is_over_images_that_are_not_problematic(make_atlas, tmp_path):
    atlas = make_atlas(["ant", "bee"], per_class=20, problematic=10)
    wrong_where_problematic = np.where(atlas.images["is_problematic"], 1 - atlas.targets, atlas.targets)
    wrong_where_problematic[-3:] = 1 - wrong_where_problematic[-3:]
    pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": wrong_where_problematic}).write_parquet(
        tmp_path / "m.parquet"
    )
    ((diagnosis, _),) = examine(tmp_path / "m.parquet", atlas)
    assert diagnosis.accuracy == pytest.approx(90.0)


def test_every_model_of_a_file_is_diagnosed(aligner, atlas, predicted, tmp_path):
    good = pl.DataFrame({"model": "good", "file_name": atlas.images["file_name"], "predicted_class": predicted})
    bad = good.with_columns(model=pl.lit("bad"), predicted_class=pl.lit(3, dtype=pl.Int64))
    pl.concat([good, bad]).write_parquet(tmp_path / "all.parquet")
    results = examine(tmp_path / "all.parquet", aligner)
    assert [(d.model, d.is_usable, v is None) for d, v in results] == [("good", True, False), ("bad", False, True)]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("alphabetical by first name", [6, 2, 1, 5, 9, 3, 8, 10, 11, 4, 7, 0]),
        ("text-sorted class numbers", [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("classes reversed", [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
    ],
)
def test_a_known_class_order_is_named_with_both_accuracies_and_repaired(
    name, table, diagnosed, predicted, aligner, tmp_path
):
    diagnosis, vector = diagnosed(np.argsort(table)[predicted])
    (finding,) = diagnosis.findings
    assert (finding.kind, finding.fix_name, vector) == ("class_order", name, None)
    assert finding.accuracy_before < 30
    assert finding.accuracy_after == pytest.approx(100 * (predicted == aligner.targets).mean())
    repaired = repair(tmp_path / "model.parquet", aligner).frame
    assert repaired["predicted_class"].to_list() == predicted.tolist()


def test_ids_from_one_are_not_reported_as_out_of_range_too(diagnosed, predicted):
    diagnosis, _ = diagnosed(predicted + 1)
    assert kinds(diagnosis) == [("class_order", "refuse")]
    assert diagnosis.findings[0].fix_name == "ids minus 1"


def test_an_unknown_permutation_is_found_but_not_repaired(diagnosed, predicted, aligner, tmp_path):
    diagnosis, _ = diagnosed(np.random.default_rng(8).permutation(12)[predicted])
    assert kinds(diagnosis) == [("class_order", "refuse")]
    assert diagnosis.findings[0].accuracy_after > 70
    with pytest.raises(InputError, match="cannot be repaired"):
        repair(tmp_path / "model.parquet", aligner)


def test_ids_among_the_classes_present_are_named(make_atlas, make_noisy, tmp_path):
    atlas = make_atlas([f"class {i:02d}" for i in range(30)], per_class=10)
    present = [3, 5, 6, 11, 12, 17, 20, 22, 28, 29]
    few = dataclasses.replace(atlas, images=atlas.images.filter(pl.col("target").is_in(present)))
    ids = make_noisy(np.searchsorted(present, few.targets), 10, accuracy=0.9)
    frame = pl.DataFrame({"file_name": few.images["file_name"], "predicted_class": ids})
    frame.write_parquet(tmp_path / "m.parquet")
    ((diagnosis, _),) = examine(tmp_path / "m.parquet", few)
    assert diagnosis.findings[0].fix_name == "classes present"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda p: p[::-1], "rows reversed"),
        (lambda p: np.roll(p, 1), "rows shifted by +1"),
        (lambda p: np.roll(p, -2), "rows shifted by -2"),
    ],
)
def test_a_row_order_is_named(change, name, diagnosed, predicted):
    diagnosis, _ = diagnosed(change(predicted).copy())
    assert kinds(diagnosis) == [("row_order", "refuse")]
    assert f"({name})" in diagnosis.findings[0].message


def test_an_order_in_which_an_image_loses_its_row_is_no_repair(diagnosed, predicted):
    diagnosis, _ = diagnosed(np.roll(predicted, 1))
    assert diagnosis.findings[0].fix_name is None
    assert "1 image(s) that count have no row" in diagnosis.findings[0].message


def test_a_shift_that_puts_one_of_many_shuffled_batches_right_is_no_order(make_atlas, make_noisy, tmp_path):
    atlas = make_atlas([f"class {i:03d}" for i in range(100)], per_class=40)
    predicted = make_noisy(atlas.targets, 100, accuracy=0.8)
    batches = np.random.default_rng(4).permutation(40)  # none stays where it is
    frame = pl.DataFrame(
        {"file_name": atlas.images["file_name"], "predicted_class": predicted.reshape(40, 100)[batches].ravel()}
    )
    frame.write_parquet(tmp_path / "m.parquet")
    ((diagnosis, _),) = examine(tmp_path / "m.parquet", atlas)
    assert not diagnosis.is_usable
    assert all(finding.fix_name is None for finding in diagnosis.findings)


def test_names_sorted_as_text_are_told_from_names_sorted_by_number(make_atlas, make_noisy, tmp_path):
    atlas = make_atlas(["ant", "bee", "cat", "dog"], per_class=50, file_name="{}.jpg")
    predicted = make_noisy(atlas.targets, 4, accuracy=0.9)
    by_text = np.argsort(atlas.images["file_name"].to_numpy())
    frame = pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": predicted[by_text]})
    frame.write_parquet(tmp_path / "m.parquet")
    ((diagnosis, _),) = examine(tmp_path / "m.parquet", atlas)
    assert diagnosis.findings[0].fix_name == "file names sorted as text"


def test_shuffled_rows_are_told_from_a_wrong_class_order(diagnosed, predicted):
    diagnosis, _ = diagnosed(np.random.default_rng(2).permutation(predicted))
    assert kinds(diagnosis) == [("rows_shuffled", "refuse")]


def test_zeros_and_ones_are_called_right_and_wrong_answers(diagnosed, aligner, predicted):
    finding = diagnosed((predicted == aligner.targets).astype(int))[0].findings[0]
    assert (finding.kind, finding.severity) == ("right_or_wrong", "refuse")
    assert "Give the predicted class of every image" in finding.message


def test_the_command_that_repairs_a_file_names_the_file(diagnosed, aligner):
    diagnosis, _ = diagnosed(aligner.targets + 1)
    assert f"\n      errata doctor {diagnosis.path} --fix OUT.parquet" in format_diagnosis(diagnosis)


def test_a_row_without_a_prediction_is_no_class(diagnosed, predicted):
    shuffled = np.random.default_rng(2).permutation(predicted)
    diagnosis, _ = diagnosed(pl.Series(shuffled).scatter(0, None))
    (shuffling,) = (finding for finding in diagnosis.findings if finding.kind == "rows_shuffled")
    assert "They use 12 classes" in shuffling.message


def test_a_model_that_is_always_wrong_on_hard_images_is_only_warned_about(diagnosed, aligner):
    # wrong, but by a habit of confusing classes: no permutation helps, and the answers depend on the images
    confused = (aligner.targets + 1 + np.random.default_rng(0).integers(0, 5, len(aligner.targets))) % 12
    diagnosis, vector = diagnosed(confused)
    assert kinds(diagnosis) == [("low_accuracy", "warn")]
    assert vector is not None


def test_a_background_class_among_the_scores_is_found(diagnosed_array, predicted, aligner, tmp_path):
    scores = np.eye(13, dtype=np.float32)[predicted + 1]
    diagnosis, _ = diagnosed_array(scores)
    assert diagnosis.findings[0].kind == "extra_class"
    assert diagnosis.findings[0].fix_name == "background_first"
    repaired = repair(tmp_path / "model.npy", aligner).frame
    assert repaired["predicted_class"].to_list() == predicted.tolist()


def test_logits_that_are_not_finite_are_found(diagnosed_array, predicted):
    scores = np.eye(12, dtype=np.float32)[predicted]
    scores[[3, 17]] = np.nan
    diagnosis, vector = diagnosed_array(scores)
    assert kinds(diagnosis)[0] == ("not_finite", "refuse")
    assert diagnosis.findings[0].rows_affected == 2
    assert vector is None


def test_a_file_of_nothing_but_nan_is_refused(diagnosed_array, aligner):
    diagnosis, _ = diagnosed_array(np.full(len(aligner.targets), np.nan))
    assert kinds(diagnosis)[0] == ("not_finite", "refuse")


def test_ranks_from_the_least_probable_are_found(diagnosed_array, predicted, aligner, tmp_path):
    ascending = np.stack([(predicted + 5) % 12, (predicted + 3) % 12, predicted], axis=1)
    diagnosis, _ = diagnosed_array(ascending)
    assert diagnosis.findings[0].kind == "top_k_order"
    repaired = repair(tmp_path / "model.npy", aligner).frame
    assert repaired["predicted_class"].to_list() == predicted.tolist()


def test_top_k_probabilities_that_rise_are_found(predicted, aligner, atlas, tmp_path):
    top = np.stack([(predicted + 1) % 12, predicted], axis=1)
    np.savez(tmp_path / "preds.npz", top1=top[:, 0], top5=top, probs=np.tile([0.2, 0.8], (len(top), 1)))
    np.savez(tmp_path / "samples_info.npz", sample_files=atlas.images["file_name"].to_numpy().astype(str))
    ((diagnosis, _),) = examine(tmp_path / "preds.npz", aligner)
    assert diagnosis.findings[0].kind == "top_k_order"
    assert diagnosis.findings[0].accuracy_after > diagnosis.findings[0].accuracy_before + 50


def test_a_class_twice_in_the_top_k_is_warned_about(diagnosed_array, predicted):
    diagnosis, _ = diagnosed_array(np.stack([predicted, (predicted + 1) % 12, predicted], axis=1)[:, [0, 1, 1]])
    assert ("top_k_repeats", "warn") in kinds(diagnosis)


def test_missing_rows_are_counted_and_the_first_three_named(diagnosed, predicted, atlas):
    keep = np.ones(len(predicted), bool)
    keep[[10, 20, 30, 40]] = False
    diagnosis, _ = diagnosed(predicted[keep], names=atlas.images["file_name"].filter(pl.Series(keep)))
    (finding,) = diagnosis.findings
    assert (finding.kind, finding.severity, finding.rows_affected) == ("missing_rows", "refuse", 4)
    assert "img_00010.JPEG, img_00020.JPEG, img_00030.JPEG, ..." in finding.message


def test_missing_problematic_images_are_only_warned_about(make_atlas, make_noisy, tmp_path):
    atlas = make_atlas(["ant", "bee"], per_class=30, problematic=5)
    frame = pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": make_noisy(atlas.targets, 2)})
    frame.filter(~atlas.images["is_problematic"]).write_parquet(tmp_path / "m.parquet")
    ((diagnosis, vector),) = examine(tmp_path / "m.parquet", atlas)
    assert kinds(diagnosis) == [("missing_rows", "warn")]
    assert (vector == -1).tolist() == atlas.images["is_problematic"].to_list()


def test_rows_without_a_file_name_are_refused(diagnosed, predicted, atlas):
    names = pl.concat([atlas.images["file_name"], pl.Series([None], dtype=pl.String)])
    diagnosis, _ = diagnosed([*predicted, 1], names=names)
    assert kinds(diagnosis) == [("unnamed_rows", "refuse")]


def test_rows_of_another_data_set_are_refused(diagnosed, predicted):
    names = [f"other_{i}.png" for i in range(len(predicted))]
    diagnosis, _ = diagnosed(predicted, names=names)
    assert kinds(diagnosis) == [("wrong_split", "refuse")]
    assert diagnosis.accuracy is None


def test_few_classes_are_warned_about(diagnosed, predicted):
    diagnosis, _ = diagnosed(np.where(predicted < 5, predicted, 0))
    assert ("few_classes", "warn") in kinds(diagnosis)


@pytest.mark.parametrize(("value", "words"), [(-0.5, "logits"), (88.0, "per cent"), (float("nan"), "missing")])
def test_probabilities_outside_zero_to_one_are_warned_about(value, words, diagnosed, predicted):
    diagnosis, vector = diagnosed(predicted, predicted_probability=np.where(predicted == 3, value, 0.5))
    assert kinds(diagnosis) == [("probability", "warn")]
    assert words in diagnosis.findings[0].message
    assert vector is not None


def test_an_assumed_order_is_said_with_its_accuracy(diagnosed_array, predicted):
    diagnosis, vector = diagnosed_array(predicted)
    assert kinds(diagnosis) == [("order_assumed", "note")]
    assert "only evidence" in diagnosis.findings[0].message
    assert (vector == predicted).all()


def test_a_broken_file_is_a_finding_and_not_an_exception(aligner, tmp_path):
    (tmp_path / "m.csv").write_text("a,b\n")
    ((diagnosis, vector),) = examine(tmp_path / "m.csv", aligner)
    assert kinds(diagnosis) == [("wrong_header", "refuse")]
    assert vector is None


def test_a_file_that_needs_no_repair_is_not_repaired(aligner, diagnosed, predicted, tmp_path):
    diagnosed(predicted)
    with pytest.raises(InputError, match="nothing needs a repair"):
        repair(tmp_path / "model.parquet", aligner)


def test_two_classes_and_few_images_are_no_reason_for_alarm(make_atlas, tmp_path):
    atlas = make_atlas(["ant", "bee"], per_class=4)
    predicted = np.where(np.arange(8) < 3, 1 - atlas.targets, atlas.targets)
    pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": predicted}).write_parquet(
        tmp_path / "m.parquet"
    )
    ((diagnosis, _),) = examine(tmp_path / "m.parquet", atlas)
    assert diagnosis.is_usable


def test_a_diagnosis_is_printed_with_cause_accuracies_and_repair(diagnosed, predicted):
    text = format_diagnosis(diagnosed(predicted + 1)[0])
    assert "model: REFUSED" in text
    assert "[refuse] class_order: Wrong class order (ids minus 1)" in text
    assert "% before" in text
    assert "repair: 'ids minus 1'" in text


def test_a_diagnosis_survives_json(diagnosed, predicted):
    fields = json.loads(json.dumps(as_dict(diagnosed(predicted + 1)[0])))
    assert fields["is_usable"] is False
    assert fields["findings"][0]["kind"] == "class_order"


def test_control_characters_in_the_name_of_a_model_are_written_out(diagnosed, predicted):
    assert diagnosed(predicted, model=["\x1b[2Jevil"] * len(predicted))[0].model == r"\x1b[2Jevil"


def test_ids_that_are_all_out_of_range_are_not_called_few_classes(diagnosed, predicted):
    assert kinds(diagnosed(np.full(len(predicted), -7))[0]) == [("ids_out_of_range", "refuse")]


def test_another_column_of_predictions_is_said(diagnosed, predicted, tmp_path, aligner):
    names, other = aligner.atlas.images["file_name"], predicted.copy()
    other[::9] = (other[::9] + 1) % aligner.class_count
    path = tmp_path / "two.csv"
    pl.DataFrame({"file_name": names, "pred_old": predicted, "pred_new": other}).write_csv(path)
    ((diagnosis, vector),) = examine(path, aligner)
    assert ("two_columns", "warn") in kinds(diagnosis)
    assert (vector == predicted).all()
    # a column that says the same otherwise, or something else, is none
    pl.DataFrame({"file_name": names, "pred": predicted, "pred_id": predicted, "pred_group": predicted // 5}).write_csv(
        path
    )
    ((diagnosis, _),) = examine(path, aligner)
    assert "two_columns" not in [kind for kind, _ in kinds(diagnosis)]


def test_ids_that_were_rounded_are_named(make_atlas, tmp_path):
    atlas = make_atlas([f"class {number}" for number in range(600)], per_class=2)
    pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": _in_bfloat16(atlas.targets)}).write_csv(
        tmp_path / "m.csv"
    )
    ((diagnosis, vector),) = examine(tmp_path / "m.csv", atlas)
    assert kinds(diagnosis)[0] == ("ids_cut", "refuse")
    assert "bfloat16" in diagnosis.findings[0].message
    assert vector is None


def _in_bfloat16(ids):
    step = np.where(ids >= 512, 4, np.where(ids >= 256, 2, 1))
    return (np.round(ids / step) * step).astype(np.int64)


@pytest.mark.parametrize("begun", ["", "val_"])
def test_names_without_their_beginning_are_told_from_those_of_another_data_set(begun, make_atlas, tmp_path):
    atlas = make_atlas(["ant", "bee"], per_class=20)
    images = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, 41)]
    atlas = dataclasses.replace(atlas, images=atlas.images.with_columns(pl.Series("file_name", images)))
    names = [f"{begun}{number:08d}.png" for number in range(1, 41)]
    pl.DataFrame({"file_name": names, "predicted_class": atlas.targets}).write_csv(tmp_path / "m.csv")
    ((diagnosis, _),) = examine(tmp_path / "m.csv", atlas)
    assert kinds(diagnosis) == [("wrong_split", "refuse")]
    assert "without 'ILSVRC2012_val_'" in diagnosis.findings[0].message


def test_ranked_ids_may_be_joined_by_spaces(predicted, tmp_path, aligner):
    ranked = [f"{first} {(first + 1) % aligner.class_count} {(first + 2) % aligner.class_count}" for first in predicted]
    pl.DataFrame({"file_name": aligner.atlas.images["file_name"], "top3": ranked}).write_csv(tmp_path / "m.csv")
    ((_, vector),) = examine(tmp_path / "m.csv", aligner)
    assert (vector == predicted).all()


def test_a_line_of_many_equal_fields_is_soon_refused(tmp_path, aligner):
    (tmp_path / "m.csv").write_text("a," + ",".join(["7"] * 200_000))
    ((diagnosis, _),) = examine(tmp_path / "m.csv", aligner)
    assert not diagnosis.is_usable
