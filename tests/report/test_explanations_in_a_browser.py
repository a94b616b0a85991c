"""Explanations, doors and filters as a reader uses them, in a real browser; skips where there is none."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from errata.report.glossary import GLOSSARY
from errata.report.site import write_report
from errata.results import Results
from mistakes.answered import answered_world
from report.browser import NARROW, Reader
from report.conftest import with_answers


@pytest.fixture(scope="module")
def report(make_inputs: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two models that answer every image of a small atlas."""
    folder = tmp_path_factory.mktemp("doors")
    models = ("resnet50", "vit")
    inputs = with_answers(make_inputs(*models, checked=True), answered_world(checked=True, models=models), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("errata.report.overview.draw_figures", lambda *_: None)
        patch.setattr("matplotlib.figure.Figure.savefig", lambda *_, **__: None)
        write_report(inputs, folder / "report")
    return folder / "report"


@pytest.fixture(scope="module")
def page(report: Path) -> Path:
    return report / "models" / "resnet50.html"


TERM = "h1 .term"


def shown(reader: Reader) -> str:
    """The explanation that is there to be read, or nothing."""
    tip = reader.one("#tip")
    return tip.text if tip.is_displayed() else ""


def test_a_term_is_explained_when_it_is_pointed_at(reader: Reader, page: Path):
    reader.open(page)
    ActionChains(reader.driver).move_to_element(reader.one(TERM)).perform()
    assert shown(reader) == GLOSSARY["the labels' fault"]
    ActionChains(reader.driver).move_to_element(reader.one("footer")).perform()
    assert shown(reader) == ""


def test_a_term_is_explained_when_it_has_the_focus_and_escape_hides_it(reader: Reader, page: Path):
    reader.open(page)
    term = reader.tab_to(TERM)
    assert shown(reader) == GLOSSARY["the labels' fault"]
    assert term.get_attribute("aria-describedby") == "tip"
    reader.press(Keys.ESCAPE)
    assert shown(reader) == ""
    assert term.get_attribute("title") == GLOSSARY["the labels' fault"]


def test_a_term_is_explained_when_it_is_touched(reader: Reader, page: Path):
    reader.open(page, width=NARROW)
    reader.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        box = reader.one(TERM).rect
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        touch = {"type": "touchStart", "touchPoints": [place]}
        reader.driver.execute_cdp_cmd("Input.dispatchTouchEvent", touch)
        reader.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert shown(reader) == GLOSSARY["the labels' fault"]
        tip = reader.one("#tip").rect
        assert tip["x"] >= 0
        assert tip["x"] + tip["width"] <= NARROW
    finally:
        reader.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_a_piece_of_the_bar_opens_its_images(reader: Reader, page: Path):
    reader.open(page)
    reader.one(".first .bar .k-fine_grained").click()
    where, _, keys = reader.driver.current_url.partition("#")
    assert where.endswith("/explorer.html")
    assert parse_qs(keys)["model"] == ["resnet50"]
    assert parse_qs(keys)["category"] == ["fine_grained"]


@pytest.mark.parametrize("width", [1280, NARROW])
def test_the_bar_is_within_the_first_700_pixels(reader: Reader, page: Path, width: int):
    reader.open(page, width=width)
    bar = reader.one(".first .bar").rect
    assert bar["y"] + bar["height"] <= 700


def test_cells_of_the_table_of_models_open_their_images(reader: Reader, report: Path):
    reader.open(report / "index.html", "group=artifact")
    doors = {link.get_attribute("href").partition("#")[2] for link in reader.all("#models-table td a")}
    assert "model=vit&category=wrong&group=artifact" in doors
    assert "model=resnet50&category=fine_grained&group=artifact" in doors


def test_a_filter_may_have_spaces_around_its_comparison(reader: Reader, report: Path):
    reader.open(report / "index.html")
    reader.one("#models-filter").send_keys("vit  mla  >=  0 Top-1>=0")
    assert [cell.text for cell in reader.all("#models-table tbody th")] == ["vit"]


def test_a_filter_that_leaves_nothing_says_why_and_offers_the_way_back(reader: Reader, report: Path):
    reader.open(report / "index.html")
    reader.one("#models-filter").send_keys("alexnet mla > 100")
    said = reader.one("#models-table td.empty").text
    assert "No model has “alexnet” in its name." in said
    assert "MLA is between " in said
    reader.one("td.empty button").click()
    assert len(reader.all("#models-table tbody th")) == 2
    assert reader.one("#models-filter").get_attribute("value") == ""


def test_on_paper_pages_are_light_and_whole(reader: Reader, page: Path):
    reader.open(page, dark=True)
    reader.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert reader.run("return getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert not reader.one("nav.pages").is_displayed()
        assert reader.run("return getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"
    finally:
        reader.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
