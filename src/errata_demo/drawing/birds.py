"""Song birds: standing, seen from the side."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Linear, lit
from errata_demo.drawing.colours import darken, lighten, mix, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import curve, ellipse, moved, polygon, smooth

_BODY = [
    (0.53, -0.7), (0.3, -0.83), (0.04, -0.68), (-0.14, -0.34), (-0.4, 0.04), (-0.6, 0.33), (-0.42, 0.5), (-0.06, 0.6),
    (0.3, 0.48), (0.5, 0.16), (0.53, -0.2), (0.6, -0.48),
]  # fmt: skip


def bird(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a bird.

    The look's keys: colours `back`, `head`, `face` (around the beak), `cheek`, `breast`, `belly`, `wing`, `bar` (patch
    of the wing), `beak`; strengths `crest`, `mask` (black at the beak), `collar` (black necklace), `bars`, `ring` (pale
    around the eye); `bill` (thickness of the beak).
    """
    back = vary(look["back"], rng)
    breast = vary(look["breast"], rng, hue=0.008)
    pose = rng.uniform(-1, 1, 4)
    plump, nod = 1 + 0.07 * pose[0], 0.03 * pose[1]

    tail = moved(
        smooth([(0.05, -0.1), (-0.3, 0.2), (-0.52, 0.48), (-0.38, 0.56), (-0.12, 0.36), (0.12, 0.12)]),
        -0.42,
        0.3,
        angle=6 * pose[2],
    )
    canvas.fill(tail, lit(mix(back, look["wing"], 0.7), 0.3))
    canvas.round(tail, depth=0.08, strength=0.4)
    leg = darken(mix(look["beak"], rgb("8a6a55"), 0.7), 0.15)
    for x in (-0.08, 0.14):
        canvas.line([(x, 0.5), (x + 0.02, 0.78), (x, 0.93)], leg, 0.035)
        for toe in (-0.12, 0.06, 0.13):
            canvas.line([(x, 0.93), (x + toe, 0.965)], leg, 0.032)

    crest = moved(
        smooth([(0.24, 0.0), (0.06, -0.08), (-0.16, -0.3), (-0.2, -0.12), (-0.26, 0.14), (0.0, 0.2)]),
        0.3,
        -0.7 + nod,
        scale=1.0,
    )
    small = [(part - (0.28, -0.66)) * (0.3 + 0.7 * look["crest"]) + (0.28, -0.66) for part in crest]
    canvas.fill(small, lit(look["head"], 0.25))

    outline = np.array(_BODY)
    outline[7:10] = (0.0, 0.2) + (outline[7:10] - (0.0, 0.2)) * plump
    outline[[0, 1, 2, 11], 1] += nod
    body = smooth(outline)
    canvas.fill(body, Linear((-0.3, -0.5), (0.2, 0.6), [(0, lighten(back, 0.12)), (1, darken(back, 0.1))]))
    with canvas.clipped(body):
        canvas.fill(
            smooth([(0.62, -0.3), (0.3, -0.28), (0.16, -0.05), (0.05, 0.3), (-0.4, 0.62), (0.3, 0.75), (0.7, 0.2)]),
            breast,
            blur=0.03,
        )
        canvas.fill(ellipse(-0.12, 0.62, 0.5, 0.2, angle=12), look["belly"], blur=0.05)
        canvas.fill(
            smooth([(0.7, -0.95), (0.0, -0.95), (-0.06, -0.5), (0.18, -0.3), (0.46, -0.3), (0.75, -0.36)]),
            look["head"],
            blur=0.03,
        )
        canvas.fill(ellipse(0.33, -0.42 + nod, 0.17, 0.14), look["cheek"], blur=0.03)
        canvas.fill(ellipse(0.57, -0.52 + nod, 0.2, 0.2), look["face"], blur=0.02)
        canvas.fill(ellipse(0.6, -0.5 + nod, 0.14, 0.15), rgb("1b1719"), opacity=look["mask"], blur=0.015)
        collar = curve([(0.0, -0.6), (0.1, -0.3), (0.32, -0.17), (0.62, -0.24)])
        canvas.line(collar, rgb("20242e"), [0.05, 0.06, 0.08], opacity=look["collar"])
    canvas.round(body, depth=0.4, strength=0.4, shine=0.18, shade=darken(mix(back, breast, 0.5), 0.7))
    _wing(canvas, look, shade=darken(look["wing"], 0.4), drop=0.03 * float(pose[3]))

    thick = look["bill"]
    y = -0.52 + nod
    upper = smooth(
        [
            (0.55, y - 0.06 * thick),
            (0.68, y - 0.045 * thick),
            (0.84 - 0.05 * thick, y + 0.05),
            (0.66, y + 0.03),
            (0.55, y + 0.03),
        ],
        samples=5,
    )
    lower = polygon([(0.55, y + 0.02), (0.77 - 0.03 * thick, y + 0.045), (0.57, y + 0.05 + 0.045 * thick)])
    canvas.fill(lower, darken(look["beak"], 0.25))
    canvas.fill(upper, lit(look["beak"], 0.35))
    eye = (0.4, -0.57 + nod)
    canvas.fill(ellipse(*eye, 0.088), rgb("f6f1e4"), opacity=look["ring"])
    canvas.fill(ellipse(*eye, 0.066), rgb("17131a"))
    canvas.fill(ellipse(eye[0] + 0.03 * canvas.light[0], eye[1] - 0.025, 0.022), (1, 1, 1))


