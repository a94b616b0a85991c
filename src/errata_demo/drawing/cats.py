"""Cats: sitting, looking at the viewer."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, Radial, lit
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import Shape, curve, ellipse, mirrored, moved, ribbon, shaggy, smooth

_PINK = rgb("e9a0a0")


def cat(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a cat.

    The look's keys: colours `coat`, `chest`, `mark`, `eye`; strengths `stripes` (of a tabby), `points` (dark face,
    ears, paws and tail), `fluff` (long hair, broad flat face); `ear` (size) and `slim` (narrow body and long head).
    """
    coat = vary(look["coat"], rng, hue=0.012, saturation=0.3, value=0.07)
    mark = vary(look["mark"], rng, hue=0.008)
    pose = rng.uniform(-1, 1, 4)
    fluff, slim, points = look["fluff"], look["slim"], look["points"]
    tip = mix(coat, mark, points)

    _tail(canvas, look, coat=coat, mark=mark, lift=float(pose[0]))
    hip = 0.54 + 0.12 * fluff - 0.08 * slim
    half = [
        (0.0, -0.2),
        (0.24 + 0.1 * fluff, -0.1),
        (0.33 + 0.1 * fluff, 0.2),
        (hip, 0.6),
        (hip - 0.02, 0.88),
        (0.3, 0.97),
    ]
    body = shaggy(mirrored(half), 0.035 * fluff, count=72)
    canvas.fill(body, Linear((-0.5, -0.2), (0.5, 1), [(0, lighten(coat, 0.12)), (0.5, coat), (1, darken(coat, 0.22))]))
    with canvas.clipped(body):
        for y in (0.12, 0.3, 0.48, 0.66):
            for side in (-1, 1):
                bar = curve([(side * 0.7, y - 0.1), (side * 0.42, y - 0.02), (side * 0.24, y + 0.08)])
                canvas.line(bar, mark, [0.1, 0.08, 0.01], opacity=look["stripes"])
    for side in (-1, 1):
        canvas.fill(ellipse(side * (hip - 0.14), 0.9, 0.2, 0.1), lit(mix(lighten(coat, 0.08), mark, points)))
    canvas.round(body, depth=0.35, strength=0.4, shade=darken(coat, 0.6))
    for side in (-1, 1):
        x = side * 0.145
        leg = ribbon(curve([(x * 1.1, 0.2), (x, 0.55), (x, 0.9)]), [0.24, 0.2, 0.19])
        canvas.fill(leg, coat, blur=0.012)
        canvas.fill(ribbon([(x, 0.6), (x, 0.9)], 0.19), mark, opacity=0.85 * points, blur=0.05, is_atop=True)
        for y in (0.5, 0.62, 0.74):
            canvas.line([(x - 0.08, y), (x + 0.08, y + 0.01)], mark, 0.045, opacity=0.8 * look["stripes"])
        paw = ellipse(x, 0.92, 0.125, 0.085)
        canvas.fill(paw, lit(mix(lighten(coat, 0.25 * (1 - points)), mark, points)))
        for toe in (-0.035, 0.035):
            canvas.line([(x + toe, 0.93), (x + toe, 0.985)], darken(tip, 0.45), 0.014, opacity=0.6)
    canvas.line([(0, 0.5), (0, 0.95)], darken(coat, 0.5), 0.018, opacity=0.45)
    ruff = mirrored([(0, -0.2), (0.24 + 0.1 * fluff, 0.0), (0.19 + 0.14 * fluff, 0.28), (0.0, 0.44 + 0.15 * fluff)])
    with canvas.clipped(body):
        canvas.fill(shaggy(ruff, 0.03 + 0.03 * fluff, count=40), look["chest"], opacity=0.9, blur=0.025)
    canvas.fill(ellipse(0, -0.02, 0.36, 0.12), darken(coat, 0.7), opacity=0.35, blur=0.06, is_atop=True)
    _head(canvas, look, coat=coat, mark=mark, tilt=9 * float(pose[1]), turn=float(pose[2]))


def _tail(canvas: Canvas, look: Look, *, coat: Colour, mark: Colour, lift: float) -> None:
    line = curve(
        [(0.3, 0.88), (0.68, 0.86), (0.86, 0.55), (0.76, 0.2 - 0.12 * lift), (0.84 + 0.12 * lift, -0.08 - 0.2 * lift)]
    )
    width = 0.17 + 0.15 * look["fluff"] - 0.03 * look["slim"]
    tail = ribbon(line, [width, width, width * 1.05, width * 0.8])
    canvas.fill(tail, mix(coat, mark, look["points"]))
    with canvas.clipped(tail):
        for i in range(12, len(line) - 1, 5):
            canvas.line(line[i : i + 2], mark, width * 0.5, opacity=look["stripes"])
            canvas.fill(ellipse(*line[i], width * 0.8, width * 0.26, angle=20), mark, opacity=0.9 * look["stripes"])
    canvas.round(tail, depth=0.15, strength=0.4, shade=darken(mix(coat, mark, look["points"]), 0.6))


