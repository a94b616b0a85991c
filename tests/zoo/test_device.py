"""Where and how models run."""

import types

import pytest
import timm
import torch

from errata.errors import InputError
from errata.inference.device import choose_device, choose_precision, exact_float32, first_batch, prefers_channels_last

GPU = torch.device("cuda")


@pytest.fixture
def gpu_of(monkeypatch):
    """A GPU with so much memory."""

    def install(gib: int) -> torch.device:
        properties = types.SimpleNamespace(total_memory=gib << 30)
        monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: properties)
        return GPU

    return install


def test_float32_is_never_rounded_to_tf32_inside_and_as_before_outside():
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        with exact_float32():
            assert (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32) == (False, False)
        assert torch.backends.cuda.matmul.allow_tf32
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before[1]
    assert torch.backends.cudnn.allow_tf32 == before[0]


@pytest.mark.parametrize(("size", "images"), [(224, 512), (384, 128), (64, 1024), (448, 128)])
def test_first_batches_on_a_large_gpu_have_about_the_same_number_of_pixels(gpu_of, size, images):
    assert first_batch(size, gpu_of(80)) == images


def test_a_small_gpu_gets_smaller_first_batches(gpu_of):
    assert first_batch(224, gpu_of(8)) == 128
    assert first_batch(224, gpu_of(8), share=0.5) == 64


@pytest.mark.parametrize(("threads", "images"), [(1, 16), (2, 32), (32, 64)])
def test_first_batches_on_a_cpu_are_small_for_each_thread(monkeypatch, threads, images):
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    assert first_batch(224, torch.device("cpu")) == images


def test_an_image_however_large_is_a_batch():
    assert first_batch(5000, torch.device("cpu")) == 1


def test_unknown_devices_and_precisions_are_refused():
    with pytest.raises(InputError, match="'device'"):
        choose_device("tpu")
    with pytest.raises(InputError, match="'precision'"):
        choose_precision("fp8", GPU)


@pytest.mark.parametrize(
    ("architecture", "preferred"),
    [
        ("resnet50.a1_in1k", True),
        ("tf_efficientnet_b0.in1k", True),
        ("vit_base_patch16_224.augreg_in1k", True),
        ("poolformerv2_s12.sail_in1k", True),
        ("convmixer_768_32.in1k", False),
        ("tf_efficientnet_lite0.in1k", True),
        ("legacy_xception.tf_in1k", True),
        ("xception41.tf_in1k", False),
        ("mobilevitv2_050.cvnets_in1k", False),
        ("resnetv2_50x1_bit.goog_in21k_ft_in1k", False),
        ("resnetv2_50.a1h_in1k", True),
    ],
)
def test_channels_are_innermost_but_for_architectures_known_to_become_slower(architecture, preferred):
    assert prefers_channels_last(architecture, torch.nn.Conv2d(3, 8, 3), GPU) is preferred


def test_group_normalisation_keeps_channels_first():
    assert not prefers_channels_last("resnet50_gn.a1h_in1k", timm.create_model("resnet50_gn"), GPU)


def test_layout_is_left_alone_on_a_cpu_and_of_what_is_no_module():
    assert not prefers_channels_last("resnet50.a1_in1k", torch.nn.Conv2d(3, 8, 3), torch.device("cpu"))
    assert not prefers_channels_last("ViT-B-32", lambda images: images, GPU)
