import importlib.util
import json
import subprocess
import sys

import polars as pl
import pytest

from errata.classes.tables import CLASSES
from errata.images.tables import IMAGES
from errata.labels.label_table import unreadable_images
from errata.labels.tables import LABELS, TARGETS
from errata.tables import read_metadata, read_table, write_table
from errata.views.read import open_view
from images.pictures import jpeg, tar_of

FILES = {"n01/a.JPEG": jpeg(1), "n02/b.JPEG": b"", "n02/c.JPEG": jpeg(3)}


@pytest.fixture
def script(project):
    """A function that gives the `main` of a script by the name of its rule."""

    def load(rule):
        spec = importlib.util.spec_from_file_location(rule, project / f"workflow/scripts/{rule}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.main

    return load


@pytest.fixture
def made(tmp_path, script):
    """The tables and the view that the rules make of a tar of three images, one of them empty."""
    classes = pl.DataFrame(
        [(0, "n01", "one", ["one"], "organism"), (1, "n02", "two", ["two"], "organism")],
        schema={name: column.dtype for name, column in CLASSES.columns.items()},
        orient="row",
    )
    paths = {name: str(tmp_path / f"{name}.parquet") for name in ("classes", "targets", "images", "labels")}
    paths |= {"root": str(tar_of(tmp_path / "val.tar", FILES)), "view": str(tmp_path / "view.npy")}
    paths |= {"note": str(tmp_path / "view.json")}
    write_table(classes, CLASSES, paths["classes"])
    script("read_targets")(images=paths["root"], classes=paths["classes"], output=paths["targets"])
    script("index_images")(images=paths["root"], targets=paths["targets"], output=paths["images"], threads=2)
    script("build_labels")(
        targets=paths["targets"],
        classes=paths["classes"],
        multilabels=None,
        experts=[],
        expert_lists=[],
        index=paths["images"],
        output=paths["labels"],
    )
    script("build_view")(
        images=paths["root"],
        index=paths["images"],
        view="16-20-bicubic-center",
        is_cached=True,
        note=paths["note"],
        pixels=paths["view"],
        threads=2,
    )
    return paths


def test_the_rules_lead_from_a_tar_to_labels_and_a_view(made):
    assert read_table(TARGETS, made["targets"])["target"].to_list() == [0, 1, 1]
    assert read_table(IMAGES, made["images"])["problem"].to_list() == [None, "the file is empty", None]
    assert read_table(LABELS, made["labels"])["file_name"].to_list() == ["n01/a.JPEG", "n02/c.JPEG"]
    assert unreadable_images(made["labels"]) == [("n02/b.JPEG", "the file is empty")]
    assert open_view(made["view"]).any(axis=(1, 2, 3)).tolist() == [True, False, True]


def test_labels_carry_which_images_they_were_made_for_without_paths(made, tmp_path):
    inputs = json.loads(read_metadata(made["labels"])["errata.inputs"])
    assert inputs["images"]["file"] == inputs["targets"]["file"] == "val.tar"
    assert {"sha256", "contents_sha256", "listing_sha256"} <= inputs["images"].keys()
    assert "names_sha256" in inputs["targets"]
    assert str(tmp_path) not in json.dumps(inputs)


@pytest.mark.parametrize("rule", ["read_targets", "index_images", "build_labels", "build_view"])
def test_the_scripts_load_neither_torch_nor_timm(project, rule):
    code = (
        "import importlib.util, sys;"
        "spec = importlib.util.spec_from_file_location('script', sys.argv[1]);"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec));"
        "assert not {'torch', 'timm', 'torchvision', 'open_clip'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code, str(project / f"workflow/scripts/{rule}.py")], check=True)
