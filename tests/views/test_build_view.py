import io
import shutil
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from timm.data import create_transform

from errata.errors import InputError, StorageError
from errata.images.index import index_images
from errata.images.tables import IMAGES
from errata.tables import write_table
from errata.views.build import build_view
from errata.views.read import open_view
from errata.views.view import View
from images.pictures import encoded, folder_of, jpeg, noise, tar_of, targets_of

VIEW = View(32, 36, "bicubic", "center")


@pytest.fixture
def world(tmp_path):
    """A tar of 150 images of which two cannot be read, and its table of images."""
    files = {f"{number:03}.JPEG": jpeg(number) for number in range(150)}
    files |= {"007.JPEG": b"", "149.JPEG": files["149.JPEG"][:-200]}
    root = tar_of(tmp_path / "val.tar", files)
    index, _ = index_images(root, targets_of(*files), threads=2)
    return root, index, files


def test_row_i_of_a_view_is_image_i_as_timm_sees_it(world, tmp_path):
    root, index, files = world
    build_view(root, index, VIEW, tmp_path / "view.npy", threads=2)
    pixels = open_view(tmp_path / "view.npy")
    reference = create_transform(
        input_size=(3, 32, 32), interpolation="bicubic", crop_pct=0.875, is_training=False, normalize=False
    )
    assert (pixels.dtype, pixels.shape) == (np.uint8, (150, 32, 32, 3))
    for row, (name, problem) in enumerate(index.select("file_name", "problem").iter_rows()):
        if problem is None:
            expected = reference(Image.open(io.BytesIO(files[name])).convert("RGB")).permute(1, 2, 0).numpy()
            assert np.array_equal(pixels[row], expected)


def test_rows_of_unreadable_images_are_zero(world, tmp_path):
    root, index, _ = world
    build_view(root, index, VIEW, tmp_path / "view.npy", threads=2)
    pixels = open_view(tmp_path / "view.npy")
    assert [row for row in range(150) if not pixels[row].any()] == [7, 149]


def test_rows_that_are_not_asked_for_are_zero_and_the_others_as_in_the_whole_view(world, tmp_path):
    root, index, _ = world
    rows = np.arange(0, 150, 7)
    build_view(root, index, VIEW, tmp_path / "whole.npy", threads=2)
    build_view(root, index, VIEW, tmp_path / "part.npy", threads=2, rows=rows)
    whole, part = open_view(tmp_path / "whole.npy"), open_view(tmp_path / "part.npy")
    assert np.array_equal(part[rows], whole[rows])
    # image 7 is among them and cannot be read
    assert np.flatnonzero(part.any(axis=(1, 2, 3))).tolist() == [row for row in rows if row != 7]


def test_a_view_does_not_depend_on_the_number_of_threads(world, tmp_path):
    root, index, _ = world
    for threads in (1, 2, 7):
        build_view(root, index, VIEW, tmp_path / f"{threads}.npy", threads=threads)
    first = (tmp_path / "1.npy").read_bytes()
    assert first == (tmp_path / "2.npy").read_bytes() == (tmp_path / "7.npy").read_bytes()


def test_a_view_of_no_readable_image_is_all_zero(tmp_path):
    root = folder_of(tmp_path / "val", {"a.JPEG": b"", "b.JPEG": b"x"})
    index, _ = index_images(root, targets_of("a.JPEG", "b.JPEG"), threads=1)
    build_view(root, index, VIEW, tmp_path / "view.npy", threads=1)
    assert open_view(tmp_path / "view.npy").shape == (2, 32, 32, 3)
    assert not open_view(tmp_path / "view.npy").any()


def test_an_image_that_changed_since_it_was_indexed_leaves_no_view(tmp_path):
    content = jpeg(1)
    root = folder_of(tmp_path / "val", {"a.JPEG": content})
    index, _ = index_images(root, targets_of("a.JPEG"), threads=1)
    (root / "a.JPEG").write_bytes(bytes(len(content)))
    with pytest.raises(InputError, match=r"a\.JPEG cannot be decoded any more"):
        build_view(root, index, VIEW, tmp_path / "views" / "view.npy", threads=1)
    assert list((tmp_path / "views").iterdir()) == []


def test_a_disk_that_is_too_small_is_noticed_before_any_work(world, tmp_path, monkeypatch):
    root, index, _ = world
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))
    # 148 readable images of 150: what is not written takes no space
    with pytest.raises(StorageError, match="needs 454,656 bytes, the disk has 1 free"):
        build_view(root, index, VIEW, tmp_path / "view.npy", threads=1)


BUILD = """
import sys
from errata.images.tables import IMAGES
from errata.tables import read_table
from errata.views.build import build_view
from errata.views.view import View
root, index, path = sys.argv[1:]
build_view(root, read_table(IMAGES, index), View(32, 36, "bicubic", "center"), path, threads=1)
"""


def test_a_killed_build_leaves_no_view_and_the_next_one_makes_the_same(tmp_path):
    large = encoded(noise(width=500, height=400))
    files = {f"{number:03}.JPEG": large for number in range(160)}
    root = tar_of(tmp_path / "val.tar", files)
    known, _ = index_images(root, targets_of(*files), threads=2)
    write_table(known, IMAGES, tmp_path / "images.parquet")
    folder = tmp_path / "views"
    command = [sys.executable, "-c", BUILD, str(root), str(tmp_path / "images.parquet"), str(folder / "view.npy")]
    with subprocess.Popen(command) as process:
        while process.poll() is None and not any(has_pixels(part) for part in folder.glob(".*.part")):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (folder / "view.npy").exists()
    assert len(list(folder.glob(".*.part"))) == 1

    subprocess.run(command, check=True)
    build_view(root, known, VIEW, tmp_path / "undisturbed.npy", threads=2)
    assert (folder / "view.npy").read_bytes() == (tmp_path / "undisturbed.npy").read_bytes()


def has_pixels(part):
    """Whether any pixel after the array's header was written."""
    return any(part.read_bytes()[1000:])
