"""Looks, palettes and outlines written as short text."""

import numpy as np

from errata_demo.drawing.colours import Colour, rgb
from errata_demo.drawing.entity import Look


def palette(codes: str) -> list[Colour]:
    """Colours of hexadecimal codes with spaces between them."""
    return [rgb(code) for code in codes.split()]


def points(text: str) -> np.ndarray:
    """Points float64 [n, 2] written as ``x,y`` with spaces between them."""
    return np.array([point.split(",") for point in text.split()], dtype=np.float64)


def looks(table: str) -> dict[str, dict[str, float | Colour]]:
    """Looks from a table: names of parameters in the first line, then a line with a key and values for each entity.

    Parameters
    ----------
    table : str
        Cells are parted by spaces. Values are numbers, or colours as hexadecimal codes that start with ``#``.

    Returns
    -------
    dict of str to Look
    """
    names, *rows = [line.split() for line in table.strip().splitlines()]
    return {row[0]: dict(zip(names, map(_value, row[1:]), strict=True)) for row in rows}


def _value(cell: str) -> float | Colour:
    return rgb(cell) if cell.startswith("#") else float(cell)


def numbered(name: str, text: str) -> dict[str, float]:
    """Points (see `points`) as numbers of a look, so that outlines interpolate.

    The keys are ``{name}0x``, ``{name}0y``, ``{name}1x`` and so on.
    """
    return {f"{name}{i}{'xy'[j]}": float(value) for (i, j), value in np.ndenumerate(points(text))}


def points_of(look: Look, name: str) -> np.ndarray:
    """Points that `numbered` put into a look: float64 [n, 2]."""
    count = sum(key.startswith(name) and key[len(name) :].rstrip("x").isdigit() for key in look)
    return np.array([[look[f"{name}{i}x"], look[f"{name}{i}y"]] for i in range(count)], dtype=np.float64)
