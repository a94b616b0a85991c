"""Images in other modes than RGB, against the loaders that models were measured with."""

import numpy as np
import pytest
from PIL import Image
from timm.data import ImageDataset
from torchvision.datasets.folder import pil_loader

from errata.images.decode import inspect, rgb_image
from images.pictures import encoded, noise


def with_alpha(image: Image.Image) -> Image.Image:
    """The image with an alpha channel that is a ramp."""
    ramp = np.linspace(0, 255, image.width, dtype=np.uint8)
    result = image.copy()
    result.putalpha(Image.fromarray(np.broadcast_to(ramp, (image.height, image.width)).copy()))
    return result


def palette(**options: object) -> bytes:
    return encoded(noise().quantize(16), "PNG", **options)


def deep_grey() -> bytes:
    values = np.random.default_rng(0).integers(0, 65536, (30, 40), dtype=np.uint16)
    return encoded(Image.fromarray(values), "PNG")


def rotated_by_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn by 90 degrees to look at it"
    return encoded(noise(), exif=exif)


KINDS = {
    "grey JPEG": ("L", lambda: encoded(noise().convert("L"))),
    "CMYK JPEG": ("CMYK", lambda: encoded(noise().convert("CMYK"))),
    "progressive JPEG": ("RGB", lambda: encoded(noise(), progressive=True)),
    "JPEG with a rotation in its EXIF data": ("RGB", rotated_by_exif),
    "JPEG with garbage as EXIF data": ("RGB", lambda: encoded(noise(), exif=b"Exif\0\0MM\0*garbage")),
    "PNG": ("RGB", lambda: encoded(noise(), "PNG")),
    "PNG with transparency": ("RGBA", lambda: encoded(with_alpha(noise()), "PNG")),
    "grey PNG with transparency": ("LA", lambda: encoded(with_alpha(noise().convert("L")), "PNG")),
    "PNG with a palette": ("P", palette),
    "PNG with a palette and a transparent colour": ("P", lambda: palette(transparency=3)),
    "PNG with a palette and transparencies": ("P", lambda: palette(transparency=bytes(range(0, 256, 16)))),
    "grey PNG of 16 bits": ("I;16", deep_grey),
    "PNG of 1 bit": ("1", lambda: encoded(noise().convert("1"), "PNG")),
    "BMP": ("RGB", lambda: encoded(noise(), "BMP")),
    "GIF": ("P", lambda: encoded(noise().quantize(16), "GIF")),
    "WebP": ("RGB", lambda: encoded(noise(), "WEBP")),
    "TIFF": ("RGB", lambda: encoded(noise(), "TIFF")),
}


# Pillow warns about the garbage, and that converting a palette drops transparency
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_pixels_are_those_of_the_loaders_of_torchvision_and_timm(kind, tmp_path):
    # all are named .JPEG: what a file is, its content says
    path = tmp_path / "n01" / "image.JPEG"
    path.parent.mkdir()
    path.write_bytes(KINDS[kind][1]())
    pixels = np.asarray(rgb_image(path.read_bytes()))
    assert np.array_equal(pixels, np.asarray(pil_loader(str(path))))
    assert np.array_equal(pixels, np.asarray(ImageDataset(str(tmp_path))[0][0]))


def test_all_of_them_can_be_read_and_their_mode_is_noted(kind):
    mode, make = KINDS[kind]
    found = inspect(make())
    assert (found.width, found.height, found.mode, found.problem) == (40, 30, mode, None)


def test_images_are_not_turned_as_their_exif_data_ask():
    assert rgb_image(rotated_by_exif()).size == (40, 30)


def test_transparency_is_dropped():
    assert np.array_equal(np.asarray(rgb_image(encoded(with_alpha(noise()), "PNG"))), np.asarray(noise()))
