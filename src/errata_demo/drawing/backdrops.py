"""Where the things of a picture are."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFilter

from errata_demo.drawing import land, rooms, studios, venues, waters
from errata_demo.drawing.canvas import Canvas

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
        "night": studios.night,
        "paper": studios.paper,
        "studio": studios.studio,
        "studio_white": studios.studio_white,
        "studio_dark": studios.studio_dark,
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
