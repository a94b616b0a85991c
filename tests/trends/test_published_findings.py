"""What the paper's tables say, beside what the paper says."""

from pathlib import Path

import polars as pl
import pytest

from errata.published.paper import published_files
from errata.published.read import read_published
from errata.report.trends.view import finding_rows, sentence
from errata.trends.claims import FINDINGS, POOLED_SHARES, Finding, published_figures
from errata.trends.cloud import trend_models
from errata.trends.statements import Statement, all_statements


def stated(name: str, group: str, holds: str) -> Statement:
    return Statement(name, group, "", 100, 10, holds)


@pytest.mark.parametrize(
    ("first", "second", "agreement"),
    [
        ("yes", "yes", "agree"),
        ("yes", "no", "disagree"),
        ("yes", "cannot tell", "cannot tell"),
    ],
)
def test_we_agree_with_a_finding_if_all_its_statements_hold(first: str, second: str, agreement: str):
    finding = Finding("words", "somewhere", (("a", "all"), ("b", "artifact")))
    statements = [stated("a", "all", first), stated("b", "artifact", second), stated("a", "other", "no")]
    assert finding.agreement(statements) == agreement


def test_a_finding_whose_statements_are_missing_cannot_be_told():
    finding = Finding("words", "somewhere", (("a", "all"), ("b", "artifact")))
    assert finding.agreement([stated("a", "all", "yes")]) == "cannot tell"


def test_a_published_share_agrees_within_half_a_point():
    published = POOLED_SHARES["imagenet", "all"][0]
    counts = {"fine_grained_oov": None, "spurious_correlation": None, "non_prototypical": None, "model_failure": None}
    for off, agrees in ((0.4, True), (-0.6, False)):
        models = pl.DataFrame(
            {"group": ["all"], "mle": [100_000], "fine_grained": [round(1000 * (published + off))], **counts}
        )
        (figure,) = published_figures(models, "imagenet")
        assert (figure.category, figure.published, figure.agrees) == ("fine_grained", published, agrees)


@pytest.fixture(scope="module")
def published(real: Path) -> pl.DataFrame:
    return trend_models(read_published(published_files(real / "reference_stats", "imagenet")))


@pytest.fixture(scope="module")
def statements(published: pl.DataFrame) -> dict[tuple[str, str, str], Statement]:
    return {(each.name, each.group, each.category): each for each in all_statements(published)}


@pytest.mark.real
@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.says[:40])
def test_the_papers_tables_give_its_findings(statements: dict, finding: Finding):
    assert finding.agreement(statements.values()) == "agree"


@pytest.mark.real
@pytest.mark.parametrize("dataset", ["imagenet", "imagenet-a"])
def test_the_pooled_shares_are_the_published_ones(real: Path, dataset: str):
    models = trend_models(read_published(published_files(real / "reference_stats", dataset)))
    figures = published_figures(models, dataset)
    assert len(figures) == {"imagenet": 15, "imagenet-a": 4}[dataset]
    assert [figure for figure in figures if not figure.agrees] == []


@pytest.mark.real
def test_numbers_of_the_published_models_are_those_of_an_independent_calculation(real: Path, statements: dict):
    # by pandas-style arithmetic on the CSV itself, without the room's own functions
    raw = pl.read_csv(real / "reference_stats/imagenet/all.csv")
    errors = raw["num_group_top1_errors"] - raw["num_collapsed_mappings"] - raw["num_ambiguous"]
    logs = pl.DataFrame({"x": errors.cast(pl.Float64).log(), "y": raw["num_not_classified"].cast(pl.Float64).log()})
    slope = logs.select(pl.cov("x", "y") / pl.var("x")).item()
    assert statements["failures_fall_faster", "all", "model_failure"].of("power").value == pytest.approx(slope)
    assert slope == pytest.approx(1.50, abs=0.005)


@pytest.mark.real
def test_rare_categories_on_organisms_are_not_predicted_by_top1(statements: dict):
    # what the sentence of the paper's abstract leaves out: it is about all images
    assert statements["accuracy_predicts_shares", "organism", ""].holds == "no"
    assert statements["accuracy_predicts_share", "organism", "spurious_correlation"].of("explained").value < 20
    assert statements["accuracy_predicts_share", "organism", "model_failure"].of("explained").value > 90


@pytest.mark.real
def test_the_inflection_point_is_known_to_about_a_point(statements: dict):
    found = statements["failure_share_bends", "all", "model_failure"]
    inflection = found.of("inflection")
    assert 90 < inflection.low < inflection.value < inflection.high < 93
    assert inflection.high - inflection.low < 1.5
    assert found.of("slope_above").value < 2 * found.of("slope_below").value < 0


@pytest.mark.real
def test_the_documentation_holds_what_the_report_prints(project: Path, statements: dict):
    text = (project / "docs" / "trends.md").read_text(encoding="utf-8")
    for finding, agreement, sentences in finding_rows(list(statements.values()), "imagenet"):
        assert f"**{finding.says}** ({finding.where}): {agreement}." in text
        assert [each for each in sentences if f"- {each}\n" not in text] == []
    for key in (
        ("artifact_failures_drop", "artifact", "model_failure"),
        ("data_raises_accuracy", "all", "fine_grained"),
        ("accuracy_predicts_shares", "organism", ""),
        ("accuracy_predicts_shares", "other", ""),
    ):
        assert f"- {sentence(statements[key])}\n" in text
