"""Proposed rows of the model sheet."""

import pytest

from errata.catalogue.weights import main, sheet_row
from errata.errors import InputError


def test_a_timm_model_is_run_at_the_size_of_its_training():
    row = sheet_row("resnet50.a1_in1k")
    assert (row.model, row.size, row.view) == ("resnet50.a1_in1k@224", 224, "224-235-bicubic-center")


def test_other_crop_modes_are_in_the_view():
    assert sheet_row("eva02_base_patch14_448.mim_in22k_ft_in22k_in1k").view == "448-448-bicubic-squash"


def test_torchvisions_weights_are_named_in_full():
    row = sheet_row("torchvision/resnet50.IMAGENET1K_V2")
    assert row.model == "torchvision-resnet50.IMAGENET1K_V2@224"
    assert (row.architecture, row.weights, row.view) == ("resnet50", "IMAGENET1K_V2", "224-232-bilinear-center")


def test_open_clips_size_is_that_of_the_architecture():
    row = sheet_row("open_clip/ViT-L-14-336-quickgelu.openai")
    assert row.model == "open_clip-ViT-L-14-336-quickgelu.openai@336"
    assert (row.size, row.view) == (336, "336-336-bicubic-center")


def test_the_wrong_activation_is_refused_with_the_right_architecture():
    with pytest.raises(InputError, match="ViT-L-14-336-quickgelu"):
        sheet_row("open_clip/ViT-L-14-336.openai")


def test_unknown_sources_are_refused():
    with pytest.raises(InputError, match=r"expected torchvision/\.\.\. or open_clip/\.\.\., or a timm name"):
        sheet_row("keras/resnet50.v1")


def test_the_command_prints_a_sheet(capsys):
    assert main(["resnet18.a1_in1k"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split("\t") == ["model", "source", "architecture", "weights", "size", "vocabulary", "view"]
    assert row.split("\t")[0] == "resnet18.a1_in1k@224"


def test_the_command_says_what_it_does_not_know(capsys):
    assert main(["resnet18.a9_in1k"]) == 1
    assert "such as resnet18.a1_in1k" in capsys.readouterr().err
