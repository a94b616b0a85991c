"""Views against the transforms that models were published with, pixel by pixel."""

import numpy as np
import pytest
import torch
from open_clip import image_transform
from PIL import Image
from timm.data import create_transform
from torchvision.models import get_model_weights

from errata.views.view import View, transform, view_of_open_clip, view_of_timm, view_of_torchvision

SIZES = [(500, 375), (375, 500), (333, 333), (224, 224), (51, 97), (1, 60), (60, 1), (2, 2), (301, 64), (1031, 127)]
"""Widths and heights: landscape, portrait, square, as large as the crop, smaller than it, a pixel wide, long."""

LARGER_AND_SMALLER = [(500, 375), (51, 97)]
"""Where the way of cropping has been tried with all sizes: one that shrinks, one that grows."""

MEAN = (0.485, 0.456, 0.406)


def picture(size: tuple[int, int]) -> Image.Image:
    """Noise over a gradient: every rounding error shows."""
    width, height = size
    noise = np.random.default_rng(width * 10_000 + height).integers(0, 256, (height, width, 3))
    ramp = np.linspace(0, 255, width)[None, :, None]
    return Image.fromarray(((noise + ramp) / 2).astype(np.uint8))


def same_as_timm(config: dict, size: tuple[int, int]) -> bool:
    reference = create_transform(**config, is_training=False, normalize=False)
    image = picture(size)
    return np.array_equal(transform(image, view_of_timm(config)), reference(image).permute(1, 2, 0).numpy())


@pytest.mark.parametrize("size", LARGER_AND_SMALLER, ids=str)
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear", "lanczos", "nearest", "box", "hamming"])
@pytest.mark.parametrize("mode", ["center", "squash"])
def test_a_view_has_the_pixels_of_timms_transform_with_every_interpolation(size, interpolation, mode):
    assert same_as_timm(
        {
            "input_size": (3, 64, 64),
            "interpolation": interpolation,
            "crop_pct": 0.875,
            "crop_mode": mode,
            "mean": MEAN,
            "std": MEAN,
        },
        size,
    )


@pytest.mark.parametrize(
    ("mode", "size"),
    # squashing never depends on the shape
    [*(("center", size) for size in SIZES), *(("squash", size) for size in LARGER_AND_SMALLER)],
    ids=str,
)
@pytest.mark.parametrize(("side", "crop_pct"), [(224, 0.875), (288, 1.0), (160, 0.95), (64, 1.3), (97, None)])
def test_a_view_has_the_pixels_of_timms_transform_with_every_crop(size, mode, side, crop_pct):
    assert same_as_timm(
        {
            "input_size": (3, side, side),
            "interpolation": "bicubic",
            "crop_pct": crop_pct,
            "crop_mode": mode,
            "mean": MEAN,
            "std": MEAN,
        },
        size,
    )


@pytest.mark.parametrize(
    ("mean", "interpolation", "size"),
    [
        *((MEAN, "bicubic", size) for size in SIZES),
        *(((0.5, 0.5, 0.5), "bilinear", size) for size in LARGER_AND_SMALLER),
    ],
    ids=str,
)
@pytest.mark.parametrize(("side", "crop_pct"), [(224, 1.0), (64, 1.3), (97, 0.9)])
def test_a_view_has_the_pixels_and_the_border_of_timms_transform(size, side, crop_pct, mean, interpolation):
    assert same_as_timm(
        {
            "input_size": (3, side, side),
            "interpolation": interpolation,
            "crop_pct": crop_pct,
            "crop_mode": "border",
            "mean": mean,
            "std": MEAN,
        },
        size,
    )


def test_a_border_leaves_a_very_narrow_image_one_pixel():
    # timm asks Pillow for a width of 0 and stops
    pixels = transform(picture((1, 500)), View(64, 64, "bicubic", "border", (9, 9, 9)))
    assert (pixels != 9).any(axis=(0, 2)).sum() == 1


@pytest.mark.parametrize(
    ("weights", "size"),
    [
        *(("resnet50.IMAGENET1K_V1", size) for size in SIZES),
        *(("resnet50.IMAGENET1K_V2", size) for size in LARGER_AND_SMALLER),
        *(("vit_b_16.IMAGENET1K_SWAG_LINEAR_V1", size) for size in LARGER_AND_SMALLER),
    ],
    ids=str,
)
def test_a_view_has_the_pixels_of_torchvisions_transform(size, weights):
    model, member = weights.split(".")
    reference = get_model_weights(model)[member].transforms(mean=(0, 0, 0), std=(1, 1, 1))
    view = view_of_torchvision(
        crop_size=reference.crop_size[0],
        resize_size=reference.resize_size[0],
        interpolation=reference.interpolation.value,
    )
    image = picture(size)
    assert np.array_equal(transform(image, view), as_pixels(reference(image)))


@pytest.mark.parametrize(
    ("interpolation", "size"),
    [*(("bicubic", size) for size in SIZES), *(("bilinear", size) for size in LARGER_AND_SMALLER)],
    ids=str,
)
@pytest.mark.parametrize("resize_mode", ["shortest", "squash", "longest"])
def test_a_view_has_the_pixels_of_open_clips_transform(size, resize_mode, interpolation):
    settings = {"resize_mode": resize_mode, "interpolation": interpolation, "fill_color": 12}
    reference = image_transform(96, is_train=False, mean=(0, 0, 0), std=(1, 1, 1), **settings)
    image = picture(size)
    assert np.array_equal(transform(image, view_of_open_clip(size=96, **settings)), as_pixels(reference(image)))


def as_pixels(scaled: torch.Tensor) -> np.ndarray:
    """The bytes that the transform divided by 255."""
    return (scaled * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
