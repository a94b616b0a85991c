from pathlib import Path

import polars as pl
import pytest

from errata.errors import InputError
from errata.images.match import match_files
from errata.images.store import FILES_SCHEMA
from images.pictures import targets_of


def matched(images, locations):
    files = pl.DataFrame({"location": locations, "offset": None, "bytes": 7}, schema=FILES_SCHEMA)
    return dict(match_files(targets_of(*images), files, root=Path("root")).select("file_name", "location").iter_rows())


def test_an_image_is_the_file_at_its_location():
    assert matched(["n01/a.JPEG", "n02/a.JPEG"], ["n02/a.JPEG", "n01/a.JPEG"]) == {
        "n01/a.JPEG": "n01/a.JPEG",
        "n02/a.JPEG": "n02/a.JPEG",
    }


def test_a_list_without_folders_finds_its_images_in_class_folders():
    assert matched(["val_1.JPEG", "val_2.JPEG"], ["n09/val_1.JPEG", "n01/val_2.JPEG"]) == {
        "val_1.JPEG": "n09/val_1.JPEG",
        "val_2.JPEG": "n01/val_2.JPEG",
    }


def test_a_list_with_folders_finds_its_images_in_a_flat_store():
    assert matched(["n09/val_1.JPEG"], ["val_1.JPEG"]) == {"n09/val_1.JPEG": "val_1.JPEG"}


def test_a_folder_around_the_class_folders_does_not_matter():
    assert matched(["n01/a.jpg", "n02/a.jpg"], ["imagenet-a/n01/a.jpg", "imagenet-a/n02/a.jpg"]) == {
        "n01/a.jpg": "imagenet-a/n01/a.jpg",
        "n02/a.jpg": "imagenet-a/n02/a.jpg",
    }


def test_the_result_is_by_position_whatever_the_order_of_the_files():
    files = pl.DataFrame({"location": ["x/b", "a"], "offset": None, "bytes": [2, 1]}, schema=FILES_SCHEMA)
    table = match_files(targets_of("a", "b"), files, root=Path("root"))
    assert table.select("position", "bytes").rows() == [(0, 1), (1, 2)]


def test_missing_images_are_counted_and_the_first_is_named():
    with pytest.raises(
        InputError, match=r"no file for the image b\.JPEG \(2 of 3 images are missing; other images there"
    ):
        matched(["a.JPEG", "b.JPEG", "c.JPEG"], ["a.JPEG", "x.JPEG"])


def test_an_image_of_one_class_is_never_found_in_the_folder_of_another():
    with pytest.raises(InputError, match=r"no file for the image n01/a\.JPEG"):
        matched(["n01/a.JPEG"], ["n02/a.JPEG"])


def test_an_image_that_could_be_several_files_is_refused():
    with pytest.raises(InputError, match=r"a\.JPEG could be any of 2 files: n01/a\.JPEG, n02/a\.JPEG"):
        matched(["a.JPEG"], ["n01/a.JPEG", "n02/a.JPEG"])


def test_a_file_that_could_be_several_images_is_refused():
    with pytest.raises(InputError, match=r"the file a\.JPEG could be several images"):
        matched(["n01/a.JPEG", "n02/a.JPEG"], ["a.JPEG"])


def test_further_images_are_left_out_and_counted_in_the_log(caplog):
    assert matched(["a.JPEG"], ["a.JPEG", "b.JPEG", "c.png", "README.txt"]) == {"a.JPEG": "a.JPEG"}
    assert "2 image files are not in the data set and left out: b.JPEG, c.png" in caplog.text


@pytest.mark.parametrize(
    "locations",
    [
        ["val_1_n01440764.JPEG", "val_2_n01443537.JPEG"],
        ["data/val_1_n01440764.JPEG", "data/val_2_n01443537.JPEG"],
        ["val_1.png", "val_2.webp"],
    ],
)
def test_images_are_found_under_another_suffix_and_with_their_wnid_at_the_end(locations):
    assert list(matched(["val_1.JPEG", "val_2.JPEG"], locations).values()) == locations


def test_the_same_image_under_two_suffixes_is_refused():
    with pytest.raises(InputError, match="could be any of 2 files"):
        matched(["val_1.JPEG"], ["val_1.png", "val_1.webp"])
