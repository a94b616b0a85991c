"""The first screen of a model: one sentence, a bar whose pieces are doors, three cards, category sentences."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import polars as pl
import pytest
from PIL import Image

from errata.report.first_images import first_images, with_pictures
from errata.report.image_folder import ImageFolder
from errata.report.pictures import PictureSource
from errata.report.site import write_report
from errata.results import Results
from errata.trends.tables import ESTIMATE
from mistakes.answered import answered_world
from report.conftest import with_answers
from report.made_up import made_what_if
from report.pages import Page

Make = Callable[..., Results]

pytestmark = pytest.mark.usefixtures("without_figures")

COUNTS = {
    "top1_errors": 200,
    "class_overlap": 4,
    "multi_label": 58,
    "fine_grained": 80,
    "fine_grained_oov": 8,
    "spurious_correlation": 10,
    "non_prototypical": 1,
    "model_failure": 39,
}


def given(inputs: Results, **counts: int | None) -> Results:
    """The same inputs with other counts, in every group."""
    profile = inputs.profile.with_columns(pl.lit(value, pl.Int32).alias(name) for name, value in counts.items())
    gains = made_what_if(profile.filter(pl.col("group") == "all"))
    return Results(profile=profile, pooled=inputs.pooled, facts=inputs.facts, what_if=gains)


def rendered(inputs: Results, tmp_path: Path) -> Page:
    write_report(inputs, tmp_path / "report")
    return Page(tmp_path / "report" / "index.html")


def beginning(page: Page) -> str:
    """The first heading and the sentence below it."""
    html = page.path.read_text(encoding="utf-8").split("<h1>")[1].split('<div class="sides"')[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def test_the_beginning_says_how_much_is_wrong_and_what_to_do(make_inputs: Make, tmp_path: Path):
    page = rendered(given(make_inputs("resnet50", checked=True), **COUNTS), tmp_path)
    assert beginning(page) == (
        "resnet50 is wrong on 20.0 % of the images; 31 % of that is the labels' fault "
        "Its biggest kind of real mistake is fine-grained; fixing it would bring +8.0 points of MLA."
    )


def test_a_number_and_its_per_cent_sign_are_never_on_two_lines(make_inputs: Make, tmp_path: Path):
    page = rendered(given(make_inputs("resnet50", checked=True), **COUNTS), tmp_path)
    html = unescape(page.path.read_text(encoding="utf-8"))
    shown = re.sub(r"<[^>]*>", "", html.split("<h1>")[1].split('<table class="kinds">')[0])
    assert len(re.findall(r"\d\u00a0%", shown)) == 4
    assert not re.search(r"\d\s*[ \n]%", shown)


def test_without_an_open_world_check_the_biggest_kind_is_the_biggest_certain_one(make_inputs: Make, tmp_path: Path):
    page = rendered(make_inputs("resnet50"), tmp_path)
    assert "Its biggest certain kind of real mistake is fine-grained." in beginning(page)


def test_where_no_kind_is_decided_the_beginning_says_so(make_inputs: Make, tmp_path: Path):
    inputs = given(make_inputs("a"), top1_errors=50, class_overlap=0, multi_label=0, fine_grained=0)
    unchecked = inputs.profile.with_columns(pl.lit(50, pl.Int32).alias("open_world_unchecked"))
    page = rendered(Results(profile=unchecked, pooled=inputs.pooled, facts=inputs.facts), tmp_path)
    assert "No kind of its real mistakes is decided without an open-world check." in beginning(page)


def test_a_model_without_errors_is_right_on_all_images(make_inputs: Make, tmp_path: Path):
    inputs = given(make_inputs("a", checked=True), **dict.fromkeys(COUNTS, 0))
    assert "a is right on all 1,000 images" in rendered(inputs, tmp_path).text


def test_at_most_forty_words_stand_before_the_bar(make_inputs: Make, tmp_path: Path):
    page = rendered(given(make_inputs("resnet50", checked=True), **COUNTS), tmp_path)
    html = page.path.read_text(encoding="utf-8").split("<header>")[1].split('<div class="sides')[0]
    assert len(re.sub(r"<[^>]*>", " ", html).split()) <= 40


def test_the_page_of_an_only_model_is_the_front_page(make_inputs: Make, tmp_path: Path):
    front = rendered(make_inputs("a"), tmp_path)
    own = Page(tmp_path / "report" / "models" / "a.html")
    assert front.text == own.text
    for words in ("1 model", "Filter", "Pooled", "All models"):
        assert words not in front.text
    assert [found["href"] for found in front.of("a", aria_current="page")] == ["index.html"]


def test_sentences_stand_with_the_first_mention_of_their_categories(make_inputs: Make, tmp_path: Path):
    page = rendered(make_inputs("a", checked=True), tmp_path)
    assert page.text.index("The prediction names something else that the image also shows.") < page.text.index(
        "By kind of image"
    )


def test_what_may_be_out_of_vocabulary_is_estimated_and_hatched_before_the_other_unchecked_kinds(
    make_inputs: Make, tmp_path: Path
):
    inputs = make_inputs("a")
    of_all = {"model": "a", "group": "all", "category": "fine_grained_oov", "unchecked": 50, "why_not": None}
    estimate = pl.DataFrame([{**of_all, "estimate": 12.4, "low": 8, "high": 17}], schema=ESTIMATE.schema)
    estimated = Results(profile=inputs.profile, pooled=inputs.pooled, facts=inputs.facts, estimate=estimate)
    page = rendered(estimated, tmp_path)
    table = page.path.read_text(encoding="utf-8").split('<table class="kinds">')[1].split("</table>")[0]
    rows = re.findall(
        r'<tr class="part"><th scope="row"><i class="([^"]*)"[^>]*></i>([^<]*)</th>\s*<td>(.*?)</td>', table
    )
    assert [label for _, label, _ in rows] == [
        "fine-grained out of vocabulary",
        "spurious correlation",
        "non-prototypical",
        "model failure",
    ]
    assert rows[0][0] == "swatch hatched k-fine_grained_oov"
    assert re.sub(r"<[^>]*>", "", rows[0][2]) == "≈ 12"


@pytest.fixture
def with_images(make_inputs: Make, tmp_path: Path) -> Results:
    """Two models that answer every image of a small atlas."""
    world = answered_world(checked=True, models=("weak", "strong"))
    return with_answers(make_inputs("weak", "strong", checked=True), world, tmp_path)


def test_every_number_of_errors_leads_to_exactly_its_images(with_images: Results, tmp_path: Path):
    write_report(with_images, tmp_path / "report")
    page = Page(tmp_path / "report" / "models" / "weak.html")
    doors = [found["href"] for found in page.of("a") if found["href"].startswith("../explorer.html#model=")]
    asked = [parse_qs(address.partition("#")[2]) for address in doors]
    assert all(keys["model"] == ["weak"] for keys in asked)
    wanted = {(keys.get("group", ["all"])[0], keys["category"][0]) for keys in asked if "category" in keys}
    kinds = {"wrong", "mle", "forgiven", "class_overlap", "multi_label", "fine_grained", "fine_grained_oov"}
    assert {(group, kind) for group in ("all", "organism", "artifact", "other") for kind in kinds} <= wanted


def test_the_pieces_of_the_bar_are_doors_with_names(with_images: Results, tmp_path: Path):
    write_report(with_images, tmp_path / "report")
    pieces = [
        found
        for found in Page(tmp_path / "report" / "models" / "weak.html").of("a")
        if found.get("class", "").startswith("k-")
    ]
    assert {found["href"].partition("category=")[2].partition("&")[0] for found in pieces} >= {"fine_grained"}
    assert all(re.match(r"[a-z -]+: [\d,]+ images, ", found["title"]) for found in pieces)


def test_images_to_look_at_are_severe_and_of_different_classes(with_images: Results):
    shown = first_images(with_images, number=3)["weak"]
    errors = with_images.errors.filter(pl.col("model") == "weak").collect()
    assert len({image.target for image in shown}) == len(shown) <= 3
    assert {image.file_name for image in shown} <= set(errors["file_name"])
    severities = [list(COUNTS).index(image.look.name) for image in shown]
    assert severities == sorted(severities, reverse=True)


def test_images_to_look_at_are_shown_where_there_are_pictures(with_images: Results, tmp_path: Path):
    source = PictureSource(
        with_images.atlas.images.select("file_name", "target"), (), lambda _: Image.new("RGB", (500, 400), "teal")
    )
    results = with_images.having(pictures=source)
    shown = with_pictures(first_images(results), results, tmp_path / "first")["weak"]
    assert shown
    for image in shown:
        with Image.open(tmp_path / image.picture) as copy:
            assert copy.size == (144, 115)


def test_images_to_look_at_are_shown_from_the_users_own_folder(with_images: Results, tmp_path: Path):
    names = with_images.atlas.images["file_name"]
    places = pl.DataFrame({"file_name": names, "pattern": ["{wnid}/{stem} 1.JPEG"] * len(names)})
    results = with_images.having(image_places=ImageFolder("val", "../../val/", places, len(names)))
    shown = with_pictures(first_images(results), results, tmp_path / "first")["weak"]
    wnids = dict(zip(results.atlas.classes["name"], results.atlas.classes["wnid"], strict=True))
    for image in shown:
        assert image.picture == f"../../val/{wnids[image.target]}/{Path(image.file_name).stem}%201.JPEG"
    assert not (tmp_path / "first").exists()


def test_without_errors_or_atlas_no_images_are_shown(make_inputs: Make):
    assert first_images(make_inputs("a")) == {}


def test_without_published_models_there_is_no_card_about_them(make_inputs: Make, tmp_path: Path):
    page = rendered(make_inputs("a", against=False), tmp_path)
    assert "Weakest against published models" not in page.text


def test_a_part_of_a_data_set_is_called_that(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("a", against=False)
    facts = replace(inputs.facts, provenance={"part": {"images": 42, "of": 50_000}})
    page = rendered(inputs.having(facts=facts), tmp_path)
    assert "part of imagenet, 42 of 50,000 images" in page.text.replace("\n", " ")


def test_legends_show_only_what_the_atlas_defines(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("a", "b", checked=True, undefined=("multi_label", "non_prototypical"), against=False)
    html = rendered(inputs, tmp_path).path.read_text(encoding="utf-8")
    legend = html.split('<dl class="legend">')[1].split("</dl>")[0]
    assert "non-prototypical" not in legend
    assert "model failure" in legend
    assert "Not defined on this data set: multi-label, non-prototypical." in html
