"""What the demo's models say, against a plain loop around timm in single precision."""

import io
import tarfile

import numpy as np
import polars as pl
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import load_file
from timm.data import create_transform, resolve_data_config

from demo_run.conftest import Demo
from errata.models import Model, read_models

pytestmark = pytest.mark.slow

SAMPLE = 40
"""Images per model."""

TOLERANCE = 1e-5
"""Of probabilities: the order of additions differs between batches of other sizes."""


def plain_probabilities(demo: Demo, model: Model, names: list[str]) -> np.ndarray:
    """Return what a model says about images, read from the tar and transformed as timm does, one at a time."""
    architecture = timm.create_model(
        model.architecture, num_classes=40, pretrained_cfg_overlay={"input_size": (3, model.size, model.size)}
    )
    architecture.load_state_dict(
        {name: value.float() for name, value in load_file(demo.folder / model.weights).items()}
    )
    architecture.eval()
    given = resolve_data_config({"input_size": (3, model.size, model.size)}, model=architecture)
    transform = create_transform(**given, is_training=False)
    rows = []
    with tarfile.open(demo.path("demo-world/val.tar")) as archive, torch.inference_mode():
        for name in names:
            image = Image.open(io.BytesIO(archive.extractfile(name).read())).convert("RGB")
            rows.append(architecture(transform(image)[None]).softmax(dim=1)[0].numpy())
    return np.array(rows)


def checkpoints(project) -> list[Model]:
    models = read_models(project / "config/models.tsv").values()
    return [model for model in models if model.vocabulary == "demo" and model.source == "checkpoint"]


def test_every_model_says_what_a_plain_loop_around_timm_says(finished, project):
    for model in checkpoints(project):
        predictions = pl.read_parquet(finished.path(f"demo/predictions/{model.model}.parquet"))
        sample = predictions.sample(SAMPLE, seed=3)
        expected = plain_probabilities(finished, model, sample["file_name"].to_list())
        assert sample["predicted_class"].to_list() == expected.argmax(axis=1).tolist()
        best = np.sort(expected, axis=1)[:, ::-1][:, :10]
        assert np.abs(np.array(sample["top_probabilities"].to_list()) - best).max() < TOLERANCE
        targets = pl.read_parquet(finished.path("demo/targets.parquet"))
        wanted = sample.join(targets, on="file_name", maintain_order="left")["target"].to_numpy()
        assert np.abs(sample["target_probability"].to_numpy() - expected[np.arange(SAMPLE), wanted]).max() < TOLERANCE


def test_the_models_are_of_clearly_different_accuracy(finished):
    profile = pl.read_parquet(finished.path("demo/errata/profile.parquet")).filter(group="all")
    accuracies = sorted(profile["top1"].to_list())
    assert len(accuracies) >= 5
    assert accuracies[-1] - accuracies[0] > 15
