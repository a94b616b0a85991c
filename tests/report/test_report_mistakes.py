"""The page of mistakes: everything listed is there, named, linked, and in the data."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from errata.mistakes.listing import TABLES, Mistakes, list_mistakes
from errata.report.mistakes import (
    class_names,
    common_mistakes,
    common_pairs,
    confusion_rows,
    difficulty_steps,
    findings,
)
from errata.report.site import write_report
from errata.results import Results
from mistakes.answered import MODELS, answered_world
from report.pages import Page

Make = Callable[..., Results]
HOSTILE_NAMES = ("<script>alert(4)</script>", "crane", "crane", *(f'"><b>{number}</b>' for number in range(6)))


@pytest.fixture(scope="module")
def world():
    return answered_world(checked=True)


@pytest.fixture(scope="module")
def hostile_world():
    return answered_world(checked=False, class_names=HOSTILE_NAMES, prefix="<img src=x> & ")


@pytest.fixture
def page(world, make_inputs: Make, without_figures: None, tmp_path: Path) -> Page:
    write_report(make_inputs("a", checked=True, against=False, mistakes=world.listed), tmp_path / "report")
    return Page(tmp_path / "report" / "mistakes.html")


def test_every_category_that_occurs_has_its_most_common_mistakes(world):
    shown = common_mistakes(world.listed)
    assert [part.look.name for part in shown] == world.listed.mistakes["category"].unique(maintain_order=True).to_list()
    for part in shown:
        first = world.listed.mistakes.filter(category=part.look.name).row(0, named=True)
        assert part.rows[0].values["models"] == first["models"]
        assert part.errors == world.errors.filter(category=part.look.name).height


def test_links_lead_to_the_image_and_the_answer_whatever_they_are_called(hostile_world):
    first = common_mistakes(hostile_world.listed)[0].rows[0]
    assert parse_qs(urlsplit(first.link).fragment) == {
        "category": [first.values["category"]],
        "image": [first.values["file_name"]],
        "answer": [str(first.values["predicted_class"])],
    }


def test_the_bar_of_a_pair_adds_up_to_its_errors(world):
    for row in confusion_rows(world.listed):
        assert sum(piece.count for piece in row.bar) == row.values["errors"]
        assert sum(piece.share for piece in row.bar) == pytest.approx(100)


def test_confused_pairs_lead_with_those_that_nothing_forgives(world):
    shown = [row.values for row in confusion_rows(world.listed)]
    real = [row["errors"] - (row["class_overlap"] or 0) - (row["multi_label"] or 0) for row in shown]
    assert [row["real"] for row in shown] == real == sorted(real, reverse=True)
    assert real != sorted((row["errors"] for row in shown), reverse=True)


def test_classes_of_the_same_name_can_be_told_apart(hostile_world):
    assert class_names(hostile_world.listed)[1:3] == ["crane (1)", "crane (2)"]


def test_the_steps_hold_every_image_and_every_error_once(world):
    steps = difficulty_steps(world.listed)
    assert sum(images for _, images, *_ in steps) == world.listed.difficulty.height
    assert sum(errors for *_, errors, _, _ in steps) == world.errors.height
    assert [steps[0][0], steps[-1][0]] == ["none", "all"]


def test_the_first_sentence_says_where_half_of_the_errors_are(world):
    wrong = sorted(world.listed.difficulty["wrong"].to_list(), reverse=True)
    half = next(count for count in range(len(wrong) + 1) if 2 * sum(wrong[:count]) >= sum(wrong))
    assert findings(world.listed)[0].startswith(f"Half of all errors are on {half} of {len(wrong)} images")


@pytest.fixture
def alone(world) -> Mistakes:
    errors = world.errors.lazy().filter(pl.col("model") == "model 0")
    return list_mistakes(errors, ["model 0"], world.atlas, world.evidence)


def test_one_model_is_spoken_of_as_one(alone: Mistakes, make_inputs: Make, without_figures: None, tmp_path: Path):
    assert "images are answered wrongly" in findings(alone)[0]
    write_report(make_inputs("a", checked=True, against=False, mistakes=alone), tmp_path / "report")
    page = Page(tmp_path / "report" / "mistakes.html")
    for words in ("Difficult images", "Entropy", "number of models", "Models", "1 of 1"):
        assert words not in page.text.split("Which mistakes?")[1]
    assert "#difficulty" not in page.addresses


def test_what_is_common_of_one_model_is_pairs_of_target_and_prediction(alone: Mistakes):
    counts = alone.mistakes.group_by("category", "target", "predicted_class").len()
    for part in common_pairs(alone):
        own = counts.filter(category=part.look.name)
        assert (part.mistakes, part.errors) == (own.height, own["len"].sum())
        assert [row.values["errors"] for row in part.rows] == own["len"].sort(descending=True).head(25).to_list()


def test_no_mistakes_are_said_to_be_none(world):
    nothing = list_mistakes(world.errors.lazy().limit(0), MODELS, world.atlas, world.evidence)
    assert findings(nothing) == ["No model makes any mistake on the images that count."]
    assert confusion_rows(nothing) == []


def test_the_page_shows_every_table_and_the_data_are_beside_it(page: Page):
    for heading in (
        "Most common mistakes",
        "Difficult images",
        "Confused pairs",
        "Classes",
        "Superclasses",
        "Spurious",
    ):
        assert heading in page.text
    names = {path.name for path in (page.path.parent / "data").iterdir()}
    assert {f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")} <= names
    data = [link.split("/")[1] for link in page.addresses if link.startswith("data/")]
    assert set(data) <= names


@pytest.mark.usefixtures("without_figures")
def test_names_that_try_to_break_the_page_are_text(hostile_world, make_inputs: Make, tmp_path: Path):
    write_report(make_inputs("a", against=False, mistakes=hostile_world.listed), tmp_path / "report")
    page = Page(tmp_path / "report" / "mistakes.html")
    assert "<script>alert(4)</script>" in page.text
    assert "<img src=x> & 00" in page.text
    assert page.of("b") == []
    assert page.of("img") == []
    assert [found["src"] for found in page.of("script")] == ["assets/report.js", "assets/tips.js", "assets/mistakes.js"]


@pytest.mark.usefixtures("without_figures")
def test_without_listed_mistakes_there_is_no_such_page(make_inputs: Make, tmp_path: Path):
    write_report(make_inputs("a", against=False), tmp_path / "report")
    assert not (tmp_path / "report" / "mistakes.html").exists()
