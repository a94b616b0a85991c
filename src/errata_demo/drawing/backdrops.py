"""Where the things of a picture are."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFilter

from errata_demo.drawing import land, rooms, venues, waters
from errata_demo.drawing.canvas import Canvas, Linear, Radial
from errata_demo.drawing.colours import Colour, darken, lighten, one_of, rgb, vary
from errata_demo.drawing.indoors import wall_of
from errata_demo.drawing.shapes import box, ellipse


def night(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a dark wall with blurred city lights."""
    dark = one_of([rgb("2b2b4a"), rgb("24344a"), rgb("3a2a48")], rng)
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05), Linear((0, -1), (0, 1), [(0, darken(dark, 0.4)), (1, lighten(dark, 0.12))])
    )
    for x, y, r in rng.uniform((-1, -0.9, 0.04), (1, 0.3, 0.12), (16, 3)):
        light = [rgb("ffcf87"), rgb("f29f9a"), rgb("9fc7f2"), rgb("ffe9c4")][int(rng.integers(4))]
        canvas.fill(ellipse(x, y, r), light, opacity=0.24, blur=0.008)
    canvas.fill(box(-1.05, 0.6, 1.05, 1.05), darken(dark, 0.3), opacity=0.6)


def paper(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a sheet of drawing paper."""
    sheet = one_of([rgb("f5f0e4"), rgb("efe8da"), rgb("f4efe9")], rng)
    wall_of(canvas, sheet)
    for y in rng.uniform(-1, 1, 10):
        canvas.line([(-1.05, y), (1.05, y + float(rng.uniform(-0.1, 0.1)))], darken(sheet, 0.12), 0.006, opacity=0.3)


def studio(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless studio background in a soft colour."""
    _studio(
        canvas, one_of([rgb("d9cfe0"), rgb("cddfd6"), rgb("f0d9c9"), rgb("c9d9e8"), rgb("eadfb9"), rgb("d9d9d4")], rng)
    )


def studio_white(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless white background."""
    _studio(canvas, vary(rgb("f1f0ee"), rng, saturation=0.5, value=0.015))


def studio_dark(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint a seamless dark background."""
    _studio(canvas, one_of([rgb("4d5563"), rgb("5a4f5f"), rgb("4d5f5a"), rgb("605752")], rng))


def _studio(canvas: Canvas, colour: Colour) -> None:
    canvas.fill(
        box(-1.05, -1.05, 1.05, 1.05),
        Radial((-0.25, -0.35), 1.7, [(0, lighten(colour, 0.4)), (0.5, colour), (1, darken(colour, 0.22))]),
    )
    canvas.fill(box(-1.2, 0.52, 1.2, 1.3), lighten(colour, 0.35), opacity=0.35, blur=0.12)


Backdrop = Callable[[Canvas, np.random.Generator], None]

BACKDROPS: Mapping[str, Backdrop] = MappingProxyType(
    {
        "meadow": land.meadow,
        "daisies": land.daisies,
        "garden": land.garden,
        "sky": land.sky,
        "sea": waters.sea,
        "harbour": waters.harbour,
        "beach": waters.beach,
        "pond": waters.pond,
        "underwater": waters.underwater,
        "reef": waters.reef,
        "forest": land.forest,
        "farm": land.farm,
        "savanna": land.savanna,
        "snow": land.snow,
        "orchard": land.orchard,
        "valley": land.valley,
        "desk": rooms.desk,
        "desk_with_mat": rooms.desk_with_mat,
        "table": rooms.table,
        "tablecloth": rooms.tablecloth,
        "kitchen": rooms.kitchen,
        "room": rooms.room,
        "sofa": rooms.sofa,
        "shelf": rooms.shelf,
        "road": venues.road,
        "traffic": venues.traffic,
        "stage": venues.stage,
        "stage_with_amplifier": venues.stage_with_amplifier,
        "court": venues.court,
        "pitch": venues.pitch,
        "night": night,
        "paper": paper,
        "studio": studio,
        "studio_white": studio_white,
        "studio_dark": studio_dark,
    }
)
"""Backdrops by name."""

_SUPERSAMPLING = 1
_OUT_OF_FOCUS = 0.7 / 192
"""Blur of a backdrop, as a part of its width: things stand out against it as in a photograph."""


def paint_backdrop(name: str, *, size: int, rng: np.random.Generator) -> Image.Image:
    """Paint a backdrop.

    Parameters
    ----------
    name : str
        A key of `BACKDROPS`.
    size : int
        Width and height in pixels.
    rng : numpy.random.Generator
        Decides on colours, light and details.

    Returns
    -------
    PIL.Image.Image
        RGB.
    """
    canvas = Canvas(size, supersampling=_SUPERSAMPLING, reach=1.0)
    BACKDROPS[name](canvas, rng)
    return canvas.layer().convert("RGB").filter(ImageFilter.BoxBlur(_OUT_OF_FOCUS * size))
