"""What a manifest says, and that it stays the same while nothing changes."""

import json

import polars as pl
import pytest

from errata.code_identity import LIBRARY, content_of_library
from errata.errors import InputError
from errata.files import sha256_of
from errata.manifest import build_manifest, hash_of, manifest_text, read_manifest
from errata.provenance import MODEL_KEY, MODELS_KEY, inputs_note, model_notes
from errata.settings import WITHOUT_EFFECT, settings_of

NOTES = {"model": "vit@64", "weights": "vit.safetensors", "revision": "sha256:abc", "contract": 1}
INPUTS = {"multilabels": {"file": "labels.json", "sha256": "1" * 64}}


@pytest.fixture
def predictions(tmp_path):
    path = tmp_path / "vit@64.parquet"
    pl.DataFrame({"x": [1]}).write_parquet(path, metadata={MODEL_KEY: json.dumps(NOTES), **inputs_note(INPUTS)})
    return path


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "profile.parquet"
    pl.DataFrame({"x": [2]}).write_parquet(path, metadata={MODELS_KEY: json.dumps({"vit@64": NOTES})})
    return path


def test_a_manifest_names_inputs_weights_versions_settings_and_results(predictions):
    manifest = build_manifest({"predictions": predictions}, settings={"precision": "fp32"})
    assert manifest["inputs"] == INPUTS
    assert manifest["models"] == {"vit@64": NOTES}
    assert manifest["settings"] == {"precision": "fp32"}
    assert manifest["results"] == {"predictions": sha256_of(predictions)}
    assert {"numpy", "polars"} <= set(manifest["libraries"])
    assert {"predict", "embed", "neighbours"} == set(manifest["contracts"])
    assert manifest["tables"]["profile"] >= 1


def test_the_models_of_a_profile_are_those_that_its_predictions_named(profile, predictions):
    assert build_manifest({"profile": profile}, settings={})["models"] == {"vit@64": model_notes(predictions)}


def test_a_manifest_holds_no_path_and_no_time(predictions, tmp_path):
    text = manifest_text(build_manifest({"predictions": predictions}, settings=settings_of({"mirror": str(tmp_path)})))
    assert str(tmp_path) not in text
    assert build_manifest({"predictions": predictions}, settings={}) == build_manifest(
        {"predictions": predictions}, settings={}
    )


def test_settings_keep_the_last_part_of_paths_and_nothing_that_has_no_effect():
    config = {
        "images": {"imagenet": "/data/val.tar"},
        "predictions": "../shared/predictions",
        "neighbours": {"imagenet": "published"},
        "published": None,
        "atlases": ["labels"],
        **dict.fromkeys(WITHOUT_EFFECT, "/somewhere"),
    }
    assert settings_of(config) == {
        "images": {"imagenet": "val.tar"},
        "predictions": "predictions",
        "neighbours": {"imagenet": "published"},
        "published": None,
        "atlases": ["labels"],
    }


def test_every_setting_is_kept_or_said_to_have_no_effect(project):
    schema = json.loads((project / "config" / "schemas" / "config.schema.json").read_text())
    settings = settings_of(dict.fromkeys(schema["properties"]))
    assert set(settings) | set(WITHOUT_EFFECT) == set(schema["properties"])


def test_the_code_is_every_file_of_the_library(tmp_path, monkeypatch):
    assert content_of_library() == content_of_library()
    for name in ("a.py", "b.html"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr("errata.code_identity.LIBRARY", tmp_path)
    before = content_of_library()
    (tmp_path / "b.html").write_text("changed")
    assert content_of_library() != before
    assert (LIBRARY / "code_identity.py").is_file()


def test_the_hash_does_not_depend_on_the_layout():
    assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})
    assert hash_of({"a": 1}) != hash_of({"a": 2})


def test_a_manifest_is_found_in_a_folder_of_results_or_of_a_report(predictions, tmp_path):
    manifest = build_manifest({"predictions": predictions}, settings={})
    (tmp_path / "results").mkdir()
    (tmp_path / "report" / "data").mkdir(parents=True)
    for path in (tmp_path / "results" / "manifest.json", tmp_path / "report" / "data" / "manifest.json"):
        path.write_text(manifest_text(manifest))
    for place in ("results", "report", "results/manifest.json"):
        assert read_manifest(tmp_path / place) == manifest


@pytest.mark.parametrize(("content", "complaint"), [("{", "no JSON"), ("[]", "of Errata"), ('{"a": 1}', "of Errata")])
def test_another_file_is_refused(tmp_path, content, complaint):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match=complaint):
        read_manifest(tmp_path)


def test_no_manifest_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no manifest"):
        read_manifest(tmp_path)
