"""Colours: tuples of red, green and blue from 0 to 1, and how to mix and vary them."""

import colorsys
from collections.abc import Sequence

import numpy as np

Colour = tuple[float, float, float]

_LIGHT: Colour = (1.0, 0.98, 0.92)
_DEEP: Colour = (0.13, 0.07, 0.22)


def rgb(code: str) -> Colour:
    """Return the colour of a hexadecimal code such as ``"e8a04c"`` (with or without ``#``)."""
    digits = code.removeprefix("#")
    return (int(digits[:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255)


def mix(one: Colour, other: Colour, amount: float) -> Colour:
    """Return the colour between two: `amount` 0 is the one, 1 the other."""
    keep = 1.0 - amount
    return (
        keep * one[0] + amount * other[0],
        keep * one[1] + amount * other[1],
        keep * one[2] + amount * other[2],
    )


def lighten(colour: Colour, amount: float) -> Colour:
    """Return the colour mixed with a warm white, as sunlight does."""
    return mix(colour, _LIGHT, amount)


def darken(colour: Colour, amount: float) -> Colour:
    """Return the colour mixed with a deep violet, as shade does; grey shade would look dirty."""
    return mix(colour, _DEEP, amount)


def vary(
    colour: Colour, rng: np.random.Generator, *, hue: float = 0.015, saturation: float = 0.08, value: float = 0.06
) -> Colour:
    """Return another individual's colour: hue, saturation and value drawn from normal distributions around these.

    Parameters
    ----------
    colour : Colour
    rng : numpy.random.Generator
    hue, saturation, value : float
        Standard deviations; draws stay within two of them.
    """
    moves = np.clip(rng.standard_normal(3), -2.0, 2.0)
    h, s, v = colorsys.rgb_to_hsv(*(min(max(part, 0.0), 1.0) for part in colour))
    h = (h + hue * float(moves[0])) % 1.0
    s = min(max(s * (1.0 + saturation * float(moves[1])), 0.0), 1.0)
    v = min(max(v * (1.0 + value * float(moves[2])), 0.0), 1.0)
    return colorsys.hsv_to_rgb(h, s, v)


def one_of(colours: Sequence[Colour], rng: np.random.Generator) -> Colour:
    """Return one of some colours, slightly varied."""
    return vary(colours[int(rng.integers(len(colours)))], rng, hue=0.015, value=0.04)


def to_bytes(colour: Colour) -> tuple[int, int, int, int]:
    """Return the colour as Pillow wants it for an RGBA picture: whole numbers to 255, opaque."""
    red, green, blue = (min(max(int(part * 255 + 0.5), 0), 255) for part in colour)
    return (red, green, blue, 255)
