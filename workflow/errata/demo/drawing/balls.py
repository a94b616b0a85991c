"""Basketballs, medicine balls and soccer balls: spheres with seams and patches that turn in space."""

import itertools

import numpy as np

from errata.demo.drawing.canvas import Canvas, ball
from errata.demo.drawing.colours import Colour, lighten, rgb, vary
from errata.demo.drawing.entity import Entity, Look
from errata.demo.drawing.shapes import ellipse, polygon, ribbon

RADIUS = 0.94
_TURN = np.linspace(0, 2 * np.pi, 61)
_GOLDEN = (1 + 5**0.5) / 2


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _soccer_patches() -> tuple[np.ndarray, np.ndarray]:
    """Pentagons [12, 5, 3] and the other seams [30, 2, 3] of a truncated icosahedron on the unit sphere."""
    signs = list(itertools.product((-1, 1), (-_GOLDEN, _GOLDEN)))
    corners = _unit(np.array([p for a, b in signs for p in ((0, a, b), (a, b, 0), (b, 0, a))]))
    pentagons = []
    for corner in corners:
        near = corners[(corners @ corner > 0.4) & (corners @ corner < 0.5)]
        first = near[0] - corner * (near[0] @ corner)
        order = np.argsort(np.arctan2(near @ np.cross(corner, first), near @ first))
        pentagons.append((2 * corner + near[order]) / 3)
    pairs = [(a, b) for a, b in itertools.combinations(corners, 2) if a @ b > 0.4]
    seams = np.array([((2 * a + b) / 3, (a + 2 * b) / 3) for a, b in pairs])
    return np.array(pentagons), seams


def _basketball_seams() -> list[np.ndarray]:
    """Seams of a basketball on the unit sphere: two great circles and a bent one on either side."""
    zero, cosine, sine = np.zeros_like(_TURN), np.cos(_TURN), np.sin(_TURN)
    bent = [(side * (0.62 + 0.2 * np.cos(2 * _TURN)), 0.8 * cosine, 0.8 * sine) for side in (-1, 1)]
    lines = [(cosine, sine, zero), (zero, cosine, sine), *bent]
    return [_unit(np.stack(line, axis=1)) for line in lines]


def _gores(count: int) -> list[np.ndarray]:
    """Great circles through the poles, as between the panels of a medicine ball."""
    tilts = np.arange(count) * np.pi / count
    return [np.stack([np.cos(t) * np.cos(_TURN), np.sin(t) * np.cos(_TURN), np.sin(_TURN)], axis=1) for t in tilts]


_PENTAGONS, _SEAMS = _soccer_patches()
_BASKETBALL, _MEDICINE_BALL = _basketball_seams(), _gores(4)
_CAP = np.stack([0.42 * np.cos(_TURN), 0.42 * np.sin(_TURN), np.full_like(_TURN, 0.91)], axis=1)


def sphere(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a ball that lies on the ground, turned at random."""
    skin, seam = vary(look["skin"], rng), vary(look["seam"], rng, hue=0.0)
    turn = _rotation(rng)
    whole = ellipse(0, 0, RADIUS)
    canvas.fill(whole, ball(skin, 0.32))
    with canvas.clipped(whole):
        for line in _BASKETBALL:
            _trace(canvas, line @ turn.T, seam, width=look["width"], opacity=look["basketball"])
        for line in _MEDICINE_BALL:
            _trace(canvas, line @ turn.T, seam, width=look["width"], opacity=look["gores"])
            _trace(canvas, line @ turn.T, lighten(skin, 0.5), width=0.3 * look["width"], opacity=look["gores"])
        for side in (-1, 1):
            _patch(canvas, side * _CAP @ turn.T, seam, opacity=look["gores"])
        for line in _SEAMS:
            _trace(canvas, _finer(line) @ turn.T, seam, width=look["width"], opacity=0.75 * look["pentagons"])
        for corners in _PENTAGONS:
            _patch(canvas, _finer(np.vstack([corners, corners[:1]])) @ turn.T, seam, opacity=look["pentagons"])
    canvas.round(whole, depth=0.6, strength=0.55, shine=0.1)
    side = 1 if canvas.light[0] <= 0 else -1
    canvas.fill(ellipse(-0.36 * side, -0.42, 0.26, 0.19, angle=35 * side), (1.0, 1.0, 1.0), opacity=look["gloss"], blur=0.08)


def _rotation(rng: np.random.Generator) -> np.ndarray:
    """Random rotation [3, 3]."""
    q, r = np.linalg.qr(rng.standard_normal((3, 3)))
    return q * np.sign(np.diag(r))


def _finer(line: np.ndarray) -> np.ndarray:
    """Points on the unit sphere along a line of few points."""
    places = np.linspace(0, len(line) - 1, 4 * (len(line) - 1) + 1)
    return _unit(np.stack([np.interp(places, np.arange(len(line)), line[:, i]) for i in range(3)], axis=1))


def _trace(canvas: Canvas, line: np.ndarray, colour: Colour, *, width: float, opacity: float) -> None:
    """Draw the visible parts of a line on the sphere."""
    if opacity <= 0.004:
        return
    is_seen = line[:, 2] > -0.03
    for part in np.split(np.arange(len(line)), np.flatnonzero(np.diff(is_seen)) + 1):
        if is_seen[part[0]] and len(part) > 1:
            canvas.fill(ribbon(line[part, :2] * RADIUS, width, is_capped=False), colour, opacity=opacity)


def _patch(canvas: Canvas, outline: np.ndarray, colour: Colour, *, opacity: float) -> None:
    """Fill a patch of the sphere; what is behind the rim is drawn on the rim."""
    if opacity > 0.004 and outline[:, 2].mean() > -0.12 and outline[:, 2].max() > 0:
        across = outline[:, :2] / np.where(outline[:, 2] < 0, np.hypot(outline[:, 0], outline[:, 1]), 1.0)[:, None]
        canvas.fill(polygon(across * RADIUS), colour, opacity=opacity)


def _look(skin: str, seam: str, **rest: float) -> Look:
    return {"skin": rgb(skin), "seam": rgb(seam), "basketball": 0.0, "gores": 0.0, "pentagons": 0.0, **rest}


ENTITIES: dict[str, Entity] = {
    "n02802426": Entity(sphere, _look("e07a2f", "33231f", basketball=1.0, width=0.05, gloss=0.35)),
    "n03742019": Entity(sphere, _look("b06a35", "5e3620", gores=1.0, width=0.06, gloss=0.3)),
    "n04254680": Entity(sphere, _look("f6f4f1", "2b2c36", pentagons=1.0, width=0.035, gloss=0.45)),
}
"""Basketball, medicine ball, soccer ball."""
