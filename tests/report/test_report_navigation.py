"""The pages of a report and the way between them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from errata.report.site import PAGES, write_report
from errata.results import Results
from report.pages import Page


def destinations(page: Page) -> list[str]:
    """Where the navigation leads, as it stands on the page."""
    html = page.path.read_text(encoding="utf-8").split('aria-label="Pages"')[1].split("</nav>")[0]
    return [part.split('"')[0] for part in html.split('href="')[2:]]


def test_every_page_of_the_report_has_the_same_navigation(hostile_report: Path):
    pages = [Page(path) for path in hostile_report.rglob("*.html")]
    # the report of the hostile names has all there is, so the tests of every page leave none out
    assert {page.path.stem for page in pages if page.path.parent == hostile_report} == {page.name for page in PAGES}
    in_menu = [f"{page.name}.html" for page in PAGES if not page.within]
    for page in pages:
        root = "../" if page.path.parent.name == "models" else ""
        assert destinations(page) == [f"{root}{name}" for name in in_menu]
        current = [found["href"] for found in page.of("a", aria_current="page")]
        assert current == ([] if root or page.path.name not in in_menu else [page.path.name])


def test_a_page_behind_another_marks_the_way_to_it(hostile_report: Path):
    for page, way in (("truth.html", "trust.html"), ("models/plain_model.v1.html", "../index.html")):
        assert [found["href"] for found in Page(hostile_report / page).of("a", aria_current="true")] == [way]


def test_every_title_names_the_data_set_and_errata(hostile_report: Path):
    for path in hostile_report.rglob("*.html"):
        title = path.read_text(encoding="utf-8").split("<title>")[1].split("</title>")[0]
        assert title.endswith(" · imagenet · Errata")


@pytest.mark.usefixtures("without_figures")
def test_a_page_that_the_inputs_do_not_give_is_not_in_the_navigation(
    make_inputs: Callable[..., Results], tmp_path: Path
):
    write_report(make_inputs("a", against=False), tmp_path / "report")
    assert not (tmp_path / "report" / "truth.html").exists()
    assert "truth.html" not in destinations(Page(tmp_path / "report" / "index.html"))
