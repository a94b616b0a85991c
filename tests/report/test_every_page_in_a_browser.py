"""Every page of the report in a real browser: quiet, self-contained, inert, accessible; skips without one."""

from itertools import pairwise
from pathlib import Path

import pytest
from axe_core_python.selenium import Axe

from report.browser import NARROW, WIDE, Reader

SERIOUS = ("serious", "critical")


@pytest.fixture(scope="session")
def pages(drawn_report: Path) -> list[Path]:
    """Every page, and the pages of two models: one with a hostile name, one with a plain name."""
    models = sorted((drawn_report / "models").glob("*.html"))
    return [*sorted(drawn_report.glob("*.html")), models[0], drawn_report / "models" / "plain_model.v1.html"]


def test_no_page_complains_or_runs_what_a_name_says(reader: Reader, pages: list[Path]):
    for page in pages:
        # an alert that is open would make every further command fail
        reader.open(page)
        reader.run("window.scrollTo(0, document.body.scrollHeight)")
        assert reader.complaints() == [], page.name
        assert reader.run("return document.querySelectorAll('[onerror], [onclick], [onload]').length") == 0, page.name


def test_pages_run_no_script_that_a_name_could_bring_in(reader: Reader, pages: list[Path]):
    bring_in = """
        const script = document.createElement("script");
        script.textContent = "window.broughtIn = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<b id=own onclick='window.broughtIn = 2'></b>");
        document.getElementById("own").click();
        return window.broughtIn;
    """
    for page in pages:
        reader.open(page)
        assert reader.run(bring_in) is None, page.name
        policy = reader.run("return document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
        assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", ""), page.name


def test_no_request_leaves_the_folder(reader: Reader, pages: list[Path], drawn_report: Path):
    for page in pages:
        reader.open(page)
        reader.run("for (const image of document.images) image.loading = 'eager'")
        requests = reader.requests()
        assert page.as_uri() in requests
        outside = [each for each in requests if not each.startswith((drawn_report.as_uri() + "/", "data:"))]
        assert outside == [], page.name


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_page_is_wider_than_the_window(reader: Reader, pages: list[Path], width: int):
    for page in pages:
        reader.open(page, width=width)
        assert reader.run("return document.documentElement.scrollWidth") <= width, page.name


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide, light", "narrow, dark"])
def test_no_page_has_a_serious_accessibility_finding(reader: Reader, pages: list[Path], width: int, dark: bool):
    for page in pages:
        reader.open(page, width=width, dark=dark)
        findings = {
            finding["id"]: [node["html"][:200] for node in finding["nodes"]][:3]
            for finding in Axe().run(reader.driver)["violations"]
            if finding["impact"] in SERIOUS
        }
        assert findings == {}, page.name


def test_pages_have_one_heading_of_the_first_level_and_skip_none(reader: Reader, pages: list[Path]):
    for page in pages:
        reader.open(page)
        levels = [int(element.tag_name[1]) for element in reader.all("h1, h2, h3, h4, h5, h6")]
        assert levels.count(1) == 1, page.name
        assert all(after - before <= 1 for before, after in pairwise(levels)), page.name


def test_what_has_the_focus_is_seen_to_have_it(reader: Reader, pages: list[Path]):
    script = """
        const unseen = [];
        for (const element of document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")) {
          // what is disabled cannot have the focus
          if (!element.checkVisibility() || element.disabled) continue;
          element.focus({ focusVisible: true });
          const marked = [element, element.nextElementSibling].filter(Boolean).map((each) => getComputedStyle(each));
          if (!marked.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)) {
            unseen.push(element.outerHTML.slice(0, 120));
          }
        }
        return unseen;
    """
    for page in pages:
        reader.open(page)
        assert reader.run(script) == [], page.name
