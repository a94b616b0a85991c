import threading
import time

import numpy as np
import pytest

from errata.errors import InputError
from errata.images.index import index_images
from errata.views import read
from errata.views.build import build_view
from errata.views.read import decode, decode_batches, open_view, read_view
from errata.views.view import View
from images.pictures import folder_of, jpeg, targets_of

VIEW = View(24, 24, "bilinear", "squash")


@pytest.fixture
def world(tmp_path):
    """Sixty images, the third unreadable: the folder, the table of images, the view's file."""
    files = {f"{number:02}.JPEG": jpeg(number) for number in range(60)} | {"02.JPEG": b"no image"}
    root = folder_of(tmp_path / "val", files)
    index, _ = index_images(root, targets_of(*files), threads=2)
    build_view(root, index, VIEW, tmp_path / "view.npy", threads=2)
    return root, index, tmp_path / "view.npy"


@pytest.mark.parametrize(("batch", "threads"), [(1, 1), (7, 2), (16, 5), (1000, 3)])
def test_decoding_gives_the_view_s_pixels_for_all_readable_rows_in_order(world, batch, threads):
    root, index, path = world
    batches = list(decode_batches(root, index, VIEW, batch=batch, threads=threads))
    rows = np.concatenate([rows for rows, _ in batches])
    assert rows.tolist() == [row for row in range(60) if row != 2]
    assert all(len(rows) <= batch for rows, _ in batches)
    assert np.array_equal(np.concatenate([pixels for _, pixels in batches]), open_view(path)[rows])


def test_chosen_rows_are_decoded_in_the_order_given(world):
    root, index, path = world
    ((rows, pixels),) = decode_batches(root, index, VIEW, batch=8, threads=2, rows=np.array([9, 2, 0, 41]))
    assert rows.tolist() == [9, 0, 41]
    assert np.array_equal(pixels, open_view(path)[[9, 0, 41]])


def test_a_view_s_file_is_read_in_the_same_batches_as_decoding_gives(world):
    root, index, path = world
    stored = read_view(path, index, batch=16, rows=np.arange(30))
    decoded = decode_batches(root, index, VIEW, batch=16, threads=2, rows=np.arange(30))
    for (stored_rows, stored_pixels), (rows, pixels) in zip(stored, decoded, strict=True):
        assert stored_rows.tolist() == rows.tolist()
        assert np.array_equal(stored_pixels, pixels)


@pytest.mark.parametrize("rows", [[3, 4, 5, 9], [41, 7, 8], [59], list(range(60))])
@pytest.mark.parametrize("threads", [1, 3])
def test_any_rows_are_read_by_any_number_of_threads(world, rows, threads):
    _, index, path = world
    batches = list(read_view(path, index, batch=25, threads=threads, rows=np.array(rows)))
    wanted = [row for row in rows if row != 2]
    assert np.concatenate([some for some, _ in batches]).tolist() == wanted
    assert np.array_equal(np.concatenate([pixels for _, pixels in batches]), open_view(path)[wanted])


def test_a_few_images_are_decoded_as_the_view_has_them(world):
    root, index, path = world
    assert np.array_equal(decode(root, index, VIEW, np.array([5, 2, 5])), open_view(path)[[5, 2, 5]])


def test_no_images_give_no_batches(world):
    root, index, path = world
    assert list(decode_batches(root, index, VIEW, batch=4, threads=2, rows=np.array([2]))) == []
    assert list(read_view(path, index, batch=4, rows=np.array([], dtype=int))) == []


def test_only_a_few_batches_are_decoded_ahead_of_the_reader(world, monkeypatch):
    root, index, _ = world
    decoded = []
    undisturbed = read.transform
    monkeypatch.setattr(read, "transform", lambda image, view: decoded.append(1) or undisturbed(image, view))
    batches = decode_batches(root, index, VIEW, batch=8, threads=1)
    next(batches)
    time.sleep(0.3)
    assert 8 <= len(decoded) <= 40
    batches.close()


def test_a_reader_that_stops_early_stops_the_threads(world, monkeypatch):
    root, index, _ = world
    before, decoded = set(threading.enumerate()), []
    undisturbed = read.transform

    def slowly(image, view):
        time.sleep(0.02)
        decoded.append(1)
        return undisturbed(image, view)

    monkeypatch.setattr(read, "transform", slowly)
    batches = decode_batches(root, index, VIEW, batch=2, threads=4)
    next(batches)
    assert set(threading.enumerate()) > before
    batches.close()
    assert set(threading.enumerate()) == before
    # thirteen batches of two were asked for; those that no thread had begun are given up
    assert len(decoded) < 26


def test_an_image_that_is_gone_is_named(world):
    root, index, _ = world
    (root / "31.JPEG").unlink()
    with pytest.raises(InputError, match=r"31\.JPEG cannot be read \(No such file or directory\)"):
        list(decode_batches(root, index, VIEW, batch=16, threads=2))


def test_a_view_of_other_images_is_refused(world):
    _, index, path = world
    with pytest.raises(InputError, match="has 60 images, the table of images has 59"):
        next(read_view(path, index.head(59), batch=4))


@pytest.mark.parametrize(
    "array", [np.zeros((2, 4, 4, 3)), np.zeros((2, 4, 4), np.uint8), np.zeros((2, 3, 4, 4), np.uint8)]
)
def test_arrays_that_are_no_view_are_refused(tmp_path, array):
    np.save(tmp_path / "view.npy", array)
    with pytest.raises(InputError, match="expected the pixels of a view"):
        open_view(tmp_path / "view.npy")


@pytest.mark.parametrize("content", [None, b"", b"no array", "cut"])
def test_files_that_are_no_array_are_refused(tmp_path, content):
    path = tmp_path / "view.npy"
    if content == "cut":
        np.save(path, np.zeros((4, 8, 8, 3), np.uint8))
        path.write_bytes(path.read_bytes()[:-5])
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        open_view(path)
