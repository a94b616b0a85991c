"""Views take much space, so on a GPU they are made one after the other: when no model waits that has its pixels."""

import re

import pytest
from PIL import Image

from errata.contracts import PREDICT
from errata.models import MODEL_COLUMNS
from workflow.small_world import NAMES

VIEWS = [f"{size}-{size}-bicubic-center" for size in (8, 10, 12, 14, 16)]
MODELS_OF_A_VIEW = 3

BUILD_VIEW = """
import pathlib
pathlib.Path(snakemake.output.note).write_text("{}")
pathlib.Path(snakemake.output.pixels).touch()
at_once = len(list(pathlib.Path("results/imagenet/views").glob("*.npy")))
with open("events", "a") as events:
    print("made", snakemake.wildcards.view, at_once, file=events)
"""
PREDICT_ONE = """
import pathlib
pathlib.Path(snakemake.output[0]).touch()
"""


@pytest.fixture
def on_a_gpu(untouched, tmp_path):
    """The small world with five views of three models each, of which no pixels are made and no answers given."""
    workspace = untouched.copied_to(tmp_path / "project")
    (workspace.folder / "images").mkdir()
    for name in NAMES:
        Image.new("RGB", (8, 8)).save(workspace.folder / "images" / name)
    header = next(
        line for line in (workspace.folder / "config/models.tsv").read_text().splitlines() if not line.startswith("#")
    ).split("\t")
    for seconds, view in enumerate(VIEWS, start=1):
        for number in range(MODELS_OF_A_VIEW):
            size = view.split("-")[0]
            needed = (f"m{number}@{size}", "timm", "test_vit", "pretrained", size, "imagenet1k", view)
            row = dict.fromkeys(header, "-") | dict(zip(MODEL_COLUMNS, needed, strict=True)) | {"seconds": str(seconds)}
            workspace.append("config/models.tsv", "\t".join(row.values()))
    for script, content in (("build_view", BUILD_VIEW), ("predict", PREDICT_ONE)):
        (workspace.folder / f"workflow/scripts/{script}.py").write_text(content)
    return workspace


def test_few_views_are_there_at_once_and_those_of_long_models_first(on_a_gpu):
    notes = [f"results/imagenet/views/{view}.contract-{PREDICT}.json" for view in VIEWS]
    # so many cores that they keep no job from starting
    settings = ("models=[m*]", "images={imagenet: images}", "device=cuda")
    run = on_a_gpu.build(*notes, "--cores", "32", config=settings)
    assert run.status == 0, run.output
    made = re.findall(r"made (\S+) (\d+)", (on_a_gpu.folder / "events").read_text())
    assert [view for view, _ in made] == VIEWS[::-1]
    # the pixels of the view before go when its last model has run, while the next are made
    assert max(int(at_once) for _, at_once in made) <= 2