def _wing(canvas: Canvas, look: Look, *, shade: tuple[float, float, float], drop: float) -> None:
    wing = moved(
        smooth([(0.22, -0.2), (-0.02, -0.24), (-0.3, 0.06), (-0.72, 0.52), (-0.36, 0.42), (0.02, 0.3), (0.24, 0.06)]),
        0.0,
        drop,
    )
    canvas.fill(moved(wing, 0.02, 0.04), (0.1, 0.05, 0.15), opacity=0.3, blur=0.04, is_atop=True)
    canvas.fill(wing, lit(look["wing"], 0.25))
    with canvas.clipped(wing):
        for i, x in enumerate((0.02, -0.1, -0.22)):
            feather = curve([(x + 0.2, 0.32 - 0.02 * i), (x - 0.1, 0.28 + 0.05 * i), (x - 0.5, 0.5 + 0.03 * i)])
            canvas.line(feather, shade, 0.022, opacity=0.6)
        bar = curve([(0.18, 0.12), (0.0, 0.2), (-0.2, 0.36)])
        canvas.line(bar, look["bar"], [0.1, 0.12, 0.03], opacity=look["bars"])
        canvas.line(
            curve([(0.16, -0.08), (0.0, -0.02), (-0.2, 0.12)]),
            look["bar"],
            [0.03, 0.05, 0.02],
            opacity=0.7 * look["bars"],
        )
    canvas.round(wing, depth=0.12, strength=0.35, shine=0.3)


def _look(colours: str, **strengths: float) -> Look:
    keys = ("back", "head", "face", "cheek", "breast", "belly", "wing", "bar", "beak")
    marks = {"crest": 0.0, "mask": 0.0, "collar": 0.0, "bars": 0.0, "ring": 0.0, "bill": 1.0}
    return {**dict(zip(keys, map(rgb, colours.split()), strict=True)), **marks, **strengths}


ENTITIES: dict[str, Entity] = {
    "n01558993": Entity(bird, _look("6d655f 3f3936 3f3936 453e3a d9622a efe6da 5f5853 8a8178 f0b63e", ring=1.0)),
    "n01580077": Entity(
        bird,
        _look(
            "5a8fd0 4f86cc dfe7ef eef2f4 dfe4ea f4f3ef 3c78c4 f4f6f8 3a3a40", crest=1.0, collar=1.0, bars=1.0, bill=1.1
        ),
    ),
    "n01531178": Entity(
        bird, _look("b78b5d 2a2527 cf2f2b f5efe4 e5cfae f7f0e2 272326 f8cb2e ecd3b4", bars=1.0, bill=1.3)
    ),
    "n01541386": Entity(
        bird, _look("b8322f c8302c cf3530 d23a34 d8403a d9564c a52c2c b8423c e8794a", crest=1.0, mask=1.0, bill=1.9)
    ),
}
"""Robin, jay, goldfinch; outside the vocabulary: cardinal."""
