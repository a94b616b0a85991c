"""Commands without `--atlas` use the atlas that comes with Errata, and set models beside the published ones."""

import json
import shutil

import numpy as np
import polars as pl
import pytest

from errata.cli import main
from errata.published.read import COUNT_COLUMNS, DESCRIPTION_COLUMNS, IMAGENET_M, PERCENTAGE_COLUMNS
from errata.published.tables import COMPARISON, PUBLISHED
from errata.shipped import atlas_file, published_rows
from errata.tables import read_table


@pytest.fixture(scope="module")
def imagenet_predictions(tmp_path_factory):
    """Predictions of ImageNet's validation images: right on seven of ten, a neighbouring class on the others."""
    images = pl.read_parquet(atlas_file("imagenet"), columns=["file_name", "target"])
    rng = np.random.default_rng(0)
    steps = rng.choice([-2, -1, 1, 2], images.height) * (rng.random(images.height) < 0.3)
    predicted = (images["target"].to_numpy() + steps) % 1000
    path = tmp_path_factory.mktemp("predictions") / "mine.csv"
    images.select("file_name", predicted_class=pl.Series(predicted)).write_csv(path)
    return path


def write_as_published(rows, folder):
    """Write published rows in the layout of the paper's files."""
    names = {new: old for old, new in (COUNT_COLUMNS | PERCENTAGE_COLUMNS | DESCRIPTION_COLUMNS).items()}
    folder.mkdir()
    for (group,), table in rows.group_by("group"):
        renamed = table.drop("group").rename(names).with_columns(pl.lit(0).alias(IMAGENET_M))
        renamed.write_csv(folder / f"{group}.csv")


@pytest.fixture(scope="module")
def classified(imagenet_predictions, tmp_path_factory):
    out = tmp_path_factory.mktemp("classified") / "out"
    assert main(["classify", str(imagenet_predictions), "--out", str(out), "--no-report"]) == 0
    return out


def test_a_model_is_classified_by_it_and_set_beside_the_published_ones(classified):
    assert read_table(PUBLISHED, classified / "published.parquet").equals(published_rows())
    comparison = read_table(COMPARISON, classified / "comparison.parquet")
    assert set(comparison["published_models"]) == {962}


def test_published_tables_of_ones_own_take_their_place(imagenet_predictions, tmp_path):
    rows = published_rows()
    few = rows.filter(pl.col("model").is_in(rows["model"].unique(maintain_order=True).gather_every(20).to_list()))
    write_as_published(few, tmp_path / "published")
    command = ["classify", str(imagenet_predictions), "--out", str(tmp_path / "out"), "--no-report"]
    assert main([*command, "--published", str(tmp_path / "published")]) == 0
    assert set(read_table(COMPARISON, tmp_path / "out" / "comparison.parquet")["published_models"]) == {49}


def test_a_kind_of_image_without_errors_is_on_the_page_of_the_model(imagenet_predictions, tmp_path):
    images = pl.read_parquet(atlas_file("imagenet"), columns=["file_name", "target", "in_other"])
    predictions = pl.read_csv(imagenet_predictions).join(images, on="file_name", maintain_order="left")
    right = pl.when("in_other").then("target").otherwise("predicted_class")
    predictions.select("file_name", predicted_class=right).write_csv(tmp_path / "sure.csv")
    assert main(["classify", str(tmp_path / "sure.csv"), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    assert "Kinds of errors on other images" in (tmp_path / "out/report/index.html").read_text()


@pytest.mark.parametrize("every", [1, 2_500])
def test_a_model_without_errors_has_a_report_and_no_list_of_errors(every, tmp_path, capsys):
    targets = pl.read_parquet(atlas_file("imagenet"), columns=["file_name", "target", "is_problematic"])
    some = targets.filter(~pl.col("is_problematic")).gather_every(every) if every > 1 else targets
    some.select("file_name", predicted_class="target").write_csv(tmp_path / "right.csv")
    assert main(["classify", str(tmp_path / "right.csv"), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    page = (tmp_path / "out/report/index.html").read_text()
    assert "right is right on all" in page
    assert "Not compared: it makes no errors." in page
    trends = (tmp_path / "out/report/trends.html").read_text()
    assert ("right among 962 published models: its accuracy lies beyond" in trends) == (every == 1)
    assert main(["errors", str(tmp_path / "out")]) == 2
    assert "the table has no errors: every answer that counts is right" in capsys.readouterr().err


def test_with_an_atlas_of_another_data_set_nothing_is_set_beside_it(atlas, predictions, tmp_path):
    out = tmp_path / "out"
    assert main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report"]) == 0
    assert not (out / "published.parquet").exists()


def test_doctor_and_explain_need_no_atlas(imagenet_predictions, capsys):
    assert main(["doctor", str(imagenet_predictions)]) == 0
    assert main(["explain", "ILSVRC2012_val_00000001.JPEG", "tench"]) == 0
    assert "prediction   0 tench [n01440764]" in capsys.readouterr().out


def test_errors_are_listed_with_the_atlas_that_lies_beside_the_table(atlas, predictions, tmp_path, capsys):
    out = tmp_path / "out"
    main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report"])
    capsys.readouterr()
    assert main(["errors", str(out), "resnet.v2"]) == 0
    assert capsys.readouterr().out == (out / "errors" / "resnet.v2.csv").read_text()


def test_the_atlases_that_come_along_are_listed(capsys):
    assert main(["atlas", "list"]) == 0
    assert capsys.readouterr().out.startswith("imagenet  20,000 images of imagenet, 1,000 classes: ")


def test_what_is_in_an_atlas_and_what_it_was_made_from_is_said(capsys):
    assert main(["atlas", "info"]) == 0
    said = capsys.readouterr().out
    for text in ("20,000 of 50,000 have labels, 18,692 count", "class overlap, multi-label, fine-grained", "NOTICE"):
        assert text in said
    assert main(["atlas", "info", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["seal"] in said
    assert values["inputs"]["targets"]["licence"] == "MIT"


def test_the_licence_of_ones_own_atlas_is_not_made_up(atlas, capsys):
    assert main(["atlas", "info", str(atlas), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["licence"] is None


def test_the_path_is_that_of_a_file_that_can_be_copied_and_named(tmp_path, capsys):
    assert main(["atlas", "path"]) == 0
    copied = shutil.copy(capsys.readouterr().out.strip(), tmp_path / "copy.parquet")
    assert main(["atlas", "info", str(copied)]) == 0


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys):
    assert main(["atlas", "info", "imagnet"]) == 2
    assert "one of these: imagenet." in capsys.readouterr().err
