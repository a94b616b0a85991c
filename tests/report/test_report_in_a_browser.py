"""The table of models as a reader uses it, in a real browser; skips where there is none."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from errata.report.site import write_report
from errata.results import Results
from report.browser import Reader
from report.made_up import made_soft_profile, made_what_if

MODELS = ("resnet_a", "resnet_b", "vgg_a", "vit_a", "vit_b", "convnext_a")


@pytest.fixture(scope="module")
def inputs(make_inputs: Callable[..., Results]) -> Results:
    plain = make_inputs(*MODELS)
    return plain.having(soft_profile=made_soft_profile(plain.profile), what_if=made_what_if(plain.profile))


@pytest.fixture(scope="module")
def page(inputs: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser") / "report"
    write_report(inputs, folder)
    return folder / "index.html"


def settled(reader: Reader) -> None:
    """Wait until the numbers that the table needs are there."""
    WebDriverWait(reader.driver, 20).until(lambda _: reader.all('#models-table[aria-busy="false"]'))


def names(reader: Reader) -> list[str]:
    settled(reader)
    return [cell.text for cell in reader.all("#models-table tbody th")]


def column(reader: Reader, key: str) -> list[str]:
    """The numbers of a column as they stand there, without the small print."""
    script = """
        const heading = document.querySelector(`#models-table th[data-key="${arguments[0]}"]`);
        const rows = [...document.querySelectorAll("#models-table tbody tr")];
        return rows.map((row) => row.cells[heading.cellIndex].firstChild.textContent);
    """
    settled(reader)
    return reader.run(script, key)


def address(reader: Reader) -> str:
    return unquote(reader.driver.current_url.partition("#")[2])


def by(inputs: Results, name: str, *, group: str = "all") -> list[str]:
    """The models of a group, largest value first."""
    return inputs.profile.filter(pl.col("group") == group).sort(name, descending=True)["model"].to_list()


def test_the_table_opens_with_the_best_mla_first(reader: Reader, page: Path, inputs: Results):
    reader.open(page)
    assert names(reader) == by(inputs, "mla")
    assert reader.one("#models-table th[aria-sort]").get_attribute("data-key") == "mla"
    assert reader.one("#models-status").text == "6 models, by MLA, descending."


def test_every_number_can_be_sorted_by(reader: Reader, page: Path):
    sortable = {}
    for shown in ("categories", "accuracies", "groups", "what-if", "probability"):
        reader.open(page, f"show={shown}")
        settled(reader)
        headings = reader.all("#models-table thead th")
        assert [heading.text for heading in headings if not heading.find_elements("css selector", "button")] == [
            heading.text for heading in headings if heading.get_attribute("data-key") in ("bar", "masses")
        ]
        sortable[shown] = [heading.get_attribute("data-key") for heading in headings]
    assert sortable["categories"][:8] == [
        *("model", "top1", "mla", "errors", "bar"),
        *("class_overlap", "multi_label", "fine_grained"),
    ]
    assert sortable["groups"][:4] == ["model", "top1-all", "mla-all", "top1-organism"]
    assert "mass-beyond_top_classes" in sortable["probability"]


def test_a_click_on_a_heading_sorts_by_it_and_a_second_one_turns_the_order(reader: Reader, page: Path, inputs: Results):
    reader.open(page)
    heading = reader.one('th[data-key="fine_grained"]')
    heading.find_element("css selector", "button").click()
    assert names(reader) == by(inputs, "share_fine_grained")
    assert heading.get_attribute("aria-sort") == "descending"
    assert address(reader) == "sort=-fine_grained"
    heading.find_element("css selector", "button").click()
    assert names(reader) == by(inputs, "share_fine_grained")[::-1]
    assert heading.get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE])
def test_the_keyboard_alone_sorts(reader: Reader, page: Path, inputs: Results, key: str):
    reader.open(page)
    reader.tab_to('th[data-key="errors"] button')
    reader.press(key)
    assert names(reader) == by(inputs, "top1_errors")
    assert reader.driver.switch_to.active_element == reader.one('th[data-key="errors"] button')


def test_the_keyboard_alone_chooses_the_images(reader: Reader, page: Path, inputs: Results):
    reader.open(page)
    reader.tab_to('input[name="models-group"][value="all"]')
    reader.press(Keys.ARROW_RIGHT)
    assert address(reader) == "group=organism"
    assert names(reader) == by(inputs, "mla", group="organism")


def test_the_first_press_of_tab_offers_to_skip_the_navigation(reader: Reader, page: Path):
    reader.open(page)
    reader.press(Keys.TAB)
    link = reader.driver.switch_to.active_element
    assert link.text == "Skip to the content"
    assert link.rect["x"] >= 0
    reader.press(Keys.ENTER)
    assert reader.driver.switch_to.active_element.get_attribute("id") == "content"


def test_words_and_conditions_filter_together(reader: Reader, page: Path, inputs: Results):
    reader.open(page)
    box = reader.one("#models-filter")
    box.send_keys("RES")
    assert sorted(names(reader)) == ["resnet_a", "resnet_b"]
    assert reader.one("#models-status").text == "2 of 6 models, by MLA, descending."
    fewest = inputs.profile.filter(pl.col("group") == "all", pl.col("model").str.contains("res"))["top1_errors"].min()
    box.send_keys(f" errors<={fewest}")
    assert len(names(reader)) == 1
    assert column(reader, "errors") == [str(fewest)]
    assert address(reader) == f"filter=RES+errors<={fewest}"


def test_a_condition_on_no_column_is_named(reader: Reader, page: Path):
    reader.open(page)
    reader.one("#models-filter").send_keys("mood>3")
    assert "There is no column “mood” to filter by." in reader.one("#models-status").text


def test_another_group_shows_its_own_numbers(reader: Reader, page: Path, inputs: Results):
    reader.open(page)
    reader.run("document.querySelector('input[name=models-group][value=artifact]').click()")
    artifacts = inputs.profile.filter(pl.col("group") == "artifact").sort("mla", descending=True)
    assert names(reader) == artifacts["model"].to_list()
    assert column(reader, "errors") == [str(errors) for errors in artifacts["top1_errors"]]
    assert column(reader, "fine_grained") == [f"{share:.1f}" for share in artifacts["share_fine_grained"]]


def test_a_link_restores_everything(reader: Reader, page: Path, inputs: Results):
    reader.open(page, "group=organism&show=accuracies&sort=top1&filter=vit")
    assert names(reader) == [model for model in by(inputs, "top1", group="organism")[::-1] if model.startswith("vit")]
    assert reader.one("#models-filter").get_attribute("value") == "vit"
    assert reader.one('input[name="models-group"]:checked').get_attribute("value") == "organism"
    assert reader.one('input[name="models-show"]:checked').get_attribute("value") == "accuracies"
    keys = [heading.get_attribute("data-key") for heading in reader.all("#models-table thead th")]
    assert keys == ["model", "errors", "mle", "top1", "mla", "mla_own_classes", "mla_minor", "mla_explainable"]


def test_a_link_to_a_column_shows_the_columns_that_it_is_among(reader: Reader, page: Path, inputs: Results):
    reader.open(page, "sort=-mla-artifact")
    assert reader.one('input[name="models-show"]:checked').get_attribute("value") == "groups"
    assert names(reader) == by(inputs, "mla", group="artifact")


def test_a_link_that_makes_no_sense_shows_the_table_as_it_opens(reader: Reader, page: Path, inputs: Results):
    reader.open(page, "group=plants&show=moods&bars=all&sort=-nothing")
    assert names(reader) == by(inputs, "mla")


def test_the_page_holds_the_same_table_without_its_script(reader: Reader, page: Path, tmp_path: Path):
    reader.open(page)
    made = reader.one("#models-table tbody").text
    bare = page.with_name("bare.html")
    html = page.read_text(encoding="utf-8")
    bare.write_text("".join(part.partition("</script>")[2] for part in f"</script>{html}".split("<script")))
    try:
        reader.open(bare)
        fixed = reader.one("#models-table tbody").text
    finally:
        bare.unlink()
    # what the models' place among the published ones looks like; the plain table leaves it out
    place = re.compile(r"\b\d+ of 16\b")
    assert len(place.findall(made)) == len(MODELS)
    assert fixed.split() == place.sub("", made).replace("few nearby", "").replace("beyond published", "").split()
    assert not reader.run("return document.getElementById('models-status').textContent")


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        ("top1", lambda row: 100 * row["fine_grained"] / row["top1_errors"]),
        ("mle", lambda row: 100 * row["fine_grained"] / row["mle"]),
        ("number", lambda row: 100 * row["fine_grained"] / row["most"]),
    ],
)
def test_bars_show_shares_or_numbers(reader: Reader, page: Path, inputs: Results, bars: str, expected: Callable):
    reader.open(page, f"bars={bars}")
    rows = inputs.profile.filter(pl.col("group") == "all").sort("mla", descending=True)
    rows = rows.with_columns(pl.col("top1_errors").max().alias("most"))
    widths = reader.run(
        "return [...document.querySelectorAll('#models-table .bar .k-fine_grained')].map((i) => i.style.width)"
    )
    assert [float(width.rstrip("%")) for width in widths] == pytest.approx(
        [expected(row) for row in rows.iter_rows(named=True)], abs=0.01
    )


def test_bars_of_the_probability_leave_the_label_out_and_share_one_scale(reader: Reader, page: Path, inputs: Results):
    reader.open(page, "show=probability")
    script = """
        const widths = (bar) => [...bar.children].reduce((sum, piece) => sum + parseFloat(piece.style.width), 0);
        return [...document.querySelectorAll("#models-table .bar")].map(widths);
    """
    widths = reader.run(script)
    assert len(widths) == 2 * len(MODELS)
    assert max(widths) == pytest.approx(100, abs=0.1)
    row = inputs.profile.filter(pl.col("group") == "all").sort("mla", descending=True).row(0, named=True)
    answers = 100 * row["fine_grained"] / row["images"]
    assert reader.all("#models-table tr:first-child td")[4].text.split() == [f"{0.96 * answers:.1f}", f"{answers:.1f}"]


def test_gains_are_shown_with_their_intervals_and_upper_bounds_as_such(reader: Reader, page: Path, inputs: Results):
    reader.open(page, "sort=-fix-fine_grained")
    gains = inputs.what_if.filter(group="all", accuracy="mla", category="fine_grained").sort("gain", descending=True)
    row = gains.row(0, named=True)
    assert names(reader) == gains["model"].to_list()
    cells = [cell.text.split() for cell in reader.all("#models-table tbody tr:first-child td")]
    assert [f"+{row['gain']:.1f}", f"{row['gain_low']:.1f}–{row['gain_high']:.1f}"] in cells
    assert sum(cell[0] == "≤" for cell in cells) == 3


def test_many_models_come_a_hundred_at_a_time(
    reader: Reader, make_inputs: Callable[..., Results], tmp_path: Path, without_figures: None
):
    write_report(make_inputs(*(f"m{number:03d}" for number in range(250)), against=False), tmp_path / "report")
    reader.open(tmp_path / "report" / "index.html", "sort=model")
    assert len(names(reader)) == 100
    assert reader.one("#models-table").get_attribute("aria-rowcount") == "251"
    more = reader.one("#models-more")
    assert more.text == "Show more (150 not shown yet)"
    more.send_keys(Keys.ENTER)
    assert len(names(reader)) >= 200
    reader.one("#models-filter").send_keys("m249")
    assert names(reader) == ["m249"]
