"""Weights of one's own: which files are loaded and which are refused, and why."""

import argparse
import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from errata.errors import InputError
from errata.zoo.predict import load_classifier

IMAGES = torch.linspace(-1, 1, 2 * 3 * 64 * 64).reshape(2, 3, 64, 64)


@pytest.fixture
def state(make_untrained) -> dict[str, torch.Tensor]:
    return make_untrained("test_resnet").state_dict()


@pytest.fixture
def expected(make_untrained) -> torch.Tensor:
    with torch.no_grad():
        return make_untrained("test_resnet")(IMAGES)


def refused(model, pictures, match):
    with pytest.raises(InputError, match=match):
        load_classifier(model, classes=pictures.classes)


def test_a_safetensors_file_is_loaded(checkpoint, pictures, expected):
    classifier = load_classifier(checkpoint, classes=pictures.classes)
    assert torch.equal(classifier.logits(IMAGES), expected)
    assert classifier.class_count == 40
    assert classifier.revision.startswith("sha256:")


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda state: state,
        lambda state: {"state_dict": state, "epoch": 3},
        lambda state: {"model": {f"module.{key}": part for key, part in state.items()}, "optimizer": {"lr": 0.1}},
        lambda state: {"state_dict": {f"_orig_mod.module.{key}": part for key, part in state.items()}},
        lambda state: {
            **{"epoch": 3, "arch": "resnet", "state_dict": state, "optimizer": {"state": {}}, "version": 2},
            **{"args": argparse.Namespace(lr=0.1, output=Path("out")), "metric": np.float64(81.0)},
        },
        lambda state: {
            "epoch": 3,
            "state_dict": {f"model.{key}": part for key, part in state.items()} | {"criterion.weight": torch.ones(40)},
            "hyper_parameters": Settings(lr=0.1),
            "callbacks": {"checkpoint": {"best": Path("best.ckpt"), "monitor": Monitor()}},
        },
        lambda state: {"model_state_dict": state, "loss": torch.tensor(0.3)},
        lambda state: {"state_dict": {key: part + 1 for key, part in state.items()}, "state_dict_ema": state},
        lambda state: {"n_averaged": torch.tensor(7)} | {f"module.{key}": part for key, part in state.items()},
        lambda state: {f"net.model.{key}": part for key, part in state.items()},
    ],
    ids=[
        "bare",
        "under state_dict",
        "under model, from DataParallel",
        "compiled and from DataParallel",
        "as timm's train.py does, with its arguments",
        "as Lightning does, with the loss and settings",
        "under model_state_dict",
        "with a moving average, which is taken",
        "averaged by torch",
        "within two modules",
    ],
)
def test_torch_files_are_loaded_however_training_programs_wrap_them(
    wrapped, state, pictures, make_row, tmp_path, expected
):
    torch.save(wrapped(state), tmp_path / "weights.pth")
    classifier = load_classifier(make_row(weights=str(tmp_path / "weights.pth")), classes=pictures.classes)
    assert torch.equal(classifier.logits(IMAGES), expected)


def test_the_normalisation_is_that_of_the_architecture_in_timm(checkpoint, pictures):
    classifier = load_classifier(checkpoint, classes=pictures.classes)
    assert (classifier.mean, classifier.std) == ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def test_weights_in_half_precision_are_loaded_into_float32(state, make_row, pictures, tmp_path, expected):
    save_file(
        {key: part.half() if part.is_floating_point() else part for key, part in state.items()},
        tmp_path / "w.safetensors",
    )
    classifier = load_classifier(make_row(weights=str(tmp_path / "w.safetensors")), classes=pictures.classes)
    assert classifier.logits(IMAGES).dtype == torch.float32
    torch.testing.assert_close(classifier.logits(IMAGES), expected, atol=0.1, rtol=0.01)


def test_a_view_that_is_not_timms_for_the_architecture_is_a_warning_if_the_file_says_nothing(
    checkpoint, pictures, caplog
):
    load_classifier(checkpoint, classes=pictures.classes)
    assert not caplog.messages
    load_classifier(replace(checkpoint, view="64-64-bicubic-squash"), classes=pictures.classes)
    assert "the sheet says 64-64-bicubic-squash, timm's test_resnet has 64-67-bilinear-center" in caplog.text


