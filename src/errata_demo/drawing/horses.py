"""Horses and their kin: standing, seen from the side."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import Shape, curve, ellipse, moved, polygon, ribbon, smooth

_TRUNK = [
    (-0.62, -0.2), (-0.28, -0.24), (0.1, -0.27), (0.24, -0.42), (0.38, -0.7), (0.52, -0.84), (0.66, -0.76),
    (0.8, -0.54), (0.93, -0.34), (0.89, -0.22), (0.78, -0.22), (0.66, -0.38), (0.56, -0.36), (0.48, -0.08),
    (0.43, 0.16), (0.3, 0.3), (0.06, 0.25), (-0.24, 0.2), (-0.42, 0.34), (-0.6, 0.34), (-0.72, 0.12), (-0.74, -0.06),
]  # fmt: skip
_CREST = [(0.14, -0.28), (0.27, -0.46), (0.38, -0.7), (0.52, -0.84), (0.6, -0.84)]


def horse(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a horse.

    The look's keys: colours `coat`, `mane`, `stripe`, `muzzle`, `hoof`; strengths `stripes`, `blaze` (white on the
    nose), `socks` (white above the hooves), `fall` (long hanging mane), `tuft` (tail with hair at the end only); `ear`
    (length), `upright` (height of a standing mane).
    """
    coat, mane = vary(look["coat"], rng, hue=0.01), vary(look["mane"], rng, hue=0.01)
    pose = rng.uniform(-1, 1, 4)
    step = 0.07 * pose[0]
    shade = darken(coat, 0.6)

    _tail(canvas, look, mane=mane, swing=float(pose[1]))
    for hip, foot, is_front in ((-0.46, -0.36 + step, False), (0.3, 0.42 - step, True)):
        _leg(canvas, look, hip=hip, foot=foot, is_front=is_front, coat=darken(coat, 0.25))
    _ear(canvas, look, x=0.59, coat=darken(coat, 0.15))
    for hip, foot, is_front in ((-0.54, -0.6 - step, False), (0.28, 0.22 + step, True)):
        _leg(canvas, look, hip=hip, foot=foot, is_front=is_front, coat=coat)
    trunk = smooth(_TRUNK)
    canvas.fill(trunk, Linear((0, -0.7), (0.1, 0.3), [(0, lighten(coat, 0.14)), (0.6, coat), (1, darken(coat, 0.16))]))
    with canvas.clipped(trunk):
        canvas.fill(ellipse(0.9, -0.28, 0.13, 0.12, angle=-50), look["muzzle"], opacity=0.92, blur=0.035)
        blaze = curve([(0.6, -0.8), (0.76, -0.62), (0.9, -0.4)])
        canvas.line(blaze, rgb("fbf6ee"), [0.02, 0.05, 0.04], opacity=look["blaze"])
        _stripes(canvas, look)
    canvas.round(trunk, depth=0.28, strength=0.42, shine=0.25, shade=shade)
    _mane(canvas, look, mane=mane)
    _ear(canvas, look, x=0.5, coat=coat)
    canvas.line(curve([(0.66, -0.38), (0.6, -0.46), (0.6, -0.56)]), shade, [0.01, 0.025, 0.01], opacity=0.35)
    canvas.fill(ellipse(0.7, -0.6, 0.045, 0.05), rgb("1b1518"))
    canvas.fill(ellipse(0.7 + 0.012 * canvas.light[0], -0.615, 0.015), (1, 1, 1))
    canvas.fill(ellipse(0.9, -0.31, 0.02, 0.03, angle=-30), darken(look["muzzle"], 0.6))
    canvas.line(curve([(0.92, -0.235), (0.86, -0.25), (0.82, -0.28)]), darken(look["muzzle"], 0.55), 0.016)


