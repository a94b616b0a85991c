"""Nothing is lost, and nothing half done looks finished."""

import shutil

import pytest

from doctor.kills import kill_at
from errata.cli import main
from errata.commands import classify, compare
from errata.unfinished import UNFINISHED


class StoppedError(Exception):
    """Stands for a kill in the middle of a run."""


def stop(*_args, **_kwargs):
    raise StoppedError


@pytest.fixture
def older(classified, tmp_path):
    """A folder with the results of an earlier run."""
    return shutil.copytree(classified, tmp_path / "older")


@pytest.mark.parametrize("place", ["write_classification", "write_table", "write_error_files", "write_report_of"])
def test_a_run_that_is_stopped_leaves_a_folder_that_no_command_takes_for_finished(
    atlas, predictions, older, capsys, monkeypatch, place
):
    monkeypatch.setattr(classify, place, stop)
    with pytest.raises(StoppedError):
        main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(older)])
    assert not (older / "manifest.json").exists()
    assert not (older / "report").exists()
    monkeypatch.undo()
    for command in (
        ["report", str(older)],
        ["errors", str(older)],
        ["diff", str(older), str(older)],
        ["diff", str(older / "manifest.json"), str(older)],
    ):
        capsys.readouterr()
        assert main(command) == 2
        assert f"the results here are not finished ({UNFINISHED} lies there)" in capsys.readouterr().err


def test_the_same_command_again_finishes_the_folder(atlas, predictions, older, monkeypatch):
    command = ["classify", str(predictions), "--atlas", str(atlas), "--out", str(older)]
    monkeypatch.setattr(classify, "write_table", stop)
    with pytest.raises(StoppedError):
        main(command)
    monkeypatch.undo()
    (older / "mistakes" / ".confusions.parquet.x1.part").write_bytes(b"PAR1")
    (older / ".report.x2.part" / "new").mkdir(parents=True)
    assert main(command) == 0
    assert main(["diff", str(older), str(older / "report")]) == 0
    assert not (older / UNFINISHED).exists()
    assert not [path for path in older.rglob("*") if path.name.startswith(".")]


def test_files_that_cannot_be_used_leave_the_older_results_alone(atlas, older, tmp_path):
    before = {path: path.read_bytes() for path in older.rglob("*") if path.is_file()}
    (tmp_path / "bad.csv").write_text("nothing\n")
    assert main(["classify", str(tmp_path / "bad.csv"), "--atlas", str(atlas), "--out", str(older)]) == 2
    assert {path: path.read_bytes() for path in older.rglob("*") if path.is_file()} == before


def test_something_else_in_place_of_the_report_is_refused_first(atlas, predictions, tmp_path, capsys):
    (tmp_path / "out" / "report").mkdir(parents=True)
    (tmp_path / "out" / "report" / "thesis.txt").write_text("years of work")
    assert main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(tmp_path / "out")]) == 2
    assert "the folder holds other things than a report" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report"]


def test_tables_alone_do_not_leave_the_report_of_older_ones_beside_them(atlas, predictions, older):
    assert main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(older), "--no-report"]) == 0
    assert not (older / "report").exists()


def test_a_comparison_that_is_stopped_says_so_to_the_next_one_that_reads_it(atlas, predictions, tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "write_comparison", stop)
    other = shutil.copy(predictions, tmp_path / "other.csv")
    command = ["compare", str(predictions), str(other), "--atlas", str(atlas), "--out", str(tmp_path / "pair")]
    with pytest.raises(StoppedError):
        main(command)
    assert (tmp_path / "pair" / UNFINISHED).is_file()
    monkeypatch.undo()
    assert main(command) == 0
    assert not (tmp_path / "pair" / UNFINISHED).exists()


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_older_results_or_says_that_it_did_not_finish(atlas, predictions, tmp_path):
    newer = tmp_path / "newer.csv"
    lines = predictions.read_text().splitlines(keepends=True)
    newer.write_text("".join([lines[0], *reversed(lines[1:])]))
    for killed in kill_at(5, atlas, predictions, newer, tmp_path):
        if killed.lies.startswith("unfinished"):
            assert UNFINISHED in killed.lies
            assert "report/index.html" not in killed.lies
            assert killed.report.startswith("2: errata: ")
            assert "are not finished" in killed.report
            assert "are not finished" in killed.diff
        else:
            assert killed.lies in ("older results, whole", "newer results, whole")
        assert killed.again_is_whole