@pytest.fixture
def noted(state, make_row, tmp_path):
    """The row of a checkpoint that says what it was trained with."""
    notes = {"input_size": [3, 64, 64], "crop_pct": 1.0, "interpolation": "bicubic", "mean": [0.1, 0.2, 0.3]}
    save_file(state, tmp_path / "noted.safetensors", metadata={"pretrained_cfg": json.dumps(notes)})
    return lambda **columns: make_row(weights=str(tmp_path / "noted.safetensors"), **columns)


def test_a_file_can_say_what_it_was_trained_with(noted, pictures):
    classifier = load_classifier(noted(view="64-64-bicubic-center"), classes=pictures.classes)
    assert (classifier.mean, classifier.view.key) == ((0.1, 0.2, 0.3), "64-64-bicubic-center")


def test_a_sheet_that_contradicts_the_file_is_refused(noted, pictures):
    refused(noted(), pictures, "models.tsv says size 64 and view 64-67-bilinear-center, .* 64-64-bicubic-center")


def test_a_size_that_is_not_the_views_is_refused(checkpoint, pictures):
    refused(replace(checkpoint, size=96), pictures, "models.tsv says size 96 .* its view says size 64")


def test_a_missing_file_is_named(make_row, pictures):
    refused(make_row(weights="lost.safetensors"), pictures, "no such file: lost.safetensors")


def test_a_folder_is_told_from_a_missing_file(make_row, pictures, tmp_path):
    refused(make_row(weights=str(tmp_path)), pictures, "is a folder, expected a file of weights")


def test_an_unknown_architecture_is_refused(checkpoint, pictures):
    refused(replace(checkpoint, architecture="resnet5000"), pictures, "no architecture 'resnet5000'")


class Settings(dict):
    """As Lightning keeps hyper-parameters: a mapping of a class of its own."""


class Monitor:
    """An object with attributes, such as a callback."""

    def __init__(self):
        self.best = torch.tensor(0.7)


class Payload:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


def test_pickled_code_is_refused_and_not_run(make_row, pictures, tmp_path):
    torch.save({"state_dict": Payload(tmp_path / "mark")}, tmp_path / "evil.pth")
    refused(make_row(weights=str(tmp_path / "evil.pth")), pictures, "holds pickled code")
    assert not (tmp_path / "mark").exists()


def test_pickled_code_beside_the_weights_is_not_run(state, make_row, pictures, tmp_path, expected):
    torch.save({"state_dict": state, "callback": Payload(tmp_path / "mark")}, tmp_path / "weights.pth")
    classifier = load_classifier(make_row(weights=str(tmp_path / "weights.pth")), classes=pictures.classes)
    assert torch.equal(classifier.logits(IMAGES), expected)
    assert not (tmp_path / "mark").exists()


def test_a_pickled_model_is_refused(make_row, make_untrained, pictures, tmp_path):
    torch.save(make_untrained("test_resnet"), tmp_path / "model.pth")
    refused(
        make_row(weights=str(tmp_path / "model.pth")), pictures, r"holds pickled code, which .* save the weights alone"
    )


@pytest.mark.parametrize("name", ["cut.pth", "cut.safetensors"])
def test_a_truncated_file_is_refused(name, state, make_row, pictures, tmp_path):
    (save_file if name.endswith("safetensors") else torch.save)(state, tmp_path / name)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:5000])
    refused(make_row(weights=str(tmp_path / name)), pictures, f"{name}: expected a")


@pytest.mark.parametrize(
    "content", [b"", b"no weights at all", pickle.dumps([1, 2], protocol=2)], ids=["empty", "text", "pickle"]
)
def test_something_else_is_refused(content, make_row, pictures, tmp_path):
    (tmp_path / "weights.pth").write_bytes(content)
    refused(make_row(weights=str(tmp_path / "weights.pth")), pictures, "weights.pth: expected a")