def _leg(canvas: Canvas, look: Look, *, hip: float, foot: float, is_front: bool, coat: Colour) -> None:
    if is_front:
        line = curve([(hip, 0.0), ((hip + foot) / 2 + 0.02, 0.4), (foot, 0.62), (foot, 0.88)])
    else:
        line = curve([(hip, 0.0), (hip + 0.03, 0.28), ((hip + foot) / 2 - 0.06, 0.55), (foot, 0.88)])
    leg = ribbon(line, [0.28, 0.2, 0.12, 0.085, 0.1])
    canvas.fill(leg, Linear((hip - 0.1, 0), (hip + 0.12, 0), [(0, lighten(coat, 0.08)), (1, darken(coat, 0.2))]))
    sock = line[len(line) * 3 // 4 :]
    canvas.line(sock, rgb("f6f1e8"), 0.1, opacity=look["socks"])
    for i in range(7, len(line), 3):
        width = 0.2 - 0.11 * i / len(line)
        x, y = line[i]
        canvas.line([(x - width * 0.45, y), (x + width * 0.45, y)], look["stripe"], 0.034, opacity=look["stripes"])
    hoof = polygon([(foot - 0.055, 0.86), (foot + 0.055, 0.86), (foot + 0.085, 0.97), (foot - 0.065, 0.97)])
    canvas.fill(hoof, look["hoof"])


def _stripes(canvas: Canvas, look: Look) -> None:
    colour, strength = look["stripe"], look["stripes"]
    for i, x in enumerate(np.linspace(-0.3, 0.3, 7)):
        belly = curve([(x - 0.02, -0.4), (x + 0.02, -0.05), (x + 0.05, 0.17 + 0.03 * (i % 2))])
        canvas.line(belly, colour, [0.075, 0.06, 0.01], opacity=strength)
    for y in (-0.3, -0.14, 0.02, 0.16):
        rump = curve([(-0.36, y - 0.02), (-0.55, y + 0.02), (-0.8, y + 0.14)])
        canvas.line(rump, colour, [0.015, 0.06, 0.065], opacity=strength)
    for t in np.linspace(0.0, 1.0, 6):
        x, y = 0.18 + 0.34 * t, -0.36 - 0.44 * t
        neck = curve([(x - 0.06, y - 0.06), (x + 0.13, y + 0.12), (x + 0.24, y + 0.3)])
        canvas.line(neck, colour, [0.07, 0.055, 0.01], opacity=strength)
    for t in np.linspace(0.1, 0.9, 5):
        x, y = 0.62 + 0.24 * t, -0.8 + 0.4 * t
        canvas.line([(x + 0.05, y - 0.02), (x - 0.06, y + 0.12 + 0.04 * t)], colour, [0.035, 0.012], opacity=strength)


def _mane(canvas: Canvas, look: Look, *, mane: Colour) -> None:
    line = curve(_CREST)
    ahead = np.gradient(line, axis=0)
    up = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
    teeth = 0.012 * (np.arange(len(line)) % 3)[:, None]
    high = look["upright"] * np.sin(np.linspace(0.3, np.pi - 0.4, len(line)))[:, None] + teeth
    comb: Shape = [np.concatenate([line + up * high, line[::-1] - up[::-1] * 0.03])]
    canvas.fill(comb, mane)
    with canvas.clipped(comb):
        for i in range(2, len(line), 6):
            canvas.line([line[i] - 0.03 * up[i], line[i] + 0.3 * up[i]], look["coat"], 0.045, opacity=look["stripes"])
    if look["fall"] > 0.03:
        long = look["fall"]
        lower = [
            (0.56, -0.7),
            (0.46, -0.62 + 0.05 * long),
            (0.42, -0.4 + 0.1 * long),
            (0.36, -0.3 + 0.12 * long),
            (0.24, -0.18 + 0.06 * long),
        ]
        hair = smooth([(0.62, -0.86), (0.5, -0.89), (0.34, -0.74), (0.22, -0.48), (0.12, -0.29), *lower[::-1]])
        canvas.fill(hair, mane, opacity=min(1.0, 1.4 * long))
        with canvas.clipped(hair):
            for t in np.linspace(0.05, 0.95, 6):
                x, y = 0.14 + 0.44 * t, -0.3 - 0.58 * t
                canvas.line(
                    curve([(x, y), (x + 0.07, y + 0.14), (x + 0.06, y + 0.36)]),
                    darken(mane, 0.3),
                    0.018,
                    opacity=0.6 * long,
                )
        canvas.round(hair, depth=0.1, strength=0.3 * long)
        forelock = smooth([(0.56, -0.88), (0.66, -0.8), (0.7, -0.66), (0.62, -0.7), (0.55, -0.8)])
        canvas.fill(forelock, mane, opacity=long)


def _ear(canvas: Canvas, look: Look, *, x: float, coat: Colour) -> None:
    ear = moved(smooth([(-0.05, 0.02), (-0.055, -0.1), (0.0, -0.22), (0.055, -0.1), (0.05, 0.02)]), angle=8)
    long = [part * (0.85 + 0.25 * look["ear"], look["ear"]) + (x, -0.8) for part in ear]
    canvas.fill(long, lighten(coat, 0.05))
    inner = [part * (0.45, 0.6 * look["ear"]) + (x + 0.01, -0.82) for part in ear]
    canvas.fill(inner, darken(coat, 0.4), opacity=0.7)


def _tail(canvas: Canvas, look: Look, *, mane: Colour, swing: float) -> None:
    line = curve([(-0.66, -0.12), (-0.82, 0.02), (-0.87, 0.3), (-0.88 - 0.04 * swing, 0.62)])
    tuft = look["tuft"]
    thin = 0.05 + 0.12 * (1 - tuft)
    canvas.line(line, mix(mane, look["coat"], 0.6 * tuft), [0.08, thin, thin * 0.95, 0.03 + 0.04 * (1 - tuft)])
    canvas.line(line[len(line) * 2 // 3 :], mane, [0.05, 0.13, 0.03])
    strand = line[4:-4] + np.array([0.02, 0.0])
    canvas.line(strand, darken(mane, 0.3), 0.015, opacity=0.5 * (1 - tuft))


def _look(colours: str, **numbers: float) -> Look:
    return {
        **dict(zip(("coat", "mane", "stripe", "muzzle", "hoof"), map(rgb, colours.split()), strict=True)),
        **numbers,
    }


ENTITIES: dict[str, Entity] = {
    "n02391049": Entity(
        horse,
        _look(
            "f5f1e8 2a272b 26232a 3a3434 3b3535",
            stripes=1.0,
            blaze=0.0,
            socks=0.0,
            fall=0.0,
            tuft=1.0,
            ear=1.0,
            upright=0.11,
        ),
    ),
    "n02389026": Entity(
        horse,
        _look(
            "b4622e d08a4a 7a3d1c 8a4a2a 4a3a32",
            stripes=0.0,
            blaze=1.0,
            socks=1.0,
            fall=1.0,
            tuft=0.0,
            ear=0.85,
            upright=0.03,
        ),
    ),
    "n02390101": Entity(
        horse,
        _look(
            "7b6149 382c28 4a382c e3d3bd 3a3131",
            stripes=0.0,
            blaze=0.0,
            socks=0.0,
            fall=0.0,
            tuft=0.8,
            ear=1.65,
            upright=0.06,
        ),
    ),
}
"""Zebra, sorrel; outside the vocabulary: mule."""
