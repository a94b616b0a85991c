"""Put layers on a picture."""

import math

import numpy as np
from PIL import Image, ImageFilter

_SHADOW = np.array([0.09, 0.06, 0.14], dtype=np.float32)


def place(picture: np.ndarray, layer: np.ndarray, *, x: float, y: float, has_shadow: bool) -> None:
    """Put a layer on a picture, in place, with the shadow that the thing casts.

    Parameters
    ----------
    picture : numpy.ndarray
        float32 [size, size, 3].
    layer : numpy.ndarray
        float32 [side, side, 4], colours multiplied by alpha.
    x, y : float
        Middle of the layer in fractions of the picture.
    has_shadow : bool
        Whether the thing stands: a soft dark pool where it touches the ground. A faint shadow of its outline falls on
        what is behind it either way.
    """
    size, side = picture.shape[0], layer.shape[0]
    left, top = round(x * size - side / 2), round(y * size - side / 2)
    alpha = layer[:, :, 3]
    reach = side / 2.4
    _over(picture, None, _outline_shadow(alpha, reach) * (0.22 if has_shadow else 0.14), left, top)
    rows = np.flatnonzero(alpha.max(axis=1) > 0.5)
    if has_shadow and len(rows):
        feet = alpha[max(0, rows[-1] - round(0.12 * reach)) : rows[-1] + 1].max(axis=0)
        touching = np.flatnonzero(feet > 0.5)
        middle, half = (
            (touching[0] + touching[-1]) / 2,
            max(2.0, 0.62 * (touching[-1] - touching[0]) + 0.06 * reach),
        )
        flat = max(1.5, 0.09 * reach + 0.05 * half)
        spread = math.ceil(1.6 * half)
        across = np.arange(-spread, spread + 1, dtype=np.float32) / half
        down = np.arange(-math.ceil(1.6 * flat), math.ceil(1.6 * flat) + 1, dtype=np.float32) / flat
        pool = np.clip(np.exp(-1.8 * (across[None, :] ** 2 + down[:, None] ** 2)) - 0.01, 0, 1)
        _over(
            picture,
            None,
            0.5 * pool,
            left + round(middle) - spread,
            top + rows[-1] - len(down) // 2 - round(0.3 * flat),
        )
    _over(picture, layer[:, :, :3], alpha, left, top)


def _outline_shadow(alpha: np.ndarray, reach: float) -> np.ndarray:
    """Alpha of the blurred outline, moved away from the light at the top left."""
    mask = Image.fromarray((alpha * 255).astype(np.uint8))
    step = max(1, round(reach / 20))
    small = mask.reduce(step).filter(ImageFilter.GaussianBlur(0.06 * reach / step))
    soft = np.asarray(small.resize(mask.size, Image.Resampling.BILINEAR), dtype=np.float32) / 255
    move = max(1, round(0.05 * reach))
    return np.pad(soft, ((move, 0), (move // 2, 0)))[:-move, : -(move // 2) or None]


def _over(picture: np.ndarray, colours: np.ndarray | None, alpha: np.ndarray, left: int, top: int) -> None:
    """Paint premultiplied colours (shadow where None) over the part of the picture that they cover, in place."""
    size, (rows, columns) = picture.shape[0], alpha.shape
    here = slice(max(0, top), min(size, top + rows)), slice(max(0, left), min(size, left + columns))
    there = slice(here[0].start - top, here[0].stop - top), slice(here[1].start - left, here[1].stop - left)
    if here[0].start >= here[0].stop or here[1].start >= here[1].stop:
        return
    cover = alpha[there][:, :, None]
    picture[here] *= 1.0 - cover
    picture[here] += cover * _SHADOW if colours is None else colours[there]
