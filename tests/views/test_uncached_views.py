"""Views that are not worth caching: a note in place of pixels."""

from pathlib import Path

from errata.views.build import leave_uncached
from errata.views.read import open_view
from errata.views.view import parse_view


def test_an_uncached_view_is_an_array_of_no_images(tmp_path: Path):
    leave_uncached(parse_view("64-67-bicubic-center"), tmp_path / "view.npy")
    assert open_view(tmp_path / "view.npy").shape == (0, 64, 64, 3)
