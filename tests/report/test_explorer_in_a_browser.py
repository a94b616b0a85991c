"""The explorer as a reader uses it: filters, addresses, evidence, keys, touch; skips without a browser."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import polars as pl
import pytest
from axe_core_python.selenium import Axe
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from errata.atlas.explain import explain
from errata.atlas.outcomes import CODES
from errata.categories import FORGIVEN
from errata.paired.transitions import SEVERITY
from errata.report.mistakes import confusion_rows
from errata.report.site import write_report
from errata.results import Results
from mistakes.answered import MODELS, Answered, answered_world
from report.browser import NARROW, WIDE, Reader
from report.conftest import HOSTILE, HOSTILE_CLASSES, hostile_world, with_answers
from report.wall import counts_at, names_on, open_answer, open_wall, wait_for_trail


@pytest.fixture(scope="module")
def world() -> Answered:
    return answered_world(checked=True)


@pytest.fixture(scope="module")
def make_page(make_inputs: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that writes a report of some inputs with the answers of a world, and returns its explorer."""

    def make(world: Answered, change: Callable[[Results], Results] = lambda inputs: inputs) -> Path:
        folder = tmp_path_factory.mktemp("explored")
        inputs = with_answers(make_inputs(*MODELS, checked=True, against=False), world, folder)
        write_report(change(inputs), folder / "report")
        return folder / "report" / "explorer.html"

    return make


@pytest.fixture(scope="module")
def page(world: Answered, make_page: Callable[..., Path]) -> Path:
    return make_page(world)


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


def text_of(reader: Reader, element: str) -> str:
    return reader.run(f"return document.getElementById('{element}').textContent")


def choose(reader: Reader, name: str, value: str) -> None:
    Select(reader.one(f"#filters [name={name}]")).select_by_value(value)
    wait_for_address(reader, urlencode({name: value}))


def wait_for_address(reader: Reader, part: str, *, there: bool = True) -> None:
    WebDriverWait(reader.driver, 10).until(lambda _: (part in reader.driver.current_url) == there)


def given(world: Answered) -> pl.DataFrame:
    return pl.concat([world.errors, world.problematic.rename({"outcome": "category"})])


def sampled_answers() -> list[tuple[str, str, int]]:
    answers = given(answered_world(checked=True)).unique("category", keep="first", maintain_order=True)
    return answers.select("category", "file_name", "predicted_class").rows()


@pytest.mark.parametrize(("category", "file_name", "prediction"), sampled_answers(), ids=lambda value: str(value))
def test_the_page_tells_what_explain_tells(
    reader: Reader, page: Path, world: Answered, category: str, file_name: str, prediction: int
):
    open_answer(reader, page, image=file_name, answer=prediction)
    alone = explain(world.atlas, world.evidence, file_name, prediction, verdicts=world.verdicts)
    assert alone.outcome.category == category
    assert trail(reader) == alone.lines
    assert reader.one("#command").text == f"errata explain '{file_name}' {prediction} --atlas 'test.parquet'"


def test_names_are_text_in_every_part_of_the_page(reader: Reader, hostile_report: Path):
    world = hostile_world()
    row = world.problematic.row(0, named=True)
    page = hostile_report / "explorer.html"
    open_answer(reader, page, image=row["file_name"], answer=row["predicted_class"], model=HOSTILE[0])
    alone = explain(world.atlas, world.evidence, row["file_name"], row["predicted_class"], verdicts=world.verdicts)
    assert trail(reader) == alone.lines
    assert row["model"] in text_of(reader, "answer-note")
    assert text_of(reader, "image-name") == row["file_name"]
    assert text_of(reader, "heading") == f"What {HOSTILE[0]} gets wrong"
    assert reader.run("return document.querySelectorAll('main script, main img[src=x], main b > b').length") == 0
    names = reader.run("return [...document.querySelectorAll('#classes option')].map((option) => option.value)")
    assert HOSTILE_CLASSES[0] in names
    assert {"crane (1)", "crane (2)"} <= set(names)


