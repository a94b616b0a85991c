"""The explorer as a reader uses it: filters, addresses, evidence, keys; skips without a browser."""

from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from errata.atlas.explain import explain
from errata.report.site import write_report
from mistakes.answered import MODELS, Answered, answered_world
from report.browser import Reader
from report.conftest import HOSTILE_CLASSES, hostile_world, with_answers


@pytest.fixture(scope="module")
def world() -> Answered:
    return answered_world(checked=True)


@pytest.fixture(scope="module")
def page(world: Answered, make_inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("errata.report.overview.draw_figures", lambda *_: None)
        write_report(with_answers(make_inputs(*MODELS, checked=True, against=False), world, folder), folder / "report")
    return folder / "report" / "explorer.html"


def wait_for_trail(reader: Reader) -> None:
    WebDriverWait(reader.driver, 20).until(
        lambda _: reader.run("return document.getElementById('detail').dataset.ready")
    )


def open_answer(reader: Reader, page: Path, **state: object) -> None:
    reader.open(page, urlencode(state))
    wait_for_trail(reader)


def trail(reader: Reader) -> list[tuple[str, str]]:
    """What the page tells: every line with what it is about."""
    script = """
        let term = null;
        const told = [];
        for (const line of document.getElementById("trail").children) {
          if (line.tagName === "DT") term = line.textContent; else told.push([term, line.textContent]);
        }
        return told;
    """
    return [tuple(line) for line in reader.run(script)]


def found(reader: Reader) -> list[str]:
    """The names of the images in the list, all of them."""
    while reader.one("#more").is_displayed():
        reader.one("#more").click()
    return [element.text for element in reader.all("#results b")]


def counted(reader: Reader) -> str:
    return reader.one("#count").text


def choose(reader: Reader, name: str, value: str) -> None:
    Select(reader.one(f"#filters [name={name}]")).select_by_value(value)
    WebDriverWait(reader.driver, 5).until(lambda _: f"{name}={value}" in reader.driver.current_url)


def given(world: Answered) -> pl.DataFrame:
    return pl.concat([world.errors, world.problematic.rename({"outcome": "category"})])


def sampled_answers() -> list[tuple[str, str, int]]:
    answers = given(answered_world(checked=True)).unique("category", keep="first", maintain_order=True)
    return answers.select("category", "file_name", "predicted_class").rows()


@pytest.mark.parametrize(("category", "file_name", "prediction"), sampled_answers(), ids=lambda value: str(value))
def test_the_page_tells_what_explain_tells(
    reader: Reader, page: Path, world: Answered, category: str, file_name: str, prediction: int
):
    open_answer(reader, page, image=file_name, prediction=prediction)
    alone = explain(world.atlas, world.evidence, file_name, prediction, verdicts=world.verdicts)
    assert alone.outcome.category == category
    assert trail(reader) == alone.lines
    assert reader.one("#command").text == f"errata explain '{file_name}' {prediction} --atlas 'test.parquet'"


def test_names_are_text_in_every_part_of_the_page(reader: Reader, hostile_report: Path):
    world = hostile_world()
    row = world.problematic.row(0, named=True)
    open_answer(reader, hostile_report / "explorer.html", image=row["file_name"], prediction=row["predicted_class"])
    alone = explain(world.atlas, world.evidence, row["file_name"], row["predicted_class"], verdicts=world.verdicts)
    assert trail(reader) == alone.lines
    assert row["model"] in reader.run("return document.getElementById('answer-note').textContent")
    assert reader.run("return document.getElementById('image-name').textContent") == row["file_name"]
    assert reader.run("return document.querySelectorAll('#explorer script, #explorer img[src=x]').length") == 0
    options = [option.get_attribute("textContent") for option in Select(reader.one("#filters [name=target]")).options]
    assert HOSTILE_CLASSES[0] in options
    assert {"crane (1)", "crane (2)"} <= set(options)


def test_a_category_leaves_the_images_that_have_such_an_error(reader: Reader, page: Path, world: Answered):
    reader.open(page)
    choose(reader, "category", "fine_grained_oov")
    expected = set(world.errors.filter(category="fine_grained_oov")["file_name"])
    assert set(found(reader)) == expected
    assert counted(reader) == f"{len(expected)} of {world.listed.difficulty.height} images"


def test_filters_of_the_answer_hold_for_one_and_the_same_answer(reader: Reader, page: Path, world: Answered):
    reader.open(page, "category=multi_label&predicted=4")
    answers = world.errors.filter(category="multi_label", predicted_class=4)
    assert set(found(reader)) == set(answers["file_name"])


def test_class_superclass_and_group_filter_the_images(reader: Reader, page: Path, world: Answered):
    labels: dict[str, set[int]] = {name: set() for name in world.listed.difficulty["file_name"]}
    for name, label in world.evidence.filter(kind="multi_label").select("file_name", "class_a").rows():
        if name in labels:
            labels[name].add(label)
    targets = dict(world.listed.difficulty.select("file_name", "target").rows())
    images = world.atlas.images.filter(~pl.col("is_problematic"))
    for address, expected in (
        ("label=4", {name for name, shown in labels.items() if 4 in shown}),
        ("target=4", {name for name, target in targets.items() if target == 4}),
        ("superclass=cats", {name for name, shown in labels.items() if {2, 3} & {*shown, targets[name]}}),
        ("group=organism", set(images.filter("in_organism")["file_name"])),
    ):
        reader.open(page, address)
        assert set(found(reader)) == expected, address


def test_the_number_of_models_that_are_wrong_is_a_range(reader: Reader, page: Path, world: Answered):
    reader.open(page, "least=2&most=3")
    expected = world.listed.difficulty.filter(pl.col("wrong").is_between(2, 3))["file_name"]
    assert set(found(reader)) == set(expected)


def test_close_calls_are_those_whose_trail_says_so(reader: Reader, page: Path, world: Answered):
    reader.open(page, "close=yes&counted=all")
    names = found(reader)
    assert 0 < len(names) < world.atlas.images.height
    wait_for_trail(reader)
    assert "close call" in {term for term, _ in trail(reader)}


def test_problematic_images_are_shown_when_asked_for_and_marked(reader: Reader, page: Path, world: Answered):
    reader.open(page, "counted=problematic")
    assert set(found(reader)) == set(world.problematic["file_name"])
    assert "left out of statistics" in reader.one("#image-note").text


def test_the_address_keeps_filters_and_order(reader: Reader, page: Path, world: Answered):
    reader.open(page, "order=name&find=00")
    names = found(reader)
    assert names == sorted(names)
    assert reader.one("#filters [name=find]").get_attribute("value") == "00"
    assert Select(reader.one("#filters [name=order]")).first_selected_option.text == "file name"


def test_typing_in_a_filter_changes_the_address_and_clear_empties_it(reader: Reader, page: Path):
    reader.open(page)
    reader.tab_to("#filters [name=find]").send_keys("0071")
    WebDriverWait(reader.driver, 5).until(lambda _: "find=0071" in reader.driver.current_url)
    assert counted(reader).startswith("1 of ") or counted(reader).startswith("0 of ")
    reader.one("#filters button[type=reset]").click()
    WebDriverWait(reader.driver, 5).until(lambda _: "find" not in reader.driver.current_url)
    assert " of " not in counted(reader)


def test_an_image_and_an_answer_are_chosen_with_keys_alone(reader: Reader, page: Path):
    reader.open(page, "order=name")
    second = reader.all("#results a")[1]
    name = second.find_element("css selector", "b").text
    reader.run("arguments[0].focus()", second)
    reader.press(Keys.ENTER)
    WebDriverWait(reader.driver, 5).until(lambda _: reader.one("#image-name").text == name)
    assert reader.driver.switch_to.active_element == reader.one("#image-name")
    assert second.get_attribute("aria-current") == "true"
    reader.tab_to("#answers li:last-child a", most=20)
    reader.press(Keys.ENTER)
    wait_for_trail(reader)
    last = reader.one("#answers li:last-child a")
    assert last.get_attribute("aria-current") == "true"
    assert reader.driver.switch_to.active_element == last


def test_what_the_report_does_not_have_is_said_with_the_command_that_tells_it(
    reader: Reader, page: Path, world: Answered
):
    reader.open(page, urlencode({"image": "it's not here.JPEG", "prediction": 3}))
    assert reader.one("#image-name").text == "No such image in this report"
    assert reader.one("#command").text == r"errata explain 'it'\''s not here.JPEG' 3 --atlas 'test.parquet'"
    name = world.listed.difficulty["file_name"][-1]
    reader.open(page, urlencode({"image": name, "prediction": 999}))
    assert "No model of this report gives this answer" in reader.one("#answer-name").text
    assert trail(reader) == []


def test_links_of_the_page_of_mistakes_lead_to_what_they_say(reader: Reader, page: Path, world: Answered):
    reader.open(page.with_name("mistakes.html"))
    reader.one("#confusions tbody tr:first-child a").click()
    pair = world.listed.confusions.row(0, named=True)
    assert len(found(reader)) == pair["images"]


def test_a_missing_file_of_evidence_is_named(reader: Reader, page: Path):
    chunk = page.parent / "explorer" / "0000.js"
    content = chunk.read_bytes()
    chunk.unlink()
    try:
        reader.open(page)
        problem = WebDriverWait(reader.driver, 10).until(lambda _: reader.one("#explorer-problem").text)
        assert problem == "The file explorer/0000.js is not beside this page."
    finally:
        chunk.write_bytes(content)
