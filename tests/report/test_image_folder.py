"""Images in a folder of the user's, which the report shows without copying them."""

import logging
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait

from errata.errors import InputError
from errata.report.image_folder import check_image_folder, find_image_folder, match_places
from errata.report.site import write_report
from errata.results import Results
from mistakes.answered import MODELS, Answered, answered_world
from report.browser import Reader
from report.conftest import hostile_world, with_answers
from report.wall import open_answer, open_wall

WANTED = {
    "ILSVRC2012_val_00000001.JPEG": "n01440764",
    "b.JPEG": "n01440764",
    "n01440764/0.jpg": "n01440764",
    "n01440765/0.jpg": "n01440765",
    "c.png": "n01440765",
}


@pytest.mark.parametrize(
    ("file_name", "location", "pattern"),
    [
        ("b.JPEG", "b.JPEG", "{stem}.JPEG"),
        ("b.JPEG", "b.png", "{stem}.png"),
        ("b.JPEG", "val/b.JPEG", "val/{stem}.JPEG"),
        ("b.JPEG", "n01440764/b.JPEG", "{wnid}/{stem}.JPEG"),
        ("b.JPEG", "val/n01440764/b.jpg", "val/{wnid}/{stem}.jpg"),
        ("b.JPEG", "b_n01440764.JPEG", "{stem}_{wnid}.JPEG"),
        ("b.JPEG", "n09999999/b.JPEG", "n09999999/{stem}.JPEG"),
        ("c.png", "x/C.PNG", "x/C.PNG"),
        ("n01440764/0.jpg", "n01440764/0.jpg", "{wnid}/{stem}.jpg"),
        ("n01440765/0.jpg", "test/n01440765/0.jpeg", "test/{wnid}/{stem}.jpeg"),
    ],
)
def test_an_image_is_found_wherever_it_lies_and_whatever_its_ending_is(file_name: str, location: str, pattern: str):
    wanted = pl.DataFrame({"file_name": list(WANTED), "wnid": list(WANTED.values())})
    found = match_places(wanted, pl.DataFrame({"location": [location]}))
    assert found.rows() == [(file_name, pattern)]


@pytest.mark.parametrize("location", ["0.jpg", "n01440766/0.jpg", "other.JPEG"])
def test_what_could_be_several_images_or_none_is_no_image(location: str):
    wanted = pl.DataFrame({"file_name": list(WANTED), "wnid": list(WANTED.values())})
    assert match_places(wanted, pl.DataFrame({"location": [location]})).is_empty()


@pytest.mark.parametrize(("make", "found"), [(lambda path: None, "nothing"), (lambda path: path.touch(), "a file")])
def test_what_is_no_folder_is_refused(tmp_path: Path, make: Callable[[Path], None], found: str):
    make(tmp_path / "images.tar")
    with pytest.raises(InputError, match=rf"images.tar: expected a folder of images, .* found {found}"):
        check_image_folder(tmp_path / "images.tar")


@pytest.fixture(scope="module")
def world() -> Answered:
    return answered_world(checked=True)


def draw(path: Path, colour: str = "red") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30), colour).save(path, format="JPEG")