def test_names_that_are_not_there_are_said_as_text(reader: Reader, page: Path):
    name = "<img src=x onerror=alert(7)>"
    open_wall(reader, page, model=name, target=name, superclass=name)
    assert reader.one("#explorer-problem").text.split("\n") == [
        f"This report has no model “{name}”.",
        f"This report has no class “{name}”.",
        f"This report has no superclass “{name}”.",
    ]


# --- filters


def test_a_category_leaves_the_images_that_have_such_an_error(reader: Reader, page: Path, world: Answered):
    open_wall(reader, page)
    choose(reader, "category", "fine_grained_oov")
    errors = world.errors.filter(category="fine_grained_oov")
    images = errors["file_name"].n_unique()
    counted = f"{images} of {world.listed.difficulty.height} images · {errors.height} answers of {len(MODELS)} models"
    WebDriverWait(reader.driver, 5).until(lambda _: reader.one("#count").text == counted)
    assert set(names_on(reader)) == set(errors["file_name"])


def test_filters_of_the_answer_hold_for_one_and_the_same_answer(reader: Reader, page: Path, world: Answered):
    open_wall(reader, page, category="multi_label", prediction=4)
    assert set(names_on(reader)) == set(world.errors.filter(category="multi_label", predicted_class=4)["file_name"])


def test_class_superclass_and_group_filter_the_images(reader: Reader, page: Path, world: Answered):
    labels: dict[str, set[int]] = {name: set() for name in world.listed.difficulty["file_name"]}
    for name, label in world.evidence.filter(kind="multi_label").select("file_name", "class_a").rows():
        if name in labels:
            labels[name].add(label)
    targets = dict(world.listed.difficulty.select("file_name", "target").rows())
    images = world.atlas.images.filter(~pl.col("is_problematic"))
    for address, expected in (
        ({"label": 4}, {name for name, shown in labels.items() if 4 in {*shown, targets[name]}}),
        ({"target": "class 4"}, {name for name, target in targets.items() if target == 4}),
        ({"target": "n00000004"}, {name for name, target in targets.items() if target == 4}),
        ({"superclass": "cats"}, {name for name, shown in labels.items() if {2, 3} & {*shown, targets[name]}}),
        ({"target_in": "cats"}, {name for name, target in targets.items() if target in {2, 3}}),
        ({"group": "organism"}, set(images.filter("in_organism")["file_name"])),
    ):
        open_wall(reader, page, how="any", **address)
        assert set(names_on(reader)) == expected, address


def test_superclasses_of_target_and_prediction_hold_together(reader: Reader, page: Path, world: Answered):
    within = world.listed.superclass_mistakes.filter(superclass="cats", role="target")["within"][0]
    ((_, answers),) = counts_at(reader, page, ["target_in=cats&prediction_in=cats"])
    assert answers == within > 0


def test_the_number_of_models_that_are_wrong_is_a_range(reader: Reader, page: Path, world: Answered):
    open_wall(reader, page, least=2, most=3)
    expected = world.listed.difficulty.filter(pl.col("wrong").is_between(2, 3))["file_name"]
    assert set(names_on(reader)) == set(expected)


def test_parts_of_a_name_may_be_separated_by_spaces(reader: Reader, page: Path):
    open_wall(reader, page, find=" 00 jpeg  71 ", how="any", counted="all")
    assert names_on(reader) == ["0071.JPEG"]


def test_close_calls_are_those_whose_trail_says_so(reader: Reader, page: Path, world: Answered):
    open_wall(reader, page, close="yes", counted="all")
    names = names_on(reader)
    assert 0 < len(names) < world.atlas.images.height
    open_answer(reader, page, close="yes", counted="all", image=names[0])
    assert "close call" in {term for term, _ in trail(reader)}


