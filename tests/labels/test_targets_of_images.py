import pytest

from errata.errors import InputError
from errata.labels.targets import is_list, read_targets
from images.pictures import folder_of, tar_bytes, tar_of

WNIDS = ["n01", "n02"]
FILES = {"n02/a.JPEG": b"1", "n01/b.JPEG": b"2", "n01/LICENCE.txt": b"3"}
ROWS = [("n01/b.JPEG", 0, 0), ("n02/a.JPEG", 1, 1)]


def rows(path):
    return read_targets(path, WNIDS).select("file_name", "position", "target").rows()


def test_class_folders_in_a_tar_give_the_targets(tmp_path):
    assert rows(tar_of(tmp_path / "val.tar", FILES)) == ROWS


def test_one_tar_per_class_gives_the_targets(tmp_path):
    inner = {"n02.tar": tar_bytes({"a.JPEG": b"1"}), "n01.tar": tar_bytes({"b.JPEG": b"2"})}
    assert rows(tar_of(tmp_path / "train.tar", inner)) == ROWS


def test_a_folder_around_the_class_folders_is_no_part_of_the_names(tmp_path):
    around = {f"imagenet-a/{name}": content for name, content in FILES.items()}
    assert rows(tar_of(tmp_path / "imagenet-a.tar", around)) == ROWS
    assert rows(folder_of(tmp_path / "unpacked", around)) == ROWS


def test_class_folders_of_two_data_sets_are_refused(tmp_path):
    both = folder_of(tmp_path, {"train/n01/a.JPEG": b"1", "val/n01/b.JPEG": b"2"})
    with pytest.raises(InputError, match="class folders in several folders: train, val"):
        read_targets(both, WNIDS)


@pytest.mark.parametrize(
    "make",
    [lambda path: folder_of(path / "val", {"a.JPEG": b""}), lambda path: tar_of(path / "val.tar", {"a.JPEG": b""})],
)
def test_images_without_class_folders_are_refused_with_advice(tmp_path, make):
    with pytest.raises(InputError, match=r"a\.JPEG lies in no class folder.*list them in a CSV"):
        read_targets(make(tmp_path), WNIDS)


def test_a_folder_that_is_no_class_is_refused_with_advice(tmp_path):
    with pytest.raises(InputError, match=r"val/a\.JPEG has class 'val'.*list them in a CSV"):
        read_targets(tar_of(tmp_path / "val.tar", {"val/a.JPEG": b""}), WNIDS)


@pytest.mark.parametrize("name", ["list.csv", "list.json", "list.txt"])
def test_lists_are_told_from_images(tmp_path, name):
    (tmp_path / name).touch()
    assert is_list(tmp_path / name)
    assert not is_list(tmp_path)
    assert not is_list(tar_of(tmp_path / "val.tar", FILES))


def test_a_list_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be read"):
        read_targets(tmp_path / "list.csv", WNIDS)
