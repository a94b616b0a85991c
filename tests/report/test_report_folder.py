"""The folder: written whole, replaced carefully, the same every time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from errata.errors import InputError
from errata.report import site
from errata.report.site import write_report
from errata.results import REPORT_MARK, Results

Make = Callable[..., Results]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_equal_inputs_give_equal_bytes(hostile_inputs: Results, drawn_report: Path, tmp_path: Path):
    write_report(hostile_inputs, tmp_path / "again")
    first, second = contents(drawn_report), contents(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.usefixtures("without_figures")
def test_an_older_report_is_replaced(make_inputs: Make, tmp_path: Path):
    write_report(make_inputs("old", against=False), tmp_path / "report")
    write_report(make_inputs("new", against=False), tmp_path / "report")
    assert [path.name for path in (tmp_path / "report" / "models").iterdir()] == ["new.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.usefixtures("without_figures")
def test_an_empty_folder_is_used(make_inputs: Make, tmp_path: Path):
    write_report(make_inputs("a", against=False), tmp_path)
    assert (tmp_path / REPORT_MARK).is_file()


def test_a_folder_of_other_things_is_never_replaced(make_inputs: Make, tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("irreplaceable")
    with pytest.raises(InputError, match="holds other things than a report"):
        write_report(make_inputs("a", against=False), tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "irreplaceable"


def test_a_file_in_the_way_is_refused(make_inputs: Make, tmp_path: Path):
    (tmp_path / "report").write_text("")
    with pytest.raises(InputError, match="expected a folder for the report, found a file"):
        write_report(make_inputs("a", against=False), tmp_path / "report")


@pytest.mark.usefixtures("without_figures")
def test_a_failure_leaves_the_older_report_and_nothing_else(
    make_inputs: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_report(make_inputs("old", against=False), tmp_path / "report")
    before = contents(tmp_path)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(site, "write_model_pages", fail)
    with pytest.raises(RuntimeError):
        write_report(make_inputs("new", against=False), tmp_path / "report")
    assert contents(tmp_path) == before


def test_no_model_is_refused(make_inputs: Make, tmp_path: Path):
    inputs = make_inputs("a", against=False)
    empty = Results(profile=inputs.profile.clear(), pooled=inputs.pooled, facts=inputs.facts)
    with pytest.raises(InputError, match="holds no model"):
        write_report(empty, tmp_path / "report")
