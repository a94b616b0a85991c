"""The page of trends, its data and its figures."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from errata.report.numerals import plain
from errata.report.site import write_report
from errata.report.trends.page import ModelSet, data_block
from errata.report.trends.place import place_rows, place_sentence
from errata.report.trends.view import number, sentence
from errata.results import Results
from errata.trends.claims import CLAIMS
from errata.trends.cloud import trend_models
from errata.trends.jackknife import Estimate
from errata.trends.lines import fit_lines
from errata.trends.statements import Measure, Statement, all_statements
from errata.trends.tables import STATEMENTS, TREND_LINES
from report.conftest import HOSTILE
from report.pages import Page


@pytest.fixture(scope="module")
def page(hostile_report: Path) -> Page:
    return Page(hostile_report / "trends.html")


def block(text: str) -> dict:
    """The data that the page's script reads."""
    return json.loads(re.fullmatch(r"const errataTrends = (.*);\n", text, re.DOTALL)[1])


def test_the_page_shows_every_claim_about_the_published_models_and_ones_own(page: Page):
    for claim in CLAIMS.values():
        if claim.name != "accuracy_predicts_share":
            assert claim.sentence in page.text
            assert claim.holds_if in page.text
    assert page.text.count("published models") > 10
    assert "it takes 20 models with known numbers and descriptions, there are 7" in page.text


def test_every_figure_that_the_page_shows_or_offers_is_there(page: Page, hostile_report: Path):
    shown = [address for address in page.addresses if address.startswith("figures/")]
    assert len(set(shown)) == 4
    for address in shown:
        assert (hostile_report / address.partition("#")[0]).is_file()


def test_a_figure_has_its_marks_and_lines_in_few_outlines(hostile_report: Path):
    # all marks of a form and colour are one outline, or 962 models would make a file of megabytes
    svg = (hostile_report / "figures" / "trend-fine_grained.svg").read_text()
    assert len(re.findall("<path ", svg)) < 120
    assert "prefers-color-scheme: dark" in svg


def test_statements_and_lines_come_as_tables_with_all_numbers(hostile_report: Path):
    statements = pl.read_csv(hostile_report / "data" / "statements.csv")
    assert statements.columns == list(STATEMENTS.columns)
    assert set(statements["models_from"]) == {"published", "here"}
    assert set(statements["holds"]) <= {"yes", "no", "cannot tell"}
    lines = pl.read_parquet(hostile_report / "data" / "trend_lines.parquet")
    assert lines.columns == list(TREND_LINES.columns)
    words = (hostile_report / "data" / "statements.md").read_text()
    assert all(claim.computed_from in words for claim in CLAIMS.values())


def test_the_scripts_data_hold_every_model_whatever_it_is_called(hostile_report: Path):
    text = (hostile_report / "assets" / "trends_data.js").read_text()
    assert "<" not in text
    published, here = block(text)["sets"]
    assert sorted(here["models"]["name"]) == sorted(HOSTILE)
    assert len(published["models"]["name"]) == 40
    for slug in here["models"]["page"]:
        assert (hostile_report / "models" / f"{slug}.html").is_file()


def test_the_scripts_data_are_the_models_counts(hostile_inputs: Results, hostile_report: Path):
    here = block((hostile_report / "assets" / "trends_data.js").read_text())["sets"][1]
    place = here["models"]["name"].index("plain_model.v1")
    row = hostile_inputs.profile.filter(model="plain_model.v1", group="artifact").row(0, named=True)
    counts = here["counts"]["artifact"]
    for name in ("images", "top1_errors", "fine_grained", "open_world_unchecked"):
        assert counts[name][place] == row[name]
    assert counts["mla"][place] == pytest.approx(row["mla"], abs=0.001)


@pytest.mark.usefixtures("without_figures")
def test_without_published_models_a_few_of_ones_own_have_no_trends(make_inputs: Callable[..., Results], tmp_path: Path):
    write_report(make_inputs("a", "b", against=False), tmp_path / "report")
    assert not (tmp_path / "report" / "trends.html").exists()


@pytest.mark.usefixtures("without_figures")
def test_without_published_models_many_of_ones_own_have_trends(make_inputs: Callable[..., Results], tmp_path: Path):
    names = [f"model {number:02d}" for number in range(24)]
    write_report(make_inputs(*names, against=False, checked=True), tmp_path / "report")
    page = Page(tmp_path / "report" / "trends.html")
    assert "24 models of this report" in page.text
    assert "published models" not in page.text
    assert not page.of("section", id="paper")


def test_what_is_known_of_ones_own_models_can_be_shown_by_colour(make_inputs: Callable[..., Results]):
    inputs = make_inputs("a", "b", "c")
    known = pl.DataFrame({"model": ["b"], "training_data": ["ImageNet-1k"], "architecture": ["ResNet"]})
    models = trend_models(inputs.profile, known)
    data = block(data_block([ModelSet("here", models, {})]))
    assert data["sets"][0]["models"]["architecture"] == [None, 0, None]
    assert data["marks"]["pretraining"]["labels"] == ["labels of ImageNet-1k"]


