"""From an RGB image to the pixels of a view, pixel by pixel what timm, torchvision and open_clip compute.

The arithmetic of sizes and offsets is theirs, rounding included: torchvision's `Resize`, `CenterCrop` and `pad`, timm's
`ResizeKeepRatio` and `CenterCropOrPad`. open_clip builds on the same.
"""

import numpy as np
from PIL import Image

from errata.views.view import View

BLACK = (0, 0, 0)


def transform(image: Image.Image, view: View) -> np.ndarray:
    """Return the pixels of an RGB image in a view: uint8 [crop, crop, 3].

    An image so narrow that the mode border would leave it less than a pixel wide, which timm cannot resize, gets one
    pixel.
    """
    resized = image.resize(_resized_size(image.size, view), Image.Resampling[view.interpolation.upper()])
    cropped = Image.new("RGB", (view.crop, view.crop), view.fill or BLACK)
    cropped.paste(resized, tuple(-_crop_start(side, view.crop) for side in resized.size))
    return np.asarray(cropped)


def _resized_size(size: tuple[int, int], view: View) -> tuple[int, int]:
    if view.mode == "squash":
        return view.resize, view.resize
    if view.mode == "border":
        ratio = max(size) / view.resize
        return tuple(max(1, round(side / ratio)) for side in size)
    shorter = min(size)
    return tuple(view.resize if side == shorter else int(view.resize * side / shorter) for side in size)


def _crop_start(side: int, crop: int) -> int:
    """Return where the crop begins along a side; negative where it is wider than the image and must be filled."""
    return -((crop - side) // 2) if side < crop else round((side - crop) / 2)
