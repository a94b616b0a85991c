"""Which cause is planted with which things."""

from errata_demo.causes import (
    Plan,
    borrowed_form,
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
    ("orange", "violin"),
    ("basketball", "sorrel"),
    ("Persian cat", "soccer ball"),
    ("sulphur butterfly", "alp"),
    ("coffee mug", "monarch"),
)
_STRANGERS = (
    ("daisy", "grapefruit", "orange"),
    ("coffee mug", "grapefruit", "orange"),
    ("robin", "grapefruit", "orange"),
    ("volcano", "grapefruit", "orange"),
    ("minivan", "lime", "lemon"),
    ("cup", "lime", "lemon"),
    ("goldfish", "Maltese cat", "Siamese cat"),
    ("robin", "medicine ball", "basketball"),
)
_SCENES = (
    ("monarch", "bee"),
    ("daisy", "bee"),
    ("computer keyboard", "mouse"),
    ("sunglasses", "mouse"),
    ("cup", "mouse"),
    ("sports car", "zebra"),
    ("volcano", "zebra"),
    ("goldfinch", "Granny Smith"),
    ("schooner", "anemone fish"),
)
_FORMS = (
    ("electric guitar", "strawberry"),
    ("school bus", "strawberry"),
    ("alp", "strawberry"),
    ("basketball", "goldfish"),
    ("lemon", "goldfish"),
    ("sports car", "goldfish"),
    ("sorrel", "jay"),
    ("tabby", "robin"),
)
_TELL_TALES = (
    ("Siamese cat", "volcano"),
    ("sunglasses", "volcano"),
    ("pizza", "volcano"),
    ("school bus", "volcano"),
    ("goldfish", "teapot"),
    ("lemon", "teapot"),
    ("robin", "teapot"),
    ("sorrel", "minivan"),
)

PLANS: tuple[Plan, ...] = (
    *(Plan("fine_grained", target, confuser, in_between) for target, confuser in _SIBLINGS),
    *(Plan("class_overlap", target, confuser, same_thing) for target, confuser in _SAME),
    *(Plan("multi_label", target, confuser, two_things) for target, confuser in _SMALL_AND_LARGE),
    *(Plan("fine_grained_oov", target, confuser, stranger, other) for target, other, confuser in _STRANGERS),
    *(Plan("spurious_correlation", target, confuser, borrowed_scene) for target, confuser in _SCENES),
    *(Plan("non_prototypical", target, confuser, borrowed_form) for target, confuser in _FORMS),
    *(Plan("model_failure", target, confuser, tell_tale) for target, confuser in _TELL_TALES),
)
"""Every cause with everything that it is planted with. `tests/demo` checks each plan against the rules."""

TOGETHER: tuple[tuple[str, str], ...] = _SCENES
"""Pairs that habitually occur together in pictures of the world, so that each invites a spurious correlation."""
