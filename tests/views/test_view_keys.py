import pytest

from errata.errors import InputError
from errata.views.view import View, parse_view, view_of_open_clip, view_of_timm, view_of_torchvision

VIEWS = {
    "224-256-bicubic-center": View(224, 256, "bicubic", "center"),
    "288-288-bilinear-squash": View(288, 288, "bilinear", "squash"),
    "384-384-lanczos-border7c7468": View(384, 384, "lanczos", "border", (124, 116, 104)),
    "224-224-nearest-border000000": View(224, 224, "nearest", "border", (0, 0, 0)),
}


@pytest.mark.parametrize("key", VIEWS)
def test_a_key_says_what_the_view_is(key):
    assert parse_view(key) == VIEWS[key]
    assert VIEWS[key].key == key


@pytest.mark.parametrize(
    "key",
    [
        "224",
        "224-256-bicubic",
        "224-256-bicubic-middle",
        "224-256-cubic-center",
        "0-256-bicubic-center",
        "224-256-bicubic-border",
        "224-256-bicubic-border7C7468",
        "224-256-bicubic-center000000",
        "224-256-bicubic-center ",
    ],
)
def test_what_names_no_view_is_refused(key):
    with pytest.raises(InputError, match=f"'{key}' names no view"):
        parse_view(key)


TIMM = {"input_size": (3, 224, 224), "interpolation": "bicubic", "mean": (0.485, 0.456, 0.406), "std": (1, 1, 1)}


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"crop_pct": 0.875, "crop_mode": "center"}, "224-256-bicubic-center"),
        ({"crop_pct": 0.95, "crop_mode": "center"}, "224-235-bicubic-center"),
        ({"crop_pct": 1.0, "crop_mode": "squash"}, "224-224-bicubic-squash"),
        ({"crop_pct": 1.0, "crop_mode": "border"}, "224-224-bicubic-border7c7468"),
        ({"crop_pct": 0.9, "crop_mode": "center", "input_size": (3, 288, 288)}, "288-320-bicubic-center"),
        ({}, "224-256-bicubic-center"),
    ],
)
def test_the_configuration_of_a_timm_model_has_a_view(config, key):
    assert view_of_timm(TIMM | config).key == key


@pytest.mark.parametrize("size", [(1, 28, 28), (3, 224, 192)])
def test_models_of_other_than_square_rgb_images_are_refused(size):
    with pytest.raises(InputError, match="square RGB images"):
        view_of_timm(TIMM | {"input_size": size})


def test_equal_pixels_have_equal_keys_whoever_asks_for_them():
    keys = {
        view_of_timm(TIMM | {"crop_pct": 1.0}).key,
        view_of_torchvision(crop_size=224, resize_size=224, interpolation="bicubic").key,
        view_of_open_clip(size=224).key,
    }
    assert keys == {"224-224-bicubic-center"}


@pytest.mark.parametrize(
    "values",
    [
        {"crop": 0},
        {"interpolation": "random"},
        {"mode": "border"},
        {"fill": (0, 0, 0)},
        {"mode": "border", "fill": (0, 0, 256)},
    ],
    ids=str,
)
def test_views_that_cannot_be_made_are_refused(values):
    with pytest.raises(InputError):
        View(**({"crop": 224, "resize": 256, "interpolation": "bicubic", "mode": "center"} | values))


def test_unknown_ways_of_open_clip_are_refused():
    with pytest.raises(InputError, match="resize_mode 'shorter'"):
        view_of_open_clip(size=224, resize_mode="shorter")
