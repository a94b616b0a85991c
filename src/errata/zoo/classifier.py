"""Classifiers: a function from images to logits, with the preprocessing that its weights were trained for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl
import torch

from errata.errors import InputError
from errata.views.view import View


@dataclass(frozen=True)
class Classifier:
    """A classifier that is ready to run.

    Attributes
    ----------
    logits : callable
        float images of shape (B, 3, H, W), normalised, on the classifier's device, to logits of shape (B, classes).
    mean, std : tuple of float
        Normalisation of the red, green and blue channel, pixel values between 0 and 1.
    view : View
        The preprocessing, as the weights' own metadata say; the sheet's where they say nothing.
    revision : str or None
        Which weights these are: `repository@commit` of the Hugging Face hub, or `sha256:...` of the file.
    class_count : int
        Number of logits.
    notes : mapping
        Further facts about where the scores come from. JSON types only.
    """

    logits: Callable[[torch.Tensor], torch.Tensor]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    view: View
    revision: str | None
    class_count: int
    notes: Mapping[str, object] = field(default_factory=dict)


def load_classifier(
    model: Mapping[str, object], *, classes: pl.DataFrame, device: torch.device | str = "cpu"
) -> Classifier:
    """Load a model of the sheet in evaluation mode.

    Parameters
    ----------
    model : mapping
        A row of the model sheet, the fields of `errata.sheets.Model`.
    classes : polars.DataFrame
        The table CLASSES of its vocabulary: its logits are in the order of `class_id`.
    device : torch.device or str
        Where it runs.

    Raises
    ------
    InputError
        If the source does not know the model or its weights, the weights are neither there nor to be had, answer
        with other classes than the vocabulary's, or were made for another size or view than the sheet says.
    """
    device = torch.device(device)
    # each source imports its own large library
    match model["source"]:
        case "timm":
            from errata.zoo.timm_weights import load_timm as load
        case "torchvision":
            from errata.zoo.torchvision_weights import load_torchvision as load
        case "open_clip":
            from errata.zoo.zero_shot import load_zero_shot as load
        case "checkpoint":
            from errata.zoo.checkpoint import load_checkpoint as load
        case source:
            raise InputError(
                f"config/models.tsv, model '{model['model']}': source '{source}' has no weights to load; expected "
                "timm, torchvision, open_clip or checkpoint."
            )
    return load(model, classes=classes, device=device)


def ready(module: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    """Return the module on its device, in evaluation mode and without gradients."""
    return module.to(device).eval().requires_grad_(requires_grad=False)
