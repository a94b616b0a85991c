"""The trust page: what it says, and what it says where something is not known."""

from dataclasses import replace

import polars as pl
import pytest

from errata.report.numerals import significant
from errata.report.site import write_report
from errata.report.trust import fidelity_view
from errata.report.trust_atlases import other_atlases, sensitivity_findings
from errata.results import Results
from errata.trust.known import AGREEMENTS, DEVIATIONS, SUPERCLASSES_SHA256
from report.pages import Page
from trust.made_trust import SCRIPT, made_trust


@pytest.fixture(scope="module")
def inputs(make_inputs) -> Results:
    return make_inputs("plain_model", checked=True, against=False)


@pytest.fixture(scope="module")
def page(inputs, tmp_path_factory) -> Page:
    return _rendered(inputs.having(**made_trust()), tmp_path_factory.mktemp("trust") / "report")


def _rendered(inputs: Results, folder) -> Page:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("errata.report.overview.draw_figures", lambda *_: None)
        write_report(inputs, folder)
    return Page(folder / "trust.html")


def test_every_section_is_there(page):
    sections = {element["id"] for element in page.of("section") if "id" in element}
    assert sections == {"experts", "fidelity", "atlases", "labels", "chance", "defined", "left-out"}


def test_what_it_was_not_built_from_comes_before_what_it_was_built_from(page):
    independent, fitted = page.text.index("it was not built from"), page.text.index("what it was built from")
    assert independent < page.text.index("Experts judged 4 mistakes") < fitted
    assert fitted < page.text.index("It is not known here whether superclasses were chosen with")


def test_every_table_has_its_twins(page):
    data = page.path.parent / "data"
    for name, table in made_trust().items():
        assert pl.read_parquet(data / f"{name}.parquet").equals(table)
        assert (data / f"{name}.csv").is_file()


def test_the_findings_are_counted_from_the_tables(page):
    assert "Experts judged 4 mistakes" in page.text
    assert "The atlas names the experts' category for 3 of 4 (75 %" in page.text
    assert "that need superclasses, 0 of 1 are met exactly; the others differ by at most 1." in page.text


def test_a_figure_that_is_not_the_published_one_is_framed_and_says_which_it_should_be(page):
    assert "3 published 2" in page.text
    assert "1 of 2 figures as published" in page.text


def test_circularity_of_non_prototypical_is_said(page):
    assert "Circular:" in page.text
    assert "all but those that experts call non-prototypical" in page.text


def test_names_with_markup_are_text(page):
    assert not [element for element in page.of("script") if "src" not in element]
    assert SCRIPT in page.text


def test_what_is_undefined_and_what_is_not_known_are_told_apart(page):
    assert "– undefined: the target is the only label" in page.text
    assert "? not known: nobody knows" in page.text


def test_an_atlas_without_open_world_evidence_gives_bounds(inputs, tmp_path):
    page = _rendered(inputs.having(**made_trust(checked=False)), tmp_path / "report")
    assert "Without open-world evidence it is certain for 2 of them" in page.text
    assert "it agrees on 25 % to 75 % of all" in page.text
    assert "all, if nothing were out of vocabulary" in page.text


def test_without_any_table_the_page_says_so(inputs, tmp_path):
    page = _rendered(inputs, tmp_path / "report")
    assert "Nothing independent tests these kinds of errors: no expert lists" in page.text
    assert {element["id"] for element in page.of("section") if "id" in element} == {"left-out"}


def test_without_expert_lists_the_page_says_so(inputs, tmp_path):
    page = _rendered(inputs.having(fidelity=made_trust()["fidelity"]), tmp_path / "report")
    assert "No expert lists were given" in page.text


@pytest.mark.parametrize("known", ["defined", "chance", "fidelity", "agreement", "atlas_shares"])
def test_a_page_with_one_kind_of_table_is_whole(inputs, tmp_path, known):
    together = {
        "chance": ("chance", "model_chance"),
        "agreement": ("agreement", "expert_mistakes"),
        "atlas_shares": ("atlas_shares", "atlas_transitions", "atlas_accuracies"),
    }
    tables = made_trust()
    some = {name: tables[name] for name in together.get(known, (known,))}
    page = _rendered(inputs.having(**some), tmp_path / "report")
    sections = {element["id"] for element in page.of("section") if "id" in element}
    section = {"agreement": "experts", "atlas_shares": "atlases"}.get(known, known)
    assert {section, "left-out"} <= sections


