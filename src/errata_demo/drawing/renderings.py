"""Unusual ways to show a thing, made from its natural picture.

Every function takes a layer (RGBX, colours multiplied by the fourth channel, alpha) and a random generator, and returns
a layer of the same size.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFilter

Rendering = Callable[[Image.Image, np.random.Generator], Image.Image]

_WEIGHTS = np.array([0.3, 0.59, 0.11], dtype=np.float32)


def natural(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Leave a thing as it is."""
    return picture


def sketch(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Draw a thing with a pencil on paper: outlines, and hatching where it is dark."""
    layer = _values(picture)
    sheet = _soft(layer[:, :, 3], 1.2) > 0.12
    grey = layer[:, :, :3] @ _WEIGHTS + 1 - layer[:, :, 3]
    lines = np.clip(3.2 * _edges(layer) - 0.12, 0, 1)
    x, y = _grid(layer)
    first = (np.sin(1.5 * (x + y) + 2 * rng.random()) > 0.35) * np.clip(0.85 - grey, 0, 1)
    second = (np.sin(1.6 * (x - 0.6 * y)) > 0.4) * np.clip(0.5 - grey, 0, 1)
    grain = 1 - 0.3 * rng.random(grey.shape, dtype=np.float32)
    pencil = np.clip(0.95 * lines + 0.6 * first + 0.8 * second, 0, 0.92) * grain
    paper, lead = np.array([0.97, 0.955, 0.915], np.float32), np.array([0.2, 0.2, 0.25], np.float32)
    colours = paper + pencil[:, :, None] * (lead - paper)
    return _layer(colours, _soft(sheet.astype(np.float32), 0.6))


def silhouette(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Show only the outline of a thing, dark against the light, with a warm rim."""
    layer = _values(picture)
    dark = np.array([[0.17, 0.13, 0.28], [0.1, 0.17, 0.27], [0.22, 0.12, 0.2]], np.float32)[int(rng.integers(3))]
    _, y = _grid(layer)
    alpha = layer[:, :, 3]
    rim = np.clip(alpha - _shifted(_soft(alpha, 1.0), 2), 0, 1)[:, :, None]
    colours = dark * (1.15 - 0.5 * y / len(layer))[:, :, None]
    return _layer(colours + 0.75 * rim * (np.array([1.0, 0.72, 0.42], np.float32) - colours), alpha)


def neon(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Show a thing as glowing tubes along its lines."""
    layer = _values(picture)
    colours = _plain(layer)
    vivid = np.clip(colours - 0.75 * colours.min(axis=2, keepdims=True), 0, 1)
    vivid /= np.maximum(vivid.max(axis=2, keepdims=True), 0.12)
    tint = np.array([[0.2, 0.9, 1.0], [1.0, 0.3, 0.8], [0.6, 1.0, 0.3], [1.0, 0.75, 0.2]], np.float32)[
        int(rng.integers(4))
    ]
    tubes = np.clip(2.6 * _edges(layer) - 0.18, 0, 1)
    outline = np.clip(4 * _slope(_soft(layer[:, :, 3], 0.8)) - 0.1, 0, 1)
    light = tubes[:, :, None] * vivid + outline[:, :, None] * tint
    halo = 1.5 * _soft(np.clip(outline + tubes, 0, 1), 3.2)[:, :, None]
    tinted = np.stack([_soft(np.clip(light[:, :, i], 0, 1), 3.2) for i in range(3)], axis=2)
    tinted /= np.maximum(tinted.max(axis=2, keepdims=True), 0.05)
    inside = layer[:, :, 3:]
    glass = np.array([0.06, 0.05, 0.13], np.float32) + 0.5 * halo * tinted
    core = 0.5 * np.clip(outline - 0.55, 0, 1)[:, :, None]
    alpha = np.clip(np.maximum(0.94 * inside, np.maximum(0.8 * halo, outline[:, :, None])), 0, 1)
    colours = inside * glass + (1 - inside) * tinted + light + core
    return _layer(colours, alpha[:, :, 0])


def mosaic(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Lay a thing out of small square tiles."""
    layer = _values(picture)
    side = len(layer)
    step = max(3, round(side / 30))
    count = -(-side // step)
    padded = np.pad(layer, ((0, count * step - side), (0, count * step - side), (0, 0)))
    tiles = padded.reshape(count, step, count, step, 4).mean(axis=(1, 3))
    alpha = (tiles[:, :, 3] > 0.42).astype(np.float32)
    colours = tiles[:, :, :3] / np.maximum(tiles[:, :, 3:], 0.05)
    colours = np.clip(colours * (1 + 0.1 * rng.standard_normal((count, count, 1), dtype=np.float32)), 0, 1)
    big = np.repeat(np.repeat(np.dstack([colours, alpha]), step, axis=0), step, axis=1)[:side, :side]
    x, y = _grid(layer)
    near, far = (x % step == 0) | (y % step == 0), (x % step == step - 1) | (y % step == step - 1)
    shown = big[:, :, :3] * np.where(far, 0.82, 1.0)[:, :, None]
    shown = np.where(near[:, :, None], 0.25 * shown + np.array([0.6, 0.57, 0.54], np.float32), shown)
    return _layer(shown, big[:, :, 3])


def embroidery(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Stitch a thing with thread: slanting stitches in few colours and a dark backstitched outline."""
    layer = _values(picture)
    plain = _plain(layer)
    value = np.maximum(plain.max(axis=2, keepdims=True), 0.02)
    colours = plain * (np.ceil(value * 5) / 5 / value)
    x, y = _grid(layer)
    across, along = x - 0.55 * y, y + 0.55 * x
    thread = np.floor(across / 2.2)
    ridge = np.abs(np.sin(np.pi * across / 2.2))
    ends = ((along + 3.7 * (thread % 3)) % 9) < 1.2
    sheen = 0.7 + 0.42 * ridge - 0.22 * ends + 0.05 * rng.standard_normal(colours.shape[:2], dtype=np.float32)
    hem = np.clip(_soft(layer[:, :, 3], 0.8) - _soft(layer[:, :, 3], 3.0), 0, 1) > 0.16
    dashes = hem & (((x + y) % 6) < 4)
    stitched = np.clip(colours * sheen[:, :, None] * 1.08, 0, 1)
    stitched[dashes] = 0.35 * stitched[dashes] + np.array([0.12, 0.09, 0.14], np.float32)
    return _layer(stitched, np.clip(1.6 * _soft(layer[:, :, 3], 0.9) - 0.15, 0, 1))


def stained_glass(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Show a thing as panes of coloured glass in lead."""
    layer = _values(picture)
    plain = _plain(layer)
    side = len(layer)
    seeds = rng.uniform(0, side, (70, 2)).astype(np.float32)
    x, y = _grid(layer)
    far = (x[:, :, None] - seeds[:, 0]) ** 2 + (y[:, :, None] - seeds[:, 1]) ** 2
    pane = far.argmin(axis=2)
    weight = layer[:, :, 3].ravel() + 1e-3
    sums = np.stack([np.bincount(pane.ravel(), weight * plain[:, :, i].ravel(), 70) for i in range(3)], axis=1)
    means = (sums / np.maximum(np.bincount(pane.ravel(), weight, 70), 1e-3)[:, None]).astype(np.float32)
    colours = 0.55 * means[pane] + 0.45 * plain
    grey = colours.mean(axis=2, keepdims=True)
    colours = np.clip(grey + 1.55 * (colours - grey) + 0.06, 0, 1)
    edge = (pane != np.roll(pane, 1, axis=0)) | (pane != np.roll(pane, 1, axis=1))
    lead = np.clip(1.5 * _soft(edge.astype(np.float32), 0.7), 0, 1)
    lead = np.maximum(lead, np.clip(5 * _slope(_soft(layer[:, :, 3], 1.0)) - 0.1, 0, 1))
    colours += lead[:, :, None] * (np.array([0.1, 0.1, 0.13], np.float32) - colours)
    return _layer(colours, np.clip(2 * _soft(layer[:, :, 3], 1.0), 0, 1))


def bronze(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Cast a thing in metal: its colours become relief, lit from the top left."""
    layer = _values(picture)
    alpha = layer[:, :, 3]
    grey = layer[:, :, :3] @ _WEIGHTS
    height = _soft(np.clip(0.55 * alpha + 0.45 * grey, 0, 1), 1.2) + 1.2 * _soft(alpha, 5.0)
    slope_y, slope_x = np.gradient(height)
    light = np.clip(0.42 + 2.6 * (0.6 * slope_x + 0.8 * slope_y) + 0.22 * grey, 0, 1)
    ramps = [
        [(0.11, 0.08, 0.07), (0.45, 0.27, 0.13), (0.8, 0.57, 0.28), (1.0, 0.93, 0.7)],
        [(0.08, 0.13, 0.12), (0.2, 0.38, 0.34), (0.5, 0.66, 0.56), (0.9, 0.97, 0.87)],
        [(0.16, 0.16, 0.18), (0.42, 0.42, 0.44), (0.72, 0.71, 0.7), (1.0, 0.99, 0.97)],
    ]
    ramp = np.array(ramps[int(rng.integers(3))])
    colours = np.stack([np.interp(light, np.linspace(0, 1, 4), ramp[:, i]) for i in range(3)], axis=2)
    return _layer(colours.astype(np.float32), alpha)


def plush(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Sew a thing as a stuffed toy: soft colours, puffed up, fuzzy, with a seam."""
    layer = _values(picture)
    x, y = _grid(layer)
    colours = np.stack([_soft(part, 1.6) for part in np.moveaxis(_plain(layer), 2, 0)], axis=2)
    pastel = 0.72 * colours + 0.28 * np.array([1.0, 0.9, 0.86], np.float32)
    alpha = _soft(layer[:, :, 3], 1.8)
    puff = _soft(layer[:, :, 3], 6.0)
    slope_y, slope_x = np.gradient(puff)
    shade = 0.9 + 3.4 * (0.6 * slope_x + 0.8 * slope_y) + 0.1 * puff
    pile = rng.standard_normal(alpha.shape, dtype=np.float32)
    seam = (np.abs(puff - 0.72) < 0.035) & (((x + y) % 7) < 4)
    fuzzy = np.clip(pastel * (shade + 0.055 * pile)[:, :, None], 0, 1)
    fuzzy[seam] *= 0.72
    return _layer(fuzzy, np.clip(3.2 * alpha * (1 + 0.25 * pile * (1 - alpha)) - 0.75, 0, 1))


def _values(picture: Image.Image) -> np.ndarray:
    """Return the values float32 [side, side, 4] from 0 to 1 of a layer."""
    return np.asarray(picture, dtype=np.float32) / 255


def _layer(colours: np.ndarray, alpha: np.ndarray) -> Image.Image:
    """Return a layer of colours that are not multiplied by alpha yet."""
    alpha = alpha.astype(np.float32)[:, :, None]
    values = np.concatenate([np.clip(colours, 0, 1).astype(np.float32) * alpha, alpha], axis=2)
    height, width = values.shape[:2]
    return Image.frombytes("RGBX", (width, height), (values * 255 + 0.5).astype(np.uint8).tobytes())


def _plain(layer: np.ndarray) -> np.ndarray:
    """Return the colours [side, side, 3] of a layer, no longer multiplied by alpha; black outside."""
    return layer[:, :, :3] / np.maximum(layer[:, :, 3:], 0.02)


def _grid(layer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[: len(layer), : len(layer)].astype(np.float32)
    return x, y


def _soft(values: np.ndarray, sigma: float) -> np.ndarray:
    """Return the values from 0 to 1, blurred."""
    picture = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(sigma)), dtype=np.float32) / 255


def _slope(values: np.ndarray) -> np.ndarray:
    down, right = np.gradient(values)
    return np.hypot(down, right)


def _edges(layer: np.ndarray) -> np.ndarray:
    """Return the strength of lines [side, side] of a layer on white: where a colour channel or the outline changes."""
    on_white = layer[:, :, :3] + (1 - layer[:, :, 3:])
    return np.max([_slope(on_white[:, :, i]) for i in range(3)] + [_slope(layer[:, :, 3])], axis=0)


def _shifted(values: np.ndarray, by: int) -> np.ndarray:
    """Return the values moved to the bottom right."""
    return np.pad(values, ((by, 0), (by, 0)))[:-by, :-by]


RENDERINGS: Mapping[str, Rendering] = MappingProxyType(
    {
        "natural": natural,
        "sketch": sketch,
        "silhouette": silhouette,
        "neon": neon,
        "mosaic": mosaic,
        "embroidery": embroidery,
        "stained_glass": stained_glass,
        "bronze": bronze,
        "plush": plush,
    }
)
"""Renderings by name; all but "natural" are unlike what a classifier learns from."""
