"""What a picture of the demo world shows before it is drawn, and everything that is known about it."""

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
        How it is shown: one of `errata_demo.drawing.renderings.RENDERINGS`.
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
        What makes the picture hard to read: one of `errata_demo.drawing.damages.DAMAGES`.
    damage_amount : float
        How much of it, from 0 to 1.
    """

    backdrop: str
    things: tuple[Thing, ...]
    variant: int = 0
    damage: str = "none"
    damage_amount: float = 0.0


@dataclass(frozen=True)
class Picture:
    """A scene, its labels, and the cause of mistakes that was planted in it.

    Attributes
    ----------
    scene : Scene
    target : str
        wnid that the picture was collected for.
    labels : tuple of str
        wnids of the classes that it plainly shows; the target first where it holds.
    unclear : tuple of str
        wnids that an annotator could not decide on.
    cause : str or None
        The planted cause, named like the category that should be assigned; None for a typical picture.
    confuser : str or None
        wnid of the class that a model would take the picture for because of the cause.
    note : str
        What the picture shows, in words.
    is_annotated : bool
        Whether it has a multi-label; re-assessed labels exist for every picture.
    is_problematic : bool
        Whether annotators called it problematic.
    fault : str
        What is wrong with the file: `none`, `truncated` or `empty`.
    """

    scene: Scene
    target: str
    labels: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    cause: str | None = None
    confuser: str | None = None
    note: str = ""
    is_annotated: bool = True
    is_problematic: bool = False
    fault: str = "none"
