"""Where the things of the demo world are usually seen, and the habits that invite mistakes."""

from errata.demo.names import WNIDS
from errata.demo.scene import Thing
from errata.demo.scenes import Habit, Setting

_PET = Setting(("room", "garden", "wall"))
_BIRD = Setting(("forest", "garden", "sky"), size=(0.45, 0.7))
_BUTTERFLY = Setting(("garden", "meadow", "forest"), size=(0.45, 0.7), y=(0.45, 0.58), tilt=25)
_HORSE = Setting(("meadow", "garden", "mountains"), size=(0.6, 0.8))
_FISH = Setting(("water", "reef"), size=(0.5, 0.72), y=(0.42, 0.6), tilt=10)
_CAR = Setting(("street", "meadow", "mountains"), size=(0.6, 0.85), y=(0.58, 0.66), tilt=2)
_BOAT = Setting(("sea", "lake"), size=(0.55, 0.8), y=(0.48, 0.56), tilt=4)
_INSTRUMENT = Setting(("room", "wall", "table"), size=(0.65, 0.85), tilt=20)
_BALL = Setting(("street", "meadow", "room"), size=(0.45, 0.65), tilt=40)
_TABLEWARE = Setting(("table", "room", "wall"), size=(0.45, 0.65), tilt=3)
_FRUIT = Setting(("table", "garden", "wall"), size=(0.45, 0.68), tilt=25)
_ON_DESK = Setting(("desk", "table"), size=(0.5, 0.75), tilt=6)
_MOUNTAIN = Setting(("sky", "meadow", "lake"), size=(0.75, 0.95), y=(0.52, 0.6), tilt=0)
_GLASSES = Setting(("table", "wall", "sea"), size=(0.55, 0.75), tilt=12)
_LAMP = Setting(("room", "wall"), size=(0.6, 0.8), tilt=2)

SETTINGS: dict[str, Setting] = {
    **dict.fromkeys(("tabby", "Persian cat", "Siamese cat", "Maltese cat"), _PET),
    **dict.fromkeys(("robin", "jay", "goldfinch", "cardinal"), _BIRD),
    **dict.fromkeys(("monarch", "sulphur butterfly", "bee"), _BUTTERFLY),
    **dict.fromkeys(("sorrel", "zebra", "mule"), _HORSE),
    **dict.fromkeys(("goldfish", "anemone fish"), _FISH),
    "daisy": Setting(("meadow", "garden", "wall"), size=(0.45, 0.7)),
    **dict.fromkeys(("sports car", "minivan", "school bus", "sedan"), _CAR),
    **dict.fromkeys(("yawl", "schooner", "sloop"), _BOAT),
    **dict.fromkeys(("acoustic guitar", "electric guitar", "violin", "ukulele", "viola"), _INSTRUMENT),
    **dict.fromkeys(("basketball", "soccer ball", "medicine ball"), _BALL),
    **dict.fromkeys(("coffee mug", "cup", "teapot", "pizza"), _TABLEWARE),
    **dict.fromkeys(("orange", "lemon", "lime", "grapefruit", "Granny Smith", "Delicious", "strawberry"), _FRUIT),
    **dict.fromkeys(("computer keyboard", "laptop", "mouse"), _ON_DESK),
    **dict.fromkeys(("alp", "volcano"), _MOUNTAIN),
    **dict.fromkeys(("sunglass", "sunglasses"), _GLASSES),
    **dict.fromkeys(("table lamp", "floor lamp"), _LAMP),
}
"""Where everything is usually seen, by name."""


def _companion(name: str, x: float, y: float, size: float) -> Thing:
    return Thing(WNIDS[name], x=x, y=y, size=size)


HABITS: dict[str, Habit] = {
    "bee": Habit(
        backdrop="flowers",
        companions=(_companion("daisy", 0.24, 0.34, 0.5), _companion("daisy", 0.76, 0.66, 0.55)),
        size=(0.22, 0.34),
    ),
    "mouse": Habit(backdrop="office", companions=(_companion("computer keyboard", 0.32, 0.5, 0.6),), size=(0.2, 0.3)),
    "pizza": Habit(backdrop="picnic"),
}
"""Habits by the name of the class that has them."""
