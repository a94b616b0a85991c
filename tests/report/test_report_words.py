"""The findings in sentences, names of files, numbers."""

from collections.abc import Callable

import polars as pl
import pytest

from errata.files import slug
from errata.report.headline import headline
from errata.report.numerals import interval, percent, rounded, share, signed, whole
from errata.results import Results

Make = Callable[..., Results]


def given(inputs: Results, **counts: int | None) -> Results:
    """The same inputs with other counts, in every group."""
    profile = inputs.profile.with_columns(pl.lit(value, pl.Int32).alias(name) for name, value in counts.items())
    return Results(profile=profile, pooled=inputs.pooled, facts=inputs.facts)


def test_the_headline_says_how_many_errors_are_none(make_inputs: Make):
    inputs = given(make_inputs("resnet50"), top1_errors=200, class_overlap=4, multi_label=58)
    assert headline(inputs)[0] == (
        "resnet50 makes 200 top-1 errors on 1,000 images. 31 % of them are not errors by the multi-labels: 29 % name "
        "another thing that the image shows, 2.0 % a class that means the same as the label's or contains it."
    )


def test_the_headline_gives_bounds_for_what_is_not_checked(make_inputs: Make):
    counts = {
        "top1_errors": 200,
        "class_overlap": 0,
        "multi_label": 100,
        "fine_grained": 40,
        "open_world_unchecked": 60,
        "provisional_spurious_correlation": 10,
        "provisional_non_prototypical": 1,
        "provisional_model_failure": 49,
    }
    assert headline(given(make_inputs("resnet50"), **counts))[1] == (
        "Of the 100 errors that remain, 40 % mistake something in the image for another member of its superclass "
        "(fine-grained); the other 60 % can be told apart only by an open-world check, which the atlas “labels” does "
        "not have. At most they are: spurious correlation 10 %, non-prototypical 1.0 %, model failure 49 %; every "
        "error that is out of vocabulary lowers one of these."
    )


def test_the_headline_names_every_checked_category(make_inputs: Make):
    text = headline(make_inputs("a", checked=True))[1]
    for label in ("fine-grained out of vocabulary", "spurious correlation", "non-prototypical", "model failure"):
        assert f"% {label}" in text


def test_the_headline_does_not_excuse_what_is_undefined(make_inputs: Make):
    text = headline(make_inputs("a", checked=True, undefined=("multi_label",)))[0]
    assert "What else the images show is undefined on this data set" in text


def test_the_headline_of_many_models_names_the_best_and_the_last(make_inputs: Make):
    inputs = make_inputs("weak", "strong", against=False)
    mla = inputs.profile.filter(group="all")["mla"].to_list()
    assert f"from {mla[0]:.1f} (weak) to {mla[1]:.1f} (strong)" in headline(inputs)[2]


def test_the_headline_compares_one_model_with_the_published_trend(make_inputs: Make):
    assert headline(make_inputs("a"))[2].startswith("Against the trend of 40 published models")


@pytest.mark.parametrize("name", ["resnet50", "vit_base.augreg_in21k", "a-b_c.1"])
def test_a_plain_name_is_its_own_file_name(name: str):
    assert slug(name) == name


@pytest.mark.parametrize("name", ["ResNet50", "a/b", "..", "", " ", "con", "nul.txt", "x" * 300, "é", ".hidden", "-rf"])
def test_any_other_name_gets_a_safe_file_name(name: str):
    safe = slug(name)
    assert safe != name
    assert len(safe) <= 90
    assert safe[0].isalnum()
    assert not set(safe) - set("abcdefghijklmnopqrstuvwxyz0123456789._-")


def test_names_that_differ_in_case_only_get_different_files():
    assert len({slug(name).lower() for name in ("Model", "model", "MODEL")}) == 3


def test_numbers_are_written_for_readers():
    assert (percent(12.345), percent(None), percent(float("nan"))) == ("12.3", "–", "–")
    assert (whole(1234567), whole(0), whole(None)) == ("1,234,567", "0", "–")
    assert (interval(1.23, 4.56), interval(None, None)) == ("1.2–4.6", "")
    assert (signed(-0.44), signed(2)) == ("−0.4", "+2.0")
    assert (rounded(31.4), rounded(3.14), rounded(9.96)) == ("31 %", "3.1 %", "10 %")
    assert (share(1, 4), share(0, 0)) == (25, None)
