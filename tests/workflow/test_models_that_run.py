"""Models without weights in the small world: on which images they run, and in which order."""

import json
import re

import pytest
from PIL import Image

from errata.models import MODEL_COLUMNS
from errata.predictions.tables import PREDICTIONS
from errata.tables import read_metadata, read_table
from workflow.small_world import ANNOTATED, NAMES

SECONDS = {"short": "3", "long": "500", "unknown": "-", "middling": "40"}
CONFIG = ("models=[dummy-*]", "images={imagenet: images}")
PROFILE = "results/imagenet/labels/profile.csv"
TAIL = {"check_accuracy", "classify_predictions"}


@pytest.fixture(scope="module")
def with_models(untouched, tmp_path_factory):
    """The small world with images and models of known length."""
    workspace = untouched.copied_to(tmp_path_factory.mktemp("running") / "project")
    (workspace.folder / "images").mkdir()
    for name in NAMES:
        Image.new("RGB", (8, 8)).save(workspace.folder / "images" / name)
    sheet = (workspace.folder / "config/models.tsv").read_text().splitlines()
    header = next(line for line in sheet if not line.startswith("#")).split("\t")
    for name, seconds in SECONDS.items():
        needed = (f"dummy-{name}@8", "dummy", "none", "0.8", "8", "imagenet1k", "-")
        row = dict.fromkeys(header, "-") | dict(zip(MODEL_COLUMNS, needed, strict=True)) | {"seconds": seconds}
        workspace.append("config/models.tsv", "\t".join(row.values()))
    return workspace


@pytest.fixture(scope="module")
def on_annotated(with_models, tmp_path_factory):
    """The same after a run on the annotated images, and that run."""
    workspace = with_models.copied_to(tmp_path_factory.mktemp("annotated") / "project")
    run = workspace.build(PROFILE, "--cores", "1", config=(*CONFIG, "subset=annotated"))
    assert run.status == 0, run.output
    return workspace, run


def planned(workspace, *config: str) -> dict[str, int]:
    run = workspace.build(PROFILE, "--dry-run", config=(*CONFIG, *config))
    assert run.status == 0, run.output
    return run.jobs


def test_models_run_on_the_annotated_images_and_say_so(on_annotated):
    workspace, _ = on_annotated
    for name in SECONDS:
        table = workspace.folder / f"results/imagenet/predictions/dummy-{name}@8.parquet"
        assert read_table(PREDICTIONS, table)["file_name"].to_list() == [NAMES[image] for image in ANNOTATED]
        assert json.loads(read_metadata(table)["errata.model"])["subset"] == "annotated"


def test_the_doctor_and_the_check_of_accuracies_take_them(on_annotated):
    workspace, _ = on_annotated
    diagnoses = json.loads((workspace.folder / "results/imagenet/labels/diagnoses.json").read_text())
    assert {entry["model"]: entry["findings"] for entry in diagnoses if entry["model"].startswith("dummy")} == {
        f"dummy-{name}@8": [] for name in SECONDS
    }
    assert (workspace.folder / "results/imagenet/accuracy.parquet").exists()


def test_the_longest_models_run_first(on_annotated):
    _, run = on_annotated
    started = re.findall(r"output: results/imagenet/predictions/dummy-(\w+)@8", run.output)
    assert started == ["long", "middling", "short", "unknown"]


def test_the_other_subset_runs_all_models_again(on_annotated):
    workspace, _ = on_annotated
    assert planned(workspace, "subset=annotated") == {}
    assert planned(workspace, "subset=all") == {"predict": len(SECONDS)} | dict.fromkeys(TAIL, 1)


def test_other_labels_of_the_same_images_run_no_model(on_annotated, tmp_path):
    workspace = on_annotated[0].copied_to(tmp_path / "project")
    workspace.append("src/errata/labels/label_table.py", "# a comment")
    assert "predict" not in planned(workspace, "subset=annotated")
