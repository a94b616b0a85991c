"""Put layers on a picture, with the shadows that they cast."""

import math

import numpy as np
from PIL import Image, ImageChops, ImageFilter

_SHADOW = (23, 15, 36)
_TOUCH = 0.12
"""Part of a layer, from the lowest painted row up, that counts as touching the ground."""


def _pool() -> Image.Image:
    """Return a round soft spot, to be stretched: densest in the middle, nothing at the rim."""
    across = np.linspace(-1.6, 1.6, 65)
    density = np.clip(np.exp(-1.8 * (across[None, :] ** 2 + across[:, None] ** 2)) - 0.01, 0, 1)
    return Image.fromarray((0.5 * 255 * density).astype(np.uint8))


_POOL = _pool()


def place(picture: Image.Image, layer: Image.Image, *, x: float, y: float, has_shadow: bool) -> None:
    """Put a layer on a picture, in place.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB.
    layer : PIL.Image.Image
        RGBX: colours multiplied by the fourth channel, alpha (see `Canvas.layer`).
    x, y : float
        Middle of the layer in fractions of the picture.
    has_shadow : bool
        Whether the thing stands: a soft dark pool where it touches the ground. A faint shadow of its outline falls on
        what is behind it either way.
    """
    alpha = layer.getchannel("X")
    painted = alpha.getbbox()
    if painted is None:
        return
    left = round(x * picture.width - layer.width / 2)
    top = round(y * picture.height - layer.height / 2)
    _outline_shadow(picture, alpha, left=left, top=top, opacity=0.22 if has_shadow else 0.14)
    if has_shadow:
        _ground_shadow(picture, alpha, painted, left=left, top=top)
    here = (left + painted[0], top + painted[1], left + painted[2], top + painted[3])
    see_through = ImageChops.invert(alpha.crop(painted))
    behind = ImageChops.multiply(picture.crop(here), Image.merge("RGB", (see_through,) * 3))
    picture.paste(ImageChops.add(behind, layer.crop(painted).convert("RGB")), here)


def _outline_shadow(picture: Image.Image, alpha: Image.Image, *, left: int, top: int, opacity: float) -> None:
    """Darken the picture in the blurred shape of the outline, moved away from the light at the top left."""
    reach = alpha.width / 2.4
    step = max(1, round(reach / 16))
    soft = alpha.reduce(step).filter(ImageFilter.GaussianBlur(0.06 * reach / step))
    faint = soft.point([round(value * opacity) for value in range(256)]).resize(alpha.size, Image.Resampling.BILINEAR)
    move = max(1, round(0.05 * reach))
    picture.paste(_SHADOW, (left + move // 2, top + move), faint)


def _ground_shadow(
    picture: Image.Image, alpha: Image.Image, painted: tuple[int, int, int, int], *, left: int, top: int
) -> None:
    """Darken the ground under what touches it."""
    reach = alpha.width / 2.4
    feet = alpha.crop((0, max(painted[1], painted[3] - round(_TOUCH * reach)), alpha.width, painted[3])).getbbox()
    if feet is None:
        return
    middle, half = (feet[0] + feet[2]) / 2, max(2.0, 0.62 * (feet[2] - feet[0]) + 0.06 * reach)
    flat = max(1.5, 0.09 * reach + 0.05 * half)
    wide, high = math.ceil(1.6 * half), math.ceil(1.6 * flat)
    pool = _POOL.resize((2 * wide, 2 * high), Image.Resampling.BILINEAR)
    picture.paste(_SHADOW, (left + round(middle) - wide, top + painted[3] - high - round(0.3 * flat)), pool)
