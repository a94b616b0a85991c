"""Files that name a part of the images, what a user accepts, and repairs that change nothing else."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from errata.cli import main
from errata.errors import InputError
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.repair import repair, write_repaired

CLASSES, PER_CLASS = 40, 40


@pytest.fixture
def atlas(make_atlas):
    return make_atlas([f"class {number}" for number in range(CLASSES)], per_class=PER_CLASS)


@pytest.fixture
def table(atlas, make_noisy):
    return pl.DataFrame(
        {"file_name": atlas.images["file_name"], "predicted_class": make_noisy(atlas.targets, CLASSES, accuracy=0.75)}
    )


@pytest.fixture
def diagnosed(atlas, tmp_path):
    aligner = Aligner(atlas)

    def run(frame, **options):
        frame.write_parquet(tmp_path / "model.parquet")
        ((diagnosis, predicted),) = examine(tmp_path / "model.parquet", aligner, **options)
        return {finding.kind: finding for finding in diagnosis.findings}, predicted, diagnosis

    return run


def test_a_named_part_of_the_images_is_scored_with_its_number(diagnosed, table, atlas):
    part = table.sample(fraction=0.5, seed=1)
    found, predicted, diagnosis = diagnosed(part)
    assert list(found) == ["subset"]
    assert "names 800 of 1,600 images that count" in found["subset"].message
    assert (predicted >= 0).sum() == 800
    assert diagnosis.marks == ("subset",)


def test_an_image_beside_some_that_do_not_count_is_no_stretch_of_the_data_set(diagnosed, table):
    row = table.with_row_index().filter(pl.col("index") == 700).drop("index")
    others = pl.DataFrame({"file_name": ["other_1.JPEG", "other_2.JPEG"], "predicted_class": [0, None]})
    found, _, _ = diagnosed(pl.concat([row, others.cast(row.schema)]))
    assert "names 1 of 1,600 images that count" in found["subset"].message
    assert found["not_finite"].message.endswith("none of them is of an image that counts.")


def test_fewer_than_500_images_come_with_the_width_of_the_interval(diagnosed, table):
    assert "95 % interval of its top-1 reaches from" in diagnosed(table.sample(300, seed=1))[0]["subset"].message
    assert "interval" not in diagnosed(table.sample(600, seed=1))[0]["subset"].message


def test_all_images_of_most_classes_are_a_named_part(diagnosed, table, atlas):
    part = table.filter(pl.Series(atlas.targets < 30))
    assert list(diagnosed(part)[0]) == ["subset"]


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("truncated", lambda frame: frame.head(500)),
        ("first_rows_lost", lambda frame: frame.tail(500)),
        ("missing_rows", lambda frame: frame.slice(400, 500)),
        ("missing_rows", lambda frame: frame.sample(fraction=0.97, seed=2)),
        ("missing_rows", lambda frame: frame.filter(pl.int_range(pl.len()) % 8 != 3)),
    ],
)
def test_images_that_were_lost_are_refused_and_can_be_accepted(kind, lost, diagnosed, table):
    found, predicted, _ = diagnosed(lost(table))
    assert (found[kind].severity, predicted) == ("refuse", None)
    found, predicted, diagnosis = diagnosed(lost(table), accepted=[kind])
    assert (found[kind].severity, diagnosis.marks) == ("accepted", (kind,))
    assert (predicted >= 0).sum() == diagnosis.images_matched


def test_a_kind_of_finding_that_there_is_not_cannot_be_accepted(diagnosed, table):
    with pytest.raises(InputError, match=r"'tuncated' is no kind .* Did you mean 'truncated'"):
        diagnosed(table, accepted=["tuncated"])


def test_targets_in_the_first_column_are_not_accepted(atlas, make_noisy, tmp_path):
    np.save(tmp_path / "m.npy", np.column_stack([atlas.targets, make_noisy(atlas.targets, CLASSES)]))
    ((_, predicted),) = examine(tmp_path / "m.npy", atlas, accepted=["target_column"])
    assert predicted is None


def test_the_targets_but_for_one_per_cent_are_called_too_good(diagnosed, table, atlas):
    almost = np.where(np.arange(atlas.images.height) % 100 == 0, table["predicted_class"], atlas.targets)
    assert diagnosed(table.with_columns(predicted_class=almost))[0]["perfect_accuracy"].severity == "warn"


@pytest.mark.parametrize(("right", "is_too_good"), [(0.94, False), (0.96, True)])
def test_with_200_classes_an_accuracy_from_95_per_cent_on_is_too_good(right, is_too_good, make_atlas, tmp_path):
    atlas = make_atlas([f"class {number}" for number in range(200)], per_class=5)
    generator = np.random.default_rng(0)
    predicted = atlas.targets.copy()
    wrong = generator.permutation(1000)[: round(1000 * (1 - right))]
    predicted[wrong] = (predicted[wrong] + generator.integers(1, 200, len(wrong))) % 200
    np.save(tmp_path / "m.npy", predicted)
    ((diagnosis, _),) = examine(tmp_path / "m.npy", atlas)
    assert ("perfect_accuracy" in [finding.kind for finding in diagnosis.findings]) == is_too_good


def test_unused_ids_outside_the_range_are_warned_about(make_atlas, make_noisy, tmp_path):
    atlas = make_atlas([f"class {number}" for number in range(CLASSES)], per_class=PER_CLASS)
    names = [*atlas.images["file_name"], "of another set.JPEG"]
    ids = [*make_noisy(atlas.targets, CLASSES, accuracy=0.75), -1]
    pl.DataFrame({"file_name": names, "predicted_class": ids}).write_parquet(tmp_path / "m.parquet")
    ((diagnosis, predicted),) = examine(tmp_path / "m.parquet", atlas)
    assert [(finding.kind, finding.severity) for finding in diagnosis.findings] == [("ids_out_of_range", "warn")]
    assert predicted is not None


@pytest.fixture
def half_annotated(atlas):
    return dataclasses.replace(atlas, images=atlas.images.gather_every(2), outcomes=atlas.outcomes[::2])


def test_a_repair_keeps_rows_that_are_not_annotated_and_other_columns(half_annotated, table, tmp_path):
    whole = table.with_columns(seconds=pl.int_range(pl.len()) / 10)
    broken = whole.with_columns(pl.col("predicted_class") + 1)
    broken.write_parquet(tmp_path / "m.parquet")
    repaired = repair(tmp_path / "m.parquet", half_annotated)
    assert repaired.left_out == 0
    assert repaired.frame.equals(whole.with_columns(pl.col("predicted_class").cast(pl.Int16)))


def test_columns_go_with_their_prediction_where_rows_are_exchanged(half_annotated, table, tmp_path):
    whole = table.with_columns(seconds=pl.int_range(pl.len()) / 10)
    broken = whole.reverse().with_columns(whole["file_name"])
    broken.write_parquet(tmp_path / "m.parquet")
    frame = repair(tmp_path / "m.parquet", half_annotated).frame
    assert frame.equals(whole.with_columns(pl.col("predicted_class").cast(pl.Int16)))


def test_what_becomes_the_targets_is_not_repaired(atlas, tmp_path):
    targets = atlas.images.select("file_name", predicted_class=pl.col("target") + 1)
    targets.write_parquet(tmp_path / "m.parquet")
    with pytest.raises(InputError, match="after 'ids minus 1' there is perfect_accuracy"):
        repair(tmp_path / "m.parquet", atlas)


@pytest.fixture
def shifted(table, tmp_path):
    """A CSV with ids from 1 and a column of its own."""
    path = tmp_path / "m.csv"
    table.with_columns(pl.col("predicted_class") + 1, note=pl.lit("kept")).write_csv(path)
    return path


def test_a_repair_never_overwrites(shifted, tmp_path, capsys):
    before = shifted.read_bytes()
    (tmp_path / "there.csv").write_text("mine")
    for out in ("m.csv", "there.csv", "out.npy"):
        assert main(["doctor", str(shifted), "--fix", str(tmp_path / out)]) == 2
    said = capsys.readouterr().err
    assert "the file that is to be repaired, and nothing is overwritten" in said
    assert "written as .parquet, .csv" in said
    assert shifted.read_bytes() == before
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_a_repair_is_written_in_the_format_of_its_suffix(shifted, atlas, table, tmp_path):
    repaired = repair(shifted, atlas)
    for out in ("out.csv", "out.parquet"):
        write_repaired(repaired, tmp_path / out, source=shifted)
    assert pl.read_csv(tmp_path / "out.csv")["predicted_class"].to_list() == table["predicted_class"].to_list()
    assert pl.read_parquet(tmp_path / "out.parquet")["note"].unique().to_list() == ["kept"]
