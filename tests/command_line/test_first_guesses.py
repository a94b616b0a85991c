"""What somebody types who has read nothing does the right thing, or is answered with one sentence that helps."""

import json
import shutil

import pytest

from errata.arguments import command_line
from errata.cli import main
from errata.results import REPORT_MARK


@pytest.fixture
def here(predictions, monkeypatch):
    """A folder with one file of predictions, `preds.csv`, in which the commands run."""
    predictions.rename(predictions.with_name("preds.csv"))
    monkeypatch.chdir(predictions.parent)
    return predictions.parent


def said(capsys):
    """One sentence or two, in one line."""
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


def test_a_file_alone_is_classified(here, atlas, capsys):
    assert main(["preds.csv", "--atlas", str(atlas), "--no-report"]) == 0
    assert capsys.readouterr().out.startswith("preds: top-1 accuracy 68.5 %")


def test_results_go_into_a_folder_of_the_models_name_beside_nothing_else(here, atlas):
    assert main(["classify", "preds.csv", "--atlas", str(atlas), "--no-report", "-q"]) == 0
    assert sorted(path.name for path in here.iterdir()) == ["errata-preds", "preds.csv"]


def test_results_of_several_files_go_into_one_folder(here, atlas):
    shutil.copy("preds.csv", "other.csv")
    assert main(["classify", "preds.csv", "other.csv", "--atlas", str(atlas), "--no-report", "-q"]) == 0
    assert (here / "errata-profile" / "profile.csv").is_file()


def test_the_same_command_again_writes_over_its_own_results(here, atlas):
    for _ in range(2):
        assert main(["classify", "preds.csv", "--atlas", str(atlas), "--no-report", "-q"]) == 0


def test_results_are_never_mixed_into_a_folder_of_other_things(here, atlas, capsys):
    (here / "errata-preds").mkdir()
    (here / "errata-preds" / "thesis.txt").write_text("years of work")
    assert main(["classify", "preds.csv", "--atlas", str(atlas)]) == 2
    assert "something else than results of Errata is here. Name another folder: --out DIR" in said(capsys)
    assert [path.name for path in (here / "errata-preds").iterdir()] == ["thesis.txt"]


def test_a_name_in_front_of_a_file_is_the_models(here, atlas):
    assert main(["classify", "resnet 50=preds.csv", "--atlas", str(atlas), "--no-report", "-q"]) == 0
    (found,) = json.loads((here / "errata-resnet-50" / "diagnoses.json").read_text())
    assert found["model"] == "resnet 50"


def test_a_folder_is_read_without_the_results_that_lie_in_it(here, atlas):
    for _ in range(2):
        assert main(["classify", ".", "--atlas", str(atlas), "--no-report", "-q"]) == 0
    assert [each["model"] for each in json.loads((here / "errata-profile" / "diagnoses.json").read_text())] == ["preds"]


@pytest.mark.parametrize(("file", "models"), [("model.csv", ["a", "b"]), ("resnet.csv", ["a/resnet", "b/resnet"])])
def test_files_of_one_name_are_told_apart_by_their_folders(here, atlas, file, models):
    for folder in ("a", "b"):
        (here / folder).mkdir()
        shutil.copy("preds.csv", here / folder / file)
    assert main(["classify", f"a/{file}", f"b/{file}", "--atlas", str(atlas), "--no-report", "-q"]) == 0
    assert [each["model"] for each in json.loads((here / "errata-profile" / "diagnoses.json").read_text())] == models


def test_a_name_that_is_given_twice_is_refused(here, atlas, capsys):
    (here / "a").mkdir()
    shutil.copy("preds.csv", here / "a" / "preds.csv")
    assert main(["classify", "x=preds.csv", "x=a/preds.csv", "--atlas", str(atlas)]) == 2
    assert "the model 'x' is also in preds.csv" in said(capsys)


def test_targets_among_the_files_are_recognised(here, atlas, capsys):
    (here / "labels.csv").write_text("image_id,label_of_it\n0,1\n")
    assert main(["classify", "preds.csv", "labels.csv", "--atlas", str(atlas)]) == 2
    assert "labels.csv: if these are the targets, leave the file out. The atlas has them." in capsys.readouterr().err


