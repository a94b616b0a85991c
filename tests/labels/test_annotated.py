import polars as pl
import pytest

from errata.errors import InputError
from errata.labels.multilabels import annotated_images

TARGETS = pl.DataFrame({"file_name": ["a", "b", "c"], "position": [0, 1, 2], "target": [5, 5, 7]}).cast(
    {"position": pl.Int32, "target": pl.Int16}
)


def test_annotated_are_the_images_with_multi_labels_in_the_order_of_the_data_set():
    found = annotated_images(TARGETS, pl.DataFrame({"file_name": ["c", "a"]}))
    assert found.rows() == [("a", 0), ("c", 2)]


def test_multi_labels_of_another_data_set_are_refused():
    with pytest.raises(InputError, match="the multi-labels have 2 images, 1 of which the data set has"):
        annotated_images(TARGETS, pl.DataFrame({"file_name": ["a", "z"]}))


def test_multi_labels_of_no_image_are_refused():
    with pytest.raises(InputError, match="the multi-labels have 0 images"):
        annotated_images(TARGETS, pl.DataFrame({"file_name": []}, schema={"file_name": pl.String}))
