"""The page that compares two models: its files hold every answer, and its script says what Python says."""

import base64
import json
import re
import shutil
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from axe_core_python.selenium import Axe
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES
from errata.files import slug
from errata.paired.compare import PairedComparison, compare_pair
from errata.paired.transitions import by_category, count_transitions
from errata.paired.words import summary
from errata.profiles.answers import Answers, images_that_count, look_up, rows_of_errors
from errata.profiles.build import build_pooled, build_profile
from errata.report import overview as overview
from errata.report.compare import COMPARE
from errata.report.explorer import MODEL_FILES
from errata.report.site import write_report
from errata.report.wrong_answers import outcomes_of, packed, wrong_answers
from errata.results import Results
from report.browser import NARROW, WIDE, Reader
from report.wall import counts_at

HOSTILE = "</script><b>{a} & $&</b>"
MODELS = ["plain", HOSTILE, "weak", "milder"]


@dataclass(frozen=True)
class World:
    """A small world with the report of three models on it."""

    atlas: Atlas
    answers: Answers
    inputs: Results
    report: Path

    def pair(self, a: str, b: str) -> PairedComparison:
        """Return what Python says of two of the models."""
        places = [self.answers.models.index(name) for name in (a, b)]
        return compare_pair(self.atlas, look_up(self.atlas, [a, b], self.answers.predictions[places]))


@pytest.fixture(scope="module", params=[False, True], ids=["labels", "open world"])
def world(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    # 701 images: bits and halves of bytes do not come out even; 80 classes: some of them are too small for themselves
    atlas = compiled(random_world(1, classes=80, images=701), with_open_world=request.param)
    rng = np.random.default_rng(0)
    luck, other = rng.random((3, 701)), rng.integers(0, 80, (3, 701))
    predicted = np.where(luck < [[0.75], [0.7], [0.45]], atlas.targets, other).astype(np.int16)
    answers = look_up(atlas, MODELS, np.vstack([predicted, milder(atlas, predicted[0])]))
    inputs = Results(
        profile=build_profile(atlas, answers),
        pooled=build_pooled(atlas, answers),
        atlas=atlas,
        errors=pl.concat(rows_of_errors(atlas, answers)).lazy(),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overview, "draw_figures", lambda *_: None)  # drawing takes most of the time
        write_report(inputs, folder / "report")
    return World(atlas, answers, inputs, folder / "report")


def milder(atlas: Atlas, predicted: np.ndarray) -> np.ndarray:
    """The same answers, but fine-grained mistakes in place of more severe ones."""
    fine = atlas.outcomes == CODES["fine_grained", None]
    severe = atlas.outcomes[np.arange(len(predicted)), predicted] > CODES["fine_grained", None]
    return np.where(severe & fine.any(axis=1), fine.argmax(axis=1), predicted).astype(np.int16)


def test_outcomes_from_the_table_of_errors_are_those_of_the_answers(world: World):
    rows = images_that_count(world.atlas, "all")
    found = dict(wrong_answers(world.atlas.images["file_name"].gather(rows), world.inputs.errors, MODELS))
    for model, outcomes in zip(MODELS, world.answers.outcomes, strict=True):
        assert (outcomes_of(found[model], len(rows)) == outcomes[rows]).all()


def test_packed_outcomes_are_a_bit_per_image_and_half_a_byte_per_error():
    text = packed(np.array([0, 3, 0, 0, 0, 0, 0, 0, 10, 1], dtype=np.uint8))
    assert base64.b64decode(text) == bytes([0b01000000, 0b11000000, 0x3A, 0x10])
    assert packed(np.zeros(3, dtype=np.uint8)) == base64.b64encode(b"\0").decode()


def test_every_model_has_a_file_of_a_few_bytes_per_image(world: World):
    files = {path.name: path.stat().st_size for path in (world.report / MODEL_FILES).iterdir()}
    assert set(files) == {f"{slug(model)}.js" for model in MODELS}
    images = len(images_that_count(world.atlas, "all"))
    # a bit for every image, and for every error half a byte for its category and two bytes for the predicted class
    assert max(files.values()) < images * (1 / 8 + 1 / 2 + 2) * 4 / 3 + 100


def test_the_script_gets_models_and_statistics_and_no_markup(world: World):
    text = (world.report / "compare.html").read_text(encoding="utf-8")
    block = text.split('id="settings">')[1].split("</script>")[0]
    settings = json.loads(block)
    assert "<" not in block
    assert {model["name"] for model in settings["models"]} == set(MODELS)
    assert len(set(settings["best"])) == 2
    compared = {each["name"] for each in settings["counts"]}
    assert compared == set(world.pair(*MODELS[:2]).differences.filter(kind="count")["statistic"])


def test_one_model_or_no_errors_give_no_such_page(world: World, tmp_path: Path):
    one = world.inputs.having(profile=world.inputs.profile.filter(model="plain"))
    without = world.inputs.having(errors=None)
    assert COMPARE.make(one, tmp_path) is COMPARE.make(without, tmp_path) is None
    assert not list(tmp_path.iterdir())


@pytest.fixture
def browse(reader: Reader, world: World):
    """Return a function that opens the page at an address and returns it as it is when two models are shown."""

    def shown(address: str, report: Path | None = None, **window: object) -> str:
        reader.open((report or world.report) / "compare.html", address, **window)
        done = "#found:not([hidden]), #trouble:not(:empty)"
        WebDriverWait(reader.driver, 20).until(lambda _: reader.all(done))
        return reader.run("return document.documentElement.outerHTML")

    return shown


def shown_rows(html: str) -> dict[str, list[dict[str, str]]]:
    """Return the attributes of every cell of the rows of the differences, by statistic."""
    rows = re.findall(r'<tr [^>]*data-statistic="([^"]*)"[^>]*>(.*?)</tr>', html, re.DOTALL)
    return {
        name: [dict(re.findall(r'([\w-]+)="([^"]*)"', cell)) for cell in re.findall(r"<td([^>]*)>", row)]
        for name, row in rows
    }


def number(text: str | None) -> float | None:
    return float(text) if text else None


def same(found: str | None, expected: float | None) -> bool:
    return number(found) == (None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9))


