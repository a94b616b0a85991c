"""What a run leaves behind: the same bytes everywhere, nothing half-written, null where nothing is known."""

import hashlib
import os
import signal
import subprocess
import sys
import tarfile
import time

import polars as pl
import pytest

from errata.categories import CATEGORY_COLUMNS
from workflow.small_world import (
    ANNOTATED,
    INPUTS,
    LABELS_ONLY,
    MODELS,
    NAMES,
    PROBLEMATIC,
    WNIDS,
    write_class_folders,
)
from workflow.snakemake_runs import snakemake_environment

TABLES = "results/imagenet/labels"


@pytest.mark.slow
def test_two_folders_give_identical_files(first_run, fresh):
    workspace, _ = first_run
    run = fresh.build()
    assert run.status == 0, run.output
    first, second = workspace.content(), fresh.content()
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_counts_add_up_and_leave_problematic_images_out(first_run):
    workspace, _ = first_run
    profile = pl.read_parquet(workspace.folder / TABLES / "profile.parquet").filter(group="all")
    assert profile["images"].to_list() == [len(ANNOTATED) - 1] * len(MODELS)
    assert (profile["images"] == profile["correct"] + profile["top1_errors"]).all()
    assert (profile["top1_errors"] == profile.select(pl.sum_horizontal(*CATEGORY_COLUMNS)).to_series()).all()
    errors = pl.read_parquet(workspace.folder / TABLES / "errors.parquet")
    assert errors["model"].value_counts().sort("model")["count"].to_list() == (
        profile.sort("model")["top1_errors"].to_list()
    )
    assert NAMES[PROBLEMATIC] not in errors["file_name"]
    problematic = pl.read_parquet(workspace.folder / TABLES / "problematic.parquet")
    assert problematic["file_name"].to_list() == [NAMES[PROBLEMATIC]] * len(MODELS)


@pytest.mark.slow
def test_a_killed_run_leaves_nothing_that_a_later_run_takes_for_finished(workspace):
    target, library = f"{TABLES}/diagnoses.json", workspace.folder / "src/errata/classification.py"
    before, code = workspace.content(TABLES), library.read_text()
    halfway = "    write_table(classification.pooled"
    assert halfway in code
    pause = "    Path('halfway').touch(); import time; time.sleep(600)\n"
    library.write_text(code.replace(halfway, pause + halfway))
    command = [sys.executable, "-m", "snakemake", "--cores", "1", target, *LABELS_ONLY, "--config", *INPUTS]
    environment = snakemake_environment() | {"PYTHONPATH": str(workspace.folder / "src")}
    run = subprocess.Popen(
        command, cwd=workspace.folder, env=environment, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            if (workspace.folder / "halfway").exists():
                break
            time.sleep(0.1)
        assert run.poll() is None
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert set(workspace.content(TABLES)) < set(before)

    library.write_text(code)
    assert workspace.build("--unlock").status == 0
    again = workspace.build(target)
    assert again.status == 0, again.output
    assert workspace.content(TABLES) == before


@pytest.fixture(scope="module")
def without_multi_labels(first_run, tmp_path_factory) -> dict:
    """The profile of a model that calls every Chihuahua a Japanese spaniel, on a folder of images."""
    built, _ = first_run
    workspace = built.copied_to(tmp_path_factory.mktemp("without") / "project")
    rows = write_class_folders(workspace.folder / "images", images=10)
    predicted = [max(1, WNIDS.index(wnid)) for _, wnid in rows]
    frame = pl.DataFrame({"file_name": [name for name, _ in rows], "predicted_class": predicted})
    frame.write_parquet(workspace.folder / "predictions.parquet")
    profile = "results/imagenet-a/labels/profile.csv"
    settings = ("datasets=[imagenet-a]", "images={imagenet-a: images}", "predictions=predictions.parquet")
    run = workspace.build(profile, config=settings)
    assert run.status == 0, run.output
    return pl.read_csv(workspace.folder / profile).filter(group="all").row(0, named=True)


def test_a_folder_of_images_can_be_a_data_set_without_multi_labels(without_multi_labels):
    counts = [without_multi_labels[name] for name in ("images", "correct", "top1_errors", "fine_grained")]
    assert counts == [120, 110, 10, 10]


@pytest.mark.parametrize("count", ["multi_label", "non_prototypical", "provisional_non_prototypical"])
def test_what_only_multi_labels_or_experts_can_tell_is_null_without_them(without_multi_labels, count):
    assert without_multi_labels[count] is None


@pytest.fixture(scope="module")
def of_an_archive(first_run, tmp_path_factory) -> dict:
    """The profile of a model that calls every Chihuahua a Japanese spaniel, on a data set that is an archive."""
    built, _ = first_run
    workspace = built.copied_to(tmp_path_factory.mktemp("archive") / "project")
    folders = workspace.folder / "imagenetv2-top-images-format-val"
    names = [f"{class_id}/{number}.jpeg" for class_id in range(len(WNIDS)) for number in range(10)]
    for name in names:
        (folders / name).parent.mkdir(parents=True, exist_ok=True)
        (folders / name).touch()
    archive = workspace.folder / "mirror/imagenetv2-top-images.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folders, arcname=folders.name)
    registry = workspace.folder / "resources/sources.tsv"
    rows = [line.split("\t") for line in registry.read_text().splitlines()]
    for row in rows:
        if row[0] == "imagenet_v2_top_images":
            row[3:5] = [str(archive.stat().st_size), hashlib.sha256(archive.read_bytes()).hexdigest()]
    registry.write_text("\n".join("\t".join(row) for row in rows) + "\n")
    predicted = [max(1, int(name.split("/")[0])) for name in names]
    pl.DataFrame({"file_name": names, "predicted_class": predicted}).write_parquet(workspace.folder / "mine.parquet")
    profile = "results/imagenet-v2-top-images/labels/profile.csv"
    run = workspace.build(profile, config=("datasets=[imagenet-v2-top-images]", "predictions=mine.parquet"))
    assert run.status == 0, run.output
    return pl.read_csv(workspace.folder / profile).filter(group="all").row(0, named=True)


def test_a_data_set_is_read_from_the_archive_that_the_sheet_names(of_an_archive):
    assert [of_an_archive[name] for name in ("images", "correct", "fine_grained")] == [120, 110, 10]
