"""What if, on the pages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from errata.report.inputs import ReportInputs
from errata.report.render import render_report
from errata.report.what_if import what_if_view
from report.made_up import made_what_if
from report.pages import Page

Make = Callable[..., ReportInputs]


@pytest.fixture(params=[True, False], ids=["open world", "labels"])
def inputs(request: pytest.FixtureRequest, make_inputs: Make) -> ReportInputs:
    plain = make_inputs("weak", "strong", checked=request.param, against=False)
    return replace(plain, what_if=made_what_if(plain.profile))


def test_the_pieces_of_a_ladder_go_all_the_way(inputs: ReportInputs):
    for groups in what_if_view(inputs).models.values():
        for group in groups.values():
            assert [ladder.accuracy for ladder in group.ladders] == ["top1", "mla"]
            # the made-up errors of an accuracy add up to what it lacks
            for ladder in group.ladders:
                assert sum(piece.share for piece in ladder.bar) == pytest.approx(100, abs=1)


def test_unchecked_errors_are_drawn_by_what_they_may_turn_out_to_be(inputs: ReportInputs):
    names = {piece.look.name for piece in what_if_view(inputs).models["weak"]["all"].ladders[0].bar}
    assert "open_world_unchecked" not in names
    assert bool({"model_failure", "provisional_model_failure"} & names)


@pytest.mark.usefixtures("without_figures")
def test_the_pages_show_the_gain_with_its_interval(inputs: ReportInputs, tmp_path: Path):
    render_report(inputs, tmp_path / "report")
    row = inputs.what_if.filter(model="weak", group="all", accuracy="mla", category="fine_grained").row(0, named=True)
    cell = f"+{row['gain']:.1f} {row['gain_low']:.1f}–{row['gain_high']:.1f}"
    page = Page(tmp_path / "report" / "models" / "weak.html").text
    assert f"{cell} {row['fixed_so_far']:.1f}" in page
    assert ("≤" in page) == (not inputs.atlas.open_world_checked)


@pytest.mark.usefixtures("without_figures")
def test_a_report_without_the_table_has_no_such_section(make_inputs: Make, tmp_path: Path):
    render_report(make_inputs("a", against=False), tmp_path / "report")
    assert "What if" not in Page(tmp_path / "report" / "index.html").text
    assert "What if" not in Page(tmp_path / "report" / "models" / "a.html").text