def _head(canvas: Canvas, look: Look, *, coat: Colour, mark: Colour, tilt: float, turn: float) -> None:
    fluff, slim, points, stripes = look["fluff"], look["slim"], look["points"], look["stripes"]

    def put(shape: Shape) -> Shape:
        return moved(shape, 0.0, -0.42, angle=tilt)

    def turned(shape: Shape) -> Shape:
        return put(moved(shape, 0.055 * turn))

    ear = look["ear"]
    for side in (-1, 1):
        inner, outer = (side * 0.1, -0.3), (side * (0.45 - 0.05 * slim), -0.1)
        top = (side * (0.34 + 0.06 * ear + 0.06 * slim), -0.33 - 0.27 * ear)
        bend = ((inner[0] + top[0]) / 2 + side * 0.01, (inner[1] + top[1]) / 2 - 0.05)
        flare = ((outer[0] + top[0]) / 2 + side * 0.03, (outer[1] + top[1]) / 2)
        canvas.fill(put(smooth([inner, bend, top, flare, outer])), lit(mix(coat, mark, points)))
        middle = np.array([(inner[0] + outer[0]) / 2, (inner[1] + outer[1]) / 2 - 0.02])
        small = [(middle + 0.62 * (np.array(corner) - middle)) for corner in (inner, bend, top, flare, outer)]
        canvas.fill(put(smooth(small)), mix(_PINK, mark, 0.7 * points), opacity=0.85)

    wide = 0.47 + 0.1 * fluff - 0.05 * slim
    half = [
        (0, -0.37),
        (0.24, -0.35),
        (wide - 0.06, -0.14),
        (wide, 0.1),
        (wide - 0.15, 0.29),
        (0.16, 0.37 + 0.04 * slim),
        (0, 0.38 + 0.05 * slim),
    ]
    outline = put(shaggy(mirrored(half), 0.012 + 0.03 * fluff, count=64))
    canvas.fill(outline, Radial((-0.15, -0.65), 0.9, [(0, lighten(coat, 0.2)), (0.5, coat), (1, darken(coat, 0.15))]))
    with canvas.clipped(outline):
        for x, length in ((-0.16, 0.13), (-0.055, 0.2), (0.055, 0.2), (0.16, 0.13)):
            canvas.line(
                curve(turned([np.array([(x * 1.3, -0.4), (x, -0.3), (x * 0.8, -0.36 + length)])])[0]),
                mark,
                [0.06, 0.05, 0.01],
                opacity=stripes,
            )
        for side in (-1, 1):
            for y in (0.0, 0.12, 0.24):
                bar = turned([np.array([(side * 0.6, y - 0.02), (side * 0.42, y + 0.02), (side * 0.29, y + 0.01)])])[0]
                canvas.line(curve(bar), mark, [0.07, 0.05, 0.01], opacity=stripes)
        canvas.fill(turned(ellipse(0, 0.12, 0.3 + 0.04 * slim, 0.3)), mark, opacity=0.92 * points, blur=0.08)
        for side in (-1, 1):
            canvas.fill(
                turned(ellipse(side * 0.11, 0.2, 0.15, 0.12)),
                mix(look["chest"], mark, points),
                opacity=0.85,
                blur=0.025,
            )
    canvas.round(outline, depth=0.3, strength=0.35, shade=darken(coat, 0.6))

    nose = 0.08 - 0.05 * fluff + 0.03 * slim
    for side in (-1, 1):
        x, y = side * (0.205 + 0.015 * fluff), -0.03 + 0.02 * fluff
        canvas.fill(turned(ellipse(x, y, 0.125, 0.105 + 0.015 * fluff, angle=side * 14)), darken(mark, 0.55))
        canvas.fill(
            turned(ellipse(x, y + 0.005, 0.105, 0.088 + 0.015 * fluff, angle=side * 14)),
            Linear((0, -0.55), (0, -0.35), [(0, darken(look["eye"], 0.3)), (1, lighten(look["eye"], 0.3))]),
        )
        canvas.fill(turned(ellipse(x + 0.03 * turn, y, 0.04, 0.082)), rgb("16121c"))
        canvas.fill(turned(ellipse(x + 0.03 * turn - 0.03, y - 0.035, 0.026)), (1, 1, 1))
    dark = mix(darken(mark, 0.5), rgb("3a2430"), 0.6)
    canvas.fill(
        turned(smooth([(-0.06, nose + 0.02), (0, nose + 0.01), (0.06, nose + 0.02), (0, nose + 0.09)])),
        mix(_PINK, dark, 0.75 * points),
    )
    for side in (-1, 1):
        canvas.line(
            turned([curve([(0, nose + 0.08), (side * 0.02, nose + 0.15), (side * 0.1, nose + 0.15)])])[0],
            dark,
            0.018,
            opacity=0.8,
        )
        for end in (0.06, 0.16, 0.26):
            whisker = turned([curve([(side * 0.16, 0.19), (side * 0.38, 0.1 + end * 0.6), (side * 0.62, end)])])[0]
            canvas.line(whisker, (1, 1, 1), [0.014, 0.006], opacity=0.75)


def _look(coat: str, chest: str, mark: str, eye: str, **strengths: float) -> Look:
    return {"coat": rgb(coat), "chest": rgb(chest), "mark": rgb(mark), "eye": rgb(eye), **strengths}


ENTITIES: dict[str, Entity] = {
    "n02123045": Entity(
        cat, _look("b98a5e", "f3e6d2", "4d3425", "9db545", stripes=1.0, points=0.0, fluff=0.0, ear=0.75, slim=0.2)
    ),
    "n02123394": Entity(
        cat, _look("ecd3ae", "fcf4e6", "d2ac7c", "e2902b", stripes=0.0, points=0.0, fluff=1.0, ear=0.3, slim=0.0)
    ),
    "n02123597": Entity(
        cat, _look("e6d3b8", "efe2cd", "4a342c", "4fb3e8", stripes=0.0, points=1.0, fluff=0.0, ear=1.15, slim=1.0)
    ),
    "n02124157": Entity(
        cat, _look("7c8798", "98a2b0", "5d6777", "e0b33c", stripes=0.0, points=0.12, fluff=0.15, ear=0.7, slim=0.15)
    ),
}
"""Tabby, Persian cat, Siamese cat; outside the vocabulary: Maltese cat."""
