"""The statistics of a profile, each declared once: what is counted, out of what."""

from dataclasses import dataclass

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import CODES, CORRECT, OPEN_WORLD_UNCHECKED
from errata.tables import CATEGORY_COLUMNS

ACCEPTED = (CORRECT, "class_overlap", "multi_label")
"""Outcomes that the multi-label accuracy (MLA) accepts."""

MINOR = ("fine_grained", "fine_grained_oov")
"""Further outcomes that the MLA with minor errors forgives."""

EXPLAINABLE = ("spurious_correlation", "non_prototypical")
"""Further outcomes that the MLA with explainable errors forgives."""


@dataclass(frozen=True)
class Share:
    """A share in per cent: outcomes counted in `numerator` among those in `denominator` (outcome codes)."""

    column: str
    numerator: tuple[int, ...]
    denominator: tuple[int, ...]


@dataclass(frozen=True)
class Accuracy:
    """A mean over target classes, in per cent, of the share of `accepted` outcomes (codes)."""

    column: str
    accepted: tuple[int, ...]
    own_classes: bool = False


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


def shares(atlas: Atlas) -> list[Share]:
    """List the shares of a profile: top-1, each category among top-1 or multi-label errors, provisional ones."""
    listed = [Share("top1", codes_of(CORRECT), ALL_CODES)]
    for category in CATEGORY_COLUMNS:
        denominator = TOP1_ERROR_CODES if category in ACCEPTED else MULTI_LABEL_ERROR_CODES
        listed.append(Share(f"share_{category}", codes_of(category), denominator))
    if has_unchecked(atlas):
        listed += [Share(f"share_{name}", codes, MULTI_LABEL_ERROR_CODES) for name, codes in PROVISIONAL_CODES.items()]
    return [share for share in listed if share.column.removeprefix("share_") not in atlas.undefined]


def accuracies(atlas: Atlas) -> list[Accuracy]:
    """List the accuracies of a profile; without open-world verdicts, bounds for those that depend on them."""
    listed = [
        Accuracy("mla", codes_of(*ACCEPTED)),
        Accuracy("mla_own_classes", codes_of(*ACCEPTED), own_classes=True),
    ]
    minor = codes_of(*ACCEPTED, *MINOR)
    explainable = (*minor, *codes_of(*EXPLAINABLE))
    if not has_unchecked(atlas):
        return [*listed, Accuracy("mla_minor", minor), Accuracy("mla_explainable", explainable)]
    unchecked = codes_of(OPEN_WORLD_UNCHECKED)
    # an unchecked error is out of vocabulary, which both forgive, or what its provisional category says
    explained = tuple(CODES[OPEN_WORLD_UNCHECKED, category] for category in EXPLAINABLE)
    return [
        *listed,
        Accuracy("mla_minor_lower_bound", minor),
        Accuracy("mla_minor_upper_bound", (*minor, *unchecked)),
        Accuracy("mla_explainable_lower_bound", (*explainable, *explained)),
        Accuracy("mla_explainable_upper_bound", (*explainable, *unchecked)),
    ]


def has_unchecked(atlas: Atlas) -> bool:
    """Tell whether the atlas leaves errors unchecked for want of open-world evidence."""
    return "fine_grained_oov" in atlas.undefined
