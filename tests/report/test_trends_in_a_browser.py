"""The plot of the page of trends as a reader uses it, in a real browser; skips where there is none."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from selenium.webdriver.common.keys import Keys

from errata.report.site import write_report
from errata.results import Results
from errata.shipped import published_rows
from paired.golden_pairs import differences
from report.browser import NARROW, WIDE, Reader
from report.conftest import HOSTILE
from trends.golden_trend import GOLDEN

CHOSEN = "category=fine_grained&group=artifact"


@pytest.fixture
def page(hostile_report: Path) -> Path:
    return hostile_report / "trends.html"


def table(reader: Reader) -> dict[str, list[str]]:
    """The table under the plot: the cells of every model by its name."""
    reader.run("document.getElementById('trend-table').open = true")
    script = """
        const details = document.getElementById("trend-table");
        details.dispatchEvent(new Event("toggle"));
        const rows = [...details.querySelectorAll("tbody tr")];
        return rows.map((row) => [...row.cells].map((cell) => cell.textContent));
    """
    return {name: cells for name, *cells in reader.run(script)}


def test_the_address_chooses_what_is_shown(reader: Reader, page: Path):
    reader.open(page, f"{CHOSEN}&quantity=count")
    label = reader.one("#trend-plot").get_attribute("aria-label")
    assert label.startswith("fine-grained, artifacts: errors against MLA, 47 models")
    reader.open(page, "category=plants&group=nobody")
    assert "47 models" in reader.one("#trend-plot").get_attribute("aria-label")


def test_the_table_places_models_where_the_comparison_does(reader: Reader, page: Path, hostile_inputs: Results):
    reader.open(page, CHOSEN)
    rows = table(reader)
    assert len(rows) == 47
    positions = hostile_inputs.comparison.filter(category="fine_grained", group="artifact", quantity="share")
    assert set(positions["model"]) == set(HOSTILE)
    assert 0 < positions["extrapolated"].sum() < positions.height
    for row in positions.iter_rows(named=True):
        came_from, accuracy, value, expected, residual, percentile, *_ = rows[row["model"]]
        assert came_from == "this report"
        if row["extrapolated"]:
            # beyond the published models nothing is expected
            assert (expected, residual, percentile) == ("–", "–", "–")
            continue
        shown = [float(text.replace("−", "-")) for text in (accuracy, value, expected, residual, percentile)]
        wanted = [row[name] for name in ("accuracy", "value", "expected", "residual", "percentile")]
        assert shown[:4] == pytest.approx(wanted[:4], abs=0.051)
        assert shown[4] == pytest.approx(wanted[4], abs=1.3)


def test_the_keyboard_alone_goes_from_ones_own_model_on_and_opens_its_page(reader: Reader, page: Path):
    reader.open(page, CHOSEN)
    reader.tab_to("#trend-plot")
    reader.press(Keys.HOME)
    first = reader.one("#trend-point a").text
    assert first in {" ".join(name.split()) for name in HOSTILE}
    reader.press(Keys.ARROW_RIGHT)
    assert reader.one("#trend-point").text.split(" (")[0] != first
    reader.press(Keys.HOME)
    address = reader.one("#trend-point a").get_attribute("href")
    reader.press(Keys.ENTER)
    assert reader.driver.current_url == address
    assert "/models/" in address


@pytest.fixture(scope="module")
def page_of_one(make_inputs: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a single model."""
    folder = tmp_path_factory.mktemp("one") / "report"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("errata.report.overview.draw_figures", lambda *_: None)
        write_report(make_inputs("mine"), folder)
    return folder / "trends.html"


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide, light", "narrow, dark"])
def test_ones_own_model_has_its_name_and_intervals_and_its_neighbours_names(
    reader: Reader, page_of_one: Path, width: int, dark: bool
):
    reader.open(page_of_one, width=width, dark=dark)
    assert reader.one("#trend-plot .own-name").text == "mine"
    assert 1 <= len(reader.all("#trend-plot .neighbour-name")) <= 3
    assert len(reader.all("#trend-plot .interval")) == 2
    assert reader.one("#trend-point a").text == "mine"
    boxes = [name.rect for name in reader.all("#trend-plot .own-name, #trend-plot .neighbour-name")]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            beside = one["x"] >= other["x"] + other["width"] - 2 or other["x"] >= one["x"] + one["width"] - 2
            above = one["y"] >= other["y"] + other["height"] - 6 or other["y"] >= one["y"] + one["height"] - 6
            assert beside or above


