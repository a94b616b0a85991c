"""From a folder of images to a report on a data set of one's own."""

import re
from pathlib import Path

import polars as pl
import pytest

from errata.atlas.compiled import read_atlas
from errata.cli import main
from errata.predictions.class_lists import KNOWN_LISTS

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


def test_an_image_of_a_class_folder_is_found_with_its_folder(images, capsys):
    main(["init", "val"])
    build("--classes", "classes.csv", "--labels", "labels.csv")
    capsys.readouterr()
    for typed in ("dent/07", "photos/val/dent/07.png", "C:\\val\\dent\\07.PNG"):
        assert main(["explain", typed, "hole", "--atlas", "my.parquet"]) == 0
        assert capsys.readouterr().out.startswith("dent/07.png\n")
    for typed in ("07", "07.png"):
        assert main(["explain", typed, "hole", "--atlas", "my.parquet"]) == 2
        assert f"{typed}: 3 images are called so. Name one with its folder: crack/07.png." in capsys.readouterr().err


def test_the_table_of_classes_is_no_folder(images, capsys):
    assert build("--classes", "val", "--labels", "val") == 2
    assert "val: expected a CSV file, found a folder. errata init val begins the tables." in capsys.readouterr().err


ODD = ["-1", "007", "=1+1", "@home", "NA", "a, b", "bus", "bus stop", "false", "inf", "nan", "null", 'say "hi"', "猫"]


