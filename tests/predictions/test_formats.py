"""One registry of formats, from which messages, help, folder scan and documentation are made."""

from pathlib import Path

import pytest

from errata.cli import command_line
from errata.predictions.formats import FORMATS, OTHER_FORMATS, SUFFIXES, format_of, model_name, suffix_of, with_formats
from errata.predictions.prediction_file import PredictionsError
from errata.predictions.read import read_predictions
from errata.selection import prediction_files


def test_the_documented_formats_are_those_that_are_read(project: Path):
    page = (project / "docs" / "predictions.md").read_text(encoding="utf-8")
    assert with_formats(page) == page, "run `make docs`"
    for known in FORMATS:
        assert all(suffix in page for suffix in known.suffixes)


def test_no_suffix_belongs_to_two_formats():
    suffixes = [suffix for known in FORMATS for suffix in known.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert not set(suffixes) & set(OTHER_FORMATS)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_every_format_is_known_by_its_name_in_any_case_and_taken_off_the_model(known):
    for suffix in known.suffixes:
        assert format_of(f"folder/vit_base.augreg_in1k{suffix.upper()}") is known
        assert model_name(Path(f"vit_base.augreg_in1k{suffix}")) == "vit_base.augreg_in1k"


def test_a_name_that_is_nothing_but_a_suffix_says_no_format():
    assert suffix_of("folder/.csv") == ""


def test_the_help_and_the_refusal_of_other_files_list_the_formats(capsys, tmp_path):
    with pytest.raises(SystemExit):
        command_line().parse_args(["classify", "--help"])
    assert SUFFIXES in " ".join(capsys.readouterr().out.split())
    other = tmp_path / "m.xlsx"
    other.write_bytes(b"x")
    with pytest.raises(PredictionsError, match=f"ending in {SUFFIXES}, found '.xlsx'"):
        read_predictions(other, classes=4)


def test_files_of_every_format_are_found_in_a_folder_and_others_left_alone(tmp_path):
    names = [f"m{suffix}" for known in FORMATS if known.in_folders for suffix in known.suffixes]
    names += ["packed.csv.gz", "packed.npy.zst"]
    for name in [*names, "notes.md", "m.pkl", "notes.txt", "config.json"]:
        (tmp_path / name).touch()
    assert list(prediction_files("imagenet", str(tmp_path), []).files) == sorted(str(tmp_path / name) for name in names)


def test_a_name_with_brackets_is_no_pattern(tmp_path):
    for name, label in (("resnet[1].csv", 3), ("resnet1.csv", 0)):
        (tmp_path / name).write_text(f"file_name,predicted_class\na.JPEG,{label}\n")
    (rows,) = read_predictions(tmp_path / "resnet[1].csv", classes=4).models
    assert rows.labels.to_list() == ["3"]
