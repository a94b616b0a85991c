"""From a folder of images to a report on a data set of one's own."""

from pathlib import Path

import polars as pl
import pytest

from errata.cli import main

NAMES = ["crack", "dent", "hole"]


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty images of each class, in class folders."""
    for name in NAMES:
        (tmp_path / "val" / name).mkdir(parents=True)
        for number in range(20):
            (tmp_path / "val" / name / f"{number:02d}.png").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(*options: str) -> int:
    return main(["atlas", "build", "--out", "my.parquet", *options])


def test_a_folder_of_class_folders_begins_both_tables(images, capsys):
    assert main(["init", "val"]) == 0
    assert pl.read_csv("classes.csv")["name"].to_list() == NAMES
    assert pl.read_csv("labels.csv").select("file_name", "label").row(0) == ("crack/00.png", "crack")
    assert "errata atlas build --classes classes.csv --labels labels.csv --out my.parquet" in capsys.readouterr().out


def test_the_tables_as_they_are_begun_build_an_atlas(images, capsys):
    main(["init", "val"])
    assert build("--classes", "classes.csv", "--labels", "labels.csv") == 0
    assert "60 of 60 have labels" in capsys.readouterr().out


def test_images_in_one_folder_are_listed_without_labels(images):
    assert main(["init", "val/dent", "--out", "flat"]) == 0
    assert pl.read_csv("flat/labels.csv")["file_name"].to_list() == [f"{number:02d}.png" for number in range(20)]


def test_tables_that_are_there_are_never_replaced(images, capsys):
    Path("labels.csv").write_text("mine")
    assert main(["init", "val"]) == 2
    assert Path("labels.csv").read_text() == "mine"
    assert "there is labels.csv already" in capsys.readouterr().err


def test_predictions_are_classified_with_the_atlas_of_the_data_set(images, capsys):
    Path("classes.csv").write_text("name,superclass\ncrack,\ndent,surface\nhole,surface\n")
    assert build("--classes", "classes.csv", "--labels", "val") == 0
    rows = [(f"{name}/{number:02d}.png", "hole" if number < 5 else name) for name in NAMES for number in range(20)]
    pl.DataFrame(rows, schema=["file_name", "predicted_class"], orient="row").write_csv("preds.csv")
    capsys.readouterr()
    assert main(["classify", "preds.csv", "--atlas", "my.parquet", "--no-report", "--json"]) == 0
    profile = pl.read_parquet("errata-preds/profile.parquet").row(0, named=True)
    # five cracks are no neighbours of holes, five dents are
    assert (profile["images"], profile["top1_errors"], profile["fine_grained"]) == (60, 10, 5)
    assert profile["class_overlap"] is None


def test_an_atlas_that_is_called_otherwise_is_refused(images, capsys):
    Path("classes.csv").write_text("name\ncrack\n")
    assert main(["atlas", "build", "--classes", "classes.csv", "--labels", "val", "--out", "my.csv"]) == 2
    assert "Give it a name that ends in .parquet" in capsys.readouterr().err


def test_the_report_gives_statistics_for_the_groups_of_the_table(images):
    Path("classes.csv").write_text("name,group\ncrack,metal\ndent,metal\nhole,cloth\n")
    assert build("--classes", "classes.csv", "--labels", "val") == 0
    rows = [(f"{name}/{number:02d}.png", "hole" if number < 5 else name) for name in NAMES for number in range(20)]
    pl.DataFrame(rows, schema=["file_name", "predicted_class"], orient="row").write_csv("preds.csv")
    assert main(["classify", "preds.csv", "--atlas", "my.parquet", "-q"]) == 0
    page = Path("errata-preds/report/index.html").read_text()
    assert "Kinds of errors on metal" in page
    # ten of forty images of metal are wrong, none of cloth is
    assert "group=metal" in page
    assert "organism" not in page
