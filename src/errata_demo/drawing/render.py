"""How things are shown, and what happens to a picture afterwards."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image

from errata_demo.drawing import damages, renderings

Rendering = Callable[[Image.Image, np.random.Generator], Image.Image]
Damage = Callable[[Image.Image, float, np.random.Generator], Image.Image]

RENDERINGS: Mapping[str, Rendering] = MappingProxyType(
    {
        "natural": renderings.natural,
        "sketch": renderings.sketch,
        "silhouette": renderings.silhouette,
        "neon": renderings.neon,
        "mosaic": renderings.mosaic,
        "embroidery": renderings.embroidery,
        "stained_glass": renderings.stained_glass,
        "bronze": renderings.bronze,
        "plush": renderings.plush,
    }
)
"""Renderings by name; all but "natural" are unlike what a classifier learns from."""

DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "none": damages.none,
        "noise": damages.noise,
        "blur": damages.blur,
        "dark": damages.dark,
        "covered": damages.covered,
        "pixelated": damages.pixelated,
    }
)
"""Damages by name."""
