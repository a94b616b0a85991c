"""The explorer's files: every answer with the evidence that `errata explain` tells, escaped, and no more than fit."""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from errata.atlas.explain import explain
from errata.atlas.trail_words import TERMS, fill
from errata.files import slug
from errata.report import explorer as explorer_page
from errata.report import explorer as explorer_pictures
from errata.report.explorer import script_json
from errata.report.explorer_data import CHUNK, explored_answers
from errata.report.page import explorer_link
from errata.report.pictures import PictureSource
from errata.report.site import write_report
from errata.results import Results
from mistakes.answered import MODELS, Answered, answered_world
from report.conftest import with_answers
from report.pages import Page

Make = Callable[..., Results]


def read_script(path: Path) -> dict:
    """Return the object in a script file."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


@pytest.fixture(scope="module", params=[True, False], ids=["checked", "unchecked"])
def world(request) -> Answered:
    return answered_world(checked=request.param)


@pytest.fixture
def made(world: Answered, make_inputs: Make, without_figures: None, tmp_path: Path) -> Path:
    """The report of that world."""
    inputs = make_inputs(*MODELS, checked=world.verdicts is not None, against=False)
    (tmp_path / "atlas").mkdir()
    write_report(with_answers(inputs, world, tmp_path / "atlas"), tmp_path / "report")
    return tmp_path / "report"


@pytest.mark.slow
def test_every_answer_of_every_model_has_the_trail_that_explain_tells(world: Answered, made: Path):
    index = read_script(made / "explorer" / "index.js")
    given = pl.concat([world.errors, world.problematic.rename({"outcome": "category"})])
    right = world.listed.difficulty.filter(pl.col("wrong") < len(MODELS)).select("file_name", "target")
    expected = {(row["file_name"], row["predicted_class"]) for row in given.to_dicts()} | set(right.rows())
    told, answer = set(), 0
    for image, (name, count) in enumerate(zip(index["names"], index["answers"], strict=True)):
        chunk = read_script(made / "explorer" / f"{image // CHUNK:04d}.js")
        for _ in range(count):
            file_name, prediction = f"{index['prefix']}{name}{index['suffix']}", index["predicted"][answer]
            numbers = [*chunk["images"][image % CHUNK], *chunk["answers"][answer]]
            lines = [chunk["lines"][number] for number in numbers]
            filled = [fill(int(template), values, world.atlas.classes) for template, *values in lines]
            alone = explain(world.atlas, world.evidence, file_name, prediction, verdicts=world.verdicts)
            assert sorted(filled, key=lambda line: TERMS.index(line[0])) == alone.lines
            assert index["outcomes"][index["codes"][answer]][0] == alone.outcome.category
            told.add((file_name, prediction))
            answer += 1
    assert told == expected


def test_counts_and_named_models_are_those_that_gave_the_answer(world: Answered, made: Path):
    givers = defaultdict(list)
    for row in pl.concat([world.errors, world.problematic.rename({"outcome": "category"})]).to_dicts():
        givers[row["file_name"], row["predicted_class"]].append(MODELS.index(row["model"]))
    index = read_script(made / "explorer" / "index.js")
    chunk = read_script(made / "explorer" / "0000.js")
    images = [image for image, count in enumerate(index["answers"]) for _ in range(count)]
    counted = [not flags & 8 for flags in index["flags"]]
    for answer, image in enumerate(images):
        key = f"{index['prefix']}{index['names'][image]}{index['suffix']}", index["predicted"][answer]
        if counted[image] and key[1] == index["targets"][image]:
            assert index["counts"][answer] == len(MODELS) - index["wrong"][image]
        else:
            assert chunk["named"][answer] == givers[key]
            assert index["counts"][answer] == len(givers[key])


def test_of_too_many_answers_the_most_frequent_of_each_image_are_kept(
    world: Answered, make_inputs: Make, tmp_path: Path
):
    inputs = with_answers(make_inputs(*MODELS, against=False), world, tmp_path)
    everything = explored_answers(inputs, most=10_000)
    assert (everything.per_image, everything.distinct) == (None, everything.answers.height)
    fewer = explored_answers(inputs, most=everything.distinct - 1)
    assert fewer.distinct == everything.distinct
    assert fewer.answers.height < everything.distinct
    for (name,), kept in fewer.answers.group_by("file_name"):
        counts = everything.answers.filter(file_name=name)["models"].sort(descending=True)
        assert kept["models"].to_list() == counts.head(fewer.per_image).to_list()


def test_the_page_says_what_was_left_out(world: Answered, make_inputs: Make, without_figures, tmp_path, monkeypatch):
    monkeypatch.setattr(explorer_page, "MOST_ANSWERS", 60)
    (tmp_path / "atlas").mkdir()
    inputs = with_answers(make_inputs(*MODELS, against=False), world, tmp_path / "atlas")
    write_report(inputs, tmp_path / "report")
    text = Page(tmp_path / "report" / "explorer.html").text
    assert "too many for one page. Of all models together, the 1 most frequent of each image are here" in text
    assert "errata explain FILE_NAME CLASS --atlas test.parquet" in text


def test_data_in_scripts_cannot_end_them_or_break_a_line():
    text = script_json(["</script><!--", "a\u2028b\u2029c", "Ünïcode"])
    assert "<" not in text
    assert not {"\u2028", "\u2029"} & set(text)
    assert json.loads(text) == ["</script><!--", "a\u2028b\u2029c", "Ünïcode"]


def test_hostile_names_are_escaped_in_every_file(hostile_report: Path):
    scripts = sorted((hostile_report / "explorer").glob("*.js"))
    assert len(scripts) == 2
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert "<" not in text
        assert "\u2028" not in text
        assert "alert(5)" in text


def test_without_scripts_the_page_explains_itself_and_lists_the_most_difficult_images(world: Answered, made: Path):
    page = Page(made / "explorer.html")
    assert page.of("noscript")
    assert "This page needs JavaScript" in page.text
    hardest = world.listed.difficulty["file_name"][0]
    assert hardest in page.text
    prediction = world.listed.difficulty["common_mistake"][0]
    assert explorer_link(image=hardest, answer=prediction) in page.addresses


def test_without_evidence_beside_the_atlas_there_are_images_and_answers_alone(
    world: Answered, make_inputs: Make, without_figures, tmp_path
):
    (tmp_path / "atlas").mkdir()
    inputs = with_answers(make_inputs(*MODELS, against=False), world, tmp_path / "atlas")
    write_report(inputs.having(evidence=None), tmp_path / "report")
    index = read_script(tmp_path / "report" / "explorer" / "index.js")
    assert not index["evidence"]
    assert len(index["names"]) == world.atlas.images.height
    assert sorted(file.name for file in (tmp_path / "report" / "explorer").iterdir()) == ["index.js", "models"]


def strings_of(path: Path) -> tuple[int, str, str]:
    """Return the arguments in a model's script file."""
    number, outcomes, predictions = re.fullmatch(
        r'window\.errataExplorerModel\((\d+),\["([^"]*)","([^"]*)"\]\);\n', path.read_text(encoding="utf-8")
    ).groups()
    return int(number), outcomes, predictions


