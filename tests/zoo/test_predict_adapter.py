"""The adapter of the rule predict, without Snakemake, and killed."""

import json
import os
import runpy
import signal
import subprocess
import sys

import pytest

from errata.classes.tables import CLASSES
from errata.contracts import PREDICT
from errata.images.tables import IMAGES
from errata.labels.tables import TARGETS
from errata.predictions.tables import PREDICTIONS
from errata.tables import read_metadata, read_table, write_table

ENDLESS = """
import runpy, sys, json, time
from errata.inference.forward import Forward
def endless(self, pixels):
    print("inferring", flush=True)
    time.sleep(600)
Forward.launch = endless
runpy.run_path(sys.argv[1])["main"](**json.loads(sys.argv[2]))
"""


@pytest.fixture
def script(project):
    return str(project / "workflow" / "scripts" / "predict.py")


@pytest.fixture
def arguments(pictures, checkpoint, tmp_path):
    for name, table in (("index", IMAGES), ("targets", TARGETS), ("classes", CLASSES)):
        write_table(pictures.tables[name], table, tmp_path / f"{name}.parquet")
    return {
        **{name: str(tmp_path / f"{name}.parquet") for name in ("index", "targets", "classes")},
        "pixels": str(pictures.view_file),
        "images": None,
        "weights": [checkpoint.weights],
        "model": checkpoint.how_to_run(),
        "contract": PREDICT,
        "device": "cpu",
        "precision": "auto",
        "margin": 0.02,
        "threads": 1,
        "output": str(tmp_path / "predictions" / "small@64.parquet"),
    }


def test_predictions_are_written_with_where_they_come_from(script, arguments, pictures):
    runpy.run_path(script)["main"](**arguments)
    assert read_table(PREDICTIONS, arguments["output"])["file_name"].to_list() == pictures.readable
    notes = read_metadata(arguments["output"])
    assert json.loads(notes["errata.model"])["contract"] == PREDICT
    assert json.loads(notes["errata.model"])["model"] == "small@64"
    assert json.loads(notes["errata.inputs"])["weights small.safetensors"]["file"] == "small.safetensors"


def test_killed_inference_leaves_no_predictions_and_the_rerun_finishes(script, arguments, tmp_path, pictures):
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, script, json.dumps(arguments)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "inferring\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not list((tmp_path).glob("predictions/*"))
    runpy.run_path(script)["main"](**arguments)
    assert read_table(PREDICTIONS, arguments["output"]).height == len(pictures.readable)


def test_importing_the_script_loads_no_heavy_library(script):
    code = f"import runpy, sys; runpy.run_path({script!r}); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "timm", "torchvision", "open_clip", "snakemake"} & set(loaded)


def test_an_optional_input_is_a_path_or_a_list(script):
    listed = runpy.run_path(script)["listed"]
    assert (listed("a.npy"), listed(["a.npy", "b.npy"]), listed([])) == (["a.npy"], ["a.npy", "b.npy"], [])
