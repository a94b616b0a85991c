"""Names of files, numbers, terms."""

import polars as pl
import pytest

from errata.categories import accuracy_words
from errata.files import slug
from errata.profiles.summary import profile_markdown, profile_text
from errata.report.glossary import GLOSSARY
from errata.report.numerals import interval, percent, rounded, share, signed, whole
from errata.report.site import write_report
from errata.trends.lines import compare
from report.pages import Page

SINGLE = ("multi_label", "non_prototypical", "provisional_non_prototypical")
"""What is undefined where images have one label each."""


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
    assert (rounded(31.4), rounded(3.14), rounded(9.96)) == ("31\u00a0%", "3.1\u00a0%", "10\u00a0%")
    assert (share(1, 4), share(0, 0)) == (25, None)


def test_a_term_is_explained_in_at_most_two_short_sentences():
    for term, words in GLOSSARY.items():
        assert words.endswith("."), term
        assert words.count(". ") <= 1, term
        assert len(words.split()) <= 40, term


def test_where_images_have_one_label_the_accuracy_has_its_own_name(make_inputs, tmp_path):
    results = make_inputs("mine", undefined=SINGLE, against=False)
    for text in (profile_text(results), profile_markdown(results)):
        assert "mean per-class accuracy" in text
        assert not set_of_words(text)
    write_report(results, tmp_path / "report")
    page = Page(tmp_path / "report/models/mine.html").text
    assert not {"MLA", "multi-label accuracy"} & set_of_words(page)
    assert "Per-class accuracy" in page
    assert "mean per-class accuracy" in (tmp_path / "report/data/summaries/mine.md").read_text()


def test_beyond_the_published_models_nothing_is_called_usual(make_inputs, published, without_figures, tmp_path):
    weak = make_inputs("mine")
    assert "usual: what 40 published models lead to expect" in profile_text(weak)
    profile = weak.profile.with_columns(mla=pl.lit(99.9), correct=pl.col("images"))
    strong = weak.having(profile=profile, comparison=compare(profile, published))
    text = profile_text(strong, width=300)
    assert "Its accuracy lies beyond that of every published model" in text
    assert "usual:" not in text
    write_report(strong, tmp_path / "report")
    page = Page(tmp_path / "report/models/mine.html").text
    assert "Not compared: its accuracy lies beyond that of every published model." in page
    assert "beyond published" in page


def test_texts_about_multi_label_errors_are_retold_where_images_have_one_label():
    told = "A multi-label error counts; per point of MLA the multi-label errors change."
    assert accuracy_words(()).retold(told) == told
    assert "MLA" not in accuracy_words(SINGLE).retold(told)
    assert accuracy_words((*SINGLE, "class_overlap")).retold("Models that make a multi-label error.") == (
        "Models that make an error."
    )


def set_of_words(text: str) -> set[str]:
    """Which of the names of multi-label figures a text has."""
    names = ("MLA", "multi-label accuracy", "multi-label error", "by the multi-labels")
    return {name for name in names if name in text}


def test_where_images_have_several_labels_it_is_the_multi_label_accuracy(make_inputs):
    text = profile_text(make_inputs("mine", against=False))
    assert "multi-label accuracy (MLA)" in text
    assert "multi-label errors" in text