def test_the_file_of_a_model_holds_its_wrong_answers_in_the_order_of_the_images(world: Answered, made: Path):
    images = world.listed.difficulty["file_name"].sort()
    for position, model in enumerate(MODELS):
        errors = world.errors.filter(model=model).sort("file_name")
        number, outcomes, predictions = strings_of(made / "explorer" / "models" / f"{slug(model)}.js")
        bits = np.unpackbits(np.frombuffer(base64.b64decode(outcomes), np.uint8))[: len(images)]
        assert number == position
        assert images.filter(pl.Series(bits.astype(bool))).to_list() == errors["file_name"].to_list()
        assert np.frombuffer(base64.b64decode(predictions), "<u2").tolist() == errors["predicted_class"].to_list()


def test_the_file_of_a_model_does_not_depend_on_the_other_models(
    world: Answered, made: Path, make_inputs: Make, tmp_path
):
    (tmp_path / "alone").mkdir()
    inputs = make_inputs(MODELS[2], checked=world.verdicts is not None, against=False)
    inputs = with_answers(inputs, world, tmp_path / "alone")
    inputs = inputs.having(errors=inputs.errors.filter(model=MODELS[2]), problematic=None, mistakes=None)
    write_report(inputs, tmp_path / "second")
    files = [folder / "explorer" / "models" / f"{slug(MODELS[2])}.js" for folder in (made, tmp_path / "second")]
    assert strings_of(files[0])[1:] == strings_of(files[1])[1:]


def test_pictures_are_small_bounded_and_of_the_most_difficult_images(
    world: Answered, make_inputs: Make, without_figures, tmp_path, monkeypatch
):
    monkeypatch.setattr(explorer_pictures, "MOST_PICTURES", 7)
    source = PictureSource(
        world.atlas.images.filter(~pl.col("is_problematic")).select("file_name", "target"),
        tuple(world.atlas.classes["name"]),
        lambda _: Image.new("RGB", (400, 300), "green"),
    )
    (tmp_path / "atlas").mkdir()
    inputs = with_answers(make_inputs(*MODELS, against=False), world, tmp_path / "atlas")
    write_report(inputs.having(pictures=source), tmp_path / "report")
    index = read_script(tmp_path / "report" / "explorer" / "index.js")
    shown = {f"{index['prefix']}{index['names'][image]}{index['suffix']}" for image in index["pictures"]}
    wrong = dict(world.listed.difficulty.select("file_name", "wrong").rows())
    assert len(shown) == 7
    assert min(wrong[name] for name in shown) >= max(count for name, count in wrong.items() if name not in shown)
    files = sorted((tmp_path / "report" / "explorer" / "pictures").iterdir())
    assert sorted(file.name for file in files) == sorted(f"{image}.jpg" for image in index["pictures"])
    with Image.open(files[0]) as picture:
        assert max(picture.size) == explorer_pictures.LONGEST_SIDE


def test_the_explorer_is_the_same_every_time(made: Path, world: Answered, make_inputs: Make, tmp_path: Path):
    inputs = make_inputs(*MODELS, checked=world.verdicts is not None, against=False)
    (tmp_path / "again").mkdir()
    shuffled = replace(world, errors=world.errors.sample(fraction=1.0, shuffle=True, seed=1))
    write_report(with_answers(inputs, shuffled, tmp_path / "again"), tmp_path / "second")
    files = [file for file in (made / "explorer").rglob("*") if file.is_file()]
    assert len(files) == 2 + len(MODELS)
    for file in files:
        assert file.read_bytes() == (tmp_path / "second" / file.relative_to(made)).read_bytes()