def test_a_file_without_a_state_dict_is_refused_with_its_keys(make_row, pictures, tmp_path):
    torch.save({"epoch": 3, "lr": 0.1}, tmp_path / "weights.pth")
    refused(make_row(weights=str(tmp_path / "weights.pth")), pictures, "expected a state dict .* the keys epoch, lr")


def test_which_weights_were_taken_is_said(state, make_row, pictures, tmp_path, caplog):
    caplog.set_level("INFO")
    torch.save({"state_dict": state, "state_dict_ema": state}, tmp_path / "weights.pth")
    load_classifier(make_row(weights=str(tmp_path / "weights.pth")), classes=pictures.classes)
    assert "the weights under state_dict_ema were taken, not those under state_dict" in caplog.text


def test_the_average_of_lightning_is_taken_and_that_is_said(state, make_row, pictures, tmp_path, expected, caplog):
    caplog.set_level("INFO")
    later = {key: part + 1 for key, part in state.items()}
    parts = {"state_dict": state, "current_model_state": later, "averaging_state": {"n_averaged": torch.tensor(4)}}
    torch.save(parts, tmp_path / "weights.ckpt")
    classifier = load_classifier(make_row(weights=str(tmp_path / "weights.ckpt")), classes=pictures.classes)
    assert torch.equal(classifier.logits(IMAGES), expected)
    assert "under state_dict, a moving average, were taken, not those under current_model_state" in caplog.text


def test_two_networks_in_a_file_are_refused_with_their_names(state, make_row, pictures, tmp_path):
    both = {f"{who}.{key}": part for who in ("student", "teacher") for key, part in state.items()}
    torch.save(both, tmp_path / "weights.pth")
    refused(
        make_row(weights=str(tmp_path / "weights.pth")), pictures, r"several networks .* under student\., teacher\."
    )


def test_weights_of_another_architecture_are_refused(checkpoint, pictures):
    refused(replace(checkpoint, architecture="test_vit"), pictures, r"no weights of timm's test_vit .* tensors \(")


def test_a_head_for_another_number_of_classes_is_refused(make_row, make_untrained, pictures, tmp_path):
    save_file(make_untrained("test_resnet", classes=10).state_dict(), tmp_path / "ten.safetensors")
    refused(
        make_row(weights=str(tmp_path / "ten.safetensors")),
        pictures,
        "these weights tell 10 classes apart, the vocabulary 'forty' has 40",
    )


def test_weights_of_another_size_are_refused_with_the_tensor(make_row, make_untrained, pictures, tmp_path):
    save_file(make_untrained("test_vit", size=96).state_dict(), tmp_path / "large.safetensors")
    model = make_row(architecture="test_vit", weights=str(tmp_path / "large.safetensors"))
    refused(model, pictures, "pos_embed has the shape .* Name the architecture and size")


def test_weights_that_are_not_finite_are_refused_with_the_tensor(state, make_row, pictures, tmp_path):
    state["fc.bias"][3] = float("nan")
    save_file(state, tmp_path / "nan.safetensors")
    refused(make_row(weights=str(tmp_path / "nan.safetensors")), pictures, r"1 tensor \(fc.bias\) not finite")


def test_an_unknown_source_is_refused(make_row, pictures):
    refused(make_row(source="hub"), pictures, "source 'hub' has no weights to load")


@pytest.mark.parametrize(
    ("callbacks", "is_said"),
    [
        ({"EMACallback": {"ema": {"weights": [torch.ones(3)]}}}, True),
        (
            {
                "ModelCheckpoint": {
                    "best_model_score": torch.tensor(0.7),
                    "best_k_models": {"a.ckpt": torch.tensor(0.7)},
                }
            },
            False,
        ),
    ],
)
def test_an_average_that_a_callback_keeps_is_not_taken_and_that_is_said(
    callbacks, is_said, state, make_row, pictures, tmp_path, expected, caplog
):
    torch.save({"state_dict": state, "callbacks": callbacks}, tmp_path / "weights.ckpt")
    classifier = load_classifier(make_row(weights=str(tmp_path / "weights.ckpt")), classes=pictures.classes)
    assert torch.equal(classifier.logits(IMAGES), expected)
    assert ("the callback EMACallback keeps tensors" in caplog.text) == is_said
