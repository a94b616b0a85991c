"""Models that are not as accurate as published are marked wherever they stand, or stop the run."""

import polars as pl
import pytest
from PIL import Image

from errata.accuracy.tables import ACCURACY
from errata.models import MODEL_COLUMNS, read_models
from errata.tables import read_table
from workflow.small_world import NAMES

ACCURACIES = {"right": ("1", "100"), "wrong": ("0.5", "100"), "new": ("0.7", "-")}
"""Name -> how often a dummy is right, and what the sheet says about it."""

CONFIG = ("models=[dummy-*]", "images={imagenet: images}")
PROFILE = "results/imagenet/labels/profile.csv"


@pytest.fixture(scope="module")
def with_models(untouched, tmp_path_factory):
    """The small world with images and three models without weights."""
    workspace = untouched.copied_to(tmp_path_factory.mktemp("models") / "project")
    images = workspace.folder / "images"
    images.mkdir()
    for name in NAMES:
        Image.new("RGB", (8, 8)).save(images / name)
    header = next(line for line in (workspace.folder / "config/models.tsv").read_text().splitlines() if line[0] != "#")
    for name, (weights, expected) in ACCURACIES.items():
        row = dict.fromkeys(header.split("\t"), "-") | {
            **dict(
                zip(MODEL_COLUMNS, (f"dummy-{name}@8", "dummy", "none", weights, "8", "imagenet1k", "-"), strict=True)
            ),
            "expected_top1": expected,
            "expected_from": "the test",
        }
        workspace.append("config/models.tsv", "\t".join(row.values()))
    return workspace


def test_the_profile_says_of_every_model_whether_it_is_as_accurate_as_published(with_models):
    run = with_models.build(PROFILE, config=CONFIG)
    assert run.status == 0, run.output
    accuracy = read_table(ACCURACY, with_models.folder / "results/imagenet/accuracy.parquet")
    checks = {"dummy-right@8": "as_expected", "dummy-wrong@8": "unexpected", "dummy-new@8": "not_checked"}
    assert dict(accuracy.select("model", "check").iter_rows()) == checks
    profile = pl.read_csv(with_models.folder / PROFILE)
    # models of files are not in the sheet
    theirs = dict.fromkeys(("strong.model", "weak_model"), "not_checked")
    assert dict(profile.select("model", "accuracy_check").unique().iter_rows()) == checks | theirs


def test_a_refusal_names_the_models_and_nothing_is_classified(with_models, tmp_path):
    workspace = with_models.copied_to(tmp_path / "project")
    (workspace.folder / PROFILE).unlink(missing_ok=True)
    run = workspace.build(PROFILE, config=(*CONFIG, "unexpected_accuracy=refuse"))
    assert run.status != 0
    assert "1 of 3 models are not as accurate as expected" in run.output
    assert "dummy-wrong@8: Top-1" in run.output
    assert not (workspace.folder / PROFILE).exists()


def test_facts_of_the_sheet_rerun_no_model(with_models, tmp_path):
    workspace = with_models.copied_to(tmp_path / "project")
    assert workspace.build(PROFILE, config=CONFIG).status == 0
    sheet = workspace.folder / "config/models.tsv"
    rows = [line.split("\t") for line in sheet.read_text().splitlines()]
    licence = next(row for row in rows if row[0] == "model").index("licence")
    for row in rows:
        if row[0].startswith("dummy-"):
            row[licence] = "mine"
    sheet.write_text("".join("\t".join(row) + "\n" for row in rows))
    assert read_models(sheet)["dummy-new@8"].licence == "mine"
    run = workspace.build(PROFILE, "--dry-run", config=CONFIG)
    assert run.has_nothing_to_do, run.output
