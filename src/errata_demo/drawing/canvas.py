"""The canvas that one thing is drawn on.

The local frame: x to the right, y DOWN, the thing inside [-1, 1] in both (what sticks out by up to a fifth is kept).
The thing stands or lies on y = 1 unless it is small. Shapes come from `errata_demo.drawing.shapes`, colours from
`errata_demo.drawing.colours`; lengths (widths, blurs, depths) are in the same local units. The light comes from the
top left of the PICTURE, whatever the rotation or mirroring: `Canvas.light` is its direction in the local frame, and
`lit`, `ball` and `Canvas.round` follow it.

    canvas.fill(shape, colour)                          a flat shape
    canvas.fill(shape, lit(colour))                     lighter towards the light, the workhorse
    canvas.fill(shape, ball(colour))                    a sphere
    canvas.fill(shape, Linear((0, -1), (0, 1), [(0, sky), (1, sea)]))
    canvas.fill(shape, Radial((0, 0), 0.5, [(0, centre), (1, rim)]))
    canvas.fill(shape, colour, opacity=0.4, blur=0.05)  soft edges: cheeks, highlights
    canvas.fill(shape, colour, blur=0.1, opacity=0.3, is_atop=True)   only on what is drawn already: cast shadows
    canvas.round(shape, depth=0.25, strength=0.4)       soft volume: shade away from the light, a rim towards it
    canvas.line(points, colour, 0.03)                   a line with round ends (points may be curve(...))
    with canvas.clipped(shape): ...                     markings only inside: stripes, spots, stickers
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from errata_demo.drawing.colours import Colour, to_bytes
from errata_demo.drawing.fills import (
    TO_LIGHT,
    Fill,
    Linear,
    Lit,
    Radial,
    ball,
    lit,
    positions_in_frame,
    positions_to_light,
)
from errata_demo.drawing.outlines import COARSE, Outline, mask_of, soft_mask_of
from errata_demo.drawing.shapes import Points, Shape, ribbon

__all__ = ["MARGIN", "SUPERSAMPLING", "Canvas", "Fill", "Linear", "Lit", "Radial", "ball", "lit"]

SUPERSAMPLING = 3
"""Drawn pixels for each pixel of the picture, in each direction."""

MARGIN = 1.2
"""Half the width of a layer in local units: room for what sticks out of the unit box."""

_SHINE: Colour = (1.0, 0.98, 0.9)


class Canvas:
    """A transparent square that a thing is drawn on, at a multiple of its final resolution.

    Parameters
    ----------
    pixels : float
        Width of the unit box in the picture.
    angle : float
        Rotation of the thing in degrees, counter-clockwise.
    is_mirrored : bool
        Whether left and right are exchanged (before the rotation).
    supersampling : int
        Drawn pixels for each pixel of the picture.
    reach : float
        Half the width of the canvas in local units; more where a rotation needs it. 1 for a canvas that is a picture.

    Attributes
    ----------
    light : tuple of float
        Unit vector towards the light in the local frame.
    """

    def __init__(
        self,
        pixels: float,
        *,
        angle: float = 0.0,
        is_mirrored: bool = False,
        supersampling: int = SUPERSAMPLING,
        reach: float = MARGIN,
    ) -> None:
        """Start with nothing painted."""
        cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        frame = np.array([[cosine, sine], [-sine, cosine]]) @ np.diag([-1.0 if is_mirrored else 1.0, 1.0])
        corner = abs(cosine) + abs(sine)
        self.supersampling = supersampling
        self.side = math.ceil(pixels * (reach if corner < 1.02 else max(reach, corner + 0.05)))
        self._scale = pixels * supersampling / 2
        self._middle = self.side * supersampling / 2
        self._frame = frame.T * self._scale
        self._back = np.linalg.inv(self._frame)
        direction = np.array(TO_LIGHT) @ frame
        self.light = (float(direction[0]), float(direction[1]))
        # The fourth channel is alpha, and colours are multiplied by it, so plain pasting and averaging give right
        # edges. Pillow would multiply once more when it resizes a picture that it knows as RGBA.
        self._image = Image.new("RGBX", (self.side * supersampling,) * 2)
        self._draw = ImageDraw.Draw(self._image)
        self._clip: Image.Image | None = None

    def fill(self, shape: Shape, fill: Fill, *, opacity: float = 1.0, blur: float = 0.0, is_atop: bool = False) -> None:
        """Paint a shape.

        Parameters
        ----------
        shape : Shape
        fill : Colour, Linear, Radial or Lit
        opacity : float
            From 0 (nothing is painted) to 1.
        blur : float
            Standard deviation of the softness of the edges, in local units.
        is_atop : bool
            Whether only what is painted already is painted over.
        """
        if opacity <= 0.004:
            return
        outline = Outline(shape, self._frame, self._middle)
        level = round(255 * min(opacity, 1.0))
        if isinstance(fill, tuple) and level == 255 and blur == 0 and self._clip is None and not is_atop:
            outline.paint(self._draw, to_bytes(fill))
            return
        window = self._window(outline, margin=3 * blur * self._scale)
        if window is None:
            return
        sigma = blur * self._scale
        mask = (
            soft_mask_of(outline, window, sigma=sigma, level=level) if sigma > 0.6 else mask_of(outline, window, level)
        )
        self._paint(self._paper(fill, outline, window), window, mask, is_atop=is_atop)

    def line(self, points: Points, fill: Fill, width: float | Sequence[float], *, opacity: float = 1.0) -> None:
        """Paint a line with round ends; several widths are spread evenly along it."""
        self.fill(ribbon(points, width), fill, opacity=opacity)

    def round(
        self,
        shape: Shape,
        *,
        depth: float = 0.25,
        strength: float = 0.4,
        shine: float | None = None,
        shade: Colour = (0.13, 0.07, 0.22),
    ) -> None:
        """Give what is painted inside a shape a soft volume: shade on the far side, light on the near side.

        Parameters
        ----------
        shape : Shape
        depth : float
            How far shade and light reach into the shape, in local units.
        strength : float
            Opacity of the shade at the edge.
        shine : float or None
            Opacity of the light at the edge; by default half the strength.
        shade : Colour
        """
        outline = Outline(shape, self._frame, self._middle)
        window = self._window(outline, margin=0)
        if window is None:
            return
        edge = mask_of(outline, window, 255)
        length = depth * self._scale
        step = max(1.0, min(COARSE, length / 4))
        reach = 0.55 * length / step
        pad = math.ceil(reach + 1.5 * length / step) + 1
        width, height = (math.ceil((window[i + 2] - window[i]) / step) for i in (0, 1))
        coarse = Image.new("L", (width + 2 * pad, height + 2 * pad))
        coarse.paste(edge.resize((width, height), Image.Resampling.BOX), (pad, pad))
        outside = ImageChops.invert(coarse.filter(ImageFilter.BoxBlur(0.6 * length / step)))
        # What lies outside the shape, moved towards the light, is where the shape turns away from it; and reversely.
        for sign, colour, amount in ((-1, shade, strength), (1, _SHINE, strength / 2 if shine is None else shine)):
            if amount <= 0:
                continue
            x, y = (round(pad + sign * reach * part) for part in TO_LIGHT)
            near = outside.crop((x, y, x + width, y + height)).point(_faded(round(100 * amount)))
            mask = ImageChops.multiply(edge, near.resize(edge.size, Image.Resampling.BILINEAR))
            self._paint(to_bytes(colour), window, mask)

    @contextmanager
    def clipped(self, shape: Shape) -> Iterator[None]:
        """Let what is painted meanwhile appear only inside a shape."""
        outer = self._clip
        mask = mask_of(Outline(shape, self._frame, self._middle), (0, 0, *self._image.size), 255)
        self._clip = mask if outer is None else ImageChops.multiply(mask, outer)
        try:
            yield
        finally:
            self._clip = outer

    def layer(self) -> Image.Image:
        """Return what is painted, as large as the picture: RGBX, colours multiplied by the fourth channel, alpha."""
        return self._image.reduce(self.supersampling) if self.supersampling > 1 else self._image

    def _window(self, outline: Outline, margin: float) -> tuple[int, int, int, int] | None:
        """Return the whole pixels around an outline, inside the canvas; None where nothing of it is inside."""
        side = self._image.width
        left, top = (max(0, math.floor(value - margin)) for value in outline.low)
        right, bottom = (min(side, math.ceil(value + margin) + 1) for value in outline.high)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _paper(
        self, fill: Fill, outline: Outline, window: tuple[int, int, int, int]
    ) -> tuple[int, int, int, int] | Image.Image:
        """Return what is pasted through a mask: a colour or the picture of a gradient as large as the window."""
        if isinstance(fill, tuple):
            return to_bytes(fill)
        width, height = window[2] - window[0], window[3] - window[1]
        columns, rows = max(2, math.ceil(width / COARSE)), max(2, math.ceil(height / COARSE))
        x = window[0] + (np.arange(columns) + 0.5) * width / columns
        y = window[1] + (np.arange(rows) + 0.5) * height / rows
        if isinstance(fill, Lit):
            centre, half = (outline.low + outline.high) / 2, np.maximum((outline.high - outline.low) / 2, 1.0)
            t = positions_to_light(fill, (x[None, :] - centre[0]) / half[0], (y[:, None] - centre[1]) / half[1])
        else:
            u, v, back = x[None, :] - self._middle, y[:, None] - self._middle, self._back
            t = positions_in_frame(fill, u * back[0, 0] + v * back[1, 0], u * back[0, 1] + v * back[1, 1])
        places = [stop[0] for stop in fill.stops]
        channels = np.array([to_bytes(stop[1]) for stop in fill.stops], dtype=np.float64)
        values = np.stack([np.interp(t, places, channels[:, i]) for i in range(4)], axis=2)
        picture = Image.frombuffer("RGBX", (columns, rows), (values + 0.5).astype(np.uint8), "raw", "RGBX", 0, 1)
        return picture.resize((width, height), Image.Resampling.BILINEAR)

    def _paint(
        self,
        paper: tuple[int, int, int, int] | Image.Image,
        window: tuple[int, int, int, int],
        mask: Image.Image,
        *,
        is_atop: bool = False,
    ) -> None:
        if self._clip is not None:
            mask = ImageChops.multiply(mask, self._clip.crop(window))
        if is_atop:
            mask = ImageChops.multiply(mask, self._image.getchannel("X").crop(window))
        self._image.paste(paper, window, mask)


@lru_cache
def _faded(percent: int) -> list[int]:
    """Return the table that makes a mask fainter."""
    return [value * percent // 100 for value in range(256)]
