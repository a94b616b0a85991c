import json

import pytest

from errata.errors import InputError
from errata.labels.targets import read_targets

WNIDS = ["n00000001", "n00000002", *(f"n000001{i:02d}" for i in range(10))]


def rows(table):
    return table.select("file_name", "position", "target").rows()


def test_the_validation_json_gives_targets_by_file_name(tmp_path):
    path = tmp_path / "val.json"
    path.write_text(json.dumps({"image_filenames": [["b.JPEG", "n00000001"], ["a.JPEG", "n00000002"]]}))
    assert rows(read_targets(path, WNIDS)) == [("a.JPEG", 0, 1), ("b.JPEG", 1, 0)]


@pytest.mark.parametrize("column", ["wnid", "class_id"])
def test_a_file_list_gives_wnids_or_class_ids(tmp_path, column):
    path = tmp_path / "list.csv"
    label = {"wnid": "n00000002", "class_id": "1"}[column]
    path.write_text(f"file_name,{column}\nx.png,{label}\n")
    assert rows(read_targets(path, WNIDS)) == [("x.png", 0, 1)]


def test_class_folders_named_by_id_are_read_as_numbers_not_as_sorted_text(tmp_path):
    # ImageNetV2's folders 0..999 sort as text in the wrong order: 0, 1, 10, 2
    for class_id in range(12):
        (tmp_path / str(class_id)).mkdir()
        (tmp_path / str(class_id) / "image.jpeg").touch()
    targets = dict(read_targets(tmp_path, WNIDS).select("file_name", "target").iter_rows())
    assert targets == {f"{class_id}/image.jpeg": class_id for class_id in range(12)}


def test_class_folders_named_by_wnid_and_files_that_are_no_images(tmp_path):
    (tmp_path / "n00000002").mkdir()
    (tmp_path / "n00000002" / "a.JPEG").touch()
    (tmp_path / "n00000002" / "README.txt").touch()
    assert rows(read_targets(tmp_path, WNIDS)) == [("n00000002/a.JPEG", 0, 1)]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("x.csv", "file_name,wnid\na,n99999999\n", "a has class 'n99999999'"),
        ("x.csv", "file_name,wnid\na,n00000001\na,n00000001\n", "a is listed more than once"),
        ("x.csv", "name,wnid\na,n00000001\n", "expected a CSV with the columns file_name and wnid"),
        ("x.json", "{}", "image_filenames"),
        ("x.json", "[", "image_filenames"),
    ],
)
def test_unusable_targets_are_refused(tmp_path, name, text, complaint):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        read_targets(path, WNIDS)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no image"):
        read_targets(tmp_path, WNIDS)


def test_a_path_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_targets(tmp_path / "nowhere", WNIDS)
