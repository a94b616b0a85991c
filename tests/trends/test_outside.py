"""Few models that are like the published ones are called outside; those that differ are found."""

import polars as pl
import pytest

from errata.shipped import published_rows
from trends.outside_calibration import SIZES, false_alarms, positions, power


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    published = published_rows()
    return positions(published, published["architecture_name"].unique().sort().to_list()[::10])


@pytest.mark.slow
def test_at_most_5_per_cent_of_the_shares_are_outside_by_mistake(found: pl.DataFrame):
    table = false_alarms(found)
    assert tuple(table["images"]) == SIZES
    assert table["outside"].max() <= 5


@pytest.mark.slow
def test_the_band_alone_would_call_most_shares_of_few_images_outside(found: pl.DataFrame):
    assert false_alarms(found)["band"][0] > 50


@pytest.mark.slow
def test_a_model_that_truly_differs_is_found_the_surer_the_more_images_there_are(found: pl.DataFrame):
    for (_,), rows in power(found).group_by("category"):
        outside = rows.sort("images")["outside"].to_list()
        assert outside == sorted(outside)
        assert outside[-1] > 95
