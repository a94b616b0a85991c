"""Where the things of a picture are."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFilter

from errata.demo.drawing import nature, places
from errata.demo.drawing.canvas import Canvas

Backdrop = Callable[[Canvas, np.random.Generator], None]

BACKDROPS: Mapping[str, Backdrop] = MappingProxyType(
    {
        "meadow": nature.meadow,
        "daisies": nature.daisies,
        "garden": nature.garden,
        "sky": nature.sky,
        "sea": nature.sea,
        "harbour": nature.harbour,
        "beach": nature.beach,
        "pond": nature.pond,
        "underwater": nature.underwater,
        "reef": nature.reef,
        "forest": nature.forest,
        "farm": nature.farm,
        "savanna": nature.savanna,
        "snow": nature.snow,
        "orchard": nature.orchard,
        "valley": nature.valley,
        "desk": places.desk,
        "desk_with_mat": places.desk_with_mat,
        "table": places.table,
        "tablecloth": places.tablecloth,
        "kitchen": places.kitchen,
        "room": places.room,
        "sofa": places.sofa,
        "shelf": places.shelf,
        "road": places.road,
        "traffic": places.traffic,
        "stage": places.stage,
        "stage_with_amplifier": places.stage_with_amplifier,
        "court": places.court,
        "pitch": places.pitch,
        "night": places.night,
        "paper": places.paper,
        "studio": places.studio,
        "studio_white": places.studio_white,
        "studio_dark": places.studio_dark,
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
