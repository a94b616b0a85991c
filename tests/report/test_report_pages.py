"""The pages: safe, complete, self-contained, honest about what is missing."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest

from errata.categories import PROVISIONAL_COLUMNS
from errata.report.coverage import MOST_UNREADABLE
from errata.report.site import write_report
from errata.report.style import LOOKS
from errata.results import Results
from report.pages import Page

HOSTILE_ELEMENTS = {"onerror", "onclick", "onload"}
Make = Callable[..., Results]


@pytest.fixture(scope="session")
def index(hostile_report: Path) -> Page:
    return Page(hostile_report / "index.html")


@pytest.fixture(scope="session")
def pages(hostile_report: Path) -> list[Page]:
    return [Page(path) for path in hostile_report.rglob("*.html")]


@pytest.fixture
def rendered(make_inputs: Make, tmp_path: Path, without_figures: None) -> Callable[..., Page]:
    """Render a report without figures of published models and return its index."""

    def render(*names: str, **settings: object) -> Page:
        write_report(make_inputs(*names, against=False, **settings), tmp_path / "report")
        return Page(tmp_path / "report" / "index.html")

    return render


def test_hostile_names_are_text(index: Page, pages: list[Page]):
    assert sum(page.path.parent.name == "models" for page in pages) == 7
    assert "<script>alert(1)</script>" in index.text
    for page in pages:
        assert [attributes for _, attributes in page.elements if HOSTILE_ELEMENTS & attributes.keys()] == []
        for script in page.of("script"):
            ours = ("assets/", "../assets/", "explorer/index.js")
            assert script.get("type") == "application/json" or script["src"].startswith(ours)


def test_the_title_and_the_doctors_notes_are_text(pages: list[Page]):
    assert all("Mistakes & <more>" in page.text for page in pages)
    noted = [page for page in pages if "The doctor's notes" in page.text]
    assert ["<b>twice</b> the row" in page.text for page in noted] == [True]


def test_every_link_leads_to_a_file_of_the_report(pages: list[Page], hostile_report: Path):
    for page in pages:
        for address in page.addresses:
            file, _, anchor = address.partition("#")
            if address == "data:,":
                continue
            target = (page.path.parent / unquote(file)).resolve() if file else page.path
            assert target.is_file(), address
            assert target.is_relative_to(hostile_report.resolve()), address
            # an anchor with "=" says what a table shows; it is no element
            if anchor and "=" not in anchor:
                assert any(attributes.get("id") == anchor for _, attributes in Page(target).elements), address


def test_nothing_is_loaded_from_the_network(pages: list[Page], hostile_report: Path):
    for page in pages:
        assert [address for address in page.addresses if re.match(r"(?:[a-z]+:)?//", address)] == []
    for path in [*hostile_report.rglob("*.css"), *hostile_report.rglob("*.js")]:
        # the names of HTML and SVG look like addresses, but nothing is fetched from them
        text = re.sub(r"http://www\.w3\.org/(?:1999/xhtml|2000/svg)", "", path.read_text(encoding="utf-8"))
        assert re.findall(r"https?:|url\(|@import|fetch\(|import\(", text) == [], path
    for path in hostile_report.rglob("*.svg"):
        loads = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', path.read_text(encoding="utf-8"))
        assert all("".join(found).startswith("#") for found in loads), path


def test_model_pages_have_safe_and_different_names(hostile_report: Path):
    names = [path.name for path in (hostile_report / "models").iterdir()]
    assert len(names) == 7
    assert all(re.fullmatch(r"[a-z0-9_][a-z0-9._-]*\.html", name) for name in names)
    assert "plain_model.v1.html" in names
    assert "con.html" not in names


def test_models_are_listed_from_the_best_mla_down(index: Page):
    table = index.path.read_text(encoding="utf-8").split('id="models-table"')[1].split("</table>")[0]
    rows = re.findall(r'<tr>\s*<th scope="row".*?</tr>', table, re.DOTALL)
    values = [float(re.findall(r"<td>([\d.]+)", row)[1]) for row in rows]
    assert len(values) == 7
    assert values == sorted(values, reverse=True)


def test_unchecked_errors_are_hatched_and_split(index: Page, hostile_report: Path):
    css = (hostile_report / "assets" / "report.css").read_text(encoding="utf-8")
    pieces = {name for found in index.of("i") for name in PROVISIONAL_COLUMNS if found["class"] == f"k-{name}"}
    assert pieces == set(PROVISIONAL_COLUMNS)
    for name in (*PROVISIONAL_COLUMNS, "open_world_unchecked"):
        assert re.search(rf"\.k-{name} {{ background: repeating-linear-gradient\([^;]*{LOOKS[name].colour}", css)
    assert "Hatched : without an open-world check it is not known" in index.text
    assert "<pattern" in (hostile_report / "figures" / "profile.svg").read_text(encoding="utf-8")


def test_with_open_world_evidence_nothing_is_hatched(rendered: Callable[..., Page]):
    page = rendered("a", "b", checked=True)
    assert "Hatched" not in page.text
    assert [found for found in page.of("i") if found["class"].startswith("k-provisional")] == []
    headings = page.path.read_text(encoding="utf-8").split('id="models-table"')[1].split("</thead>")[0]
    assert "model failure" in headings
    assert "open world not checked" not in headings


def test_a_colour_means_the_same_category_everywhere(hostile_report: Path):
    css = (hostile_report / "assets" / "report.css").read_text(encoding="utf-8")
    figure = (hostile_report / "figures" / "profile.svg").read_text(encoding="utf-8")
    for name in ("class_overlap", "multi_label", "fine_grained"):
        colour = LOOKS[name].colour
        assert f".k-{name} {{ background: {colour}" in css
        assert f"fill: {colour.lower()}" in figure


def test_what_this_atlas_does_not_check_is_said(hostile_report: Path):
    page = Page(hostile_report / "models" / "plain_model.v1.html")
    assert "hatched errors are not checked for what is out of vocabulary" in page.text
    dashes = {found["title"] for found in page.of("span", class_="missing")}
    assert "not checked in this atlas" in dashes


def test_what_the_data_set_leaves_undefined_is_said(rendered: Callable[..., Page]):
    page = rendered("a", checked=True, undefined=("multi_label", "non_prototypical"))
    assert "Not defined on this data set: multi-label, non-prototypical." in page.text
    assert "“multi-label” is not defined on this data set" in Page(page.path.parent / "trust.html").text


@pytest.mark.usefixtures("without_figures")
def test_zero_is_zero_and_what_is_not_known_has_no_row(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("a", against=False)
    zero = inputs.profile.with_columns(class_overlap=pl.lit(0, pl.Int32), share_class_overlap=pl.lit(0.0))
    write_report(Results(profile=zero, pooled=inputs.pooled, facts=inputs.facts), tmp_path / "report")
    html = (tmp_path / "report" / "models" / "a.html").read_text(encoding="utf-8")
    rows = {
        label: re.sub(r"<small>.*?</small>", "", row)
        for row, label in re.findall(r'(<th scope="row"><i [^>]*></i>([^<]*)</th>.*?)</tr>', html, re.DOTALL)
    }
    assert re.findall(r"<td>([\d.]+)</td>", rows["class overlap"]) == ["0", "0.0"]
    assert "fine-grained out of vocabulary" not in rows


@pytest.mark.usefixtures("without_figures")
def test_a_model_without_errors_has_a_page(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("perfect", against=False)
    counts = [name for name, dtype in inputs.profile.schema.items() if dtype == pl.Int32 and name != "images"]
    none = inputs.profile.with_columns(
        *(pl.when(pl.col(name).is_not_null()).then(0).cast(pl.Int32).alias(name) for name in counts),
        *(pl.lit(None, pl.Float64).alias(name) for name in inputs.profile.columns if name.startswith("share_")),
    ).with_columns(correct=pl.col("images"))
    write_report(Results(profile=none, pooled=inputs.pooled, facts=inputs.facts), tmp_path / "report")
    assert "perfect is right on all 1,000 images" in Page(tmp_path / "report" / "models" / "perfect.html").text


def test_the_ring_on_a_models_page_is_where_its_point_is(hostile_report: Path):
    html = (hostile_report / "models" / "plain_model.v1.html").read_text(encoding="utf-8")
    places = [tuple(map(float, found)) for found in re.findall(r"left:([\d.]+)%;top:([\d.]+)%", html)]
    assert len(places) == 4
    assert all(10 < left < 100 and 5 < top < 90 for left, top in places)


@pytest.mark.usefixtures("without_figures")
def test_what_was_left_out_is_listed(make_inputs: Make, tmp_path: Path):
    reasons = ["problematic images", "problematic images", "refused by the doctor"]
    rows = pl.DataFrame({"model": ["a", "b", "c"], "reason": reasons, "images": [7, 7, 99]})
    write_report(make_inputs("a", "b", against=False, left_out=rows), tmp_path / "report")
    text = Page(tmp_path / "report" / "trust.html").text
    assert "problematic images 2 7" in text
    assert "refused by the doctor c 1 99" in text


@pytest.mark.usefixtures("without_figures")
def test_images_that_cannot_be_read_are_listed_with_the_reason(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("a", against=False)
    broken = tuple((f"{number:02d}.jpg", "the file is empty") for number in range(MOST_UNREADABLE + 3))
    write_report(inputs.having(facts=replace(inputs.facts, unreadable=broken)), tmp_path / "report")
    text = Page(tmp_path / "report" / "trust.html").text
    assert "43 annotated images cannot be read." in text
    assert "00.jpg the file is empty" in text
    assert "40.jpg" not in text
    assert "And 3 more: unreadable.csv" in text
    assert pl.read_csv(tmp_path / "report" / "data" / "unreadable.csv").height == 43


@pytest.mark.usefixtures("without_figures")
def test_the_report_says_what_the_open_world_check_was_made_with(make_inputs: Make, tmp_path: Path):
    settings = {
        **{"encoder": "vit-l-14-336", "prompt": "photo", "template": "A photo of a {lemma}", "neighbours": 10},
        **{"temperature": 100.0, "score": "synset", "ancestors": "left_out"},
        "encoder_notes": {"encoder": "vit-l-14-336", "architecture": "ViT-L-14-336-quickgelu", "weights": "openai"},
        "neighbours_from": {"train_images": 1281167},
    }
    page = render_with(make_inputs, tmp_path, open_world=settings)
    for words in (
        "vit-l-14-336 (ViT-L-14-336-quickgelu, openai)",
        "“A photo of a {lemma}”",
        "the 10 nearest training images of 1,281,167",
        "cosines times 100, then softmax",
        "Ancestors of the prediction are not proposed",
    ):
        assert words in page.text
    assert "stand-in" not in page.text


@pytest.mark.usefixtures("without_figures")
def test_a_stand_in_is_called_one_before_any_number_of_its_making(make_inputs: Make, tmp_path: Path):
    settings = {"encoder": "vit-l-14-336", "encoder_notes": {"encoder": "demo-clip"}}
    page = render_with(make_inputs, tmp_path, open_world=settings)
    assert "demo-clip, standing in for vit-l-14-336" in page.text
    front = page.path.with_name("index.html").read_text(encoding="utf-8")
    assert front.index("does not carry over to photographs") < front.index('<div class="sides">')


def render_with(make_inputs: Make, tmp_path: Path, **provenance: object) -> Page:
    """The page on trust of a report whose atlas has this provenance."""
    inputs = make_inputs("a", checked=True, against=False)
    write_report(inputs.having(facts=replace(inputs.facts, provenance=provenance)), tmp_path / "report")
    return Page(tmp_path / "report" / "trust.html")


@pytest.mark.usefixtures("without_figures")
def test_a_data_set_that_is_annotated_throughout_leaves_nothing_unused(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("a", against=False)
    write_report(inputs.having(facts=replace(inputs.facts, dataset_images=1100)), tmp_path / "report")
    assert "All 1,100 images are annotated." in Page(tmp_path / "report" / "trust.html").text


def test_provenance_is_shown(rendered: Callable[..., Page]):
    page = rendered("a", provenance={"inputs": {"a.csv": {"sha256": "12ab"}}})
    assert "inputs · a.csv · sha256 12ab" in Page(page.path.with_name("data.html")).text