@pytest.mark.parametrize(
    ("a", "b", "group"), [(0, 1, "all"), (1, 2, "all"), (0, 3, "all"), (2, 0, "organism"), (0, 0, "other")]
)
def test_the_page_says_what_python_says(browse, world: World, a: int, b: int, group: str):
    names = MODELS[a], MODELS[b]
    expected = world.pair(*names)
    html = browse(f"a={slug(names[0])}&b={slug(names[1])}&group={group}")
    shown = shown_rows(html)
    rows = expected.differences.filter(group=group).to_dicts()
    assert list(shown) == [row["statistic"] for row in rows]
    for row in rows:
        value_a, value_b, difference, *rest = shown[row["statistic"]]
        assert same(value_a["data-value"], row["a"]), row
        assert same(value_b["data-value"], row["b"]), row
        assert all(same(difference[f"data-{key}"], row[name]) for key, name in CELLS.items()), row
        relative, only, p = (cell for cell in rest if "data-value" in cell or "data-a" in cell)
        assert all(same(relative[f"data-{key}"], row[name]) for key, name in RELATIVE.items()), row
        assert (number(only["data-a"]), number(only["data-b"])) == (row["only_a"], row["only_b"])
        assert same(p["data-value"], row["p"]), row
        assert same(p["data-adjusted"], row["p_adjusted"]), row
    words = re.findall(r'<tr [^>]*data-statistic[^>]*>.*?<span class="tag[^"]*">([^<]*)</span>', html, re.DOTALL)
    assert words == [row["word"] for row in rows]
    if group == "all":
        assert said(html) == summary(expected)
    if names[1] == "milder":
        assert any("since more of these answers became milder" in sentence for sentence in said(html))


CELLS = {"value": "difference", "low": "low", "high": "high"}
RELATIVE = {"value": "relative", "low": "relative_low", "high": "relative_high"}


def said(html: str) -> list[str]:
    block = html.split('id="said"')[1].split("</div>")[0]
    return [unescape(text).replace("\u00a0", " ") for text in re.findall(r"<p[^>]*>(.*?)</p>", block, re.DOTALL)]


def test_the_matrix_holds_every_image(browse, world: World):
    html = browse("a=plain&b=weak")
    cells = re.findall(r'<td[^>]*data-value="(\d+)"', html.split('id="matrix"')[1].split("</table>")[0])
    a, b = (world.answers.outcomes[MODELS.index(name)] for name in ("plain", "weak"))
    matrix = by_category(count_transitions(world.atlas, a, b, "all").matrix)
    used = np.flatnonzero(matrix.sum(axis=0) + matrix.sum(axis=1))
    assert [int(cell) for cell in cells] == matrix[np.ix_(used, used)].ravel().tolist()


