"""Where new models stand among the published ones."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.published.tables import COMPARISON
from errata.tables import check_table
from errata.trends.cloud import measures
from errata.trends.lines import compare, fit_trends

CHECKED = [name for name in CATEGORY_COLUMNS if name != "open_world_unchecked"]


def models(count: int = 30) -> pl.DataFrame:
    """Published models 0, 1, 2, ... of 1,000 images, in the group `all`, whose errors fall by ten from one to the next.

    Of their errors 10 are overlaps, 90 multi-labels; half of the rest are fine-grained, a quarter out of vocabulary, a
    quarter model failures.
    """
    rest = 600 - 10 * np.arange(count)
    return pl.DataFrame(
        {
            "model": [f"published {number}" for number in range(count)],
            "group": ["all"] * count,
            "images": np.full(count, 1000),
            "correct": 1000 - 100 - rest,
            "top1_errors": 100 + rest,
            "class_overlap": np.full(count, 10),
            "multi_label": np.full(count, 90),
            "fine_grained": rest // 2,
            "fine_grained_oov": rest // 4,
            "spurious_correlation": np.zeros(count, int),
            "non_prototypical": np.zeros(count, int),
            "model_failure": rest - rest // 2 - rest // 4,
            "mla": 100 - rest / 10,
        }
    )


def unchecked(frame: pl.DataFrame) -> pl.DataFrame:
    """The same models in an atlas without open-world evidence."""
    return frame.with_columns(
        pl.sum_horizontal(BEYOND_OPEN_WORLD).alias("open_world_unchecked"),
        *(pl.lit(None, pl.Int64).alias(name) for name in BEYOND_OPEN_WORLD),
    )


def position(comparison: pl.DataFrame, category: str, quantity: str) -> dict:
    return comparison.filter(category=category, quantity=quantity).row(0, named=True)


def test_shares_of_overlap_and_multi_label_are_of_the_top1_errors_and_follow_top1():
    row = measures(models(1)).filter(category="multi_label", quantity="share").row(0, named=True)
    assert (row["accuracy_kind"], row["accuracy"], row["value"]) == ("top1", 30.0, pytest.approx(100 * 90 / 700))


def test_other_shares_are_of_the_multi_label_errors_and_follow_the_mla():
    row = measures(models(1)).filter(category="fine_grained", quantity="share").row(0, named=True)
    assert (row["accuracy_kind"], row["accuracy"], row["value"]) == ("mla", 40.0, 50.0)


def test_what_published_models_left_unchecked_would_be_is_the_sum_of_four_categories():
    row = measures(models(1)).filter(category="open_world_unchecked", quantity="count").row(0, named=True)
    assert row["value"] == 300


def test_undefined_counts_have_no_measure():
    frame = models(1).with_columns(pl.lit(None, pl.Int64).alias("multi_label"))
    assert "multi_label" not in measures(frame)["category"].to_list()


def test_no_errors_have_no_shares():
    frame = models(1).with_columns(pl.lit(0).alias(name) for name in ["top1_errors", *CHECKED])
    assert measures(frame)["quantity"].unique().to_list() == ["count"]


def test_a_model_on_the_line_has_no_residual():
    new = unchecked(models(10)[9:])
    found = position(compare(new, models()), "fine_grained", "count")
    assert found["residual"] == pytest.approx(0, abs=1e-6)
    assert found["expected"] == pytest.approx(255)


def test_a_model_off_the_line_is_outside_and_at_the_edge_of_the_percentiles():
    new = unchecked(models(10)[9:]).with_columns(fine_grained=pl.lit(400))
    found = position(compare(new, models()), "fine_grained", "count")
    assert found["outside"]
    assert found["percentile"] == 100
    assert found["standard_deviations"] > 4


def with_limits(frame: pl.DataFrame, **reach: float) -> pl.DataFrame:
    """The same models with 95 % limits so far to either side of their statistics."""
    share = 100 * pl.col("fine_grained") / pl.sum_horizontal("fine_grained", "fine_grained_oov", "model_failure")
    at = {"mla": pl.col("mla"), "share_fine_grained": share}
    limits = {f"{name}_{side}": at[name] + sign * by for name, by in reach.items() for side, sign in SIDES}
    return frame.with_columns(**limits)


SIDES = (("low", -1), ("high", 1))


def off_the_line(by: int) -> pl.DataFrame:
    """A model with so many fine-grained errors, of 510, more than the published ones of its accuracy."""
    frame = models(10)[9:]
    return frame.with_columns(fine_grained=pl.col("fine_grained") + by, model_failure=pl.col("model_failure") - by)


def test_a_share_whose_own_interval_reaches_the_line_is_not_outside():
    exact, uncertain = (
        position(compare(with_limits(off_the_line(51), share_fine_grained=reach), models()), "fine_grained", "share")
        for reach in (0.1, 12.0)
    )
    assert exact["outside"]
    assert not uncertain["outside"]
    assert uncertain["residual"] == exact["residual"] == pytest.approx(10, abs=0.1)
    assert uncertain["residual_low"] < 0 < exact["residual_low"]


def test_an_uncertain_accuracy_counts_by_how_steep_the_trend_is():
    # 49 to 49.8 % of the errors are fine-grained: the trend is flat, so the accuracy says nothing about the share
    found = position(compare(with_limits(off_the_line(51), mla=20.0), models()), "fine_grained", "share")
    assert found["outside"]
    steep = with_limits(models(10)[9:], mla=5.0)
    assert position(compare(steep, models()), "fine_grained", "count")["residual_high"] == pytest.approx(25, abs=1)


def test_an_unchecked_model_is_compared_with_the_sum_and_not_with_its_parts():
    categories = set(compare(unchecked(models(10)), models())["category"])
    assert categories == {"class_overlap", "multi_label", "fine_grained", "open_world_unchecked"}


def test_a_checked_model_is_compared_with_the_parts_and_not_with_the_sum():
    new = models(10).with_columns(pl.lit(0).alias("open_world_unchecked"))
    assert set(compare(new, models())["category"]) == set(CHECKED)


def test_an_accuracy_beyond_the_published_ones_is_marked():
    beyond, within = (compare(unchecked(models(35)[[row]]), models()) for row in (34, 20))
    assert position(beyond, "fine_grained", "share")["extrapolated"]
    assert not position(within, "fine_grained", "share")["extrapolated"]


def test_published_models_of_like_accuracy_are_counted():
    # the MLA rises by one point from model to model: two on either side, and the one of the same MLA
    assert position(compare(unchecked(models(10)[9:]), models()), "fine_grained", "share")["published_nearby"] == 5


def test_counts_are_compared_only_over_as_many_images():
    new = unchecked(models(10)).with_columns(images=pl.lit(999))
    assert compare(new, models())["quantity"].unique().to_list() == ["share"]


def test_too_few_published_models_give_no_comparison():
    comparison = compare(unchecked(models(3)), models(5))
    assert comparison.is_empty()
    check_table(comparison, COMPARISON, where="comparison")


@pytest.mark.real
def test_95_per_cent_of_the_published_models_are_inside_their_bands(real: Path):
    published = read_published(published_files(real / "reference_stats", "imagenet"))
    new = published.with_columns(pl.lit(None, pl.Int32).alias("open_world_unchecked"))
    outside = compare(new, published).group_by("category", "quantity").agg(pl.col("outside").mean())
    assert outside["outside"].max() < 0.07
    assert outside["outside"].min() > 0.02


@pytest.mark.real
def test_model_failures_fall_faster_where_accuracy_is_high(real: Path):
    # a finding of the paper: the slope beyond the inflection point is the steeper one
    published = read_published(published_files(real / "reference_stats", "imagenet"))
    first, second = fit_trends(published)["all", "model_failure", "share"].lines
    assert second.slope < 2 * first.slope < 0


def test_far_beyond_the_published_accuracies_nothing_is_outside_and_expectations_stay_possible():
    far = models(1).with_columns(
        pl.lit("weak").alias("model"), pl.lit(0.0).alias("mla"), pl.lit(1000).alias("fine_grained")
    )
    rows = compare(far, models()).filter(quantity="share", accuracy_kind="mla")
    assert rows["extrapolated"].all()
    assert not rows["outside"].any()
    assert rows["expected"].is_between(0, 100).all()


def test_an_accuracy_that_differs_from_the_lowest_published_one_by_rounding_is_not_beyond_it():
    lowest = models(1).with_columns(pl.lit("mine").alias("model"), pl.lit(39.995).alias("mla"))
    row = position(compare(lowest, models()), "fine_grained", "share")
    assert not row["extrapolated"]
