"""What a real browser makes of the page; skips where there is none."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browse(tmp_path_factory: pytest.TempPathFactory):
    """Return a function that opens an address and returns the page as it is after its script ran."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"no browser ({', '.join(BROWSERS)}) to open the report with")

    def dump(address: str) -> str:
        arguments = [
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *("--disable-component-update", "--disable-sync", "--no-first-run"),
            f"--user-data-dir={tmp_path_factory.mktemp('browser')}",
            *("--dump-dom", address),
        ]
        done = subprocess.run([browser, *arguments], capture_output=True, text=True, timeout=60, check=True)
        return done.stdout

    return dump


def models(html: str) -> list[tuple[str, float]]:
    body = html.split('id="models-table"')[1].split("</tbody>")[0].split("<tbody>")[1]
    rows = re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    names = [re.findall(r"models/([^\"]+)\.html", row)[0] for row in rows]
    top1 = [float(re.findall(r'<td data-value="([^"]*)"', row)[0]) for row in rows]
    return list(zip(names, top1, strict=True))


def test_the_address_sorts_the_table(browse, hostile_report: Path):
    page = (hostile_report / "index.html").as_uri()
    ascending = [value for _, value in models(browse(f"{page}#sort=top1"))]
    descending = [value for _, value in models(browse(f"{page}#sort=-top1"))]
    assert ascending == sorted(ascending)
    assert descending == ascending[::-1]


def test_a_click_on_a_heading_sorts_by_it_and_typing_filters(browse, hostile_report: Path, tmp_path: Path):
    clicked = tmp_path / "report"
    shutil.copytree(hostile_report, clicked)
    script = """
        document.querySelector('th[data-key="fine_grained"] button').click();
        const box = document.querySelector('input[data-filter="models-table"]');
        box.value = "PLAIN"; box.dispatchEvent(new Event("input"));
    """
    page = clicked / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", f"<script>{script}</script></body>"))
    html = browse(page.as_uri())
    assert re.search(r'data-key="fine_grained"[^>]*aria-sort="descending"', html)
    assert not re.search(r'data-key="mla"[^>]*aria-sort', html)
    assert "1 of 7 models" in html
    assert html.split('id="models-table"')[1].split("</tbody>")[0].count('hidden=""') == 6
