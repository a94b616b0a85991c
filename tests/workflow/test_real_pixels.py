"""The real rules on real photographs and a published network: 42 images of ImageNet's validation set as a part of it.

The open-world chain runs with the demo world's small encoder, which knows nothing of photographs: only that the chain
works is tested, its verdicts mean nothing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from errata.results import Results
from workflow.small_world import copy_project
from workflow.snakemake_runs import Run, snakemake_environment

pytestmark = [pytest.mark.real, pytest.mark.slow]

CHECKPOINT, FROM_HUB = "my-lite0@224", "tf_efficientnet_lite0.in1k@224"
"""The same network as a checkpoint of one's own, and as a row of the sheet with its weights in the hub's cache."""

CONFIG = """\
datasets: [imagenet]
parts: [imagenet]
atlases: [labels, paper]
reports: all
models: ["{checkpoint}", "{from_hub}"]
images: {{imagenet: {pixels}/val, imagenet-train: {pixels}/train}}
mirror: {real}/mirror
multilabels: {real}/human_accuracy_v3.0.0.rebuilt.json
published: {real}/reference_stats
offline: true
thumbnails: false
"""


@pytest.fixture(scope="module")
def pixels(project: Path) -> Path:
    """The folder of real photographs and a published network's weights; skips where it is absent."""
    given = os.environ.get("ERRATA_REAL_PIXELS", project.parent / "shared" / "real_pixels")
    folder = Path(given).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real photographs at {folder} (set ERRATA_REAL_PIXELS to the folder that holds them)")
    return folder


@pytest.fixture(scope="module")
def run(project: Path, real: Path, pixels: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A run of two models, with and without the open-world check, and its folder."""
    folder = tmp_path_factory.mktemp("pixels") / "project"
    copy_project(project, folder)
    weights = pixels / "weights/tf_efficientnet_lite0.safetensors"
    _add_checkpoint(folder / "config/models.tsv", weights)
    _use_small_encoder(folder / "config/datasets.tsv")
    hub = tmp_path_factory.mktemp("hub")
    _fill_hub_cache(hub / "hub", weights)
    settings = CONFIG.format(checkpoint=CHECKPOINT, from_hub=FROM_HUB, pixels=pixels, real=real)
    (folder / "config/part.yaml").write_text(settings)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "config/part.yaml"],
        cwd=folder,
        env=snakemake_environment() | {"PYTHONPATH": str(folder / "src"), "HF_HOME": str(hub), "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return Run(done.returncode, done.stdout), folder / "results/imagenet"


def _add_checkpoint(sheet: Path, weights: Path) -> None:
    header, *rows = [line for line in sheet.read_text().splitlines() if not line.startswith("#")]
    view = next(row.split("\t")[6] for row in rows if row.startswith(FROM_HUB))
    cells = [CHECKPOINT, "checkpoint", "tf_efficientnet_lite0", str(weights), "224", "imagenet1k", view]
    own = "\t".join(cells + ["-"] * (len(header.split("\t")) - len(cells)))
    sheet.write_text("\n".join([header, own, *rows, ""]))


def _use_small_encoder(sheet: Path) -> None:
    rows = [line.split("\t") for line in sheet.read_text().splitlines() if not line.startswith("#")]
    for row in rows:
        if row[0] in ("imagenet", "imagenet-train"):
            row[rows[0].index("stand_ins")] = "vit-l-14-336=demo-clip"
    sheet.write_text("\n".join(["\t".join(row) for row in rows] + [""]))


def _fill_hub_cache(cache: Path, weights: Path) -> None:
    """Lay out the cache as the hub's client does: a reference to a commit, and the commit's files."""
    repository, commit = cache / "models--timm--tf_efficientnet_lite0.in1k", "0123456789abcdef0123456789abcdef01234567"
    snapshot = repository / "snapshots" / commit
    snapshot.mkdir(parents=True)
    shutil.copy(weights, snapshot / "model.safetensors")
    (repository / "refs").mkdir()
    (repository / "refs/main").write_text(commit)


@pytest.mark.parametrize("model", [CHECKPOINT, FROM_HUB])
def test_predictions_are_those_of_a_plain_loop(run: tuple[Run, Path], pixels: Path, model: str):
    _, results = run
    found = pl.read_parquet(results / f"predictions/{model}.parquet").sort("file_name")
    expected = pl.read_csv(pixels / "expected_lite0_val.csv").sort("file_name")
    assert found["file_name"].to_list() == expected["file_name"].to_list()
    assert found["predicted_class"].to_list() == expected["predicted_class"].to_list()
    assert (found["predicted_probability"] - expected["probability"]).abs().max() < 1e-5


def test_thirty_of_the_42_photographs_are_right(run: tuple[Run, Path], pixels: Path, project: Path):
    _, results = run
    found = pl.read_parquet(results / f"predictions/{CHECKPOINT}.parquet")
    vocabulary = pl.read_csv(project / "resources/vocabularies/imagenet1k.csv")
    targets = pl.read_csv(pixels / "val.csv").join(vocabulary, on="wnid")
    joined = found.join(targets, on="file_name")
    assert (joined["predicted_class"] == joined["class_id"]).sum() == 30


def test_statistics_and_atlas_are_about_the_annotated_images_that_are_there(run: tuple[Run, Path]):
    _, results = run
    found = Results(results / "labels")
    # 31 of the 42 are annotated, one of these is problematic
    assert found.profile.filter(group="all")["images"].to_list() == [30, 30]
    assert found.facts.annotated_images == 31
    assert found.atlas.provenance["part"] == {"images": 42, "of": 50_000}
    assert not found.facts.unreadable


def test_the_published_accuracy_of_the_whole_is_not_expected_of_a_part(run: tuple[Run, Path]):
    _, results = run
    assert set(Results(results / "labels").profile["accuracy_check"]) == {"not_checked"}


def test_pairs_that_often_occur_together_are_those_of_the_whole_data_set(run: tuple[Run, Path]):
    _, results = run
    pairs = pl.read_parquet(results / "cooccurrence/curated.parquet")
    assert pairs.filter("is_spurious_prone").height == 1_019


def test_the_open_world_chain_decides_every_error_of_the_photographs(run: tuple[Run, Path]):
    _, results = run
    counts = Results(results / "paper").profile.filter(group="all")
    assert counts["open_world_unchecked"].to_list() == [0, 0]
    assert counts["fine_grained_oov"].null_count() == 0


def test_the_run_says_which_part_it_is(run: tuple[Run, Path]):
    said, results = run
    log = (results.parents[1] / "logs/index_images/imagenet.log").read_text()
    assert "a part of the data set, 42 of 50,000 images" in log
    assert "The report is" in said.output
