"""The folder: written whole, replaced carefully, the same every time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from errata.errors import InputError
from errata.report import render
from errata.report.folder import MARK
from errata.report.inputs import ReportInputs
from errata.report.render import render_report

Make = Callable[..., ReportInputs]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_equal_inputs_give_equal_bytes(hostile_inputs: ReportInputs, drawn_report: Path, tmp_path: Path):
    render_report(hostile_inputs, tmp_path / "again")
    first, second = contents(drawn_report), contents(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.usefixtures("without_figures")
def test_an_older_report_is_replaced(make_inputs: Make, tmp_path: Path):
    render_report(make_inputs("old", against=False), tmp_path / "report")
    render_report(make_inputs("new", against=False), tmp_path / "report")
    assert [path.name for path in (tmp_path / "report" / "models").iterdir()] == ["new.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.usefixtures("without_figures")
def test_an_empty_folder_is_used(make_inputs: Make, tmp_path: Path):
    render_report(make_inputs("a", against=False), tmp_path)
    assert (tmp_path / MARK).is_file()


def test_a_folder_of_other_things_is_never_replaced(make_inputs: Make, tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("irreplaceable")
    with pytest.raises(InputError, match="holds other things than a report"):
        render_report(make_inputs("a", against=False), tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "irreplaceable"


def test_a_file_in_the_way_is_refused(make_inputs: Make, tmp_path: Path):
    (tmp_path / "report").write_text("")
    with pytest.raises(InputError, match="expected a folder for the report, found a file"):
        render_report(make_inputs("a", against=False), tmp_path / "report")


@pytest.mark.usefixtures("without_figures")
def test_a_failure_leaves_the_older_report_and_nothing_else(
    make_inputs: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    render_report(make_inputs("old", against=False), tmp_path / "report")
    before = contents(tmp_path)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(render, "write_model_pages", fail)
    with pytest.raises(RuntimeError):
        render_report(make_inputs("new", against=False), tmp_path / "report")
    assert contents(tmp_path) == before


def test_no_model_is_refused(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("a", against=False)
    empty = ReportInputs(profile=inputs.profile.clear(), pooled=inputs.pooled, atlas=inputs.atlas)
    with pytest.raises(InputError, match="holds no model"):
        render_report(empty, tmp_path / "report")
