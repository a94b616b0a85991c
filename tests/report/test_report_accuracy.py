"""Models that are not as accurate as published are marked on every page that shows them."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from errata.accuracy.tables import ACCURACY, AS_EXPECTED, NOT_CHECKED, UNEXPECTED
from errata.report.accuracy import accuracy_view
from errata.report.site import write_report
from errata.results import Results
from report.pages import Page

Make = Callable[..., Results]

CHECKS = {"weak": UNEXPECTED, "strong": AS_EXPECTED, "<b>new</b>": NOT_CHECKED}


def made_accuracy(checks: dict[str, str]) -> pl.DataFrame:
    rows = [
        (name, check, 5000, 5000, 70.0, 80.0, -10.0, 0.3, "timm_results", f"published--{number}", f"{name} is {check}.")
        for number, (name, check) in enumerate(checks.items())
    ]
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in ACCURACY.columns.items()}, orient="row")


@pytest.fixture
def inputs(make_inputs: Make) -> Results:
    plain = make_inputs(*CHECKS, "of a file", checked=True)
    return plain.having(accuracy=made_accuracy(CHECKS))


def test_models_of_files_have_no_card(inputs: Results):
    view = accuracy_view(inputs)
    assert list(view.cards) == list(CHECKS)
    assert ([card["name"] for card in view.unexpected], view.as_expected, view.not_checked) == (["weak"], 1, 1)


def test_a_model_stands_beside_its_own_row_in_the_papers_tables(inputs: Results):
    here = inputs.profile.filter(model="strong", group="all").row(0, named=True)
    paper = inputs.published.filter(model="published--1", group="all").row(0, named=True)
    twins = {label: (here, there) for label, here, there, _ in accuracy_view(inputs).cards["strong"]["twins"]}
    assert twins["top-1 errors"] == (here["top1_errors"], paper["top1_errors"])
    assert twins["fine-grained"] == (here["fine_grained"], paper["fine_grained"])
    assert twins["MLA"] == (here["mla"], paper["mla"])


def test_rows_over_other_images_are_not_compared(inputs: Results):
    others = inputs.having(published=inputs.published.with_columns(pl.col("images") + 1))
    assert accuracy_view(others).cards["strong"]["twins"] == ()


def test_without_models_that_were_run_there_is_nothing_to_say(make_inputs: Make):
    assert accuracy_view(make_inputs("of a file")) is None


@pytest.mark.usefixtures("without_figures")
def test_the_mark_stands_on_top_in_the_table_and_on_the_models_page(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    index = Page(tmp_path / "report/index.html")
    assert "Not as accurate as published 1 of 3 models that were run is not as accurate" in index.text
    assert "weak is unexpected." in index.text.replace(" : ", " ")
    assert [tag["href"] for tag in index.of("a", class_="tag warn")] == ["models/weak.html#accuracy-check"]
    assert "1 model as expected, 1 not, 1 not checked" in Page(tmp_path / "report/trust.html").text
    weak = Page(tmp_path / "report/models/weak.html")
    assert "Do not rely on this page before the difference is explained." in weak.text
    strong = Page(tmp_path / "report/models/strong.html")
    assert "strong is as_expected." in strong.text
    assert "published--1" in strong.text
    assert "Do not rely" not in strong.text
    assert (tmp_path / "report/data/accuracy.csv").is_file()


@pytest.mark.usefixtures("without_figures")
def test_other_pages_and_summaries_carry_the_mark_too(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    others = [page for page in sorted((tmp_path / "report").glob("*.html")) if page.name != "index.html"]
    assert others
    for page in others:
        assert "1 of the models here is not as accurate as published: weak" in Page(page).text, page
    strong = (tmp_path / "report/models/strong.html").read_text(encoding="utf-8")
    assert "Not as accurate as published" not in strong
    weak = (tmp_path / "report/models/weak.html").read_text(encoding="utf-8")
    assert "**Not as accurate as published.** weak is unexpected." in weak


@pytest.mark.usefixtures("without_figures")
def test_names_are_text_in_marks_too(make_inputs: Make, tmp_path: Path):
    hostile = "<script>alert(1)</script>"
    inputs = make_inputs(hostile, against=False, accuracy=made_accuracy({hostile: UNEXPECTED}))
    write_report(inputs, tmp_path / "report")
    for page in (tmp_path / "report").rglob("*.html"):
        assert hostile not in page.read_text(encoding="utf-8"), page


@pytest.mark.usefixtures("without_figures")
def test_where_all_is_well_the_front_page_has_no_warning(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("strong", against=False, accuracy=made_accuracy({"strong": AS_EXPECTED}))
    write_report(inputs, tmp_path / "report")
    assert "Not as accurate" not in (tmp_path / "report/index.html").read_text(encoding="utf-8")