def test_problematic_images_are_shown_when_asked_for_and_marked(reader: Reader, page: Path, world: Answered):
    open_wall(reader, page, counted="problematic")
    assert set(names_on(reader)) == set(world.problematic["file_name"])
    open_answer(reader, page, counted="problematic", image=world.problematic["file_name"][0])
    assert "left out of statistics" in reader.one("#image-note").text


def test_the_address_keeps_filters_and_order(reader: Reader, page: Path):
    open_wall(reader, page, order="name", find="00", label=4)
    names = names_on(reader)
    assert names == sorted(names)
    assert reader.one("#filters [name=find]").get_attribute("value") == "00"
    assert reader.one("#filters [name=label]").get_attribute("value") == "class 4"
    assert Select(reader.one("#filters [name=order]")).first_selected_option.text == "file name"


def test_typing_in_a_filter_changes_the_address_and_clear_empties_it(reader: Reader, page: Path):
    open_wall(reader, page)
    reader.tab_to("#filters [name=prediction]").send_keys("class 7")
    wait_for_address(reader, "prediction=7")
    reader.one("#filters button[type=reset]").click()
    wait_for_address(reader, "prediction", there=False)
    assert reader.one("#filters [name=prediction]").get_attribute("value") == ""


def test_an_empty_wall_says_which_filter_to_take_away(reader: Reader, page: Path, world: Answered):
    open_wall(reader, page, find="no such name", target=4)
    assert reader.one("#count").text.startswith("0 of ")
    images = world.errors.filter(target=4)["file_name"].n_unique()
    assert [item.text for item in reader.all("#nothing-list li")] == [
        f"without “File name”: {images} images",
        "without all",
    ]
    reader.all("#nothing-list a")[0].click()
    wait_for_address(reader, "find", there=False)
    assert len(names_on(reader)) == images


# --- models


def test_a_model_alone_shows_what_it_gets_wrong(reader: Reader, page: Path, world: Answered):
    open_wall(reader, page)
    choose(reader, "model", "model 1")
    errors = world.errors.filter(model="model 1")
    WebDriverWait(reader.driver, 5).until(lambda _: text_of(reader, "heading") == "What model 1 gets wrong")
    assert set(names_on(reader)) == set(errors["file_name"])


def test_right_and_wrong_answers_of_a_model_are_all_images(reader: Reader, page: Path, world: Answered):
    addresses = [f"model=model+1&how={how}" for how in ("wrong", "right", "any")]
    wrong, right, both = (images for images, _ in counts_at(reader, page, addresses))
    assert wrong == world.errors.filter(model="model 1").height
    assert wrong + right == both == world.listed.difficulty.height


@pytest.mark.parametrize("filters", [{}, {"model": "model 0"}, {"model": "model 2", "group": "artifact"}])
def test_every_category_leads_to_as_many_answers_as_it_says(reader: Reader, page: Path, world: Answered, filters: dict):
    open_wall(reader, page, **filters)
    links = reader.run(
        """return [...document.querySelectorAll("#kind-list a")].map((link) =>
            [link.dataset.category, Number(link.dataset.count), link.getAttribute("href").slice(1)])"""
    )
    errors = world.errors
    if "model" in filters:
        errors = errors.filter(model=filters["model"])
    if "group" in filters:
        errors = errors.join(world.atlas.images.filter("in_artifact"), on="file_name", how="semi")
    expected = dict(errors.group_by("category").len().rows())
    assert {category: count for category, count, _ in links} == expected
    counts = counts_at(reader, page, [address for *_, address in links])
    assert [answers for _, answers in counts] == [count for _, count, _ in links]


