"""What a picture of the demo world shows, before it is drawn."""

from dataclasses import dataclass

SIZE = 192
"""Width and height of the pictures, in pixels."""


@dataclass(frozen=True)
class Thing:
    """A thing in a picture.

    Attributes
    ----------
    wnid : str
        What it is: a key of `errata_demo.drawing.entities.ENTITIES`.
    x, y : float
        Its centre, in fractions of the picture.
    size : float
        Its larger extent, in fractions of the picture.
    angle : float
        Rotation in degrees, counter-clockwise.
    is_mirrored : bool
    towards : str or None
        Another entity of the same family that it comes to resemble.
    amount : float
        How much: 0 is itself, 1 the other.
    variant : int
        Seed of what differs between individuals: colours, proportions, pose.
    rendering : str
        How it is shown: one of `errata_demo.drawing.render.RENDERINGS`.
    """

    wnid: str
    x: float = 0.5
    y: float = 0.55
    size: float = 0.6
    angle: float = 0.0
    is_mirrored: bool = False
    towards: str | None = None
    amount: float = 0.0
    variant: int = 0
    rendering: str = "natural"


@dataclass(frozen=True)
class Scene:
    """A picture: a backdrop and things on it, from back to front.

    Attributes
    ----------
    backdrop : str
        One of `errata_demo.drawing.backdrops.BACKDROPS`.
    things : tuple of Thing
    variant : int
        Seed of what differs between pictures with the same backdrop: colours, light, small details.
    damage : str
        What makes the picture hard to read: one of `errata_demo.drawing.render.DAMAGES`.
    damage_amount : float
        How much of it, from 0 to 1.
    """

    backdrop: str
    things: tuple[Thing, ...]
    variant: int = 0
    damage: str = "none"
    damage_amount: float = 0.0
