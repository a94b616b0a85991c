"""Basketballs, medicine balls and soccer balls: spheres with seams and patches that turn in space."""

import itertools

import numpy as np

from errata_demo.drawing.canvas import Canvas, ball
from errata_demo.drawing.colours import vary
from errata_demo.drawing.entity import Entity, Look, looks
from errata_demo.drawing.shapes import Shape, ellipse, polygon, ribbon

RADIUS = 0.94
_TURN = np.linspace(0, 2 * np.pi, 61)
_GOLDEN = (1 + 5**0.5) / 2


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _soccer_patches() -> tuple[np.ndarray, np.ndarray]:
    """Return the pentagons [12, 21, 3] and the other seams [30, 5, 3] of a truncated icosahedron on the unit sphere."""
    signs = list(itertools.product((-1, 1), (-_GOLDEN, _GOLDEN)))
    corners = _unit(np.array([p for a, b in signs for p in ((0, a, b), (a, b, 0), (b, 0, a))]))
    pentagons = []
    for corner in corners:
        near = corners[(corners @ corner > 0.4) & (corners @ corner < 0.5)]
        first = near[0] - corner * (near[0] @ corner)
        order = np.argsort(np.arctan2(near @ np.cross(corner, first), near @ first))
        pentagons.append(_finer((2 * corner + near[np.r_[order, order[0]]]) / 3))
    pairs = [(a, b) for a, b in itertools.combinations(corners, 2) if a @ b > 0.4]
    return np.array(pentagons), np.array([_finer(np.array([(2 * a + b) / 3, (a + 2 * b) / 3])) for a, b in pairs])


def _finer(line: np.ndarray) -> np.ndarray:
    """Return the points on the unit sphere along a line of few points."""
    places = np.linspace(0, len(line) - 1, 4 * (len(line) - 1) + 1)
    return _unit(np.stack([np.interp(places, np.arange(len(line)), line[:, i]) for i in range(3)], axis=1))


def _basketball_seams() -> list[np.ndarray]:
    """Return the seams of a basketball on the unit sphere: two great circles and a bent one on either side."""
    zero, cosine, sine = np.zeros_like(_TURN), np.cos(_TURN), np.sin(_TURN)
    bent = [(side * (0.62 + 0.2 * np.cos(2 * _TURN)), 0.8 * cosine, 0.8 * sine) for side in (-1, 1)]
    lines = [(cosine, sine, zero), (zero, cosine, sine), *bent]
    return [_unit(np.stack(line, axis=1)) for line in lines]


def _gores(count: int) -> list[np.ndarray]:
    """Return the great circles through the poles, as between the panels of a medicine ball."""
    tilts = np.arange(count) * np.pi / count
    return [np.stack([np.cos(t) * np.cos(_TURN), np.sin(t) * np.cos(_TURN), np.sin(_TURN)], axis=1) for t in tilts]


_PENTAGONS, _SEAMS = _soccer_patches()
_BASKETBALL, _MEDICINE_BALL = _basketball_seams(), _gores(4)
_CAPS = [
    side * np.stack([0.42 * np.cos(_TURN), 0.42 * np.sin(_TURN), np.full_like(_TURN, 0.91)], axis=1) for side in (-1, 1)
]


def sphere(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a ball that lies on the ground, turned at random."""
    skin, seam = vary(look["skin"], rng), vary(look["seam"], rng, hue=0.0)
    turn = _rotation(rng)
    whole = ellipse(0, 0, RADIUS)
    canvas.fill(whole, ball(skin, 0.32))
    with canvas.clipped(whole):
        for name, lines in (("basketball", _BASKETBALL), ("gores", _MEDICINE_BALL), ("pentagons", _SEAMS)):
            if look[name] > 0:
                traces = [_trace(line @ turn.T, look["width"]) for line in lines]
                canvas.fill(list(itertools.chain(*traces)), seam, opacity=look[name])
        for name, outlines in (("gores", _CAPS), ("pentagons", _PENTAGONS)):
            patches = [_patch(outline @ turn.T) for outline in outlines]
            canvas.fill(list(itertools.chain(*patches)), seam, opacity=look[name])
    canvas.round(whole, depth=0.6, strength=0.55, shine=0.1)
    side = 1 if canvas.light[0] <= 0 else -1
    canvas.fill(
        ellipse(-0.36 * side, -0.42, 0.26, 0.19, angle=35 * side), (1.0, 1.0, 1.0), opacity=look["gloss"], blur=0.08
    )


def _rotation(rng: np.random.Generator) -> np.ndarray:
    """Return a random rotation [3, 3]."""
    q, r = np.linalg.qr(rng.standard_normal((3, 3)))
    return q * np.sign(np.diag(r))


def _trace(line: np.ndarray, width: float) -> Shape:
    """Return the visible parts of a line on the sphere."""
    is_seen = line[:, 2] > -0.03
    parts = np.split(np.arange(len(line)), np.flatnonzero(np.diff(is_seen)) + 1)
    seen = [part for part in parts if is_seen[part[0]] and len(part) > 1]
    return [quad for part in seen for quad in ribbon(line[part, :2] * RADIUS, width, is_capped=False)]


def _patch(outline: np.ndarray) -> Shape:
    """Return the patch of the sphere, if it is visible; what is behind the rim lies on the rim."""
    if outline[:, 2].mean() < -0.12 or outline[:, 2].max() < 0:
        return []
    far = np.where(outline[:, 2] < 0, np.hypot(outline[:, 0], outline[:, 1]), 1.0)
    return polygon(outline[:, :2] / far[:, None] * RADIUS)


_LOOKS = looks("""
           skin    seam    basketball gores pentagons width gloss
basketball #e07a2f #33231f 1          0     0         0.05  0.35
medicine   #b06a35 #5e3620 0          1     0         0.06  0.3
soccer     #f6f4f1 #2b2c36 0          0     1         0.035 0.45
""")

ENTITIES: dict[str, Entity] = {
    "n02802426": Entity(sphere, _LOOKS["basketball"]),
    "n03742019": Entity(sphere, _LOOKS["medicine"]),
    "n04254680": Entity(sphere, _LOOKS["soccer"]),
}
"""Basketball, medicine ball, soccer ball."""
