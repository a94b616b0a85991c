import polars as pl
import pytest

from errata.errors import InputError
from errata.images.tables import ABSENT, IMAGES
from errata.labels.label_table import build_labels, leave_out_unreadable, read_part, unreadable_images
from errata.labels.tables import LABELS, TARGETS
from errata.tables import check_table, write_table

TARGETS_ABC = pl.DataFrame(
    {"file_name": ["a", "b", "c"], "position": [0, 1, 2], "target": [5, 6, 7]},
    schema={name: column.dtype for name, column in TARGETS.columns.items()},
)
LABELS_ABC = build_labels(TARGETS_ABC, multilabels=None, experts=None)


def index_of(problems):
    columns = {"file_name": list(problems), "position": range(len(problems)), "problem": list(problems.values())}
    same = {"location": "x", "offset": None, "bytes": 1, "width": 1, "height": 1, "mode": "RGB"}
    schema = {name: column.dtype for name, column in IMAGES.columns.items()}
    return pl.DataFrame(columns | {name: [value] * len(problems) for name, value in same.items()}, schema=schema)


def test_annotated_images_that_cannot_be_read_have_no_labels_and_are_named_in_the_table(tmp_path, caplog):
    index = index_of({"a": None, "b": "the file is empty", "c": None})
    labels, notes = leave_out_unreadable(LABELS_ABC, TARGETS_ABC, index)
    write_table(labels, LABELS, tmp_path / "labels.parquet", metadata=notes)
    assert labels["file_name"].to_list() == ["a", "c"]
    assert unreadable_images(tmp_path / "labels.parquet") == [("b", "the file is empty")]
    assert "b cannot be read and is left out: the file is empty" in caplog.text


def test_unreadable_images_without_annotation_are_counted():
    index = index_of({"a": None, "b": "the file is empty", "c": "the file is truncated"})
    labels, notes = leave_out_unreadable(LABELS_ABC.filter(pl.col("file_name") != "c"), TARGETS_ABC, index)
    assert labels["file_name"].to_list() == ["a"]
    assert notes == {
        "errata.unreadable": '[["b", "the file is empty"]]',
        "errata.unreadable_not_annotated": "1",
    }


def test_only_those_without_annotation_are_counted_where_there_are_both():
    index = index_of({"a": "the file is empty", "b": "the file is empty", "c": "cut short"})
    _, notes = leave_out_unreadable(LABELS_ABC.filter(pl.col("file_name") == "a"), TARGETS_ABC, index)
    assert notes["errata.unreadable"] == '[["a", "the file is empty"]]'
    assert notes["errata.unreadable_not_annotated"] == "2"


def test_labels_stay_as_they_are_if_all_images_can_be_read():
    labels, notes = leave_out_unreadable(LABELS_ABC, TARGETS_ABC, index_of({"a": None, "b": None, "c": None}))
    assert check_table(labels, LABELS, where="labels").equals(LABELS_ABC)
    assert notes["errata.unreadable"] == "[]"


def test_a_table_without_pixels_names_no_unreadable_images(tmp_path):
    write_table(LABELS_ABC, LABELS, tmp_path / "labels.parquet")
    assert unreadable_images(tmp_path / "labels.parquet") == []


@pytest.mark.parametrize("names", [["a", "b"], ["a", "b", "x"]])
def test_an_index_of_other_images_is_refused(names):
    with pytest.raises(InputError, match="must be of the same data set"):
        leave_out_unreadable(LABELS_ABC, TARGETS_ABC, index_of(dict.fromkeys(names)))


def test_of_a_part_only_the_labels_of_images_that_are_there_are_kept_and_the_rest_is_counted(tmp_path):
    index = index_of({"a": ABSENT, "b": None, "c": ABSENT})
    labels, notes = leave_out_unreadable(LABELS_ABC, TARGETS_ABC, index)
    write_table(labels, LABELS, tmp_path / "labels.parquet", metadata=notes)
    assert labels["file_name"].to_list() == ["b"]
    assert read_part(tmp_path / "labels.parquet") == {"images": 1, "of": 3}
    assert unreadable_images(tmp_path / "labels.parquet") == []


def test_the_labels_of_a_whole_data_set_name_no_part(tmp_path):
    labels, notes = leave_out_unreadable(LABELS_ABC, TARGETS_ABC, index_of({"a": None, "b": None, "c": None}))
    write_table(labels, LABELS, tmp_path / "labels.parquet", metadata=notes)
    assert read_part(tmp_path / "labels.parquet") is None


def test_a_part_without_annotated_images_is_refused():
    index = index_of({"a": ABSENT, "b": None, "c": ABSENT})
    with pytest.raises(InputError, match="none of the 1 images that are there is annotated"):
        leave_out_unreadable(LABELS_ABC.filter(pl.col("file_name") == "a"), TARGETS_ABC, index)