def test_how_many_images_are_there_is_said(world: Answered, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    for name in world.atlas.images["file_name"][:3]:
        draw(tmp_path / "val" / name)
    with caplog.at_level(logging.INFO):
        found = find_image_folder(tmp_path / "val", world.atlas, report=tmp_path / "out" / "report")
    assert found.base == "../../val/"
    assert found.places.height == 3
    assert caplog.messages == [f"Pictures: 3 of {world.atlas.images.height} images are in {tmp_path / 'val'}"]


def test_a_folder_of_other_images_is_named_with_what_was_expected(
    world: Answered, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    draw(tmp_path / "cat.JPEG")
    find_image_folder(tmp_path, world.atlas, report=tmp_path / "report")
    assert "none of the 80 images of the atlas is here" in caplog.text
    assert "They are named like 0000.JPEG; found: cat.JPEG." in caplog.text


@pytest.fixture(scope="module")
def make_report(make_inputs: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory):
    """Return a function that writes the report of a world with a folder of images, and returns its explorer."""

    def make(world: Answered, image_folder: Path | None) -> Path:
        folder = tmp_path_factory.mktemp("folder")
        inputs = with_answers(make_inputs(*MODELS, checked=True, against=False), world, folder)
        inputs.image_folder = image_folder
        write_report(inputs, folder / "report")
        return folder / "report" / "explorer.html"

    return make


def shown_pictures(reader: Reader, expected: int) -> set[str]:
    """Return the file names of the images on the wall whose pictures are loaded, once there are as many as expected."""
    script = """
        for (const picture of document.querySelectorAll("#wall img")) picture.loading = "eager";
        return [...document.querySelectorAll("#wall a")]
            .filter((tile) => tile.querySelector("img")?.naturalWidth)
            .map((tile) => errata.explorer.nameOf(Number(tile.dataset.image)));
    """
    WebDriverWait(reader.driver, 10).until(lambda _: len(reader.run(script)) == expected)
    return set(reader.run(script))


def test_pictures_are_shown_from_the_folder_and_drawn_where_there_are_none(
    reader: Reader, world: Answered, make_report, tmp_path: Path
):
    names = world.listed.difficulty.filter(pl.col("wrong") > 0)["file_name"][:4].to_list()
    wnids = dict(world.atlas.images.select("file_name", "target").rows())
    for name in names:
        draw(tmp_path / "50 % & #1" / f"n{wnids[name]:08d}" / name)
    page = make_report(world, tmp_path / "50 % & #1")
    open_wall(reader, page)
    assert shown_pictures(reader, 4) == set(names)
    tiles = len(reader.all("#wall li"))
    assert len(reader.all("#wall .drawn")) == tiles > 4
    assert "Pictures of 4 of 80 images, from your folder “50 % & #1”." in reader.one(".pictures-note").text
    open_answer(reader, page, image=names[0])
    assert reader.one("#picture img").get_attribute("src").endswith(f"/{names[0]}")


def test_a_report_that_was_moved_away_from_its_folder_draws_placeholders(
    reader: Reader, world: Answered, make_report, tmp_path: Path
):
    name = world.listed.difficulty["file_name"][0]
    draw(tmp_path / "val" / name)
    page = make_report(world, tmp_path / "val")
    (tmp_path / "val").rename(tmp_path / "elsewhere")
    open_wall(reader, page)
    reader.run("for (const picture of document.querySelectorAll('#wall img')) picture.loading = 'eager'")
    WebDriverWait(reader.driver, 5).until(lambda _: reader.all("#wall img") == [])


def choose_folder(reader: Reader, folder: Path) -> None:
    reader.one("#folder").send_keys(str(folder))
    WebDriverWait(reader.driver, 10).until(lambda _: "nothing is uploaded" not in reader.one("#folder-note").text)


def test_a_folder_chosen_on_the_page_is_shown_and_nothing_leaves_the_browser(
    reader: Reader, world: Answered, make_report, tmp_path: Path
):
    names = world.listed.difficulty.filter(pl.col("wrong") > 0)["file_name"][:3].to_list()
    for name in names:
        draw(tmp_path / "mine" / name.replace(".JPEG", "_n00000001.png"))
    draw(tmp_path / "mine" / "other.png")
    page = make_report(world, None)
    open_wall(reader, page)
    assert "No pictures in this report." in reader.one(".pictures-note").text
    assert reader.all("#wall img") == []
    choose_folder(reader, tmp_path / "mine")
    assert reader.one("#folder-note").text == "3 of the 80 images are in this folder. Nothing was uploaded."
    assert shown_pictures(reader, 3) == set(names)
    reader.all("#wall a:has(img)")[0].click()
    WebDriverWait(reader.driver, 5).until(lambda _: reader.all("#picture img"))
    allowed = (page.parent.as_uri() + "/", "data:", "blob:")
    assert [each for each in reader.requests() if not each.startswith(allowed)] == []
    assert reader.complaints() == []


def test_neighbours_are_shown_where_the_chosen_folder_has_them(
    reader: Reader, world: Answered, make_report, tmp_path: Path
):
    first = world.evidence.filter(kind="neighbour").row(0, named=True)
    draw(tmp_path / "mine" / f"{first['text'].partition(' ')[2]}.jpg")
    page = make_report(world, None)
    open_wall(reader, page, find=first["file_name"], how="any", counted="all")
    choose_folder(reader, tmp_path / "mine")
    reader.all("#wall a")[0].click()
    WebDriverWait(reader.driver, 5).until(lambda _: reader.all("#neighbour-list img"))
    assert [item.text for item in reader.all("#neighbour-list li")] == [f"class {first['class_a']}"]


def test_a_folder_of_other_images_is_said_to_be_that(reader: Reader, world: Answered, make_report, tmp_path: Path):
    draw(tmp_path / "mine" / "cat.png")
    open_wall(reader, make_report(world, None))
    choose_folder(reader, tmp_path / "mine")
    assert reader.one("#folder-note").text == (
        "None of the 1 files is an image of this report; they are named like 0000.JPEG."
    )


def test_names_of_files_and_folders_are_text(reader: Reader, make_report, tmp_path: Path):
    folder = tmp_path / "<img src=x onerror=alert(8)>"
    draw(folder / "cat.png")
    open_wall(reader, make_report(hostile_world(), folder))
    assert folder.name in reader.one(".pictures-note").text
    assert reader.run("return document.querySelectorAll('img[src=x]').length") == 0
