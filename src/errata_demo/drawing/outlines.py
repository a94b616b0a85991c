"""Shapes in pixels, and masks of them."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from errata_demo.drawing.shapes import Shape

COARSE = 6
"""Pixels for each computed value of a gradient or blur: they are smooth, so few values are enough."""


class Outline:
    """Polygons of a shape in pixels of the canvas."""

    def __init__(self, shape: Shape, frame: np.ndarray, middle: float) -> None:
        """Transform the points of all polygons at once."""
        self.points = np.concatenate(shape) @ frame + middle
        self.low = self.points.min(axis=0)
        self.high = self.points.max(axis=0)
        self._lengths = [len(part) for part in shape]

    def paint(
        self,
        draw: ImageDraw.ImageDraw,
        colour: int | tuple[int, ...],
        *,
        origin: Sequence[int] = (0, 0),
        step: float = 1.0,
    ) -> None:
        """Fill the polygons, seen from an origin at a scale."""
        points = self.points if origin == (0, 0) else self.points - origin[:2]
        numbers = (points if step == 1.0 else points / step).ravel().tolist()
        start = 0
        for length in self._lengths:
            draw.polygon(numbers[start : start + 2 * length], fill=colour)
            start += 2 * length


def mask_of(outline: Outline, window: tuple[int, int, int, int], level: int) -> Image.Image:
    """Return the mask of a window, at a level from 0 to 255 inside the outline."""
    mask = Image.new("L", (window[2] - window[0], window[3] - window[1]))
    outline.paint(ImageDraw.Draw(mask), level, origin=window)
    return mask


def soft_mask_of(outline: Outline, window: tuple[int, int, int, int], *, sigma: float, level: int) -> Image.Image:
    """Return the mask of a window with soft edges, computed coarsely."""
    step = max(1.0, min(1.5 * COARSE, sigma / 1.3))
    width, height = window[2] - window[0], window[3] - window[1]
    coarse = Image.new("L", (math.ceil(width / step), math.ceil(height / step)))
    outline.paint(ImageDraw.Draw(coarse), level, origin=window, step=step)
    soft = coarse.filter(ImageFilter.GaussianBlur(sigma / step))
    return soft if step == 1.0 else soft.resize((width, height), Image.Resampling.BILINEAR)
