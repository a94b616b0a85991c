"""Every recipe is run with the real library and its smallest model, on images of twelve colours."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from errata.cli import main
from recipes.world import NAMES, SIDE, WNIDS, images_of, knows_colours, nearest, picture, right_answers

LOADER = {"num_workers=4": "num_workers=0"}
"""Worker processes take seconds to start."""


def accuracy(profile) -> float:
    return profile.table.filter(group="all")["top1"].item()


def test_every_recipe_is_listed_and_every_one_that_is_listed_is_there(project):
    folder = project / "docs/recipes"
    listed = (folder / "README.md").read_text()
    names = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert {name for name in names if f"[{name}]({name})" in listed} == names
    assert "docs/recipes/README.md" in (project / "README.md").read_text()


@pytest.mark.real
def test_what_a_recipe_prints_is_what_is_printed(recipe, real, tmp_path, monkeypatch, capsys):
    (printed,) = recipe("README", {}).blocks("")
    monkeypatch.setenv("COLUMNS", "80")
    predictions = str(real / "predictions/resnet50.parquet")
    assert main(["classify", predictions, "--no-report", "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.startswith(printed.removesuffix("...\n"))


@pytest.mark.slow
def test_timm(recipe, folder):
    import timm
    from timm.data import create_transform, resolve_model_data_config

    model = timm.create_model("test_resnet", num_classes=len(WNIDS))
    transform = create_transform(**resolve_model_data_config(model), is_training=False)
    line = 'model = timm.create_model("resnet50.a1_in1k", pretrained=True).eval()'
    page = recipe("timm", LOADER | {line: "model = smallest"})
    assert accuracy(page.run({"smallest": knows_colours(model, transform)})["profile"]) == right_answers()


TORCHVISION = {'model = get_model("resnet50", weights=weights)': "model = smallest"}


@pytest.fixture(scope="module")
def shufflenet():
    """Torchvision's smallest model, for the preprocessing of the weights that recipes name."""
    from torchvision.models import get_model, get_model_weights

    transform = get_model_weights("resnet50").DEFAULT.transforms()
    return knows_colours(get_model("shufflenet_v2_x0_5", num_classes=len(WNIDS)), transform)


@pytest.mark.slow
def test_torchvision(recipe, folder, shufflenet):
    names = recipe("torchvision", LOADER | TORCHVISION).run({"smallest": shufflenet})
    assert accuracy(names["profile"]) == right_answers()


@pytest.mark.slow
def test_lightning(recipe, folder, shufflenet):
    pytest.importorskip("lightning")
    names = recipe("lightning", LOADER | TORCHVISION).run({"smallest": shufflenet})
    assert accuracy(names["classifier"].profile) == accuracy(names["profile"]) == right_answers()


@pytest.mark.slow
def test_pytorch_in_several_processes(recipe, folder, drawn, shufflenet):
    import torch

    torch.save(shufflenet, folder / "smallest.pt")
    page = recipe(
        "pytorch",
        LOADER
        | {
            'model = get_model("resnet50", weights=weights)': "model = torch.load('smallest.pt', weights_only=False)",
            "errata.Accumulator(model=": f"errata.Accumulator({str(drawn / 'data/imagenet.parquet')!r}, model=",
            'profile.report("report")': "print(len(accumulator), profile.table.filter(group='all')['top1'].item())",
        },
    )
    (script,) = page.blocks("python")
    Path("validate.py").write_text(script)
    (command,) = page.blocks("sh")
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *command.split()[1:]],
        capture_output=True,
        text=True,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == f"{images_of().height} {right_answers()}"


@pytest.mark.slow
def test_transformers(recipe, folder):
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("datasets")
    labels = dict(enumerate(NAMES))
    smallest = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = transformers.ViTConfig(
        **smallest, image_size=SIDE, patch_size=16, id2label=labels, label2id=dict(zip(NAMES, labels, strict=True))
    )
    processor = transformers.ViTImageProcessor(size={"height": SIDE, "width": SIDE})

    def transform(image):
        return processor(image, return_tensors="pt")["pixel_values"][0]

    model = knows_colours(transformers.ViTForImageClassification(config), transform)
    model.save_pretrained("smallest")
    processor.save_pretrained("smallest")

    def preprocess(rows):
        pixels = [transform(image.convert("RGB")) for image in rows["image"]]
        return {"pixel_values": pixels, "labels": rows["label"]}

    settings = transformers.TrainingArguments("trained", report_to=[], use_cpu=True, remove_unused_columns=False)
    page = recipe("transformers", {'model="microsoft/resnet-50"': 'model="smallest"'})
    names = page.run({"trainer": transformers.Trainer(model, settings), "preprocess": preprocess})
    assert isinstance(names["output"].predictions, np.ndarray)
    assert accuracy(names["profile"]) == right_answers()
    assert page.classify() == [0]


@pytest.mark.slow
def test_keras(recipe, folder):
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    model = keras.applications.MobileNetV2(alpha=0.35, weights=None, classes=len(WNIDS))
    features = keras.Model(model.input, model.layers[-1].input)
    clean = np.stack([np.array(picture(class_id).resize((224, 224)), np.float32) for class_id in range(len(WNIDS))])
    prototypes = features.predict(keras.applications.resnet50.preprocess_input(clean))
    model.layers[-1].set_weights(nearest(prototypes.astype(np.float64)))
    page = recipe("keras", {'model = keras.applications.ResNet50(weights="imagenet")': "model = smallest"})
    names = page.run({"smallest": model})
    assert accuracy(names["profile"]) == right_answers()
    np.save("ResNet50.npy", names["scores"])
    assert page.classify() == [0]


def test_pull_request(recipe, folder, capsys):
    (text,) = recipe("pull-request", {}).blocks("yaml")
    steps = yaml.safe_load(text)["jobs"]["gate"]["steps"]
    (gate,) = [step["run"] for step in steps if step.get("name") == "Gate"]
    command, _, output = gate.partition(" > ")
    images = images_of()
    images.select("file_name", predicted_class="shown").write_csv("baseline.csv")
    shown = images["shown"].to_numpy()
    worse = np.where(np.arange(len(shown)) % 4 == 0, (shown + 6) % len(WNIDS), shown)
    for answers, ends, said in ((shown, 0, "open"), (worse, 1, "closed")):
        candidate = images.select("file_name", predicted_class=pl.Series(answers))
        candidate.write_csv("candidate.csv")
        assert main(command.split()[1:]) == ends
        assert f"errata gate: {said}." in capsys.readouterr().out
    assert any(output in step.get("run", "") for step in steps[-1:])
