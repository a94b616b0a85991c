"""A pizza, seen from above."""

import numpy as np

from errata_demo.drawing.canvas import Canvas, Radial, ball
from errata_demo.drawing.colours import darken, lighten, rgb, vary
from errata_demo.drawing.entity import Entity, Look
from errata_demo.drawing.shapes import ellipse, moved, shaggy, smooth

_BASIL = smooth([(-0.13, 0), (-0.05, -0.07), (0.07, -0.06), (0.15, 0.0), (0.07, 0.05), (-0.05, 0.06)], samples=5)


def pizza(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw a pizza; the look's keys: colours `crust`, `cheese`, `sausage`."""
    crust, cheese = vary(look["crust"], rng, hue=0.008), vary(look["cheese"], rng, hue=0.01)
    knots = 0.93 + 0.025 * rng.normal(0, 1, 14)
    turn = rng.uniform(0, 60)
    jitter = rng.normal(0, 1, (24, 2))
    greens = int(rng.integers(3, 7))
    olives = int(rng.integers(0, 7))

    round_ = [(r * np.cos(a), r * np.sin(a)) for r, a in zip(knots, np.linspace(0, 2 * np.pi, 15)[:-1], strict=True)]
    base = smooth(round_)
    canvas.fill(base, Radial((0, 0), 0.95, [(0.8, darken(crust, 0.25)), (0.9, lighten(crust, 0.2)), (1, crust)]))
    canvas.round(base, depth=0.14, strength=0.55, shine=0.4, shade=darken(crust, 0.65))
    for i in range(12):
        a = np.radians(30 * i + 12 * jitter[i, 0])
        canvas.fill(
            ellipse(0.87 * np.cos(a), 0.87 * np.sin(a), 0.06, 0.03, angle=-float(np.degrees(a)) + 90),
            darken(crust, 0.5),
            opacity=0.35,
            blur=0.02,
        )
    sauce = shaggy([(0.8 * x, 0.8 * y) for x, y in round_], 0.02, count=44)
    canvas.fill(sauce, rgb("b8391f"))
    melted = shaggy([(0.755 * x, 0.755 * y) for x, y in round_], 0.025, count=36)
    canvas.fill(
        melted, Radial((-0.2, -0.25), 1.1, [(0, lighten(cheese, 0.35)), (0.6, cheese), (1, darken(cheese, 0.22))])
    )
    with canvas.clipped(melted):
        for x, y in 0.42 * jitter[12:20]:
            canvas.fill(ellipse(x, y, 0.13, 0.09), rgb("e48a2a"), opacity=0.5, blur=0.04)
        for x, y in 0.4 * jitter[4:10]:
            canvas.fill(ellipse(x, y, 0.1, 0.07), lighten(cheese, 0.7), opacity=0.6, blur=0.03)

    for i in range(6):
        a = np.radians(60 * i + turn)
        canvas.line([(0, 0), (0.9 * np.cos(a), 0.9 * np.sin(a))], darken(cheese, 0.5), [0.03, 0.02], opacity=0.7)
    places = [(0.52, 60 * i + 30 + turn + 7 * jitter[i, 0]) for i in range(6)] + [
        (0.22, 120 * i + turn + 60) for i in range(3)
    ]
    for i, (far, angle) in enumerate(places):
        a = np.radians(angle)
        x, y = (far + 0.03 * jitter[i, 1]) * np.cos(a), (far + 0.03 * jitter[i, 1]) * np.sin(a)
        slice_ = ellipse(x, y, 0.145)
        canvas.fill(moved(slice_, 0.02, 0.03), rgb("5a1d10"), opacity=0.4, blur=0.03)
        canvas.fill(slice_, darken(look["sausage"], 0.25))
        canvas.fill(ellipse(x, y, 0.125), ball(look["sausage"], 0.3))
        canvas.fill(
            [
                ellipse(x + dx, y + dy, 0.018)[0][::6]
                for dx, dy in ((0.05, 0.03), (-0.04, 0.05), (-0.02, -0.05), (0.05, -0.05))
            ],
            lighten(look["sausage"], 0.45),
            opacity=0.7,
        )
    for i in range(olives):
        a, far = np.radians(57 * i + 20 + turn), 0.38 + 0.08 * jitter[i + 8, 0]
        canvas.fill(ellipse(far * np.cos(a), far * np.sin(a), 0.06), rgb("2f2a33"))
        canvas.fill(ellipse(far * np.cos(a), far * np.sin(a), 0.025), darken(cheese, 0.2))
    for i in range(greens):
        a, far = np.radians(360 / greens * i + turn + 40), 0.36 + 0.1 * jitter[i + 14, 1]
        leaf = moved(_BASIL, far * np.cos(a), far * np.sin(a), angle=90 * jitter[i, 1])
        canvas.fill(leaf, rgb("3f8f3c"))
        canvas.round(leaf, depth=0.06, strength=0.4, shine=0.3)


ENTITIES: dict[str, Entity] = {
    "n07873807": Entity(pizza, {"crust": rgb("dca25a"), "cheese": rgb("f7cf62"), "sausage": rgb("c0392b")}),
}
"""Pizza."""
