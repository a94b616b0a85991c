"""The lines along the accuracy, as a table."""

import json
from collections.abc import Callable

import polars as pl
import pytest

from errata.trends.cloud import points_of
from errata.trends.lines import explained, fit_lines, lines_table
from errata.trends.tables import TREND_LINES
from paired.golden_pairs import differences
from trends.golden_trend import GOLDEN, golden_trend

Make = Callable[..., pl.DataFrame]
FAILURES = {"group": "artifact", "category": "model_failure", "quantity": "share"}


def test_every_category_is_followed_divided_in_every_way_along_its_own_accuracy(make_models: Make):
    fits = fit_lines(make_models())
    known = {"class_overlap": "top1", "multi_label": "top1", "fine_grained": "mla", "model_failure": "mla"}
    assert set(fits) == {
        (group, category, quantity, accuracy)
        for group in ("all", "organism", "artifact")
        for category, accuracy in known.items()
        for quantity in ("share", "of_errors", "of_images", "count")
    }


def test_a_share_of_the_images_divides_by_all_of_them(make_models: Make):
    models = make_models()
    accuracy, value = points_of(models, "artifact")["model_failure", "of_images"]
    rows = models.filter(group="artifact")
    assert accuracy.tolist() == rows["mla"].to_list()
    assert value.tolist() == (100 * rows["model_failure"] / rows["images"]).to_list()


def test_models_without_a_count_are_no_points(make_models: Make):
    models = make_models().with_columns(pl.when(pl.col("model") > "m").then("model_failure").alias("model_failure"))
    accuracy, value = points_of(models, "artifact")["model_failure", "count"]
    known = models.filter(group="artifact")["model_failure"].drop_nulls()
    assert value.tolist() == known.to_list()
    assert accuracy.size == value.size


def test_the_table_says_where_the_lines_begin_change_and_end(make_models: Make):
    models = make_models()
    fits = fit_lines(models)
    table = lines_table({"here": (models, fits)})
    assert table.columns == list(TREND_LINES.columns)
    first, second = table.filter(**FAILURES, accuracy_kind="mla").to_dicts()
    trend = fits["artifact", "model_failure", "share", "mla"]
    assert first["accuracy_to"] == second["accuracy_from"] == trend.inflection == first["inflection"]
    assert (first["accuracy_from"], second["accuracy_to"]) == (trend.accuracies[0], trend.accuracies[-1])
    assert first["inflection_low"] <= first["inflection"] <= first["inflection_high"]
    assert (first["slope"], second["slope"]) == tuple(line.slope for line in trend.lines)
    assert first["slope_low"] < first["slope"] < first["slope_high"]
    assert first["models"] + second["models"] == 200


def test_what_the_lines_explain_is_one_minus_the_rest(make_models: Make):
    models = make_models()
    _, y = points_of(models, "artifact")["model_failure", "share"]
    trend = fit_lines(models)["artifact", "model_failure", "share", "mla"]
    assert explained(trend, y) == pytest.approx(100 * (1 - (trend.residuals**2).sum() / ((y - y.mean()) ** 2).sum()))


def test_few_models_have_no_lines(make_models: Make):
    models = make_models(models=9)
    assert fit_lines(models) == {}
    assert lines_table({"here": (models, {})}).is_empty()


def test_a_trend_is_the_one_that_is_written_down_for_the_pages_script():
    expected = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert list(differences(golden_trend(), expected, "trend")) == []
