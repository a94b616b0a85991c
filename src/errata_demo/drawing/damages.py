"""What makes a picture hard to read.

Every function takes a picture (RGB), an amount from 0 to 1 and a random generator, and returns a picture of the same
size.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFilter

from errata_demo.drawing.canvas import Canvas, lit
from errata_demo.drawing.colours import rgb, vary
from errata_demo.drawing.placing import place
from errata_demo.drawing.shapes import curve, ellipse, moved, smooth

Damage = Callable[[Image.Image, float, np.random.Generator], Image.Image]

_LEAF = [(0, 0), (0.2, -0.16), (0.5, -0.2), (0.8, -0.1), (1.0, 0.0), (0.8, 0.12), (0.5, 0.2), (0.2, 0.15)]


def none(picture: Image.Image, amount: float, rng: np.random.Generator) -> Image.Image:
    """Leave a picture as it is."""
    return picture


def noise(picture: Image.Image, amount: float, rng: np.random.Generator) -> Image.Image:
    """Add the noise of a bad sensor: grains of light and, weaker, of colour."""
    light = rng.standard_normal((picture.height, picture.width, 1), dtype=np.float32)
    colour = rng.standard_normal((picture.height, picture.width, 3), dtype=np.float32)
    return _picture(_values(picture) + amount * (0.3 * light + 0.22 * colour))


def blur(picture: Image.Image, amount: float, rng: np.random.Generator) -> Image.Image:
    """Put a picture out of focus."""
    return picture.filter(ImageFilter.GaussianBlur(amount * picture.width / 22))


def dark(picture: Image.Image, amount: float, rng: np.random.Generator) -> Image.Image:
    """Take the light away, blue last, with some noise."""
    left = 1 - amount * np.array([0.94, 0.92, 0.86], dtype=np.float32)
    grain = rng.standard_normal((picture.height, picture.width, 3), dtype=np.float32)
    return _picture(_values(picture) * left + 0.025 * amount * grain)


def pixelated(picture: Image.Image, amount: float, rng: np.random.Generator) -> Image.Image:
    """Show a picture in coarse squares, up to a tenth of its width."""
    count = max(4, round(picture.width / (1 + amount * picture.width / 10)))
    return picture.resize((count, count), Image.Resampling.BOX).resize(picture.size, Image.Resampling.NEAREST)


def covered(picture: Image.Image, amount: float, rng: np.random.Generator) -> Image.Image:
    """Hide parts behind something near: leaves of a branch or falling snow."""
    canvas = Canvas(picture.width, supersampling=2, reach=1.0)
    if rng.random() < 0.6:
        _leaves(canvas, count=round(46 * amount), rng=rng)
    else:
        _snow(canvas, count=round(170 * amount), rng=rng)
    whole = picture.copy()
    place(whole, canvas.layer(), x=0.5, y=0.5, has_shadow=False)
    return whole


def _leaves(canvas: Canvas, *, count: int, rng: np.random.Generator) -> None:
    green = vary(rgb("6f9a4a"), rng, hue=0.04)
    for x, y, turn, size in rng.uniform((-1.1, -1.0, -70, 0.4), (0.9, 0.95, 40, 0.62), (count, 4)):
        leaf = moved(smooth(_LEAF, samples=4), x - 0.2, y, scale=size, angle=turn)
        canvas.fill(moved(leaf, 0.02, 0.04), rgb("1c1a2e"), opacity=0.3, blur=0.03)
        canvas.fill(leaf, lit(vary(green, rng, value=0.1), 0.28))
        vein = moved([curve([(0.02, 0), (0.5, -0.01), (0.95, 0)], samples=3)], x - 0.2, y, scale=size, angle=turn)[0]
        canvas.line(vein, rgb("c9dba0"), 0.012, opacity=0.6)


def _snow(canvas: Canvas, *, count: int, rng: np.random.Generator) -> None:
    for x, y, size in rng.uniform((-1, -1, 0.03), (1, 1, 0.12), (count, 3)):
        canvas.fill(ellipse(x, y, size), (0.97, 0.98, 1.0), opacity=0.9, blur=0.012)


def _values(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=np.float32) / 255


def _picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray((np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8))


DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "none": none,
        "noise": noise,
        "blur": blur,
        "dark": dark,
        "covered": covered,
        "pixelated": pixelated,
    }
)
"""Damages by name."""