@pytest.fixture(scope="module")
def page_of_another_data_set(make_inputs: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of results on ImageNet-A, beside models that are published for ImageNet too."""
    inputs = make_inputs("mine", checked=True)
    names = published_rows()["model"].unique().sort().head(40)
    places = inputs.published["model"].rank("dense") - 1
    published = inputs.published.with_columns(model=names.gather(places))
    folder = tmp_path_factory.mktemp("another") / "report"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("errata.report.overview.draw_figures", lambda *_: None)
        elsewhere = inputs.profile.with_columns(mla=pl.lit(88.0))
        facts = replace(inputs.facts, dataset="imagenet-a")
        write_report(inputs.having(published=published, facts=facts, imagenet_profile=elsewhere), folder)
    return folder / "trends.html"


def test_on_another_data_set_the_accuracy_on_imagenet_can_be_across(
    reader: Reader, page_of_another_data_set: Path, page_of_one: Path
):
    reader.open(page_of_another_data_set, "across=imagenet&category=model_failure&find=--")
    plot = reader.one("#trend-plot")
    assert "against MLA on ImageNet, 41 models" in plot.get_attribute("aria-label")
    name, cells = next(iter(table(reader).items()))
    published = published_rows().filter(model=name, group="all").row(0, named=True)
    assert float(cells[1]) == pytest.approx(published["mla"], abs=0.051)
    reader.open(page_of_another_data_set, "across=imagenet&category=model_failure&find=mine")
    assert float(table(reader)["mine"][1]) == 88.0
    reader.open(page_of_one)
    assert not reader.one("#across").is_displayed()


def test_the_map_comes_before_its_controls_and_all_else(reader: Reader, page_of_one: Path):
    reader.open(page_of_one)
    top = reader.one("#trend-plot").rect["y"]
    assert top < 300
    assert top < reader.one("#trend-controls").rect["y"] < reader.one("#place").rect["y"]
    words = [element.text for element in reader.all("#content header, .map-place")]
    assert len(" ".join(words).split()) <= 40


def test_a_touch_names_a_model_without_leaving_the_page(reader: Reader, page_of_one: Path):
    reader.open(page_of_one)
    touch = """
        const mark = document.querySelector("#trend-plot .own-marks").getBoundingClientRect();
        const at = { clientX: mark.x + mark.width / 2, clientY: mark.y + mark.height / 2, pointerType: "touch" };
        document.getElementById("trend-plot").dispatchEvent(new PointerEvent("click", at));
    """
    reader.run(touch)
    assert reader.one("#trend-point a").text == "mine"
    assert reader.driver.current_url.endswith("trends.html")


def test_a_share_can_be_of_all_errors_or_of_the_images(reader: Reader, page: Path, hostile_inputs: Results):
    row = hostile_inputs.profile.filter(model="plain_model.v1", group="artifact").row(0, named=True)
    for quantity, whole in (("share", row["mle"]), ("of_errors", row["top1_errors"]), ("of_images", row["images"])):
        reader.open(page, f"{CHOSEN}&quantity={quantity}")
        assert float(table(reader)["plain_model.v1"][2]) == pytest.approx(100 * row["fine_grained"] / whole, abs=0.051)


LINE = "return trendNumbers.lineOf(Array.from({ length: 12 }, (_, x) => ({ x, y: 3 - 2 * x + (x % 2 ? 1 : -1) })))"


def test_a_line_per_class_is_the_least_squares_line(reader: Reader, page: Path):
    reader.open(page)
    slope, intercept = np.polyfit(range(12), [3 - 2 * x + (1 if x % 2 else -1) for x in range(12)], 1)
    found = reader.run(LINE)
    assert (found["slope"], found["intercept"]) == pytest.approx((slope, intercept))
    assert reader.run("return trendNumbers.lineOf([{x: 1, y: 1}, {x: 2, y: 2}])") is None


def test_part_of_a_name_finds_models(reader: Reader, page: Path):
    reader.open(page, CHOSEN)
    reader.one("#trend-controls input[name=find]").send_keys("PUBLISHED--1")
    assert reader.one("#trend-found").text == "11 models"
    assert len(reader.all("#trend-plot .found-mark")) == 11
    assert len(table(reader)) == 11


def test_a_category_that_the_mla_forgives_is_shown_against_top1(reader: Reader, page: Path):
    reader.open(page)
    script = """
        const select = document.querySelector("#trend-controls select[name=category]");
        select.value = arguments[0];
        select.dispatchEvent(new Event("change", { bubbles: true }));
        return document.getElementById("trend-plot").getAttribute("aria-label");
    """
    assert "% of the top-1 errors against top-1" in reader.run(script, "multi_label")
    assert "% of the multi-label errors against MLA" in reader.run(script, "fine_grained")


def test_without_its_scripts_the_page_shows_the_figures(reader: Reader, page: Path):
    bare = page.with_name("bare.html")
    html = page.read_text(encoding="utf-8")
    bare.write_text("".join(part.partition("</script>")[2] for part in f"</script>{html}".split("<script")))
    try:
        reader.open(bare)
        assert not reader.one("#explore").is_displayed()
        assert reader.all("#figures img")[0].is_displayed()
    finally:
        bare.unlink()


def test_every_published_model_is_a_point(reader: Reader, page: Path, published: pl.DataFrame):
    reader.open(page, "category=model_failure&group=all")
    label = reader.one("#trend-plot").get_attribute("aria-label")
    assert f"{published['model'].n_unique()} models" in label


NUMBERS = """
    const { pieces, inflection, residuals, at, of_residuals } = arguments[0];
    const { heightAt, percentileAmong, pieceAt, reachAt } = trendNumbers;
    const side = (prediction, sign) => at.map((x) => {
        const piece = pieceAt({ pieces, inflection }, x);
        return heightAt(piece, x) + sign * reachAt(piece, x, prediction);
    });
    const bands = {
        expected: at.map((x) => heightAt(pieceAt({ pieces, inflection }, x), x)),
        confidence_low: side(false, -1), confidence_high: side(false, 1),
        prediction_low: side(true, -1), prediction_high: side(true, 1),
    };
    return { bands, percentiles: of_residuals.map((residual) => percentileAmong(residuals, residual)) };
"""


def test_the_script_reads_a_trend_as_it_is_written_down_for_python(reader: Reader, page: Path):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    reader.open(page)
    found = reader.run(NUMBERS, golden)
    assert list(differences(found, {name: golden[name] for name in ("bands", "percentiles")}, "trend")) == []
