"""What logits say about images: the most probable classes, the target's place, and how sure the model is."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import torch

from errata.predictions.tables import PREDICTIONS
from errata.tables import CLASS_ID

TOP_CLASSES = 10


def answers(logits: torch.Tensor, targets: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return what the table PREDICTIONS says about images, and how close the call was, without waiting for a GPU.

    Classes are ordered by falling logit, equal logits by class id, everywhere: rank 1 is the predicted class. Half
    precision makes equal logits common.

    Parameters
    ----------
    logits : torch.Tensor
        float32, shape (B, classes), finite.
    targets : torch.Tensor
        int64, shape (B,), on the device of the logits.

    Returns
    -------
    dict of torch.Tensor
        On the device of the logits: `top_classes` (int64) and `top_probabilities` (float32), shape (B, 10 or fewer);
        `target_probability`, `target_rank`, `entropy` (nats) and `margin`, shape (B,). The margin is the difference
        of the two highest logits, which is that of their log-probabilities; infinite where there is one class only.
    """
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

    Parameters
    ----------
    found : mapping of numpy.ndarray
        What `answers` returns, as arrays.
    file_names : polars.Series
        Names of the images, in their order.
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
    ).cast({name: column.dtype for name, column in PREDICTIONS.columns.items()})


def _lists(values: np.ndarray, dtype: pl.DataType) -> pl.Series:
    return pl.Series(values).cast(pl.List(dtype))
