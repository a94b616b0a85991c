"""Reading pixels ahead of the device."""

import shutil
import threading

import numpy as np
import pytest

from errata.errors import InputError
from errata.inference.pixels import pixel_batches
from errata.views.build import leave_uncached
from errata.views.view import parse_view


@pytest.fixture
def read(pictures):
    """Reads the drawn images' view in batches of three."""
    view = parse_view("64-67-bilinear-center")

    def batches(**source):
        where = {"view_file": None, "images": None, **source}
        return pixel_batches(**where, index=pictures.index, view=view, batch=3, threads=1)

    return batches


def readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("pixels")]


def test_rows_come_in_order_without_the_unreadable_one(read, pictures):
    rows = [row for rows, _ in read(view_file=pictures.view_file) for row in rows.tolist()]
    assert rows == [i for i in range(20) if i != 5]


def test_where_a_view_is_not_cached_the_images_are_decoded(read, pictures, tmp_path):
    leave_uncached(parse_view("64-67-bilinear-center"), tmp_path / "view.npy")
    rows = [row for rows, _ in read(view_file=tmp_path / "view.npy", images=pictures.root) for row in rows.tolist()]
    assert len(rows) == 19


def test_a_cached_view_and_decoding_give_the_same_pixels(read, pictures):
    cached, decoded = (
        np.concatenate([pixels.numpy() for _, pixels in read(**source)])
        for source in ({"view_file": pictures.view_file}, {"images": pictures.root})
    )
    assert cached.dtype == np.uint8
    assert np.array_equal(cached, decoded)


def test_an_image_that_was_damaged_after_it_was_indexed_is_named(read, pictures, tmp_path):
    shutil.copytree(pictures.root, tmp_path / "images")
    file = tmp_path / "images" / "img_07.jpeg"
    file.write_bytes(b"x" * file.stat().st_size)
    with pytest.raises(InputError, match=r"img_07\.jpeg"):
        list(read(images=tmp_path / "images"))


def test_reading_ends_when_nobody_wants_more(read, pictures):
    batches = read(view_file=pictures.view_file)
    next(batches)
    assert readers()
    batches.close()
    assert not readers()