def test_a_missing_file_is_named_and_nothing_is_shown(browse, world: World, tmp_path: Path):
    shutil.copytree(world.report, tmp_path / "report")
    (tmp_path / "report" / MODEL_FILES / "weak.js").unlink()
    html = browse("a=plain&b=weak", tmp_path / "report")
    assert "The file explorer/models/weak.js is missing from the report's folder." in html
    assert re.search(r'<div id="found" hidden="">', html)


@pytest.mark.parametrize("address", ["", "b={best}", "a={second}"])
def test_without_two_models_in_the_address_the_best_are_taken(browse, world: World, address: str):
    best = world.inputs.profile.filter(group="all").sort("mla", "model", descending=[True, False])["model"].to_list()
    html = browse(address.format(best=slug(best[0]), second=slug(best[1])))
    assert said(html) == summary(world.pair(best[1], best[0]))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("b=nosuch", "This report has no model “nosuch”."),
        ("a=plain&b=<b>x</b>", "This report has no model “<b>x</b>”."),
        ("a=plain&b=weak&group=birds", "This report has no group “birds”."),
    ],
)
def test_what_an_address_asks_for_and_is_not_there_is_said_and_never_replaced(
    browse, reader: Reader, address: str, sentence: str
):
    html = browse(address)
    assert reader.one("#trouble").text == f"{sentence} Choose above."
    assert said(html) == []
    assert not reader.one("#found").is_displayed()


def test_after_an_unknown_model_another_one_can_be_chosen(browse, reader: Reader):
    browse("a=plain&b=nosuch")
    Select(reader.one("select[name=b]")).select_by_value("weak")
    WebDriverWait(reader.driver, 20).until(lambda _: reader.all("#said .lead"))
    assert reader.one("#trouble").text == ""


@pytest.mark.parametrize("group", ["all", "artifact"])
def test_every_number_leads_to_exactly_its_images(browse, reader: Reader, world: World, group: str):
    browse(f"a=plain&b=weak&group={group}")
    links = reader.run(
        """return [...document.querySelectorAll("#found a[href^='explorer.html#']")]
            .map((link) => [link.getAttribute("href").split("#")[1], Number(link.textContent.replaceAll(",", ""))])"""
    )
    expected = dict(links)
    assert len(expected) > 30
    counts = counts_at(reader, world.report / "explorer.html", list(expected))
    assert dict(zip(expected, (images for images, _ in counts), strict=True)) == expected


def test_choosing_models_changes_the_address_and_what_is_said(browse, reader: Reader, world: World):
    browse("a=plain&b=weak")
    Select(reader.one("select[name=a]")).select_by_value("weak")
    Select(reader.one("select[name=b]")).select_by_value("plain")
    opening = "plain is better than weak"
    WebDriverWait(reader.driver, 20).until(lambda _: reader.one("#said .lead").text.startswith(opening))
    assert reader.run("return location.hash") == "#a=weak&b=plain&group=all"
    reader.one("#swap").click()
    WebDriverWait(reader.driver, 20).until(lambda _: reader.one("#said .lead").text.startswith("weak is worse"))
    assert reader.run("return location.hash") == "#a=plain&b=weak&group=all"


def test_only_the_models_that_are_shown_are_loaded_and_nothing_from_outside(browse, reader: Reader, world: World):
    browse("a=plain&b=weak")
    requests = reader.requests()
    assert all(each.startswith(world.report.as_uri() + "/") or each.startswith("data:") for each in requests)
    loaded = {each.rsplit("/", 1)[1] for each in requests if f"/{MODEL_FILES}" in each}
    assert loaded == {"plain.js", "weak.js"}
    assert reader.complaints() == []


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide, light", "narrow, dark"])
def test_the_filled_page_fits_the_window_and_has_no_serious_accessibility_finding(browse, reader: Reader, width, dark):
    browse(f"a=plain&b={slug(HOSTILE)}", width=width, dark=dark)
    assert reader.run("return document.documentElement.scrollWidth") <= width
    findings = [each for each in Axe().run(reader.driver)["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in findings] == []
    assert reader.all("#said b") == []
