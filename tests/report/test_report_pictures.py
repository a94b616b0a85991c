"""Small copies of images: only where given, few, different, the same every time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from errata.errors import InputError
from errata.report.pictures import LONGEST_SIDE, PictureSource, example_pictures, strip_pictures
from errata.report.site import write_report
from errata.results import Results
from errata.truth.recall import CAUSES
from report.made_up import CLASS_NAMES, made_pictures, made_planted, made_recall
from report.pages import Page

Make = Callable[..., Results]
PLANTED = made_planted()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def test_the_strip_shows_one_image_of_each_class_typical_ones_first(folder: Path):
    strip = strip_pictures(made_pictures(PLANTED), PLANTED, folder)
    assert [picture.label for picture in strip] == list(CLASS_NAMES)
    assert {picture.cause for picture in strip} == {None}


def test_of_a_class_the_image_with_the_most_contrast_is_shown(folder: Path):
    def read(file_name: str) -> Image.Image:
        image = Image.new("RGB", (60, 60), "white")
        if file_name == "b.png":
            image.paste("black", (0, 0, 30, 60))
        return image

    images = pl.DataFrame(
        {"file_name": ["a.png", "b.png", "c.png"], "target": [0, 0, 0]}, schema_overrides={"target": pl.Int16}
    )
    strip = strip_pictures(PictureSource(images, ("zebra",), read), None, folder)
    assert [picture.file_name for picture in strip] == ["b.png"]


def test_without_planted_causes_there_is_a_strip_too(folder: Path):
    assert len(strip_pictures(made_pictures(PLANTED), None, folder)) == len(CLASS_NAMES)


def test_every_cause_has_six_different_examples_in_words(folder: Path):
    examples = example_pictures(made_pictures(PLANTED), PLANTED, folder)
    assert set(examples) == set(CAUSES)
    for cause, pictures in examples.items():
        assert len({picture.file_name for picture in pictures}) == 6
        assert {picture.note for picture in pictures} == {f"a {cause} <i>scene</i>"}
        assert all((picture.confuser is None) == (cause == "model_failure") for picture in pictures)


def test_examples_are_of_different_classes_before_any_repeats(folder: Path):
    one_cause = PLANTED.filter(pl.col("cause") == "fine_grained").with_columns(confuser=pl.lit(1, pl.Int16))
    pictures = example_pictures(made_pictures(PLANTED), one_cause, folder)["fine_grained"]
    assert len({picture.label for picture in pictures}) == 6


def test_a_planted_class_that_the_data_set_lacks_is_refused(folder: Path):
    strange = PLANTED.with_columns(confuser=pl.lit(99, pl.Int16))
    with pytest.raises(InputError, match=r"image '0000.png' has the confuser 99; the data set has the classes 0 to 5"):
        example_pictures(made_pictures(PLANTED), strange, folder)


def test_copies_are_small_and_keep_their_shape(folder: Path):
    picture = strip_pictures(made_pictures(PLANTED), PLANTED, folder)[0]
    with Image.open(folder.parent / picture.file) as image:
        assert image.format == "JPEG"
        assert image.size == (picture.width, picture.height) == (LONGEST_SIDE, 171)


def test_an_image_that_is_small_already_is_not_enlarged(folder: Path):
    source = replace(made_pictures(PLANTED), read=lambda _: Image.new("RGB", (64, 48)))
    assert {(picture.width, picture.height) for picture in strip_pictures(source, None, folder)} == {(64, 48)}


@pytest.fixture
def inputs(make_inputs: Make) -> Results:
    recall = made_recall(PLANTED, {"paper": 0.9})
    return make_inputs(
        *("a", "b"), checked=True, against=False, recall=recall, planted=PLANTED, pictures=made_pictures(PLANTED)
    )


@pytest.mark.usefixtures("without_figures")
def test_words_on_pictures_are_text(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    for name in ("index.html", "truth.html"):
        page = Page(tmp_path / "report" / name)
        assert "<b>teapot</b>" in page.text
        assert all("class" in attributes for attributes in page.of("i"))
    assert "a multi_label <i>scene</i>" in page.text


@pytest.mark.usefixtures("without_figures")
def test_without_images_the_truth_test_has_its_tables_alone(inputs: Results, tmp_path: Path):
    write_report(inputs.having(pictures=None), tmp_path / "report")
    page = Page(tmp_path / "report" / "truth.html")
    assert "What was planted" not in page.text
    assert "Some of the images" not in Page(tmp_path / "report" / "index.html").text
    assert not (tmp_path / "report" / "pictures").exists()


@pytest.mark.usefixtures("without_figures")
def test_pictures_are_the_same_every_time(inputs: Results, tmp_path: Path):
    contents = []
    for name in ("first", "second"):
        write_report(inputs, tmp_path / name)
        contents.append({path.name: path.read_bytes() for path in (tmp_path / name / "pictures").iterdir()})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 6 * len(CAUSES) + len(CLASS_NAMES)
