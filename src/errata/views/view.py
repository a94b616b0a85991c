"""Define views: how an image becomes a square of pixels.

Different models ask for the same pixels in different words. A view says it in one way, so that models with equal
pixels share a view. Mean and standard deviation are no part of it: models normalise on their device.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from errata.errors import InputError

INTERPOLATIONS = ("bicubic", "bilinear", "box", "hamming", "lanczos", "nearest")
MODES = ("center", "squash", "border")

KEY_PATTERN = re.compile(
    r"(?P<crop>[1-9][0-9]*)-(?P<resize>[1-9][0-9]*)-(?P<interpolation>[a-z]+)-(?P<mode>center|squash|border)"
    r"(?P<fill>[0-9a-f]{6})?"
)

TIMM_CROP_PCT = 0.875
"""What timm takes where a model's configuration has no `crop_pct` (timm.data.constants.DEFAULT_CROP_PCT)."""

OPEN_CLIP_MODES = {"shortest": "center", "squash": "squash", "longest": "border"}
"""open_clip's `resize_mode` in our words."""


@dataclass(frozen=True)
class View:
    """A square of `crop` x `crop` pixels from the middle of an image that was resized first.

    `crop`: side of the square, in pixels. What the resized image lacks is filled: with `fill` in the mode border, else
        with black.
    `resize`: the size that the image is resized to, in pixels: its shorter side (mode center), both sides (squash), or
        its longer side (border).
    `interpolation`: one of `INTERPOLATIONS`: Pillow's resampling filter.
    `mode`: one of `MODES`.
    `fill`: red, green and blue, 0 to 255, in the mode border; else None.
    Raises InputError if a value is not one of these.
    """

    crop: int
    resize: int
    interpolation: str
    mode: str
    fill: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if self.crop < 1 or self.resize < 1:
            raise InputError(f"a view needs sizes of at least 1 pixel, found crop {self.crop}, resize {self.resize}.")
        if self.interpolation not in INTERPOLATIONS:
            raise InputError(
                f"there is no interpolation '{self.interpolation}'; expected one of {', '.join(INTERPOLATIONS)}."
            )
        if self.mode not in MODES:
            raise InputError(f"there is no crop mode '{self.mode}'; expected one of {', '.join(MODES)}.")
        if (self.fill is not None) != (self.mode == "border"):
            raise InputError(f"a fill colour belongs to the mode border and no other; found {self.fill}, {self.mode}.")
        if self.fill is not None and not (len(self.fill) == 3 and all(0 <= value <= 255 for value in self.fill)):
            raise InputError(f"expected a fill colour of three values from 0 to 255, found {self.fill}.")

    @property
    def key(self) -> str:
        """The view's name, such as `224-256-bicubic-center` or `224-224-bicubic-border7c7468`."""
        return f"{self.crop}-{self.resize}-{self.interpolation}-{self.mode}{bytes(self.fill or ()).hex()}"


def parse_view(key: str) -> View:
    """Return the view that a key names.

    Raises InputError if the key names none.
    """
    parts = KEY_PATTERN.fullmatch(key)
    if parts is None:
        raise InputError(
            f"'{key}' names no view; expected crop-resize-interpolation-mode, such as 224-256-bicubic-center, "
            "224-224-bilinear-squash or 224-224-bicubic-border7c7468 (the border's colour as six hexadecimal digits)."
        )
    fill = parts["fill"]
    try:
        return View(
            int(parts["crop"]),
            int(parts["resize"]),
            parts["interpolation"],
            parts["mode"],
            tuple(bytes.fromhex(fill)) if fill else None,
        )
    except InputError as error:
        raise InputError(f"'{key}' names no view: {error}") from error


def view_of_timm(config: Mapping[str, object]) -> View:
    """Return the view of a model of timm.

    `config`: as `timm.data.resolve_data_config` gives it: `input_size` (channels, height, width), `interpolation`,
        `crop_pct`, `crop_mode`, `mean` (the border's colour).
    Raises InputError if the model does not take square RGB images, or a value is unknown.
    """
    channels, height, width = config["input_size"]
    if channels != 3 or height != width:
        raise InputError(f"expected a model of square RGB images, found one of {channels} x {height} x {width}.")
    mode = config.get("crop_mode") or "center"
    return View(
        crop=height,
        resize=math.floor(height / (config.get("crop_pct") or TIMM_CROP_PCT)),
        interpolation=config["interpolation"],
        mode=mode,
        fill=tuple(round(255 * value) for value in config["mean"]) if mode == "border" else None,
    )


def view_of_torchvision(*, crop_size: int, resize_size: int, interpolation: str) -> View:
    """Return the view of a classifier of torchvision: the values of its weights' `transforms`."""
    return View(crop=crop_size, resize=resize_size, interpolation=interpolation, mode="center")


def view_of_open_clip(
    *, size: int, interpolation: str = "bicubic", resize_mode: str = "shortest", fill_color: int = 0
) -> View:
    """Return the view of a model of open_clip: the values of its `PreprocessCfg`, which has these defaults.

    `interpolation` may be `random`, which open_clip takes for bicubic outside training. Views are of RGB images, as
    data set loaders give them; open_clip's own transform converts an image in another mode after resizing it.

    Raises InputError if open_clip has no such way to resize.
    """
    if resize_mode not in OPEN_CLIP_MODES:
        raise InputError(f"open_clip has no resize_mode '{resize_mode}'; expected {', '.join(OPEN_CLIP_MODES)}.")
    mode = OPEN_CLIP_MODES[resize_mode]
    return View(
        crop=size,
        resize=size,
        interpolation="bilinear" if interpolation == "bilinear" else "bicubic",
        mode=mode,
        fill=(fill_color,) * 3 if mode == "border" else None,
    )


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
