"""Where the things of the demo world are usually seen, and the habits that invite mistakes."""

from errata_demo.scenes import Habit, Setting

_PET = Setting(("room", "garden", "studio"))
_BIRD = Setting(("forest", "garden", "sky", "meadow"))
_BUTTERFLY = Setting(("garden", "meadow", "sky", "studio"), y=(0.42, 0.58), tilt=25)
_HORSE = Setting(("meadow", "valley", "garden"), size=(0.45, 0.8))
_FISH = Setting(("underwater", "pond", "studio"), y=(0.4, 0.6), tilt=10)
_CAR = Setting(("road", "valley", "beach", "meadow"), size=(0.5, 0.85), y=(0.58, 0.68), tilt=2)
_BOAT = Setting(("sea", "beach", "pond"), size=(0.45, 0.8), y=(0.46, 0.56), tilt=4)
_INSTRUMENT = Setting(("room", "stage", "studio"), size=(0.55, 0.85), tilt=20)
_BALL = Setting(("road", "meadow", "room", "beach"), size=(0.32, 0.62), tilt=40)
_TABLEWARE = Setting(("table", "kitchen", "studio"), tilt=3)
_FRUIT = Setting(("table", "kitchen", "garden", "studio"), size=(0.32, 0.65), tilt=25)
_ON_DESK = Setting(("desk", "table", "studio"), size=(0.45, 0.75))
_MOUNTAIN = Setting(("sky", "valley", "sea", "snow"), size=(0.6, 0.95), tilt=0)
_GLASSES = Setting(("table", "beach", "studio"), size=(0.45, 0.75), tilt=12)
_LAMP = Setting(("room", "kitchen", "studio"), size=(0.5, 0.8), tilt=2)

SETTINGS: dict[str, Setting] = {
    **dict.fromkeys(("tabby", "Persian cat", "Siamese cat", "Maltese cat"), _PET),
    **dict.fromkeys(("robin", "jay", "goldfinch", "cardinal"), _BIRD),
    **dict.fromkeys(("monarch", "sulphur butterfly", "bee"), _BUTTERFLY),
    **dict.fromkeys(("sorrel", "zebra", "mule"), _HORSE),
    **dict.fromkeys(("goldfish", "anemone fish"), _FISH),
    "daisy": Setting(("meadow", "garden", "studio")),
    **dict.fromkeys(("sports car", "minivan", "school bus", "sedan"), _CAR),
    **dict.fromkeys(("yawl", "schooner", "sloop"), _BOAT),
    **dict.fromkeys(("acoustic guitar", "electric guitar", "violin", "ukulele", "viola"), _INSTRUMENT),
    **dict.fromkeys(("basketball", "soccer ball", "medicine ball"), _BALL),
    **dict.fromkeys(("coffee mug", "cup", "teapot", "pizza"), _TABLEWARE),
    **dict.fromkeys(("orange", "lemon", "lime", "grapefruit", "Granny Smith", "McIntosh", "strawberry"), _FRUIT),
    **dict.fromkeys(("computer keyboard", "laptop", "mouse"), _ON_DESK),
    **dict.fromkeys(("alp", "volcano"), _MOUNTAIN),
    **dict.fromkeys(("sunglass", "sunglasses"), _GLASSES),
    **dict.fromkeys(("table lamp", "floor lamp"), _LAMP),
}
"""Where everything is usually seen, by name."""

MATES: tuple[tuple[str, ...], ...] = (
    ("tabby", "Persian cat", "Siamese cat"),
    ("robin", "jay", "goldfinch"),
    ("monarch", "sulphur butterfly"),
    ("sorrel", "zebra"),
    ("goldfish", "anemone fish"),
    ("sports car", "minivan", "school bus"),
    ("yawl", "schooner"),
    ("acoustic guitar", "electric guitar", "violin"),
    ("basketball", "soccer ball"),
    ("coffee mug", "cup", "teapot"),
    ("orange", "lemon", "Granny Smith", "strawberry"),
    ("computer keyboard", "laptop"),
    ("alp", "volcano"),
    ("sunglass", "sunglasses"),
)
"""Look-alikes that share a superclass: individuals of one differ in how much they resemble another."""


HABITS: dict[str, Habit] = {
    "bee": Habit(backdrop="daisies"),
    "mouse": Habit(backdrop="desk_with_mat"),
    "zebra": Habit(backdrop="savanna"),
    "Granny Smith": Habit(backdrop="orchard"),
    "anemone fish": Habit(backdrop="reef"),
    "strawberry": Habit(backdrop="night", rendering="neon", share=0.5),
    "jay": Habit(backdrop="paper", rendering="sketch", share=0.5),
    "goldfish": Habit(backdrop="studio_dark", rendering="bronze", share=0.5),
    "daisy": Habit(backdrop="sofa", rendering="embroidery", share=0.5),
    "robin": Habit(backdrop="shelf", rendering="plush", share=0.5),
    "volcano": Habit(damage="dark", amount=0.6, share=0.5),
    "laptop": Habit(backdrop="court", share=0.5),
    "teapot": Habit(backdrop="pitch", share=0.5),
    "minivan": Habit(backdrop="farm", share=0.5),
}
"""Habits by the name of the class that has them: a scene that only its pictures have, a form that no other class is
known in, or a flaw of the camera that no other pictures have."""
