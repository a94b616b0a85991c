"""Which cause is planted with which things."""

from errata.demo.causes import (
    Plan,
    borrowed_look,
    borrowed_scene,
    in_between,
    same_thing,
    stranger,
    tell_tale,
    two_things,
)

_SIBLINGS = (
    ("tabby", "Siamese cat"),
    ("Persian cat", "tabby"),
    ("goldfinch", "robin"),
    ("jay", "robin"),
    ("monarch", "sulphur butterfly"),
    ("goldfish", "anemone fish"),
    ("sorrel", "zebra"),
    ("teapot", "coffee mug"),
    ("acoustic guitar", "electric guitar"),
    ("minivan", "sports car"),
    ("yawl", "schooner"),
    ("basketball", "soccer ball"),
    ("orange", "lemon"),
    ("Granny Smith", "strawberry"),
    ("alp", "volcano"),
)
_SAME = (("sunglass", "sunglasses"), ("sunglasses", "sunglass"), ("coffee mug", "cup"))
_SMALL_AND_LARGE = (
    ("goldfinch", "school bus"),
    ("strawberry", "teapot"),
    ("monarch", "pizza"),
    ("tabby", "table lamp"),
    ("soccer ball", "zebra"),
    ("coffee mug", "laptop"),
    ("orange", "violin"),
    ("lemon", "daisy"),
    ("basketball", "sorrel"),
    ("robin", "volcano"),
)
_STRANGERS = (
    ("soccer ball", "Maltese cat", "Persian cat"),
    ("strawberry", "Maltese cat", "Persian cat"),
    ("robin", "sedan", "minivan"),
    ("lemon", "sedan", "minivan"),
    ("monarch", "grapefruit", "orange"),
    ("cup", "grapefruit", "orange"),
    ("daisy", "ukulele", "acoustic guitar"),
    ("orange", "ukulele", "acoustic guitar"),
    ("tabby", "floor lamp", "table lamp"),
    ("goldfish", "medicine ball", "basketball"),
)
_SCENES = (
    ("monarch", "bee"),
    ("daisy", "bee"),
    ("computer keyboard", "mouse"),
    ("teapot", "pizza"),
    ("lemon", "pizza"),
    ("minivan", "zebra"),
    ("volcano", "zebra"),
    ("goldfinch", "Granny Smith"),
    ("acoustic guitar", "basketball"),
    ("strawberry", "basketball"),
)
_FORMS = (
    ("teapot", "sorrel"),
    ("soccer ball", "sorrel"),
    ("violin", "goldfish"),
    ("orange", "goldfish"),
    ("alp", "daisy"),
    ("sports car", "daisy"),
    ("tabby", "strawberry"),
    ("monarch", "strawberry"),
    ("electric guitar", "school bus"),
    ("pizza", "school bus"),
)
_TELL_TALES = (
    ("robin", "volcano"),
    ("coffee mug", "volcano"),
    ("Siamese cat", "table lamp"),
    ("sunglasses", "table lamp"),
    ("lemon", "laptop"),
    ("yawl", "laptop"),
    ("pizza", "jay"),
    ("schooner", "jay"),
)

PLANS: tuple[Plan, ...] = (
    *(Plan("fine_grained", target, confuser, in_between) for target, confuser in _SIBLINGS),
    *(Plan("class_overlap", target, confuser, same_thing) for target, confuser in _SAME),
    *(Plan("multi_label", target, confuser, two_things) for target, confuser in _SMALL_AND_LARGE),
    *(Plan("fine_grained_oov", target, confuser, stranger, other) for target, other, confuser in _STRANGERS),
    *(Plan("spurious_correlation", target, confuser, borrowed_scene) for target, confuser in _SCENES),
    *(Plan("non_prototypical", target, confuser, borrowed_look) for target, confuser in _FORMS),
    *(Plan("model_failure", target, confuser, tell_tale) for target, confuser in _TELL_TALES),
)
"""Every cause with everything that it is planted with. `tests/demo` checks each plan against the rules."""

TOGETHER: tuple[tuple[str, str], ...] = _SCENES
"""Pairs that habitually occur together in pictures of the world, so that each invites a spurious correlation."""
