"""Images and classes are found by what people type."""

import polars as pl
import pytest

from errata.asked import find_class, find_image
from errata.atlas.compiled import read_atlas
from errata.errors import InputError

CLASSES = pl.DataFrame(
    {
        "class_id": range(5),
        "wnid": [f"n{place:08d}" for place in range(5)],
        "name": ["missile", "German shepherd", "Labrador retriever", "crane (bird)", "crane (machine)"],
        "lemmas": [["missile"], ["German shepherd", "police dog"], ["Labrador retriever"], ["crane"], ["crane"]],
    }
)


@pytest.mark.parametrize(
    "typed",
    ["0012.JPEG", "0012", "12", "0012.png", "val/n01440764/0012.JPEG", "0012_n01440764.JPEG", r"C:\val\0012.jpeg"],
)
def test_an_image_is_found_by_its_number_and_by_its_name_without_suffix_or_folder(atlas, typed):
    assert find_image(read_atlas(atlas), typed).found == "0012.JPEG"


@pytest.mark.parametrize("typed", ["99999", "nowhere", ""])
def test_an_unknown_image_is_answered_with_how_images_are_named(atlas, typed):
    with pytest.raises(InputError, match=r"not among the 400 annotated images .* named like 0000.JPEG"):
        find_image(read_atlas(atlas), typed)


@pytest.mark.parametrize("typed", ["0", "n00000000", "missile", "Missile"])
def test_a_class_is_found_by_id_wnid_or_name_without_a_word(typed):
    assert (find_class(CLASSES, typed).found, find_class(CLASSES, typed).note) == (0, "")


@pytest.mark.parametrize(("typed", "found"), [("misile", 0), ("german shepard", 1), ("labrador", 2)])
def test_a_class_typed_slightly_wrong_or_in_part_is_taken_and_it_is_said(typed, found):
    asked = find_class(CLASSES, typed)
    assert asked.found == found
    assert f"taken for '{CLASSES['name'][found]}'" in asked.note


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("crane", "the name of several classes. Did you mean 'crane .bird.' .* or 'crane .machine.'"),
        ("xyzzy", "no class of this data set. Name a class"),
        ("99", "expected an id from 0 to 4"),
    ],
)
def test_what_could_be_several_classes_or_none_is_refused_with_what_to_do(typed, said):
    with pytest.raises(InputError, match=said):
        find_class(CLASSES, typed)
