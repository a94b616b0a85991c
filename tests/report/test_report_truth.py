"""The truth test in the report: faithful numbers, whole sentences, honest about what is not decided."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from errata.report.site import write_report
from errata.report.truth import draw_truth, truth_view
from errata.results import Results
from errata.truth.recall import CAUSES
from report.made_up import made_planted, made_recall
from report.pages import Page

Make = Callable[..., Results]
ATLASES = {"paper": 0.9, "few-neighbours": 0.7, "labels": 0.9}


@pytest.fixture(scope="session")
def recall() -> pl.DataFrame:
    return made_recall(made_planted(), ATLASES)


@pytest.fixture(scope="session")
def inputs(make_inputs: Make, recall: pl.DataFrame) -> Results:
    return make_inputs("a", "b", checked=True, against=False, recall=recall, planted=made_planted())


@pytest.fixture
def page(inputs: Results, tmp_path: Path, without_figures: None) -> Page:
    write_report(inputs, tmp_path / "report")
    return Page(tmp_path / "report" / "truth.html")


def share(recall: pl.DataFrame, cause: str, category: str, *, as_planted: bool) -> float:
    return recall.filter(atlas="paper", cause=cause, category=category, as_planted=as_planted)["share"][0]


def test_every_cause_has_a_line_with_its_recall(inputs: Results, recall: pl.DataFrame):
    view = truth_view(inputs)
    assert [line.look.name for line in view.as_planted] == list(CAUSES)
    for line in view.as_planted:
        assert line.recall.share == share(recall, line.look.name, line.look.name, as_planted=True)
        assert line.planted_images == 10


def test_typical_images_come_last_and_have_no_recall(inputs: Results):
    last = truth_view(inputs).all_errors[-1]
    assert last.look is None
    assert last.recall.share is None


def test_a_causes_bar_begins_with_its_own_category_and_holds_all_of_its_errors(inputs: Results):
    for line in truth_view(inputs).all_errors[:-1]:
        assert line.bar[0].look == line.look
        assert sum(piece.count for piece in line.bar) == line.errors
        assert sum(piece.share for piece in line.bar) == pytest.approx(100)


def test_the_page_shows_every_cell_of_the_confusion_table(page: Page, recall: pl.DataFrame):
    html = page.path.read_text(encoding="utf-8")
    here = recall.filter((pl.col("atlas") == "paper") & (pl.col("errors") > 0))
    assert here.height > 40
    for value, errors in here.select("share", "errors").iter_rows():
        assert f"{value:.1f}<small>{errors}</small>" in html


def test_the_atlases_are_listed_from_the_best_down_and_this_one_is_marked(page: Page):
    text = page.text.split("Which atlas recovers most")[1]
    assert text.index("paper this report") < text.index("few-neighbours") < text.index("labels")


def test_the_finding_names_the_average_the_best_the_weakest_and_the_next_atlas(inputs: Results):
    first, second = truth_view(inputs).findings
    assert first.startswith("Of the errors that a planted cause accounts for, the atlas “paper” gives ")
    assert "averaged over 7 causes" in first
    assert "weakest at" in first
    assert second.startswith("Of the 3 atlases of the data set it recovers most; next comes “few-neighbours”, ")


def test_an_atlas_that_is_not_the_best_says_how_far_behind_it_is(inputs: Results):
    other = inputs.having(facts=replace(inputs.facts, name="few-neighbours"))
    assert "“paper” recovers most; this one is " in truth_view(other).findings[1]


def test_what_an_atlas_does_not_decide_is_said_and_is_not_its_weakest_cause(make_inputs: Make, recall: pl.DataFrame):
    first = truth_view(make_inputs("a", recall=recall)).findings[0]
    assert first.endswith(
        "It does not decide fine-grained out of vocabulary, spurious correlation, non-prototypical, model failure; "
        "these count as not recovered."
    )
    assert "weakest at fine-grained out" not in first


@pytest.mark.usefixtures("without_figures")
def test_what_is_not_decided_is_a_dash_that_says_so(make_inputs: Make, recall: pl.DataFrame, tmp_path: Path):
    write_report(make_inputs("a", against=False, recall=recall), tmp_path / "report")
    table = (
        (tmp_path / "report" / "truth.html").read_text(encoding="utf-8").split('id="recall"')[1].split("</table>")[0]
    )
    assert table.count('title="not checked in this atlas"') == 8


def test_equal_atlases_are_said_to_be_equal(make_inputs: Make):
    twins = made_recall(made_planted(), {"paper": 0.9, "twin": 0.9})
    view = truth_view(make_inputs("a", checked=True, recall=twins))
    assert view.findings[1] == "All 2 atlases of the data set do equally well."


@pytest.mark.usefixtures("without_figures")
def test_an_atlas_that_was_not_measured_still_has_the_comparison(inputs: Results, tmp_path: Path):
    other = inputs.having(facts=replace(inputs.facts, name="new"))
    write_report(other, tmp_path / "report")
    page = Page(tmp_path / "report" / "truth.html")
    assert "The atlas “new” was not measured." in page.text
    assert "Which atlas recovers most" in page.text
    assert not page.of("section", id_="recall")


def test_the_figure_has_a_bar_for_every_cause_and_for_typical_images(inputs: Results, tmp_path: Path):
    draw_truth(truth_view(inputs), tmp_path / "truth.svg")
    svg = (tmp_path / "truth.svg").read_text(encoding="utf-8")
    for text in ("typical images", "model failure", "errors that the plant accounts for", "all errors"):
        assert f">{text}<" in svg


@pytest.mark.usefixtures("without_figures")
def test_without_planted_causes_there_is_no_truth_test(make_inputs: Make, tmp_path: Path):
    write_report(make_inputs("a", against=False), tmp_path / "report")
    assert not (tmp_path / "report" / "truth.html").exists()
    assert "Truth test" not in Page(tmp_path / "report" / "index.html").text
