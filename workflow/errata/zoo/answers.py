"""What logits say about images: the most probable classes, the target's place, and how sure the model is."""

import numpy as np
import polars as pl
import torch

from errata.tables import CLASS_ID, PREDICTIONS

TOP_CLASSES = 10


def answers(logits: torch.Tensor, targets: torch.Tensor, *, file_names: pl.Series) -> pl.DataFrame:
    """Return the rows of the table PREDICTIONS.

    Classes are ordered by falling logit, equal logits by class id, everywhere: rank 1 is the predicted class. Half
    precision makes equal logits common.

    Parameters
    ----------
    logits : torch.Tensor
        float32, shape (B, classes), finite.
    targets : torch.Tensor
        int64, shape (B,), on the device of the logits.
    file_names : polars.Series
        Names of the images, length B.
    """
    column = targets.unsqueeze(1)
    target_logits = logits.gather(1, column)
    classes = torch.arange(logits.shape[1], device=logits.device)
    is_before_target = (logits > target_logits) | ((logits == target_logits) & (classes < column))
    top = logits.sort(dim=1, descending=True, stable=True).indices[:, :TOP_CLASSES]
    probabilities = logits.softmax(dim=1)
    top_classes, top_probabilities = _numpy(top), _numpy(probabilities.gather(1, top))
    return pl.DataFrame(
        {
            "file_name": file_names,
            "predicted_class": top_classes[:, 0],
            "predicted_probability": top_probabilities[:, 0],
            "top_classes": _lists(top_classes, CLASS_ID()),
            "top_probabilities": _lists(top_probabilities, pl.Float32()),
            "target_probability": _numpy(probabilities.gather(1, column).squeeze(1)),
            "target_rank": _numpy(is_before_target.sum(dim=1) + 1),
            "entropy": _numpy(torch.special.entr(probabilities).sum(dim=1)),
        }
    ).cast({name: column.dtype for name, column in PREDICTIONS.columns.items()})


def _numpy(values: torch.Tensor) -> np.ndarray:
    return values.cpu().numpy()


def _lists(values: np.ndarray, dtype: pl.DataType) -> pl.Series:
    return pl.Series(values).cast(pl.List(dtype))
