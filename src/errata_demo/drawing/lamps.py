"""Table lamps and floor lamps: a shade on a pole, with a vase or a disc as its base."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, Radial
from errata_demo.drawing.colours import Colour, darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look, looks, palette
from errata_demo.drawing.forms import cylinder
from errata_demo.drawing.shapes import arc, box, curve, ellipse, polygon

SHADES = palette("f6ead0 f6ead0 d96c56 e3a93c 7fb3b0 e7a59a 8fae8b 5b6f96")
BASES = palette("c9a25a 2f8f8b 34558b f1e7d3 8a5a3a c9503f 56545f 8fae8b")
BRASS, GLOW = rgb("c9a25a"), rgb("fff0b0")


def lamp(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a lamp, most often switched on."""
    cloth, glaze = vary(SHADES[rng.integers(len(SHADES))], rng), vary(BASES[rng.integers(len(BASES))], rng)
    wide, waist, slant = 1 + 0.07 * rng.uniform(-1, 1), rng.uniform(0.6, 1.15), rng.uniform(-0.12, 0.06)
    is_lit, is_pleated, has_bands = rng.random() < 0.7, rng.random() < 0.4, rng.random() < 0.4
    top, bottom = -0.98, -0.98 + look["shade_height"]
    upper, lower = (look["shade_top"] - slant * 0.6) * wide, look["shade_bottom"] * wide
    if is_lit:
        canvas.fill(ellipse(0, -0.42, 0.42 + 0.45 * lower, 0.48), GLOW, opacity=0.3, blur=0.1)
        canvas.fill(ellipse(0, -0.45, 0.2 + 0.6 * lower, 0.36), GLOW, opacity=0.3, blur=0.12)
    canvas.fill(
        box(-look["pole"] / 2, bottom - 0.1, look["pole"] / 2, 0.95),
        cylinder(canvas, 0, look["pole"] / 2, BRASS, strength=0.45),
    )
    _base(canvas, look, glaze=glaze, waist=waist)
    _shade(
        canvas,
        top=top,
        bottom=bottom,
        upper=upper,
        lower=lower,
        cloth=cloth,
        is_lit=is_lit,
        pleats=0.3 * is_pleated,
        bands=0.8 * has_bands,
    )
    chain = 0.55 * lower
    canvas.line([(chain, bottom), (chain, bottom + 0.16)], darken(BRASS, 0.2), 0.018)
    canvas.fill(ellipse(chain, bottom + 0.18, 0.03), BRASS)


def _base(canvas: Canvas, look: Look, *, glaze: Colour, waist: float) -> None:
    """Draw a vase that shrinks to nothing as its width and height do, on a disc."""
    half, height = look["base"], look["base_height"]
    canvas.fill(ellipse(0, 0.93, look["disc"], 0.07), darken(BRASS, 0.35))
    canvas.fill(
        ellipse(0, 0.905, look["disc"], 0.065),
        Linear((-look["disc"], 0.8), (look["disc"], 1.0), [(0, lighten(BRASS, 0.5)), (1, darken(BRASS, 0.25))]),
    )
    low, high = 0.9, 0.9 - height
    shares = [(0.26, 0.0), (0.34, 0.05), (0.8 * waist, 0.27), (1.0, 0.52), (0.84, 0.8), (0.55, 1.0)]
    side = curve([(share * half, high + down * height) for share, down in shares])
    foot = arc(0, low, 0.55 * half, 0.1 * half, start=0, end=-180)
    vase = polygon(np.concatenate([side, foot, side[::-1] * (-1, 1)]))
    canvas.fill(vase, cylinder(canvas, 0, half, glaze, strength=0.35))
    with canvas.clipped(vase):
        band = arc(0, high + 0.3 * height, half * 1.1, 0.08, start=180, end=360)
        canvas.line(band, lighten(glaze, 0.5), 0.05, opacity=0.6)
    canvas.round(vase, depth=0.15, strength=0.4)


def _shade(
    canvas: Canvas,
    *,
    top: float,
    bottom: float,
    upper: float,
    lower: float,
    cloth: Colour,
    is_lit: bool,
    pleats: float,
    bands: float,
) -> None:
    side = curve([(upper, top + 0.04), ((upper + lower) / 2 - 0.02, (top + bottom) / 2), (lower, bottom)])
    under = arc(0, bottom, lower, 0.13 * lower, start=0, end=-180)
    over = arc(0, top + 0.04, upper, 0.16 * upper, start=180, end=0)
    shape = polygon(np.concatenate([side, under, side[::-1] * (-1, 1), over]))
    colour = mix(cloth, GLOW, 0.25) if is_lit else darken(cloth, 0.08)
    canvas.fill(shape, cylinder(canvas, 0, lower, colour, strength=0.28))
    with canvas.clipped(shape):
        if is_lit:
            warm = [(0, lighten(GLOW, 0.55)), (1, mix(cloth, GLOW, 0.45))]
            canvas.fill(
                ellipse(0, bottom - 0.24, 0.62 * lower, 0.42),
                Radial((0, bottom - 0.22), 0.5, warm),
                opacity=0.75,
                blur=0.12,
            )
        for place in np.linspace(-0.9, 0.9, 13):
            canvas.line(
                [(place * upper, top), (place * lower, bottom + 0.1)], darken(colour, 0.45), 0.014, opacity=pleats
            )
        canvas.line(under, darken(cloth, 0.25), 0.1, opacity=bands)
        canvas.line(
            arc(0, top + 0.05, 1.1 * upper, 0.1 * upper, start=180, end=360), darken(cloth, 0.25), 0.07, opacity=bands
        )
    canvas.round(shape, depth=0.18, strength=0.2 if is_lit else 0.38)
    rim = ellipse(0, top + 0.04, upper, 0.16 * upper)
    canvas.fill(rim, lighten(GLOW, 0.4) if is_lit else darken(cloth, 0.4))
    canvas.line(arc(0, top + 0.04, upper, 0.16 * upper, start=0, end=360), darken(cloth, 0.12), 0.022)


_LOOKS = looks("""
       shade_top shade_bottom shade_height pole  base base_height disc
table  0.42      0.74         0.82         0.07  0.36 0.82        0.3
floor  0.28      0.5          0.52         0.055 0.07 0.1         0.34
""")

ENTITIES: dict[str, Entity] = {"n04380533": Entity(lamp, _LOOKS["table"]), "n03367059": Entity(lamp, _LOOKS["floor"])}
"""Table lamp, floor lamp."""
