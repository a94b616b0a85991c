"""Decode image files to RGB pixels, as the loaders of torchvision and timm do it.

They call `Image.open(...).convert("RGB")`: the orientation that a camera noted is not applied, transparency is
dropped, CMYK is converted without a colour profile. Models were trained and measured on these pixels.
"""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "JPEG2000")
"""Formats of photographs, told by content and not by name. Pillow's others are left out: some run other programs."""

LARGEST_RATIO = 1000
"""Longer side to shorter side. A model that resizes the shorter side of a stripe beyond that fills the memory."""

LOSSLESS = b"\xff\xc3"
"""Bytes of every lossless JPEG. libjpeg does not reduce these, and Pillow before 13 then writes past its memory."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an image file is: size in pixels and Pillow's mode where the header could be read, and what is wrong.

    `problem` is None if all pixels can be read.
    """

    width: int | None
    height: int | None
    mode: str | None
    problem: str | None


def rgb_image(data: bytes) -> Image.Image:
    """Return the image in the bytes of an image file, all of it decoded, in RGB.

    Raises Exception: whatever Pillow raises on bytes that are no image, are cut short or damaged; there is no common
    class.
    """
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        return image.convert("RGB")


def inspect(data: bytes) -> Inspection:
    """Return size, mode and problem of an image file, whose data are decoded completely; no content raises."""
    if not data:
        return Inspection(None, None, None, "the file is empty")
    width = height = mode = None
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            width, height, mode = image.width, image.height, image.mode
            if LOSSLESS not in data:
                # a JPEG is still decoded to its last byte, with the same errors, but reduced to an eighth of its size
                image.draft("L", (1, 1))
            image.convert("RGB")
    except UnidentifiedImageError:
        return Inspection(None, None, None, f"no image format that can be read; the file begins with {data[:8]!r}")
    # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error, zlib.error, MemoryError and more
    except Exception as error:
        return Inspection(width, height, mode, f"cannot be decoded: {str(error) or type(error).__name__}")
    if max(width, height) > LARGEST_RATIO * min(width, height):
        return Inspection(width, height, mode, f"too narrow to be resized: {width} x {height} pixels")
    return Inspection(width, height, mode, None)