def test_what_is_left_out_of_a_folder_is_said_once_for_each_reason(here, atlas, capsys):
    (here / "many").mkdir()
    shutil.copy("preds.csv", here / "many")
    for number in range(50):
        (here / "many" / f"{number}.log").touch()
    assert main(["classify", "many", "--atlas", str(atlas), "--no-report", "-q"]) == 0
    error = said(capsys)
    assert error.startswith("Not read as predictions: 0.log, 1.log, 10.log,")
    assert "and 42 more: it does not end in" in error


def test_a_message_about_many_broken_files_stays_short(here, atlas, capsys):
    for number in range(40):
        (here / f"log{number}.csv").write_text("epoch,loss\n1,2\n")
    assert main(["classify", ".", "--atlas", str(atlas)]) == 2
    error = capsys.readouterr().err
    assert error.count("REFUSED") == 5
    assert "and 35 more: log13, log14," in error
    assert len(error) < 4000


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "usage: errata"),
        ("clasify preds.csv", "there is no command 'clasify'. Did you mean classify?"),
        ("evaluate preds.csv", "there is no command 'evaluate'. Did you mean classify?"),
        ("xyzzy", "there is no command 'xyzzy'. The commands are classify, report, doctor,"),
        ("pred.csv", "pred.csv: there is no such file, and no command of this name. Did you mean preds.csv?"),
        ("--jsno preds.csv", "errata classify: there is no option --jsno. Did you mean --json?"),
        ("figure preds.csv --out table.tex", "A LaTeX table is --kind table."),
        ("init nowhere", "nowhere: there is no such file or folder; expected a folder or a tar of images."),
        ("classify", "no file is given. Did you mean errata classify preds.csv?"),
        ("classify empty", "empty: no file here ends in"),
        ("report", "no results of Errata are here"),
        ("report preds.csv", "this is a file; errata report takes a folder"),
        ("report preds.csv", "errata classify preds.csv classifies predictions and writes their report."),
        ("classify preds.csv --out preds.csv", "preds.csv: expected a folder for the results, found a file."),
        ("explain 1", "errata explain: the following arguments are required: PREDICTED_CLASS."),
        ("classify preds.csv --jsno", "errata classify: there is no option --jsno. Did you mean --json?"),
        ("classify preds.csv --atlas imagnet", "no atlas of this name comes with Errata"),
        ("classify preds.csv --accept low_acuracy", "Did you mean 'low_accuracy'?"),
        ("classify preds.csv --json --markdown", "not allowed with argument"),
    ],
)
def test_what_cannot_be_done_is_answered_with_what_can(here, typed, answer, capsys):
    (here / "empty").mkdir()
    try:
        status = main(typed.split())
    except SystemExit as exit:
        status = exit.code
    assert status == 2
    assert answer in capsys.readouterr().err


def test_a_folder_of_results_is_told_from_one_of_predictions(here, atlas, capsys):
    main(["classify", "preds.csv", "--atlas", str(atlas), "--no-report", "-q"])
    assert main(["classify", "errata-preds"]) == 2
    assert "errata report errata-preds writes their report again" in said(capsys)
    assert main(["report"]) == 2
    assert "Did you mean errata report errata-preds?" in said(capsys)


def test_without_a_file_in_a_folder_of_results_the_report_is_meant(here, atlas, capsys, monkeypatch):
    main(["classify", "preds.csv", "--atlas", str(atlas), "--no-report", "-q"])
    monkeypatch.chdir(here / "errata-preds")
    assert main(["classify"]) == 2
    assert "the folder here holds results: errata report . writes their report again" in said(capsys)


@pytest.mark.parametrize("command", command_line().commands)
def test_every_command_has_an_example_in_its_help(command):
    text = command_line().commands[command].format_help()
    assert f"errata {command} " in text.partition("example:")[2]


def test_every_example_of_the_help_is_a_command_that_there_is():
    examples = [line.split()[1] for line in command_line().format_help().splitlines() if line.startswith("  errata ")]
    assert len(examples) >= 5
    assert set(examples) <= set(command_line().commands)


def test_results_are_not_written_into_a_report_which_would_lose_them(here, atlas, capsys):
    (here / "results" / "report").mkdir(parents=True)
    (here / "results" / "report" / REPORT_MARK).touch()
    inside = str(here / "results" / "report" / "inner")
    assert main(["classify", "preds.csv", "--atlas", str(atlas), "--no-report", "--out", inside]) == 2
    assert "would be lost when that is written again" in said(capsys)


def test_an_empty_name_is_not_the_folder_here(here, atlas, capsys):
    assert main(["classify", "", "--atlas", str(atlas)]) == 2
    assert "A file without a name is given" in said(capsys)
