"""Models are pinned to the commits whose weights were used."""

import json
from pathlib import Path

import pytest

from errata.catalogue.pins import pin, used_commits
from errata.cli import main
from errata.errors import InputError
from errata.models import COLUMNS, read_models

ONE, OTHER = "1" * 40, "2" * 40


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models of timm, one of torchvision."""
    rest, facts = ("224", "imagenet1k", "224-235-bicubic-center"), ["-"] * 12
    rows = [
        ("a.x@224", "timm", "a.x", "pretrained", *rest, "-", *facts),
        ("b.x@224", "timm", "b.x", "pretrained", *rest, "-", *facts),
        ("c.x@224", "torchvision", "c", "x", *rest, "sha256:12345678", *facts),
    ]
    (tmp_path / "config").mkdir()
    path = tmp_path / "config/models.tsv"
    path.write_text("# models\n" + "\n".join("\t".join(row) for row in (COLUMNS, *rows)) + "\n")
    monkeypatch.chdir(tmp_path)
    return path


def fetched(folder: Path, **revisions: str) -> Path:
    """Write the table of the rule fetch_weights."""
    path = folder / "weights.tsv"
    lines = [f"{model}.x@224\t100\t{revision}" for model, revision in revisions.items()]
    path.write_text("\n".join(["model\tmegabytes\trevision", *lines]) + "\n")
    return path


def test_commits_of_fetched_weights_are_written_and_all_else_stays(sheet, tmp_path, capsys):
    before = sheet.read_text()
    file = fetched(tmp_path, a=f"timm/a.x@{ONE}", c="sha256:12345678")
    assert main(["models", "pin", str(file)]) == 0
    assert sheet.read_text() == before.replace("center\t-", f"center\t{ONE}", 1)
    assert "1 of 1 models pinned" in capsys.readouterr().out


def test_commits_stand_in_the_manifest_of_a_run_too(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"models": {"a.x@224": {"revision": f"timm/a.x@{ONE}"}, "own@64": {"revision": None}}}))
    assert used_commits(path) == {"a.x@224": ONE}


def test_a_row_that_is_pinned_to_another_commit_is_refused_and_the_sheet_stays(sheet):
    pin(sheet, {"a.x@224": ONE})
    before = sheet.read_text()
    with pytest.raises(InputError, match=f"model 'a.x@224': it is pinned to {ONE}, the weights used were of {OTHER}"):
        pin(sheet, {"b.x@224": ONE, "a.x@224": OTHER})
    assert sheet.read_text() == before


def test_pinning_twice_changes_nothing(sheet):
    assert pin(sheet, {"a.x@224": ONE}) == ["a.x@224"]
    assert pin(sheet, {"a.x@224": ONE}) == []
    assert read_models(sheet)["a.x@224"].revision == ONE


def test_a_file_that_is_neither_is_refused(tmp_path):
    for name in ("manifest.json", "weights.tsv"):
        (tmp_path / name).write_text("what is this?\n")
        with pytest.raises(InputError, match="expected the manifest"):
            used_commits(tmp_path / name)


def test_without_fetched_weights_the_command_names_the_file_that_it_looks_for(sheet, capsys):
    assert main(["models", "pin"]) == 2
    assert (
        "results/weights.tsv: there is no such file; expected the manifest.json of a run, or" in capsys.readouterr().err
    )
