"""A picture of the demo world with everything that is known about it."""

from dataclasses import dataclass

from errata_demo.scene import Scene


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
