"""Fish: swimming, seen from the side."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import Colour, darken, lighten, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import Shape, curve, ellipse, smooth


def fish(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a fish.

    The look's keys: colours `body`, `belly`, `fin`, `edge` (of fins and bars), `bar`; strengths `bars`, `edges`,
    `scales`, `patches` (pale); `veil` (long flowing fins), `deep` (height of the body).
    """
    body = vary(look["body"], rng, hue=0.012)
    pose = rng.uniform(-1, 1, 4)
    veil, deep = look["veil"], look["deep"] * (1 + 0.07 * pose[0])
    wave = 0.08 * pose[1]

    tail = [
        (-0.36, 0.0),
        (-0.62, -0.16 - 0.14 * veil),
        (-0.84, -0.26 - 0.22 * veil + wave),
        (-0.93 + 0.02 * veil, -0.2 - 0.08 * veil),
    ]
    tail += [
        (-0.86 + 0.16 * veil, 0.02 + wave),
        (-0.93 + 0.02 * veil, 0.24 + 0.14 * veil),
        (-0.82, 0.3 + 0.26 * veil - wave),
        (-0.6, 0.16 + 0.1 * veil),
    ]
    back = [
        (0.36, -0.8 * deep),
        (0.12, -1.12 * deep - 0.1 * veil),
        (-0.14, -1.05 * deep - 0.16 * veil),
        (-0.4, -0.66 * deep - 0.04),
        (-0.3, -0.3 * deep),
        (0.1, -0.5 * deep),
    ]
    belly = [
        (0.04, 0.8 * deep),
        (-0.1, 1.12 * deep + 0.14 * veil),
        (-0.26, 1.08 * deep + 0.16 * veil),
        (-0.24, 0.66 * deep),
        (-0.1, 0.4 * deep),
    ]
    for outline in (tail, back, belly):
        _fin(canvas, look, smooth(outline), root=(0.05, 0.0), rays=outline)

    whole = smooth(
        [
            (0.9, 0.02),
            (0.72, -0.46 * deep),
            (0.34, -0.86 * deep),
            (-0.1, -0.74 * deep),
            (-0.46, -0.22 * deep),
            (-0.56, 0.0),
            (-0.46, 0.24 * deep),
            (-0.1, 0.8 * deep),
            (0.36, 0.88 * deep),
            (0.74, 0.5 * deep),
        ]
    )
    canvas.fill(
        whole,
        Linear(
            (0, -deep),
            (0, deep),
            [(0.1, darken(body, 0.12)), (0.4, body), (0.68, lighten(body, 0.12)), (0.95, look["belly"])],
        ),
    )
    with canvas.clipped(whole):
        for x, y in ((0.3 * pose[2], -0.3 * deep), (0.75, 0.5 * deep * pose[3])):
            canvas.fill(
                ellipse(x, y, 0.2, 0.3 * deep), (1, 0.98, 0.93), opacity=look["patches"] * abs(pose[2]), blur=0.03
            )
        _scales(canvas, colour=darken(body, 0.3), opacity=0.5 * look["scales"])
        for x, bend, width in ((0.42, 0.1, 0.17), (-0.04, 0.07, 0.2), (-0.42, 0.02, 0.12)):
            band = curve([(x - 0.06, -1.1 * deep), (x + bend, 0.0), (x - 0.06, 1.1 * deep)])
            canvas.line(band, look["edge"], width + 0.05, opacity=look["bars"])
            canvas.line(band, look["bar"], width, opacity=look["bars"])
    canvas.round(whole, depth=0.3, strength=0.4, shine=0.3, shade=darken(body, 0.7))
    gill = curve([(0.5, -0.4 * deep), (0.42, 0.0), (0.5, 0.42 * deep)])
    canvas.line(gill, darken(body, 0.45), [0.01, 0.03, 0.01], opacity=0.4 * (1 - look["bars"]))
    paddle = [(0.26, 0.1), (0.1, 0.04), (-0.08, 0.2 + 0.1 * veil), (-0.02, 0.38 + 0.08 * veil), (0.16, 0.3)]
    _fin(canvas, look, smooth(paddle), root=(0.26, 0.14), rays=paddle)
    _face(canvas, deep=deep, dark=darken(body, 0.6))


def _fin(
    canvas: Canvas, look: Look, shape: Shape, *, root: tuple[float, float], rays: list[tuple[float, float]]
) -> None:
    canvas.fill(shape, Linear(root, (-0.95, 0.0), [(0, look["fin"]), (1, lighten(look["fin"], 0.35))]), opacity=0.96)
    with canvas.clipped(shape):
        ring = np.concatenate([shape[0], shape[0][:1]])
        canvas.line(ring, look["edge"], 0.09, opacity=look["edges"])
        for x, y in curve(rays, samples=3)[2:-2]:
            canvas.line(
                [(0.7 * root[0] + 0.3 * x, 0.7 * root[1] + 0.3 * y), (x, y)],
                darken(look["fin"], 0.3),
                0.014,
                opacity=0.35,
            )
    canvas.round(shape, depth=0.1, strength=0.25)


def _scales(canvas: Canvas, *, colour: Colour, opacity: float) -> None:
    if opacity < 0.02:
        return
    turn = np.radians(np.linspace(100, 260, 7))
    edge = np.stack([0.075 * np.cos(turn), 0.085 * np.sin(turn)], axis=1)
    crescent = np.concatenate([edge, edge[::-1] * (0.82, 1)])
    places = []
    for row in range(9):
        for column in range(8):
            x, y = 0.36 - 0.115 * column, -0.6 + 0.14 * row + 0.07 * (column % 2)
            places.append((x, y))
    canvas.fill([crescent + place for place in places], colour, opacity=opacity)


def _face(canvas: Canvas, *, deep: float, dark: Colour) -> None:
    eye = (0.64, -0.2 * deep)
    canvas.fill(ellipse(*eye, 0.105), rgb("fffaf0"))
    canvas.fill(ellipse(eye[0] + 0.015, eye[1], 0.07), rgb("1a151c"))
    canvas.fill(ellipse(eye[0] + 0.03 * canvas.light[0], eye[1] - 0.03, 0.026), (1, 1, 1))
    canvas.line(curve([(0.86, 0.12 * deep), (0.79, 0.2 * deep), (0.71, 0.2 * deep)]), dark, 0.022)


def _look(colours: str, **numbers: float) -> Look:
    return {**dict(zip(("body", "belly", "fin", "edge", "bar"), map(rgb, colours.split()), strict=True)), **numbers}


ENTITIES: dict[str, Entity] = {
    "n01443537": Entity(
        fish,
        _look("f58a1f ffd27a f9a23c f6a544 ffe3b0", bars=0.0, edges=0.0, scales=1.0, patches=0.9, veil=1.0, deep=0.5),
        is_standing=False,
    ),
    "n02607072": Entity(
        fish,
        _look("ef6a1a f7963c f0721f 1d1a20 fdfcf6", bars=1.0, edges=1.0, scales=0.0, patches=0.0, veil=0.0, deep=0.52),
        is_standing=False,
    ),
}
"""Goldfish and anemone fish."""
