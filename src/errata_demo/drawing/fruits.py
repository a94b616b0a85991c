"""Fruits: whole ones, a leaf or a calyx on top."""

from collections.abc import Callable

import numpy as np

from errata_demo.drawing.canvas import Canvas, Radial, lit
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import Points, curve, ellipse, mirrored, moved, smooth

Placing = Callable[[Points], np.ndarray]
"""Takes points of an upright fruit around the origin to where the fruit lies."""

_LEAF = rgb("5d9b3a")
_STEM = rgb("6d4a2b")


def fruit(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a fruit.

    The look's keys: colours `skin`, `blush` (of one cheek), `seed`; `width` and `height` (halves), `taper` (narrow
    below), `tip` (a lemon's ends), `dimple` (an apple's hollow for the stem), `lean` (degrees that it lies over);
    strengths `pores`, `seeds`, `calyx` (a strawberry's green), `stem`, `leaf`, `blushed`, `gloss`.
    """
    skin = vary(look["skin"], rng, hue=0.012)
    sway = rng.uniform(-1, 1, 6)
    width, height = look["width"] * (1 + 0.05 * sway[0]), look["height"] * (1 + 0.04 * sway[1])
    lean = look["lean"] * (1 + 0.25 * sway[2])
    base = 0.92 - float(np.hypot(height * np.cos(np.radians(lean)), width * np.sin(np.radians(lean))))

    def put(points: Points) -> np.ndarray:
        return moved([np.asarray(points, dtype=float)], 0.0, base, angle=lean)[0]

    taper, tip, dimple = look["taper"], look["tip"], look["dimple"]
    # Without taper, tip and dimple these points lie on an ellipse.
    half = [
        (0.0, -height * (1 + 0.13 * tip - 0.2 * dimple)),
        (0.24 * width + 0.08 * dimple, -height * (0.971 - 0.05 * tip + 0.04 * dimple)),
        (0.72 * width, -height * (0.694 - 0.03 * tip + 0.08 * dimple)),
        (0.993 * width, -height * (0.12 + 0.3 * taper)),
        (width * (0.925 - 0.12 * taper - 0.06 * dimple), height * (0.38 - 0.06 * taper)),
        (width * (0.543 - 0.06 * taper), height * (0.84 - 0.04 * taper - 0.03 * tip)),
        (0.2 * width, height * (0.98 - 0.05 * tip - 0.02 * taper)),
        (0.0, height * (1 + 0.12 * tip - 0.05 * dimple)),
    ]
    body = smooth(put(mirrored(half)))
    dark = mix(darken(skin, 0.45), look["blush"], 0.25)
    light_x, light_y = 0.45 * width * canvas.light[0], base + 0.45 * height * canvas.light[1]
    stops = [(0, lighten(skin, 0.45)), (0.3, lighten(skin, 0.1)), (0.62, skin), (1, dark)]
    canvas.fill(body, Radial((light_x, light_y), 1.5 * max(width, height), stops))
    with canvas.clipped(body):
        cheek = put([(0.35 * width, 0.1 * height)])[0]
        canvas.fill(
            ellipse(*cheek, 0.7 * width, 0.8 * height), look["blush"], opacity=0.85 * look["blushed"], blur=0.14
        )
        _pores(canvas, look, put=put, rng=rng, skin=skin, width=width, height=height)
        _seeds(canvas, look, put=put, width=width, height=height)
        hollow = put([(0, -0.86 * height)])[0]
        canvas.fill(
            ellipse(*hollow, 0.36 * width, 0.12, angle=lean), darken(skin, 0.55), opacity=0.75 * dimple, blur=0.05
        )
        navel = put([(0.0, -0.9 * height)])[0]
        canvas.fill(
            ellipse(*navel, 0.07, 0.045, angle=lean),
            mix(darken(skin, 0.4), _LEAF, 0.5),
            opacity=0.8 * look["pores"],
            blur=0.012,
        )
    canvas.round(body, depth=0.3, strength=0.35, shine=0.05, shade=darken(skin, 0.7))
    glint = (0.95 * light_x, base + (light_y - base) * 1.15)
    canvas.fill(
        ellipse(*glint, 0.2 * width, 0.13 * height, angle=38), (1, 1, 1), opacity=0.65 * look["gloss"], blur=0.035
    )
    canvas.fill(
        ellipse(*glint, 0.1 * width, 0.06 * height, angle=38), (1, 1, 1), opacity=0.7 * look["gloss"], blur=0.012
    )

    top = put([(0, -height * (1 + 0.1 * tip - 0.2 * dimple))])[0]
    bend = 0.06 + 0.05 * sway[3]
    stem = curve([top, (top[0] + bend * 0.4, top[1] - 0.12), (top[0] + bend, top[1] - 0.22)])
    canvas.line(stem, mix(_STEM, _LEAF, 0.35 * look["calyx"]), [0.07, 0.05, 0.065], opacity=look["stem"])
    _leaf(
        canvas,
        (float(top[0]) + 0.02 * look["stem"], float(top[1]) + 0.02 - 0.08 * look["stem"]),
        size=look["leaf"] * min(1.0, 0.75 + sway[4]),
        angle=24 + 12 * sway[5],
    )
    _calyx(canvas, (float(top[0]), float(top[1]) + 0.02), size=look["calyx"], lean=lean)


def _pores(
    canvas: Canvas, look: Look, *, put: Placing, rng: np.random.Generator, skin: Colour, width: float, height: float
) -> None:
    spots = rng.uniform(-0.92, 0.92, (46, 2))
    if look["pores"] < 0.05:
        return
    dots = [part for x, y in put(spots * (width, height)) for part in ellipse(x, y, 0.013)]
    canvas.fill([dot[::6] for dot in dots], darken(skin, 0.4), opacity=0.4 * look["pores"])
    canvas.fill([dot[::6] - 0.012 for dot in dots], lighten(skin, 0.6), opacity=0.45 * look["pores"])


def _seeds(canvas: Canvas, look: Look, *, put: Placing, width: float, height: float) -> None:
    if look["seeds"] < 0.05:
        return
    rows = [(y, (i % 2) / 2 + np.arange(-3, 4 - i % 2)) for i, y in enumerate(np.linspace(-0.68, 0.82, 7))]
    places = put([(x * 0.33 * width * (1.05 - 0.35 * max(y, 0)), y * height) for y, xs in rows for x in xs])
    pits = [ellipse(x, y, 0.042, 0.058)[0][::4] for x, y in places]
    canvas.fill(pits, darken(look["skin"], 0.45), opacity=0.55 * look["seeds"])
    canvas.fill([ellipse(x, y + 0.006, 0.022, 0.038)[0][::4] for x, y in places], look["seed"], opacity=look["seeds"])


def _leaf(canvas: Canvas, foot: tuple[float, float], *, size: float, angle: float) -> None:
    if size < 0.05:
        return
    blade = moved(
        smooth([(0, 0), (0.16, -0.13), (0.36, -0.13), (0.56, 0.0), (0.36, 0.09), (0.15, 0.08)]),
        *foot,
        scale=size,
        angle=angle,
    )
    canvas.fill(blade, lit(_LEAF, 0.3))
    vein = moved([curve([(0.02, 0), (0.28, -0.04), (0.5, 0.0)])], *foot, scale=size, angle=angle)[0]
    canvas.line(vein, lighten(_LEAF, 0.4), [0.02, 0.006])
    canvas.round(blade, depth=0.08, strength=0.35)


def _calyx(canvas: Canvas, middle: tuple[float, float], *, size: float, lean: float) -> None:
    if size < 0.05:
        return
    for i, turn in enumerate((-172, -8, -150, -30, -122, -58, -90)):
        blade = moved(smooth([(0, -0.07), (0.2, -0.1), (0.42, 0.0), (0.2, 0.08), (0, 0.07)]), angle=turn)
        flat = [part * (1, 0.72) for part in blade]
        leaf = moved(flat, *middle, scale=size, angle=lean)
        canvas.fill(leaf, darken(_LEAF, 0.22) if i % 2 else lighten(_LEAF, 0.06))
        canvas.round(leaf, depth=0.06, strength=0.35)


def _look(skin: str, blush: str, *, width: float, height: float, **others: float) -> Look:
    shape = {"taper": 0.0, "tip": 0.0, "dimple": 0.0, "lean": 0.0}
    marks = {"pores": 0.0, "seeds": 0.0, "calyx": 0.0, "stem": 0.0, "leaf": 0.0, "blushed": 0.0, "gloss": 0.6}
    colours = {"skin": rgb(skin), "blush": rgb(blush), "seed": rgb("f6d36b")}
    return {**colours, "width": width, "height": height, **shape, **marks, **others}


ENTITIES: dict[str, Entity] = {
    "n07747607": Entity(fruit, _look("f2901d", "e2691a", width=0.82, height=0.79, pores=1.0, leaf=1.0)),
    "n07749582": Entity(fruit, _look("f7d931", "e9b61e", width=0.64, height=0.82, tip=1.0, lean=62, pores=0.8)),
    "n07742313": Entity(
        fruit,
        _look(
            "9ccb3b",
            "c3d85a",
            width=0.8,
            height=0.73,
            taper=0.15,
            dimple=1.0,
            stem=1.0,
            leaf=0.9,
            blushed=0.3,
            gloss=0.9,
        ),
    ),
    "n07745940": Entity(
        fruit,
        _look(
            "e0302f",
            "b3172b",
            width=0.68,
            height=0.78,
            taper=1.0,
            seeds=1.0,
            calyx=1.0,
            stem=1.0,
            blushed=0.4,
            gloss=0.9,
        ),
    ),
    "n07749731": Entity(fruit, _look("7fb536", "9ac43f", width=0.68, height=0.8, tip=0.55, lean=62, pores=0.8)),
    "n07749969": Entity(fruit, _look("f6b54f", "ee7d5e", width=0.86, height=0.8, pores=1.0, blushed=0.8, leaf=0.6)),
    "n07740954": Entity(
        fruit,
        _look(
            "c8302c",
            "8f1f2a",
            width=0.8,
            height=0.74,
            taper=0.15,
            dimple=1.0,
            stem=1.0,
            leaf=0.9,
            blushed=0.6,
            gloss=0.9,
        ),
    ),
}
"""Orange, lemon, Granny Smith, strawberry; outside the vocabulary: lime, grapefruit and a red apple (McIntosh)."""