def test_the_most_common_labels_come_first(published: pl.DataFrame):
    kinds = ["ResNet"] * 30 + ["ViT"] * 10
    by_model = pl.DataFrame({"model": published["model"].unique().sort(), "architecture": kinds})
    models = trend_models(published.drop("architecture"), by_model)
    assert block(data_block([ModelSet("published", models, {})]))["marks"]["architecture"]["labels"] == [
        "ResNet",
        "ViT",
    ]


def test_the_map_has_the_intervals_of_few_models(hostile_inputs: Results, hostile_report: Path):
    limits = block((hostile_report / "assets" / "trends_data.js").read_text())["limits"]
    row = hostile_inputs.profile.filter(model="plain_model.v1", group="artifact").row(0, named=True)
    found = limits["plain_model.v1"]["artifact"]
    assert found["mla"] == pytest.approx([row["mla_low"], row["mla_high"]], rel=1e-5)
    expected = [row["share_fine_grained_low"], row["share_fine_grained_high"]]
    assert found["fine_grained"] == pytest.approx(expected, rel=1e-5)


def one_model(make_inputs: Callable[..., Results], outside: bool) -> Results:
    inputs = make_inputs("mine")
    high = (pl.col("category") == "fine_grained") & (pl.col("group") == "all") & outside
    return inputs.having(comparison=inputs.comparison.with_columns(outside=high, residual=pl.lit(1.0)))


def test_the_page_says_first_whether_a_model_errs_as_others_do(make_inputs: Callable[..., Results]):
    assert place_sentence(one_model(make_inputs, False)) == (
        "mine among 40 published models: it errs as models of like accuracy do."
    )
    assert place_sentence(one_model(make_inputs, True)) == (
        "mine among 40 published models: 1 of its 16 shares is outside; on all images fine-grained high."
    )
    inputs = make_inputs("mine")
    beyond = inputs.having(comparison=inputs.comparison.with_columns(extrapolated=pl.lit(value=True)))
    assert "its accuracy lies beyond that of all of them" in place_sentence(beyond)


def test_few_models_have_a_place_in_every_category_and_many_do_not(make_inputs: Callable[..., Results]):
    rows = place_rows(one_model(make_inputs, True))
    assert [row.look.name for row in rows] == ["class_overlap", "multi_label", "fine_grained", "open_world_unchecked"]
    assert rows[2].cells["all"]["outside"]
    assert place_rows(make_inputs(*"abcdef")) == []


def test_fifteen_hundred_models_beside_the_published_ones_stay_light(published: pl.DataFrame):
    # 962 published models and 1,500 of the report's own: the budget of the page is 2 MB
    row = published.with_columns(parameters=pl.lit(88_591_464), training_data=pl.lit("ImageNet-21k (14M)"))
    copies = [row.with_columns(model=pl.format("timm--some_model_{}.{}", pl.lit(n), "model")) for n in range(62)]
    many = trend_models(pl.concat(copies))
    assert many["model"].n_unique() > 962 + 1500
    text = data_block([ModelSet("published", many, fit_lines(many))])
    assert len(text) < 1_200_000


def test_a_number_comes_with_its_interval_and_real_minus_signs():
    assert number(Estimate(-1.648, -1.87, -1.42), "points", digits=2, sign=True) == "−1.65 points (−1.87 to −1.42)"
    assert number(Estimate(64.68, float("nan"), float("nan")), "%") == "64.7 %"
    assert plain(-0.04) == "0.0"


def test_the_words_are_made_from_the_numbers():
    power = Estimate(2.0, 1.8, 2.2)
    measures = (Measure("power", "ratio", power, decides=True), Measure("fall_when_errors_halve", "per cent", power))
    statement = Statement("failures_fall_faster", "artifact", "model_failure", 30, 10, "yes", measures)
    assert sentence(statement).startswith(
        "On artifacts, whenever the multi-label errors halve, model failures fall by 2.0 %"
    )
    assert "to the power 2.00 (1.80 to 2.20)" in sentence(statement)


def test_every_statement_that_can_be_made_has_words(published: pl.DataFrame):
    described = published.with_columns(
        architecture=pl.format("A{}", pl.col("model").hash() % 3),
        architecture_name=pl.format("a{}", pl.col("model").hash() % 10),
        parameters=(pl.col("model").hash() % 10**8 + 10**6).cast(pl.Int64),
        training_data=pl.when(pl.col("model").hash() % 2 == 0).then(pl.lit("S (1.2M)")).otherwise(pl.lit("L (14M)")),
    )
    statements = all_statements(trend_models(described))
    assert {each.name for each in statements if each.measures} == set(CLAIMS)
    for each in statements:
        assert sentence(each).endswith(".")


@pytest.mark.usefixtures("without_figures")
def test_the_table_of_statements_holds_nulls_for_what_cannot_be_told(
    make_inputs: Callable[..., Results], tmp_path: Path
):
    write_report(make_inputs("a"), tmp_path / "report")
    here = pl.read_parquet(tmp_path / "report" / "data" / "statements.parquet").filter(models_from="here")
    assert here["value"].is_null().all()
    assert set(here["holds"]) == {"cannot tell"}