@pytest.mark.parametrize("filters", [{"model": "model 3"}, {}, {"category": "forgiven"}])
def test_the_most_frequent_pairs_are_real_mistakes_unless_others_are_asked_for_and_lead_to_their_images(
    reader: Reader, page: Path, world: Answered, filters: dict[str, str]
):
    open_wall(reader, page, **filters)
    errors = world.errors.filter(pl.col("category").is_in(FORGIVEN) == ("category" in filters))
    if "model" in filters:
        errors = errors.filter(model=filters["model"])
    frequent = errors.group_by("target", "predicted_class").len().filter(pl.col("len") > 1)
    expected = frequent["len"].sort(descending=True).head(5).to_list()
    assert expected
    links = reader.run(
        """return [...document.querySelectorAll("#pair-list a")].map((link) =>
            [Number(link.dataset.count), link.getAttribute("href").slice(1)])"""
    )
    assert [count for count, _ in links] == expected
    assert [answers for _, answers in counts_at(reader, page, [address for _, address in links])] == expected


def outcomes(world: Answered, model: str) -> np.ndarray:
    """The severity of a model's answers to the images that count, in their order."""
    errors = world.errors.filter(model=model)
    found = world.listed.difficulty.select("file_name").sort("file_name")
    rows = found.join(errors, on="file_name", how="left", maintain_order="left").rows(named=True)
    return SEVERITY[[CODES[row["category"] or "correct", row["provisional_category"]] for row in rows]]


def test_milder_and_worse_than_another_model_are_by_severity(reader: Reader, page: Path, world: Answered):
    own, other = outcomes(world, "model 1"), outcomes(world, "model 0")
    addresses = [f"model=model+1&than=model+0&how={how}" for how in ("milder", "worse")]
    counts = [images for images, _ in counts_at(reader, page, addresses)]
    assert counts == [int((own < other).sum()), int((own > other).sum())]
    open_wall(reader, page, model="model 1", than="model 0", how="milder")
    assert text_of(reader, "heading") == "Where model 1 is milder than model 0"
    assert all("model 0: " in small.text for small in reader.all("#wall small"))


def test_what_the_other_model_answered_is_a_filter_and_so_is_what_it_did_not(
    reader: Reader, page: Path, world: Answered
):
    own, other = outcomes(world, "model 1"), outcomes(world, "model 0")
    same = "model=model+1&than=model+0&category=correct&was="
    counts = [images for images, _ in counts_at(reader, page, [f"{same}wrong", f"{same}-wrong", f"{same}correct"])]
    both = int(((own == 0) & (other == 0)).sum())
    assert counts == [int(((own == 0) & (other > 0)).sum()), both, both]


def test_a_model_with_a_part_of_the_images_has_its_mistakes_and_says_so(
    reader: Reader, make_page: Callable[..., Path], world: Answered
):
    def in_part(inputs: Results) -> Results:
        fewer = pl.when(pl.col("model") == "model 0").then(pl.col("images") - 1).otherwise("images")
        return inputs.having(profile=inputs.profile.with_columns(images=fewer))

    page = make_page(world, in_part)
    errors = world.errors.filter(model="model 0").height
    addresses = ["model=model+0", "model=model+0&how=any", "model=model+1&how=any"]
    assert [images for images, _ in counts_at(reader, page, addresses)] == [
        errors,
        errors,
        world.listed.difficulty.height,
    ]
    open_wall(reader, page, model="model 0", how="any")
    assert reader.one("#count").text == (
        f"{errors} of the {world.listed.difficulty.height - 1} images that model 0 answered · "
        "right answers are not listed where a model answered a part of the images"
    )


def test_the_surest_mistakes_come_first_where_confidence_is_known(
    reader: Reader, make_page: Callable[..., Path], world: Answered
):
    errors = world.errors.filter(model="model 0").select("model", "file_name")
    known = errors.with_columns(confidence=((pl.int_range(pl.len()) * 37) % 97 / 100).cast(pl.Float32))
    page = make_page(world, lambda inputs: inputs.having(confidences=known[:-2].lazy()))
    open_wall(reader, page, model="model 0")
    expected = known[:-2].sort(-pl.col("confidence"))
    assert names_on(reader)[:-2] == expected["file_name"].to_list()
    assert {*names_on(reader)[-2:]} == {*known["file_name"][-2:]}
    first = round(100 * expected["confidence"][0])
    assert reader.all("#wall small")[0].text.startswith(f"{first} % sure")
    open_wall(reader, page, model="model 1")
    assert "sure" not in reader.all("#wall small")[0].text