def test_classes_may_be_called_like_nothing_a_number_or_a_formula(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ODD:
        (tmp_path / "val" / name).mkdir(parents=True)
        for number in range(20):
            (tmp_path / "val" / name / f"{number:02d}.png").touch()
    assert main(["init", "val"]) == 0
    # what a spreadsheet would run has an apostrophe there, and none in the atlas
    assert "'=1+1/00.png,'=1+1," in Path("labels.csv").read_text()
    assert build("--classes", "classes.csv", "--labels", "labels.csv") == 0
    assert read_atlas("my.parquet").classes["name"].to_list() == ODD
    files = [f"val/{name}/{number:02d}.png" for name in ODD for number in range(20)]
    answers = [ODD[(place // 20 + (place % 10 == 0)) % len(ODD)] for place in range(len(files))]
    pl.DataFrame({"file_name": files, "predicted_class": answers}).write_csv("preds.csv")
    capsys.readouterr()
    assert main(["classify", "preds.csv", "--atlas", "my.parquet"]) == 0
    assert "accuracy 90.0 %" in capsys.readouterr().out
    assert main(["errors", "errata-preds", "--out", "errors.csv"]) == 0
    errors = pl.read_csv("errors.csv", infer_schema=False)
    assert set(errors["predicted_name"].str.strip_prefix("'")) == set(ODD)


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


def predictions_of(atlas, path: str = "preds.csv") -> None:
    """Predictions of the images of an atlas by place in its list, a tenth of them wrong."""
    targets = atlas.images.with_row_index("row").select(
        "file_name",
        predicted_class=pl.when(pl.col("row") % 10 == 0).then((pl.col("target") + 1) % 10).otherwise("target"),
    )
    targets.write_csv(path)


def test_a_list_of_classes_restricts_the_atlas_that_comes_along(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    # classes in the order of the model's outputs, which is not that of the wnids
    Path("ten.txt").write_text("\n".join(reversed(KNOWN_LISTS["imagenette"])))
    assert main(["atlas", "build", "--classes", "ten.txt", "--from", "imagenet", "--out", "ten.parquet"]) == 0
    assert "200 of 500 have labels" in capsys.readouterr().out
    predictions_of(read_atlas("ten.parquet"))
    assert main(["doctor", "preds.csv"]) == 1
    assert "--classes FILE" in " ".join(capsys.readouterr().out.split())
    by_list = ["classify", "preds.csv", "--no-report", "-q"]
    assert main([*by_list, "--classes", "ten.txt", "--out", "by-list"]) == 0
    assert main([*by_list, "--atlas", "ten.parquet", "--out", "by-atlas"]) == 0
    profile = pl.read_parquet("by-list/profile.parquet")
    assert (
        profile.row(0, named=True)["top1_errors"] == 20 - read_atlas("ten.parquet").images["is_problematic"][::10].sum()
    )
    assert profile.equals(pl.read_parquet("by-atlas/profile.parquet"))
    # the restricted atlas is kept with the results, which need the list no more
    assert Path("by-list/atlas.parquet").read_bytes() == Path("ten.parquet").read_bytes()
    assert main(["report", "by-list"]) == 0


def names_in_chinese(folder: Path) -> None:
    """A data set whose classes, groups and model are called in Chinese; a tenth of the answers are wrong."""
    names = ["划痕", "凹痕", "裂纹", "孔"]
    pl.DataFrame({"name": names, "superclass": ["表面"] * 4, "group": ["金属", "金属", "布料", "布料"]}).write_csv(
        "类别.csv"
    )
    rows = [(f"{name}/{number:02d}.png", name) for name in names for number in range(20)]
    pl.DataFrame(rows, schema=["file_name", "label"], orient="row").write_csv("标签.csv")
    answers = [(file, names[0] if place % 10 == 9 else name) for place, (file, name) in enumerate(rows)]
    pl.DataFrame(answers, schema=["file_name", "predicted_class"], orient="row").write_csv("模型.csv")


def test_everything_may_be_called_in_chinese(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names_in_chinese(tmp_path)
    assert main(["atlas", "build", "--classes", "类别.csv", "--labels", "标签.csv", "--out", "缺陷.parquet"]) == 0
    assert main(["classify", "模型.csv", "--atlas", "缺陷.parquet"]) == 0
    page = Path("errata-模型/report/index.html").read_text()
    assert "Kinds of errors on 金属" in page
    assert "group=%E9%87%91%E5%B1%9E" in page
    assert main(["figure", "errata-模型", "--out", "图.svg", "--group", "布料"]) == 0


def test_where_images_have_one_label_there_is_accuracy(images, capsys):
    Path("classes.csv").write_text("name,superclass\ncrack,\ndent,surface\nhole,surface\n")
    assert build("--classes", "classes.csv", "--labels", "val") == 0
    rows = [(f"{name}/{number:02d}.png", "hole" if number < 5 else name) for name in NAMES for number in range(20)]
    pl.DataFrame(rows, schema=["file_name", "predicted_class"], orient="row").write_csv("preds.csv")
    capsys.readouterr()
    assert main(["classify", "preds.csv", "--atlas", "my.parquet"]) == 0
    said = capsys.readouterr().out
    assert "preds: accuracy 83.3 %" in said
    assert "10 errors" in said
    pages = [page for page in Path("errata-preds/report").glob("*.html") if page.name != "data.html"]
    check_words_of_one_label([said, *map(body_of, pages)])


@pytest.mark.parametrize("superclass", ["surface", ""])
def test_several_models_of_images_with_one_label_and_without_groups_have_a_report_of_accuracy(images, superclass):
    Path("classes.csv").write_text(f"name,superclass\ncrack,\ndent,{superclass}\nhole,{superclass}\n")
    assert build("--classes", "classes.csv", "--labels", "val") == 0
    for model, wrong in (("one", 5), ("two", 7)):
        rows = [
            (f"{name}/{number:02d}.png", "hole" if number < wrong else name) for name in NAMES for number in range(20)
        ]
        pl.DataFrame(rows, schema=["file_name", "predicted_class"], orient="row").write_csv(f"{model}.csv")
    assert main(["classify", "one.csv", "two.csv", "--atlas", "my.parquet", "--out", "both", "-q"]) == 0
    pages = [page for page in Path("both/report").rglob("*.html") if page.name != "data.html"]
    assert "conditions such as accuracy &gt; 80" in Path("both/report/index.html").read_text()
    check_words_of_one_label([*map(body_of, pages), *(page.read_text() for page in Path("both").rglob("*.md"))])


def body_of(page: Path) -> str:
    """Return a page without its footer, which names the paper."""
    return re.sub(r"<footer.*?</footer>", "", page.read_text(), flags=re.DOTALL)


def check_words_of_one_label(texts: list[str]) -> None:
    assert texts
    for words in (
        "MLA",
        "mla &gt;",
        "top-1",
        "Top-1",
        "multi-label acc",
        "the labels' fault",
        "real mistake",
        "ImageNet",
    ):
        assert not any(words in text for text in texts), words


def test_pairs_of_another_atlas_are_taken_where_its_classes_are_found(tmp_path, capsys):
    (tmp_path / "classes.csv").write_text("name,wnid\nfish,n01440764\nangler,\n")
    (tmp_path / "labels.csv").write_text("file_name,label\n1.png,fish\n")
    tables = ["--classes", str(tmp_path / "classes.csv"), "--labels", str(tmp_path / "labels.csv")]
    assert main(["atlas", "build", *tables, "--pairs-from", "imagenet", "--out", str(tmp_path / "my.parquet")]) == 0
    assert "1 of 2 classes are classes of imagenet" in capsys.readouterr().out


def test_a_part_of_another_atlas_takes_no_further_pairs(capsys):
    part = ["--classes", "imagenette", "--from", "imagenet", "--out", "part.parquet"]
    assert main(["atlas", "build", *part, "--pairs-from", "imagenet"]) == 2
    assert "a part of another atlas has that atlas's pairs" in capsys.readouterr().err
