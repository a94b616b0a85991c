"""The figures: few enough bars, faithful positions, names as they are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from errata.drawing.bars import MOST_BARS, bars_of
from errata.drawing.clouds import plot_in
from errata.drawing.style import save_figure
from errata.figures import draw_profile
from errata.report.trends.figures import PANEL, PANEL_HEIGHT, Panel
from errata.results import Results

Make = Callable[..., Results]


def test_each_of_few_models_has_a_bar_from_the_best_mla_down(make_inputs: Make):
    bars = bars_of(make_inputs("weak", "middle", "strong", against=False).profile, "all")
    assert bars.names == ["strong", "middle", "weak"]


def test_many_models_share_bars_without_losing_an_error(make_inputs: Make):
    profile = make_inputs(*(f"m{number}" for number in range(MOST_BARS + 2)), against=False).profile
    bars = bars_of(profile, "all")
    assert bars.names == ["2 models"] * 31
    assert 2 * bars.counts["fine_grained"].sum() == profile.filter(group="all")["fine_grained"].sum()


def test_unchecked_errors_are_drawn_by_their_provisional_category(make_inputs: Make):
    pieces = bars_of(make_inputs("a", "b", against=False).profile, "all").counts
    assert "open_world_unchecked" not in pieces
    assert "provisional_model_failure" in pieces


def test_unchecked_errors_that_cannot_be_split_are_one_piece(make_inputs: Make):
    profile = make_inputs("a", "b", against=False).profile
    split = [name for name in profile.columns if name.startswith("provisional_")]
    assert "open_world_unchecked" in bars_of(profile.drop(split), "all").counts


def test_dollars_in_a_name_are_no_formula(make_inputs: Make, tmp_path: Path):
    save_figure(draw_profile(make_inputs("a$b$c", against=False)), tmp_path / "figure.svg")
    assert "a$b$c" in (tmp_path / "figure.svg").read_text(encoding="utf-8")


def test_a_figure_holds_no_date(make_inputs: Make, tmp_path: Path):
    save_figure(draw_profile(make_inputs("a", against=False)), tmp_path / "figure.svg")
    assert "dc:date" not in (tmp_path / "figure.svg").read_text(encoding="utf-8")


def test_a_panel_knows_where_its_corners_are():
    panel = Panel("fine_grained", "x", (60.0, 100.0), (0.0, 50.0), "")
    left, bottom, width, height = plot_in(PANEL, PANEL_HEIGHT)
    assert panel.place(60, 0) == pytest.approx((100 * left, 100 * (1 - bottom)))
    assert panel.place(100, 50) == pytest.approx((100 * (left + width), 100 * (1 - bottom - height)))
