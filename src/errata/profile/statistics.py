"""The statistics of a profile, each declared once: what is counted, out of what."""

from dataclasses import dataclass

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT
from errata.categories import AFTER_OPEN_WORLD, CATEGORIES, CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED

ACCEPTED = (CORRECT, *FORGIVEN)
"""Outcomes that the multi-label accuracy (MLA) accepts."""

MINOR = tuple(category.name for category in CATEGORIES if category.forgiven_by == "mla_minor")
"""Further outcomes that the MLA with minor errors forgives."""

EXPLAINABLE = tuple(category.name for category in CATEGORIES if category.forgiven_by == "mla_explainable")
"""Further outcomes that the MLA with explainable errors forgives."""


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


_UNCHECKED = codes_of(OPEN_WORLD_UNCHECKED)
_MLA = codes_of(*ACCEPTED)
_MINOR = codes_of(*ACCEPTED, *MINOR)
_EXPLAINABLE = codes_of(*ACCEPTED, *MINOR, *EXPLAINABLE)
# an unchecked error is out of vocabulary, which both accuracies forgive, or what its provisional category says
_EXPLAINED_EITHER_WAY = tuple(
    CODES[OPEN_WORLD_UNCHECKED, category] for category in EXPLAINABLE if category in AFTER_OPEN_WORLD
)

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

ACCURACIES: tuple[Accuracy, ...] = (
    Accuracy("mla", _MLA),
    Accuracy("mla_own_classes", _MLA, own_classes=True),
    Accuracy("mla_minor", _MINOR, with_open_world=True),
    Accuracy("mla_explainable", _EXPLAINABLE, with_open_world=True),
    Accuracy("mla_minor_lower_bound", _MINOR, with_open_world=False),
    Accuracy("mla_minor_upper_bound", (*_MINOR, *_UNCHECKED), with_open_world=False),
    Accuracy("mla_explainable_lower_bound", (*_EXPLAINABLE, *_EXPLAINED_EITHER_WAY), with_open_world=False),
    Accuracy("mla_explainable_upper_bound", (*_EXPLAINABLE, *_UNCHECKED), with_open_world=False),
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
