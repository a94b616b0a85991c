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
    made = [f"{page.name}.html" for page in PAGES]
    assert {page.path.name for page in pages if page.path.parent == hostile_report} == set(made)
    for page in pages:
        root = "../" if page.path.parent.name == "models" else ""
        assert destinations(page) == [f"{root}{name}" for name in made]
        current = [found["href"] for found in page.of("a", aria_current="page")]
        assert current == ([] if root else [page.path.name])


@pytest.mark.usefixtures("without_figures")
def test_a_page_that_the_inputs_do_not_give_is_not_in_the_navigation(
    make_inputs: Callable[..., Results], tmp_path: Path
):
    write_report(make_inputs("a", against=False), tmp_path / "report")
    assert not (tmp_path / "report" / "truth.html").exists()
    assert "truth.html" not in destinations(Page(tmp_path / "report" / "index.html"))
