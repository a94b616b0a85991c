"""The temperature that an encoder was trained with, on models of random weights: what they see means nothing."""

import json
import math

import pytest
import torch
from safetensors.torch import load_file, save_file

from errata.errors import InputError
from errata.inference import encoder as encoders
from errata.inference.encoder import load_encoder
from errata.openworld.settings import OpenWorld, parse_open_world
from openworld.tiny_encoder import write_tiny_encoder


@pytest.fixture
def folder(tmp_path):
    return write_tiny_encoder(tmp_path / "tiny")


def with_weights(folder, *, config=None, **scalars):
    """Put values into the files of an encoder."""
    weights = folder / "open_clip_model.safetensors"
    save_file(load_file(weights) | {name: torch.tensor(value) for name, value in scalars.items()}, weights)
    file = folder / "open_clip_config.json"
    content = json.loads(file.read_text())
    file.write_text(json.dumps(content | {"model_cfg": content["model_cfg"] | (config or {})}))
    return load_encoder({"name": "tiny", "folder": str(folder)}, device="cpu").notes


def test_the_temperature_is_the_exponential_of_the_weights_scale(folder):
    notes = with_weights(folder, logit_scale=math.log(37.0))
    assert notes["temperature"] == pytest.approx(37, rel=1e-6)
    assert "logit_bias" not in notes


def test_a_model_with_a_bias_has_it_in_its_notes(folder):
    notes = with_weights(folder, config={"init_logit_bias": -10.0}, logit_scale=math.log(100.0), logit_bias=-12.5)
    assert notes["logit_bias"] == -12.5


def test_an_atlas_takes_the_temperature_of_its_encoder(folder):
    settings = parse_open_world({"encoder": "tiny", "prompt": "name", "temperature": "encoder"})
    notes = with_weights(folder, logit_scale=math.log(37.0))
    assert settings.with_temperature_of(notes).temperature == notes["temperature"]


def test_a_number_is_taken_whatever_the_encoder_says():
    assert OpenWorld("tiny", "name", temperature=5.0).with_temperature_of({"temperature": 37.0}).temperature == 5.0


def test_vectors_whose_notes_lack_the_temperature_are_refused():
    with pytest.raises(InputError, match="Embed the prompts again, or give a number"):
        OpenWorld("tiny", "name", temperature="encoder").with_temperature_of({"encoder": "tiny"})


def test_a_tokenizer_whose_package_is_missing_is_named(monkeypatch, tmp_path):
    def missing(architecture):
        raise ModuleNotFoundError("No module named 'transformers'", name="transformers")

    fetched = type("Fetched", (), {"path": tmp_path, "sha256": "", "commit": ""})
    monkeypatch.setattr(encoders.HubFile, "fetch", lambda self, where: fetched)
    monkeypatch.setattr(encoders.open_clip, "create_model", lambda *args, **settings: None)
    monkeypatch.setattr(encoders.open_clip, "get_tokenizer", missing)
    with pytest.raises(InputError, match="its tokenizer needs transformers"):
        load_encoder({"name": "s", "architecture": "ViT-B-16-SigLIP", "weights": "webli"}, device="cpu")
