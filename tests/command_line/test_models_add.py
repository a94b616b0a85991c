"""A checkpoint of one's own becomes a row of the sheet."""

import argparse
from pathlib import Path

import polars as pl
import pytest
import timm
import torch

from errata.cli import main
from errata.models import COLUMNS, read_models


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an empty sheet of models, a vocabulary of twelve classes, and weights as timm writes them."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/models.tsv").write_text("# models\n" + "\t".join(COLUMNS) + "\n")
    (tmp_path / "resources/vocabularies").mkdir(parents=True)
    names = pl.DataFrame({"class_id": range(12), "wnid": [f"n{number:08d}" for number in range(12)]})
    names.write_csv(tmp_path / "resources/vocabularies/twelve.csv")
    state = timm.create_model("test_resnet", num_classes=12).state_dict()
    torch.save({"epoch": 3, "arch": "test_resnet", "state_dict": state}, tmp_path / "best.pth")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add(*options: str) -> int:
    return main(["models", "add", "best.pth", "--vocabulary", "twelve", *options])


def test_a_checkpoint_becomes_the_first_row_with_the_preprocessing_of_its_architecture(folder, capsys):
    assert add("--arch", "test_resnet") == 0
    row = read_models(folder / "config/models.tsv")["best@160"]
    assert (row.source, row.architecture, row.weights, row.vocabulary) == (
        *("checkpoint", "test_resnet", "best.pth", "twelve"),
    )
    assert row.view == "160-168-bilinear-center"
    assert 'models=["best@160"]' in capsys.readouterr().out


def test_a_file_of_timms_train_py_is_called_by_its_name_and_its_average_is_taken_and_said_once(folder, caplog):
    caplog.set_level("INFO")
    states = {name: torch.load("best.pth")["state_dict"] for name in ("state_dict", "state_dict_ema")}
    torch.save({"arch": "test_resnet", "args": argparse.Namespace(lr=0.1), **states}, "last.pth.tar")
    command = ["models", "add", "last.pth.tar", "--vocabulary", "twelve", "--arch", "test_resnet"]
    assert main(command) == 0
    assert "last@160" in read_models(folder / "config/models.tsv")
    assert caplog.text.count("the weights under state_dict_ema were taken, not those under state_dict") == 1


def test_comments_of_the_sheet_stay(folder):
    add("--arch", "test_resnet")
    assert (folder / "config/models.tsv").read_text().startswith("# models\n")


def test_the_same_name_twice_is_refused(folder, capsys):
    add("--arch", "test_resnet")
    assert add("--arch", "test_resnet") == 2
    assert "there is a model 'best@160' already. Give another name with --name" in capsys.readouterr().err


def test_weights_of_another_architecture_are_refused_and_the_sheet_stays(folder, capsys):
    before = (folder / "config/models.tsv").read_text()
    assert add("--arch", "test_vit") == 2
    assert "these are no weights of timm's test_vit" in capsys.readouterr().err
    assert (folder / "config/models.tsv").read_text() == before


@pytest.mark.parametrize("typed", ["test_resne", "test-resnet", "testresnet"])
def test_an_architecture_that_is_typed_wrong_gets_a_suggestion(folder, capsys, typed):
    assert add("--arch", typed) == 2
    assert f"has no architecture '{typed}'. Did you mean test_resnet" in capsys.readouterr().err


def test_elsewhere_the_folder_of_the_project_is_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert add("--arch", "test_resnet") == 2
    assert "Run errata models in the folder of the project" in capsys.readouterr().err