# --- what is not there is said


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("model=nosuch", "This report has no model “nosuch”."),
        ("model=model+0&than=nosuch", "This report has no model “nosuch”."),
        ("target=unicorn", "This report has no class “unicorn”."),
        ("prediction=999", "This report has no class “999”."),
        ("superclass=dragons", "This report has no superclass “dragons”."),
        ("category=nonsense", "This report has no category “nonsense”."),
        ("group=birds", "This report has no group “birds”."),
        ("how=badly", "This report has no value of “how” “badly”."),
        ("colour=red", "This page has no filter “colour”."),
        ("model=model+0&how=milder", "“how=milder” needs “than”, a model to compare with."),
        ("than=model+0", "“than” needs “model”, the model that is compared."),
    ],
)
def test_what_the_report_does_not_have_is_said_and_nothing_is_shown_in_its_place(
    reader: Reader, page: Path, address: str, sentence: str
):
    reader.open(page, address)
    WebDriverWait(reader.driver, 10).until(lambda _: reader.one("#explorer-problem").text)
    assert reader.one("#explorer-problem").text == sentence
    assert reader.all("#wall li") == []
    assert reader.one("#count").text == ""
    assert text_of(reader, "heading") == "Not in this report"


def test_a_class_in_place_of_an_unknown_one_is_shown(reader: Reader, page: Path):
    open_wall(reader, page, target="unicorn")
    field = reader.one("#filters [name=target]")
    field.clear()
    field.send_keys("class 3", Keys.ENTER)
    wait_for_address(reader, "target=3")
    WebDriverWait(reader.driver, 5).until(lambda _: reader.all("#wall li"))
    assert not reader.one("#explorer-problem").is_displayed()


def test_an_image_or_answer_that_is_not_there_is_said_with_the_command_that_tells_it(
    reader: Reader, page: Path, world: Answered
):
    open_answer(reader, page, image="it's not here.JPEG", answer=3)
    assert reader.one("#answer-name").text == "No such image in this report"
    assert reader.one("#image-name").text == "it's not here.JPEG"
    assert reader.one("#command").text == r"errata explain 'it'\''s not here.JPEG' 3 --atlas 'test.parquet'"
    name = world.listed.difficulty["file_name"][-1]
    answers = {*given(world).filter(file_name=name)["predicted_class"], world.listed.difficulty["target"][-1]}
    other = next(number for number in range(9) if number not in answers)
    open_answer(reader, page, image=name, answer=other)
    assert "No model of this report gives this answer" in reader.one("#answer-name").text
    assert trail(reader) == []


@pytest.mark.parametrize(
    ("file", "address", "place"),
    [
        ("explorer/0000.js", "image=0001.JPEG", "#trail-problem"),
        ("explorer/models/{model}.js", "model=model+2", "#explorer-problem"),
    ],
)
def test_a_missing_file_is_named(reader: Reader, page: Path, file: str, address: str, place: str):
    file = file.format(model=next(each.stem for each in (page.parent / "explorer/models").glob("model-2*")))
    content = (page.parent / file).read_bytes()
    (page.parent / file).unlink()
    try:
        reader.open(page, address)
        problem = WebDriverWait(reader.driver, 10).until(lambda _: reader.one(place).text)
        assert problem == f"The file {file} is not beside this page."
    finally:
        (page.parent / file).write_bytes(content)


