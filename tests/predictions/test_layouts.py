"""Every layout that a predictions file may have, and what is said about files that have none of them."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.errors import InputError
from errata.predictions.prediction_file import ModelRows, PredictionsError
from errata.predictions.read import read_predictions

NAMES = ["a.JPEG", "b.JPEG", "c.JPEG"]
IDS = [2, 0, 1]
CLASSES = 4


def only_model(path: Path, **options) -> ModelRows:
    file = read_predictions(path, classes=CLASSES, **options)
    assert len(file.models) == 1
    return file.models[0]


def content(rows: ModelRows) -> tuple[list | None, list]:
    return None if rows.file_names is None else rows.file_names.to_list(), rows.labels.to_list()


def scores_of(ids: list[int], columns: int) -> np.ndarray:
    return np.eye(columns, dtype=np.float32)[ids] * 5 - 1


def test_a_parquet_table_is_read(tmp_path):
    path = tmp_path / "vit_base.augreg_in1k.parquet"
    pl.DataFrame({"file_name": NAMES, "predicted_class": IDS}).write_parquet(path)
    rows = only_model(path)
    assert content(rows) == (NAMES, IDS)
    assert rows.model == "vit_base.augreg_in1k"


def test_a_parquet_table_may_hold_several_models(tmp_path):
    path = tmp_path / "all.parquet"
    pl.DataFrame({"model": ["x", "y", "x"], "file_name": NAMES, "predicted_class": IDS}).write_parquet(path)
    file = read_predictions(path, classes=CLASSES)
    assert [(rows.model, *content(rows)) for rows in file.models] == [
        ("x", ["a.JPEG", "c.JPEG"], [2, 1]),
        ("y", ["b.JPEG"], [0]),
    ]


def test_columns_that_are_not_used_are_said(tmp_path):
    path = tmp_path / "m.parquet"
    pl.DataFrame({"file_name": NAMES, "predicted_class": IDS, "target": IDS}).write_parquet(path)
    assert "not used: target" in read_predictions(path, classes=CLASSES).layout


def test_a_csv_table_in_the_imagenet_x_layout_is_read(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("file_name,predicted_class,predicted_probability\na.JPEG,2,0.5\nb.JPEG,0,0.25\nc.JPEG,1,1\n")
    rows = only_model(path)
    assert content(rows) == (NAMES, ["2", "0", "1"])
    assert rows.probability.tolist() == [0.5, 0.25, 1.0]


def test_quoted_class_names_may_hold_commas(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text('file_name,predicted_class\na.JPEG,"tench, Tinca tinca"\n')
    assert content(only_model(path)) == (["a.JPEG"], ["tench, Tinca tinca"])


@pytest.mark.parametrize("separator", [",", " ", "\t"])
def test_a_score_of_every_class_needs_no_header(separator, tmp_path):
    np.savetxt(
        tmp_path / "m.csv", [[0.1, 0.2, 6.5, 0.3], [7.5, 0.1, 0.2, 0.3], [0.5, 8.5, 0.2, 0.3]], delimiter=separator
    )
    assert only_model(tmp_path / "m.csv").labels.to_list() == IDS


def test_whole_numbers_without_a_header_are_not_taken_for_scores_of_as_many_classes(tmp_path):
    (tmp_path / "m.csv").write_text("2.0,1.0,1.0,3.0\n0.0,3.0,1.0,2.0\n1.0,0.0,2.0,3.0\n")
    with pytest.raises(PredictionsError, match=r"4 columns.*a score for each of 4 classes"):
        only_model(tmp_path / "m.csv")


def test_a_byte_order_mark_is_skipped_and_said(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("file_name,predicted_class\na.JPEG,2\n", encoding="utf-8-sig")
    file = read_predictions(path, classes=CLASSES)
    assert content(file.models[0]) == (["a.JPEG"], ["2"])
    assert "byte-order mark" in file.remarks[0]


@pytest.mark.parametrize("dtype", [np.int64, np.int16, np.uint8, np.float32, np.float16])
def test_a_vector_of_class_ids_is_read(dtype, tmp_path):
    np.save(tmp_path / "m.npy", np.array(IDS, dtype))
    assert content(only_model(tmp_path / "m.npy")) == (None, IDS)


def test_a_vector_of_wnids_is_read(tmp_path):
    np.save(tmp_path / "m.npy", np.array(["n1", "n0"]))
    assert content(only_model(tmp_path / "m.npy")) == (None, ["n1", "n0"])


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_the_first_of_ranked_class_ids_is_the_prediction(dtype, tmp_path):
    np.save(tmp_path / "m.npy", np.array([[2, 1], [0, 3], [1, 0]], dtype))
    rows = only_model(tmp_path / "m.npy")
    assert content(rows) == (None, IDS)
    assert rows.ranked.shape == (3, 2)


def test_one_column_is_a_vector(tmp_path):
    np.save(tmp_path / "m.npy", np.array(IDS)[:, None])
    assert content(only_model(tmp_path / "m.npy")) == (None, IDS)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_largest_logit_is_the_prediction(dtype, tmp_path):
    np.save(tmp_path / "m.npy", scores_of(IDS, CLASSES).astype(dtype))
    rows = only_model(tmp_path / "m.npy")
    assert content(rows) == (None, IDS)
    assert rows.probability is None


def test_scores_that_add_up_to_one_are_probabilities(tmp_path):
    np.save(tmp_path / "m.npy", np.array([[0.1, 0.2, 0.7, 0.0], [0.4, 0.3, 0.2, 0.1]]))
    rows = only_model(tmp_path / "m.npy")
    assert rows.labels.to_list() == [2, 0]
    assert rows.probability == pytest.approx([0.7, 0.4])


def test_a_row_of_scores_with_nan_has_no_prediction(tmp_path):
    scores = scores_of(IDS, CLASSES)
    scores[1, 3] = np.nan
    np.save(tmp_path / "m.npy", scores)
    assert only_model(tmp_path / "m.npy").labels.to_list() == [2, None, 1]


def test_one_score_column_too_many_is_read_in_both_ways(tmp_path):
    np.save(tmp_path / "m.npy", scores_of([3, 1, 2], CLASSES + 1))
    rows = only_model(tmp_path / "m.npy")
    assert rows.other_columns["background_first"].tolist() == IDS
    assert rows.other_columns["background_last"].tolist() == [3, 1, 2]


@pytest.mark.parametrize("key", ["predicted_class", "logits", "anything"])
def test_an_archive_with_names_is_read(key, tmp_path):
    values = scores_of(IDS, CLASSES) if key == "logits" else np.array(IDS)
    np.savez(tmp_path / "m.npz", file_names=np.array(NAMES), **{key: values})
    assert content(only_model(tmp_path / "m.npz")) == (NAMES, IDS)


@pytest.mark.parametrize("folders_up", [0, 1])
def test_the_authors_archive_takes_its_names_from_samples_info(folders_up, tmp_path):
    folder = tmp_path / "imagenet" / "resnet18"
    folder.mkdir(parents=True)
    top5 = np.array([[2, 1, 0], [0, 1, 2], [1, 0, 3]])
    np.savez(folder / "preds.npz", top1=top5[:, 0], top5=top5, probs=np.array([[0.6, 0.3, 0.1]] * 3))
    samples = np.array([f"n01440764/{name}" for name in NAMES])
    np.savez((folder, folder.parent)[folders_up] / "samples_info.npz", sample_files=samples, targets=np.array(IDS))
    rows = only_model(folder / "preds.npz")
    assert content(rows) == (samples.tolist(), IDS)
    assert rows.model == "resnet18"
    assert rows.ranked_probability.shape == (3, 3)


def test_an_order_file_names_the_rows(tmp_path):
    np.save(tmp_path / "m.npy", np.array(IDS))
    (tmp_path / "order.txt").write_text("\n".join(NAMES) + "\n")
    assert content(only_model(tmp_path / "m.npy", order=tmp_path / "order.txt")) == (NAMES, IDS)


def test_an_order_file_may_be_a_csv(tmp_path):
    np.save(tmp_path / "m.npy", np.array(IDS))
    (tmp_path / "order.csv").write_text("position,file_name\n0,a.JPEG\n1,b.JPEG\n2,c.JPEG\n")
    assert content(only_model(tmp_path / "m.npy", order=tmp_path / "order.csv")) == (NAMES, IDS)


def test_a_file_with_names_keeps_them_whatever_the_order_file_says(tmp_path):
    pl.DataFrame({"file_name": NAMES, "predicted_class": IDS}).write_parquet(tmp_path / "m.parquet")
    (tmp_path / "order.txt").write_text("x\ny\n")
    assert content(only_model(tmp_path / "m.parquet", order=tmp_path / "order.txt")) == (NAMES, IDS)


def test_an_order_file_of_another_length_is_refused(tmp_path):
    np.save(tmp_path / "m.npy", np.array(IDS))
    (tmp_path / "order.txt").write_text("a.JPEG\nb.JPEG\n")
    with pytest.raises(PredictionsError, match=r"3 rows and the order file .* names 2"):
        only_model(tmp_path / "m.npy", order=tmp_path / "order.txt")


def test_an_order_file_with_a_blank_line_is_refused(tmp_path):
    np.save(tmp_path / "m.npy", np.array(IDS))
    (tmp_path / "order.txt").write_text("a.JPEG\n\nc.JPEG\n")
    with pytest.raises(InputError, match="blank"):
        only_model(tmp_path / "m.npy", order=tmp_path / "order.txt")


def written(path: Path, *, text: str | None = None, array: np.ndarray | None = None, data: bytes | None = None) -> Path:
    if text is not None:
        path.write_text(text)
    elif array is not None:
        with path.open("wb") as stream:
            np.save(stream, array)
    else:
        path.write_bytes(data)
    return path


def test_a_bare_array_under_the_name_of_an_archive_is_read_as_the_published_logits_are(tmp_path):
    path = written(tmp_path / "vit3b.npz", array=np.array(IDS))
    assert content(only_model(path))[1] == IDS


FAULTS = {
    "empty file": ("m.parquet", {"data": b""}, "empty_file", "0 bytes"),
    "table without rows": ("m.csv", {"text": "file_name,predicted_class\n"}, "empty_file", "no rows"),
    "empty array": ("m.npy", {"array": np.empty((0, 4))}, "empty_file", "empty"),
    "array named as a table": ("m.csv", {"array": np.array(IDS)}, "wrong_extension", "Rename it to m.npy"),
    "pickled objects named as an archive": (
        "m.npz",
        {"array": np.array([{"a": 1}])},
        "pickled_objects",
        "never unpickles",
    ),
    "text named as a table": ("m.parquet", {"text": "file_name,predicted_class\n"}, "wrong_extension", "CSV"),
    "unknown extension": ("m.pkl", {"data": b"\x80\x04"}, "wrong_extension", "never unpickles"),
    "truncated Parquet file": ("m.parquet", {"data": b"PAR1" + bytes(100)}, "damaged_file", "truncated"),
    "truncated archive": ("m.npz", {"data": b"PK\x03\x04" + bytes(100)}, "damaged_file", "truncated"),
    "truncated array": ("m.npy", {"data": b"\x93NUMPY\x01\x00" + bytes(10)}, "damaged_file", "truncated"),
    "pickled objects": ("m.npy", {"array": np.array([{"a": 1}])}, "pickled_objects", "never unpickles"),
    "broken UTF-16": ("m.csv", {"data": b"\xff\xfea\x00\x00\xd8b\x00"}, "csv_encoding", "UTF-16"),
    "no header": ("m.csv", {"text": "a.JPEG,65,1\nb.JPEG,1,2\n"}, "csv_without_header", "looks like data"),
    "near-match header": (
        "m.csv",
        {"text": "flie_name,predicted_class\na,1\n"},
        "wrong_header",
        "'flie_name' looks like 'file_name': rename it",
    ),
    "other header": ("m.csv", {"text": "x,y\na,1\n"}, "wrong_header", "lacks the column(s) file_name, predicted_class"),
    "too many fields": (
        "m.csv",
        {"text": "file_name,predicted_class\na,1,7,8\n"},
        "damaged_file",
        "line 2 has 4 fields, the header 2",
    ),
    "scores of another class set": (
        "m.npy",
        {"array": np.zeros((9, 21841)) + 0.5},
        "other_class_count",
        "ImageNet-21k",
    ),
    "transposed scores": ("m.npy", {"array": np.zeros((4, 9)) + 0.5}, "other_class_count", "transposed"),
    "probabilities of the best": ("m.npy", {"array": np.zeros((9, 3)) + 0.3}, "other_class_count", "class ids instead"),
    "three dimensions": ("m.npy", {"array": np.zeros((2, 3, 4))}, "unknown_layout", "(2, 3, 4)"),
    "truth values": (
        "m.npy",
        {"array": np.zeros(3, bool)},
        "unknown_layout",
        "an array of bool. Give the predicted class",
    ),
    "a column of truth values": (
        "m.csv",
        {"text": "file_name,correct\na,1\n"},
        "wrong_header",
        "Give the predicted class",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_read_is_refused_with_the_cause(fault, tmp_path):
    name, what, kind, words = FAULTS[fault]
    path = written(tmp_path / name, **what)
    with pytest.raises(PredictionsError) as caught:
        read_predictions(path, classes=CLASSES)
    assert caught.value.kind == kind
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_archive_with_several_candidates_is_refused(tmp_path):
    np.savez(tmp_path / "m.npz", first=np.array(IDS), second=np.array(IDS))
    with pytest.raises(PredictionsError, match="which array holds the predictions"):
        read_predictions(tmp_path / "m.npz", classes=CLASSES)


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_predictions(tmp_path / "m.csv", classes=CLASSES)
