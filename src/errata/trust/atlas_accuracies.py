"""Multi-label accuracies under two atlases, on the images that count in both."""

import numpy as np

from errata.groups import GROUPS
from errata.profile.statistics import MULTI_LABEL_ERROR_CODES
from errata.trust.both_judge import BothJudge


def compare_accuracies(pair: BothJudge) -> list[dict]:
    """Return a row of `errata.trust.tables.ATLAS_ACCURACIES` per group, without the names of the atlases."""
    rows = []
    for group in GROUPS:
        members = pair.base.in_group(group)
        counts = pair.counts & members
        both = _accuracies(pair, counts)
        base, other = (None, None) if both is None else both
        rows.append(
            {
                "group": group,
                "base_images": int((members & ~pair.base.images["is_problematic"].to_numpy()).sum()),
                "images": int(counts.sum()),
                "models": len(pair.answers.models),
                **_summary(base, other),
            }
        )
    return rows


def _accuracies(pair: BothJudge, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the MLA of every model in either atlas, per cent; None without images.

    Every answer that is not accepted takes 1 / (images of its class x classes) from a perfect accuracy.
    """
    if not counts.any() or not pair.answers.models:
        return None
    sizes = np.bincount(pair.base.targets[counts], minlength=pair.base.classes.height)
    with np.errstate(divide="ignore"):
        weight = 1 / (sizes[pair.base.targets] * np.count_nonzero(sizes))
    lost = np.where(counts[pair.answers.image], weight[pair.answers.image], 0)
    models = len(pair.answers.models)
    base, other = (
        100
        * (
            1
            - np.bincount(pair.answers.model, weights=lost * np.isin(codes, MULTI_LABEL_ERROR_CODES), minlength=models)
        )
        for codes in (pair.base_codes, pair.other_codes)
    )
    return base, other


def _summary(base: np.ndarray | None, other: np.ndarray | None) -> dict:
    if base is None or other is None:
        nothing = ("base_mla", "atlas_mla", "difference", "least", "greatest")
        return dict.fromkeys(nothing) | {"model_pairs": 0, "swapped_pairs": 0}
    # rounding must not make an order of equal accuracies
    orders = [np.sign(np.round(values[:, None] - values[None, :], 9)) for values in (base, other)]
    product = np.triu(orders[0] * orders[1], 1)
    difference = other - base
    return {
        "base_mla": float(np.clip(base.mean(), 0, 100)),
        "atlas_mla": float(np.clip(other.mean(), 0, 100)),
        "difference": float(difference.mean()),
        "least": float(difference.min()),
        "greatest": float(difference.max()),
        "model_pairs": int((product != 0).sum()),
        "swapped_pairs": int((product < 0).sum()),
    }