def test_without_evidence_there_is_a_wall_and_the_page_says_what_is_missing(
    reader: Reader, make_page: Callable[..., Path], world: Answered
):
    page = make_page(world, lambda inputs: inputs.having(evidence=None))
    open_answer(reader, page, model="model 0", image=world.errors["file_name"][0])
    assert reader.one("#trail-problem").text == "No evidence lies beside the atlas, so there is no more to tell."
    assert reader.complaints() == []
    assert len(names_on_open(reader)) == world.errors.filter(model="model 0").height


def names_on_open(reader: Reader) -> list[str]:
    reader.one("#shut").click()
    return names_on(reader)


# --- keys and touch


def focused(reader: Reader) -> str | None:
    return reader.run(
        "const image = document.activeElement.dataset.image; return image && errata.explorer.nameOf(Number(image))"
    )


def test_arrows_walk_the_wall_enter_opens_and_escape_returns(reader: Reader, page: Path):
    open_wall(reader, page, model="model 0")
    names = names_on(reader)
    columns = reader.run(
        "const tops = [...document.querySelectorAll('#wall li')].map((item) => item.offsetTop);"
        "return tops.filter((top) => top === tops[0]).length"
    )
    reader.tab_to("#wall a[tabindex='0']")
    for keys, place in (
        ((Keys.ARROW_RIGHT,), 1),
        ((Keys.ARROW_DOWN,), 1 + columns),
        ((Keys.ARROW_LEFT,), columns),
        ((Keys.ARROW_UP,), 0),
        ((Keys.ARROW_LEFT,), 0),
        ((Keys.END,), len(names) - 1),
        ((Keys.HOME, Keys.ARROW_RIGHT), 1),
    ):
        reader.press(*keys)
        assert focused(reader) == names[place], keys
    reader.press(Keys.ENTER)
    wait_for_trail(reader)
    assert reader.one("#image-name").text == names[1]
    reader.press(Keys.ARROW_RIGHT)
    WebDriverWait(reader.driver, 5).until(lambda _: reader.one("#image-name").text == names[2])
    assert reader.one("#place").text == f"3 of {len(names)}"
    reader.press(Keys.ESCAPE)
    wait_for_address(reader, "image", there=False)
    WebDriverWait(reader.driver, 5).until(lambda _: focused(reader) == names[2])
    assert not reader.one("#detail").is_displayed()


def test_only_one_image_of_the_wall_is_a_stop_of_the_tab_key(reader: Reader, page: Path):
    open_wall(reader, page)
    assert len(reader.all("#wall a")) > 20
    assert len(reader.all("#wall a[tabindex='0']")) == 1


def test_an_answer_is_chosen_with_keys_alone(reader: Reader, page: Path, world: Answered):
    name = world.listed.difficulty.sort("answers")["file_name"][-1]
    open_answer(reader, page, image=name)
    reader.tab_to("#answers li:last-child a", most=20)
    reader.press(Keys.ENTER)
    wait_for_address(reader, "answer=")
    wait_for_trail(reader)
    last = reader.one("#answers li:last-child a")
    assert last.get_attribute("aria-current") == "true"
    assert reader.driver.switch_to.active_element == last


