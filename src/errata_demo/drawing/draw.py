"""Draw a scene of the demo world."""

import numpy as np
from PIL import Image

from errata_demo.drawing.backdrops import paint_backdrop
from errata_demo.drawing.canvas import Canvas
from errata_demo.drawing.damages import DAMAGES
from errata_demo.drawing.entities import ENTITIES
from errata_demo.drawing.entity import blended
from errata_demo.drawing.placing import place
from errata_demo.drawing.renderings import RENDERINGS
from errata_demo.scene import SIZE, Scene, Thing


def draw_scene(scene: Scene, *, size: int = SIZE) -> Image.Image:
    """Draw a picture.

    Parameters
    ----------
    scene : Scene
        What it shows. Equal scenes give equal pictures, in any process.
    size : int
        Width and height in pixels.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Raises
    ------
    KeyError
        When the scene names an entity, backdrop, rendering or damage that there is none of.
    """
    picture = paint_backdrop(scene.backdrop, size=size, rng=np.random.default_rng([scene.variant, 0]))
    for thing in scene.things:
        layer = draw_thing(thing, size=size)
        place(picture, layer, x=thing.x, y=thing.y, has_shadow=ENTITIES[thing.wnid].is_standing)
    return DAMAGES[scene.damage](picture, scene.damage_amount, np.random.default_rng([scene.variant, 1]))


def draw_thing(thing: Thing, *, size: int = SIZE) -> Image.Image:
    """Draw a thing on its own transparent layer, rotated, mirrored and rendered.

    Parameters
    ----------
    thing : Thing
    size : int
        Width of the whole picture in pixels.

    Returns
    -------
    PIL.Image.Image
        RGBX: colours multiplied by the fourth channel, alpha; the thing in the middle.

    Raises
    ------
    KeyError
        When there is no such entity or rendering.
    ValueError
        When it comes to resemble an entity of another family.
    """
    entity = ENTITIES[thing.wnid]
    look = entity.look if thing.towards is None else blended(entity, ENTITIES[thing.towards], thing.amount)
    canvas = Canvas(thing.size * size, angle=thing.angle, is_mirrored=thing.is_mirrored)
    entity.family(canvas, look, np.random.default_rng([thing.variant, 2]))
    return RENDERINGS[thing.rendering](canvas.layer(), np.random.default_rng([thing.variant, 3]))
