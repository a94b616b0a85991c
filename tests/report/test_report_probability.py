"""The soft error profile in the report: beside the first answers, with its tail."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from errata.report.site import write_report
from errata.report.soft import soft_view
from errata.results import Results
from report.made_up import made_soft_profile
from report.pages import Page

Make = Callable[..., Results]


@pytest.fixture(params=[True, False], ids=["open world", "labels"])
def inputs(request: pytest.FixtureRequest, make_inputs: Make) -> Results:
    plain = make_inputs("weak", "strong", checked=request.param, against=False)
    return plain.having(soft_profile=made_soft_profile(plain.profile))


def test_first_answers_and_probability_are_both_of_all_images(inputs: Results):
    for groups in soft_view(inputs).models.values():
        for card in groups.values():
            assert sum(share for share in card.answers.values() if share) == pytest.approx(100)
            assert sum(share for share in card.mass.values() if share) == pytest.approx(100)


def test_the_tail_is_a_piece_of_its_own_that_no_first_answer_has(inputs: Results):
    card = soft_view(inputs).models["weak"]["all"]
    assert list(card.mass)[-1] == "beyond_top_classes"
    assert card.mass["beyond_top_classes"] > 0
    assert card.answers["beyond_top_classes"] is None


@pytest.mark.usefixtures("without_figures")
def test_the_pages_show_both_numbers(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    row = inputs.profile.filter(model="weak", group="all").row(0, named=True)
    answers = 100 * row["fine_grained"] / row["images"]
    page = Page(tmp_path / "report" / "models" / "weak.html")
    assert f"fine-grained {answers:.1f} {0.96 * answers:.1f}" in page.text
    assert "beyond the kept classes 4.0" in page.text


@pytest.mark.usefixtures("without_figures")
def test_the_tail_is_explained(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    assert "4.0 % to classes beyond the most probable ones that were kept" in Page(tmp_path / "report/index.html").text


def test_categories_that_the_atlas_lacks_are_no_columns_of_the_overview(inputs: Results):
    names = [look.name for look in soft_view(inputs).defined]
    assert ("model_failure" in names) is inputs.facts.open_world_checked
    assert ("open_world_unchecked" in names) is not inputs.facts.open_world_checked


def test_models_that_are_not_in_the_profile_are_left_out(inputs: Results):
    more = inputs.soft_profile.with_columns(pl.format("{}-2", "model").alias("model"))
    both = inputs.having(soft_profile=pl.concat([inputs.soft_profile, more]))
    assert set(soft_view(both).models) == {"weak", "strong"}


@pytest.mark.usefixtures("without_figures")
def test_a_model_without_probabilities_has_its_page_all_the_same(inputs: Results, tmp_path: Path):
    one = inputs.having(soft_profile=inputs.soft_profile.filter(pl.col("model") == "weak"))
    write_report(one, tmp_path / "report")
    assert "Where the probability goes" in Page(tmp_path / "report" / "models" / "weak.html").text
    assert "Where the probability goes" not in Page(tmp_path / "report" / "models" / "strong.html").text


def test_without_a_soft_profile_nothing_is_shown(make_inputs: Make):
    assert soft_view(make_inputs("a", against=False)) is None
