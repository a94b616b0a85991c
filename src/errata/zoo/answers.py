"""Turn logits into predictions, and recompute close calls of half precision in float32."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import torch

from errata.predictions.tables import PREDICTIONS
from errata.tables import CLASS_ID

TOP_CLASSES = 10


def answers(
    logits: torch.Tensor, targets: torch.Tensor, *, allowed: torch.Tensor | None = None
) -> dict[str, torch.Tensor]:
    """Return predictions and margins of a batch, without waiting for a GPU.

    Classes are ordered by falling logit, equal logits by class id, everywhere: rank 1 is the predicted class. Half
    precision makes equal logits common.

    `logits`: float32, shape (B, classes), finite.
    `targets`: int64, shape (B,), on the device of the logits.
    `allowed`: bool, shape (classes,), on the device of the logits: the classes to answer among; None: all. The others
        have no probability.
    Returns on the device of the logits: `top_classes` (int64) and `top_probabilities` (float32), shape (B, 10 or
    fewer); `target_probability`, `target_rank`, `entropy` (nats) and `margin`, shape (B,). The margin is the difference
    of the two highest logits, which is that of their log-probabilities; infinite where there is one class only.
    """
    if allowed is not None:
        logits = logits.masked_fill(~allowed, -torch.inf)
    column = targets.unsqueeze(1)
    target_logits = logits.gather(1, column)
    classes = torch.arange(logits.shape[1], device=logits.device)
    is_before_target = (logits > target_logits) | ((logits == target_logits) & (classes < column))
    order = logits.sort(dim=1, descending=True, stable=True)
    top = order.indices[:, :TOP_CLASSES]
    probabilities = logits.softmax(dim=1)
    best = order.values[:, :2]
    return {
        "top_classes": top,
        "top_probabilities": probabilities.gather(1, top),
        "target_probability": probabilities.gather(1, column).squeeze(1),
        "target_rank": is_before_target.sum(dim=1) + 1,
        "entropy": torch.special.entr(probabilities).sum(dim=1),
        "margin": best[:, 0] - best[:, 1] if best.shape[1] > 1 else torch.full_like(best[:, 0], torch.inf),
    }


def answers_table(found: Mapping[str, np.ndarray], file_names: pl.Series) -> pl.DataFrame:
    """Return the table PREDICTIONS.

    `found`: what `answers` returns, as arrays.
    `file_names`: names of the images, in their order.
    """
    return pl.DataFrame(
        {
            "file_name": file_names,
            "predicted_class": found["top_classes"][:, 0],
            "predicted_probability": found["top_probabilities"][:, 0],
            "top_classes": _lists(found["top_classes"], CLASS_ID()),
            "top_probabilities": _lists(found["top_probabilities"], pl.Float32()),
            **{name: found[name] for name in ("target_probability", "target_rank", "entropy")},
        }
    ).cast(PREDICTIONS.schema)


def _lists(values: np.ndarray, dtype: pl.DataType) -> pl.Series:
    return pl.Series(values).cast(pl.List(dtype))


LOG = logging.getLogger(__name__)

MARGIN = 0.02
"""Difference of the two highest log-probabilities from which on a call is not close, if rounding turns out small.
Logits of about ten in half precision are 0.008 apart."""

LEAST = 64
"""Images that are computed again at least: so many show how large rounding is."""

SAFETY = 2.0
"""How many times the largest rounding that was seen is still a close call. The largest of hundreds of normal errors is
about three standard deviations, so this is six."""

Exact = Callable[[np.ndarray], Mapping[str, np.ndarray]]
"""From places of images to the answers about them in float32, and `gap`: by how much the logit of the class that half
precision put first exceeds that of the second (float32, shape (places,))."""


@dataclass(frozen=True)
class Recheck:
    """A summary of the close calls that were recomputed.

    `margin`: difference of log-probabilities up to which images were computed again.
    `images`, `changed`: images that were computed again, and those of them whose predicted class became another.
    `largest_error`: by how much half precision was off in that difference, at most.
    """

    margin: float
    images: int
    changed: int
    largest_error: float


def recheck(
    found: Mapping[str, np.ndarray], *, margin: float, exact: Exact
) -> tuple[dict[str, np.ndarray], Recheck | None]:
    """Recompute predictions whose two best classes are close in float32.

    Images are computed again up to `margin`, then up to twice the largest rounding error that these show, until no
    image within twice the largest error is left.

    `found`: what is known of all images: the arrays of `errata.zoo.answers.answers`, and `precision`.
    `margin`: see `MARGIN`; 0 leaves everything as it is.
    Returns the same arrays, new ones where images were computed again.
    Returns None if nothing was to be done.
    """
    is_half = found["precision"] != "fp32"
    if margin <= 0 or not is_half.any():
        return dict(found), None
    margins, rivals = found["margin"], found["top_classes"][:, 0]
    answers = {name: values.copy() for name, values in found.items()}
    is_open = is_half.copy()
    chosen = is_half & (margins <= margin)
    closest = np.flatnonzero(is_half)[np.argsort(margins[is_half], kind="stable")[:LEAST]]
    chosen[closest] = True
    largest = 0.0
    while chosen.any():
        places = np.flatnonzero(chosen)
        again = exact(places)
        largest = max(largest, float(np.abs(again["gap"] - margins[places]).max()))
        for name, values in answers.items():
            values[places] = again[name]
        is_open &= ~chosen
        margin = max(margin, SAFETY * largest)
        chosen = is_open & (margins <= margin)
    seen = Recheck(
        # rounded: the last digits of a maximum say nothing
        margin=round(margin, 6),
        images=int(is_half.sum() - is_open.sum()),
        changed=int((answers["top_classes"][:, 0] != rivals).sum()),
        largest_error=round(largest, 6),
    )
    LOG.info(
        "%s close calls (up to %.3g in log-probability) computed again in fp32: %d changed",
        f"{seen.images:,}",
        seen.margin,
        seen.changed,
    )
    return answers, seen
