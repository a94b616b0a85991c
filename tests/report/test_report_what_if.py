"""What if, on the pages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from errata.report.site import write_report
from errata.report.what_if import what_if_view
from errata.results import Results
from report.made_up import made_what_if
from report.pages import Page

Make = Callable[..., Results]


@pytest.fixture(params=[True, False], ids=["open world", "labels"])
def inputs(request: pytest.FixtureRequest, make_inputs: Make) -> Results:
    plain = make_inputs("weak", "strong", checked=request.param, against=False)
    return plain.having(what_if=made_what_if(plain.profile))


def test_the_pieces_of_a_ladder_go_all_the_way(inputs: Results):
    for groups in what_if_view(inputs).models.values():
        for group in groups.values():
            assert [ladder["accuracy"] for ladder in group.ladders] == ["top1", "mla"]
            # the made-up errors of an accuracy add up to what it lacks
            for ladder in group.ladders:
                assert sum(piece.share for piece in ladder["bar"]) == pytest.approx(100, abs=1)


def test_unchecked_errors_are_drawn_by_what_they_may_turn_out_to_be(inputs: Results):
    names = {piece.look.name for piece in what_if_view(inputs).models["weak"]["all"].ladders[0]["bar"]}
    assert "open_world_unchecked" not in names
    assert bool({"model_failure", "provisional_model_failure"} & names)


@pytest.mark.usefixtures("without_figures")
def test_the_pages_show_the_gain_with_its_interval(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    row = inputs.what_if.filter(model="weak", group="all", accuracy="mla", category="fine_grained").row(0, named=True)
    cell = f"+{row['gain']:.1f} {row['gain_low']:.1f}–{row['gain_high']:.1f}"
    page = Page(tmp_path / "report" / "models" / "weak.html").text
    assert f"{cell} {row['fixed_so_far']:.1f}" in page
    assert ("≤" in page) == (not inputs.facts.open_world_checked)


@pytest.mark.usefixtures("without_figures")
def test_where_images_have_one_label_no_ladder_is_called_mla(make_inputs: Make, tmp_path: Path):
    plain = make_inputs("mine", undefined=("multi_label",), against=False)
    write_report(plain.having(what_if=made_what_if(plain.profile)), tmp_path / "report")
    page = Page(tmp_path / "report" / "models" / "mine.html").text
    assert "per-class accuracy: from" in page.lower()
    assert "MLA" not in page


@pytest.mark.usefixtures("without_figures")
def test_a_report_without_the_table_has_no_such_section(make_inputs: Make, tmp_path: Path):
    write_report(make_inputs("a", against=False), tmp_path / "report")
    assert "What if" not in Page(tmp_path / "report" / "index.html").text
    assert "What if" not in Page(tmp_path / "report" / "models" / "a.html").text
