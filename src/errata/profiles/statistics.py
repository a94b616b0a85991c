"""The statistics of a profile, each declared once: what is counted, out of what."""

from dataclasses import dataclass

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT
from errata.categories import (
    AFTER_OPEN_WORLD,
    CATEGORY_COLUMNS,
    FORGIVEN,
    MULTI_LABEL_ACCURACIES,
    OPEN_WORLD_UNCHECKED,
    MultiLabelAccuracy,
)

ACCEPTED = (CORRECT, *FORGIVEN)
"""Outcomes that the multi-label accuracy (MLA) accepts."""


@dataclass(frozen=True)
class Share:
    """A share in per cent: outcomes counted in `numerator` among those in `denominator` (outcome codes)."""

    column: str
    numerator: tuple[int, ...]
    denominator: tuple[int, ...]


@dataclass(frozen=True)
class Accuracy:
    """A mean over target classes, in per cent, of the share of `accepted` outcomes (codes).

    `with_open_world` says whether it is defined only with (True) or only without open-world evidence (False); None
    means always.
    """

    column: str
    accepted: tuple[int, ...]
    own_classes: bool = False
    with_open_world: bool | None = None


def codes_of(*categories: str) -> tuple[int, ...]:
    """Return the outcome codes of the categories, whatever their provisional category."""
    return tuple(code for (category, _), code in CODES.items() if category in categories)


ALL_CODES = codes_of(CORRECT, *CATEGORY_COLUMNS)
TOP1_ERROR_CODES = codes_of(*CATEGORY_COLUMNS)
MULTI_LABEL_ERROR_CODES = tuple(code for code in TOP1_ERROR_CODES if code not in codes_of(*ACCEPTED))
PROVISIONAL_CODES = {
    f"provisional_{provisional}": (code,)
    for (category, provisional), code in CODES.items()
    if category == OPEN_WORLD_UNCHECKED
}
"""Column name of each provisional category -> its outcome code."""

SHARES: tuple[Share, ...] = (
    Share("top1", codes_of(CORRECT), ALL_CODES),
    *(
        Share(
            f"share_{category}",
            codes_of(category),
            TOP1_ERROR_CODES if category in ACCEPTED else MULTI_LABEL_ERROR_CODES,
        )
        for category in CATEGORY_COLUMNS
    ),
    *(Share(f"share_{name}", codes, MULTI_LABEL_ERROR_CODES) for name, codes in PROVISIONAL_CODES.items()),
)
"""Top-1, each category among top-1 or multi-label errors, and the provisional split."""


def _bounds(accuracy: MultiLabelAccuracy) -> tuple[Accuracy, Accuracy]:
    """Return what an accuracy is at least and at most, whatever the open-world check would say.

    An unchecked error is out of vocabulary, which every such accuracy forgives, or what its provisional category says.
    """
    forgiven = codes_of(CORRECT, *accuracy.forgives)
    either_way = [CODES[OPEN_WORLD_UNCHECKED, name] for name in accuracy.forgives if name in AFTER_OPEN_WORLD]
    return (
        Accuracy(f"{accuracy.name}_lower_bound", (*forgiven, *either_way), with_open_world=False),
        Accuracy(f"{accuracy.name}_upper_bound", (*forgiven, *codes_of(OPEN_WORLD_UNCHECKED)), with_open_world=False),
    )


ACCURACIES: tuple[Accuracy, ...] = (
    *(
        Accuracy(each.name, codes_of(CORRECT, *each.forgives), each.own_classes, each.needs_open_world or None)
        for each in MULTI_LABEL_ACCURACIES
    ),
    *(bound for each in MULTI_LABEL_ACCURACIES if each.needs_open_world for bound in _bounds(each)),
)
"""The multi-label accuracies; those that open-world verdicts would change are given as bounds without them."""


def is_defined(statistic: Share | Accuracy, atlas: Atlas) -> bool:
    """Tell whether a statistic has a meaning in an atlas; its columns are null if not."""
    if isinstance(statistic, Accuracy):
        return statistic.with_open_world in (None, not has_unchecked(atlas))
    return is_counted(statistic.column.removeprefix("share_"), atlas)


def is_counted(count: str, atlas: Atlas) -> bool:
    """Tell whether the count of a category, or a provisional count, is defined in an atlas."""
    return count not in atlas.undefined and (count not in PROVISIONAL_CODES or has_unchecked(atlas))


def has_unchecked(atlas: Atlas) -> bool:
    """Tell whether the atlas leaves errors unchecked for want of open-world evidence."""
    return "fine_grained_oov" in atlas.undefined