def touch(reader: Reader, *points: tuple[float, float]) -> None:
    """Put a finger on the first point, move it to the others and take it away."""
    for place, (x, y) in enumerate(points):
        event = {"type": "touchMove" if place else "touchStart", "touchPoints": [{"x": x, "y": y}]}
        reader.driver.execute_cdp_cmd("Input.dispatchTouchEvent", event)
    reader.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_touch_opens_an_image_and_swiping_goes_on_and_back(reader: Reader, page: Path):
    reader.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        reader.open(page, "model=model+0", width=NARROW)
        WebDriverWait(reader.driver, 5).until(lambda _: reader.all("#wall a"))
        first = reader.all("#wall a")[0]
        names = names_on(reader)
        reader.run("arguments[0].scrollIntoView({ block: 'center' })", first)
        box = reader.run("const box = arguments[0].getBoundingClientRect(); return [box.x + 30, box.y + 30]", first)
        touch(reader, tuple(box))
        WebDriverWait(reader.driver, 5).until(lambda _: text_of(reader, "image-name") == names[0])
        touch(reader, (300, 400), (180, 402), (60, 402))
        WebDriverWait(reader.driver, 5).until(lambda _: text_of(reader, "image-name") == names[1])
        touch(reader, (60, 400), (180, 402), (300, 402))
        WebDriverWait(reader.driver, 5).until(lambda _: text_of(reader, "image-name") == names[0])
    finally:
        reader.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_a_wall_of_many_images_is_made_part_by_part(reader: Reader, make_page: Callable[..., Path]):
    world = answered_world(checked=True, images=260)
    page = make_page(world)
    open_wall(reader, page, how="any")
    total = world.listed.difficulty.height
    assert len(reader.all("#wall li")) == 120
    assert reader.one("#more").text == f"Show {total - 120} more of {total - 120}"
    reader.tab_to("#wall a[tabindex='0']").send_keys(Keys.END, Keys.ARROW_RIGHT)
    assert len(reader.all("#wall li")) == total
    place = (
        "return [...document.querySelectorAll('#wall li')].findIndex((each) => each.contains(document.activeElement))"
    )
    assert reader.run(place) == 120


# --- other pages, and everyone


def test_every_number_of_the_page_of_mistakes_leads_to_its_images_or_answers(
    reader: Reader, page: Path, world: Answered
):
    reader.open(page.with_name("mistakes.html"))
    script = """
        const found = {};
        for (const link of document.querySelectorAll("main table td a[href^='explorer.html#'], main .bar a")) {
          const said = link.textContent || link.title.match(/: ([\\d,]+) /)[1];
          const address = link.getAttribute("href").split("#")[1];
          if (!/%|image=/.test(address + said)) found[address] = Number(said.replaceAll(",", ""));
        }
        return found;
    """
    said = reader.run(script)
    said = {address: number for address, number in said.items() if "prediction_in" not in address}
    assert len(said) > 100
    # a browser lets a page change its address no more than 200 times in half a minute
    sample = dict(list(said.items())[:: -(-len(said) // 150)])
    counts = dict(zip(sample, counts_at(reader, page, list(sample)), strict=True))
    assert {address: (said[address], count) for address, count in counts.items() if said[address] not in count} == {}


def test_every_row_of_confused_pairs_leads_to_its_images(reader: Reader, page: Path, world: Answered):
    reader.open(page.with_name("mistakes.html"))
    reader.one("#confusions tbody tr:first-child th a").click()
    pair = confusion_rows(world.listed)[0].values
    WebDriverWait(reader.driver, 10).until(lambda _: reader.all("#wall li"))
    assert len(names_on(reader)) == pair["images"]


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide, light", "narrow, dark"])
def test_wall_and_open_image_fit_the_window_without_serious_accessibility_findings(
    reader: Reader, hostile_report: Path, width: int, dark: bool
):
    name = hostile_world().errors["file_name"][0]
    for address in ({"model": HOSTILE[1]}, {"model": HOSTILE[1], "image": name}, {"model": "nosuch"}):
        reader.open(hostile_report / "explorer.html", urlencode(address), width=width, dark=dark)
        ready = (
            "return document.getElementById('detail').dataset.ready"
            if "image" in address
            else "return document.getElementById('wall').dataset.ready"
        )
        WebDriverWait(reader.driver, 20).until(lambda _, ready=ready: reader.run(ready))
        assert reader.run("return document.documentElement.scrollWidth") <= width
        findings = Axe().run(reader.driver)["violations"]
        serious = [each for each in findings if each["impact"] in ("serious", "critical")]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in serious] == [], address
        assert reader.complaints() == []