def with_superclasses(inputs: Results, sha256: str, **known: object) -> Results:
    """The results, of an atlas whose superclasses come from a file with this hash."""
    provenance = {"inputs": {"superclasses": {"sha256": sha256}}}
    return inputs.having(facts=replace(inputs.facts, provenance=provenance), **known)


def test_in_sample_and_out_of_sample_stand_side_by_side_with_what_was_fitted(inputs, tmp_path):
    page = _rendered(with_superclasses(inputs, SUPERCLASSES_SHA256), tmp_path / "report")
    assert "Single decisions: contradicted 0 of 2,369 24 of 1,040 in-sample" in page.text
    assert all(f"{one.about} {one.size}" in page.text for one in DEVIATIONS)


def test_of_another_superclass_file_nothing_is_claimed(inputs, tmp_path):
    page = _rendered(with_superclasses(inputs, 64 * "0"), tmp_path / "report")
    assert "In-sample" not in page.text
    assert "Known deviations" not in page.text


def test_deviations_of_the_open_world_check_are_not_told_where_it_was_not_made(make_inputs, tmp_path):
    unchecked = make_inputs("plain_model", checked=False, against=False)
    page = _rendered(with_superclasses(unchecked, SUPERCLASSES_SHA256), tmp_path / "report")
    assert "Known deviations" in page.text
    assert "half precision" not in page.text


@pytest.mark.parametrize(("looked_at", "where"), [(["timm--theirs"], "fitted"), ([], "independent")])
def test_models_that_nobody_looked_at_when_superclasses_were_chosen_are_an_independent_test(looked_at, where):
    fidelity = pl.DataFrame(
        {
            "model": ["mine"],
            "published_model": ["timm--theirs"],
            "group": ["all"],
            "quantity": ["fine_grained"],
            "ours": [3.0],
            "published": [3.0],
            "difference": [0.0],
            "is_exact": [True],
        }
    )
    view = fidelity_view(fidelity, looked_at=looked_at)
    assert {name: len(view[name]) for name in ("independent", "fitted")} == {"independent": 0, "fitted": 0} | {where: 1}


def test_no_matched_model_is_said_and_not_shown_as_a_table(inputs, tmp_path):
    tables = made_trust()
    assert fidelity_view(tables["fidelity"].clear(), looked_at=None) is None


def test_an_error_that_one_atlas_leaves_unchecked_does_not_count_as_one_that_changes():
    tables = made_trust()
    others = {
        other.name: other
        for other in other_atlases(tables["atlas_shares"], tables["atlas_transitions"], tables["atlas_accuracies"])
    }
    # of eight errors three reach the open world: b.jpg as 3, c.jpg as 2 and d.jpg as 0
    assert (others["other"].moved, others["other"].errors, others["other"].unlike) == (1, 8, 0)
    assert (others["unchecked"].moved, others["unchecked"].errors, others["unchecked"].unlike) == (0, 5, 3)


def test_only_an_atlas_that_differs_in_the_labels_alone_tells_what_labels_do():
    tables = made_trust()

    def findings(differs_in: str) -> list[str]:
        accuracies = tables["atlas_accuracies"].with_columns(differs_in=pl.lit(differs_in))
        only_real = pl.col("label_set") == "real"
        names = accuracies.filter(only_real)["atlas"].unique()
        some = [
            table.filter(pl.col("atlas").is_in(names.implode()))
            for table in (tables["atlas_shares"], tables["atlas_transitions"], accuracies)
        ]
        return sensitivity_findings(other_atlases(*some))

    assert findings("label set")[0].startswith("With ReaL's labels in place of the multi-labels")
    assert findings("label set, score") == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0028, "0.0028"), (0.571, "0.57"), (8.46, "8.5"), (27.7, "28"), (1093.6, "1,094"), (0, "0"), (None, "–")],
)
def test_numbers_of_any_size_have_two_significant_digits(value, text):
    assert significant(value) == text


def test_the_documentation_says_the_same_of_the_papers_rules(project):
    page = (project / "docs/results.md").read_text()
    cells = {cell for rows in AGREEMENTS.values() for one in rows for cell in (one.in_sample, one.out_of_sample)}
    assert {cell for cell in cells if cell not in page} == set()
