"""Define a classifier, and check that model sheet, vocabulary and weights agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl
import torch

from errata.errors import InputError
from errata.inference.forward import Network
from errata.models import Model
from errata.views.view import View


@dataclass(frozen=True)
class Classifier(Network):
    """A classifier that is ready to run; its logits are in the order of the vocabulary's class ids.

    `logits`, `mean`, `std`: see `errata.inference.forward.Network`.
    `view`: the preprocessing, as the weights' own metadata say; the sheet's where they say nothing.
    `revision`: which weights these are: `repository@commit` of the Hugging Face hub, or `sha256:...` of the file.
    `class_count`: number of logits.
    `notes`: further facts about where the scores come from. JSON types only.
    """

    view: View
    revision: str | None
    class_count: int
    notes: Mapping[str, object] = field(default_factory=dict)


def ready(module: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    """Return the module on its device, in evaluation mode and without gradients."""
    return module.to(device).eval().requires_grad_(requires_grad=False)


def check_view(model: Model, views: Iterable[View], *, source: str) -> View:
    """Return the view that the sheet and the weights' metadata agree on.

    `views`: the preprocessings that the metadata know, the one of training first.
    `source`: who says so, for the message.
    Raises InputError if the sheet has another size or view.
    """
    views = tuple(views)
    chosen = next((view for view in views if (view.key, view.crop) == (model.view, model.size)), None)
    if chosen is None:
        known = " or ".join(dict.fromkeys(f"size {view.crop} and view {view.key}" for view in views))
        raise InputError(
            f"{model.row}: models.tsv says size {model.size} and view {model.view}, {source} says {known}. "
            "Correct the row: other pixels than a model was trained for give other predictions."
        )
    return chosen


def check_class_count(model: Model, count: int, classes: pl.DataFrame) -> None:
    """Refuse weights that tell another number of classes apart than the vocabulary has.

    Raises InputError if the numbers differ.
    """
    if count != classes.height:
        raise InputError(
            f"{model.row}: these weights tell {count:,} classes apart, the vocabulary '{model.vocabulary}' has "
            f"{classes.height:,}. Choose weights that were trained on the vocabulary's classes."
        )


def is_imagenet(classes: pl.DataFrame) -> bool:
    """Return whether the classes are the 1000 of ImageNet-1k in the order that published weights use."""
    from timm.data import ImageNetInfo

    return classes["wnid"].to_list() == list(ImageNetInfo("imagenet-1k").label_names())


def check_imagenet(model: Model, classes: pl.DataFrame) -> None:
    """Refuse a vocabulary that is not ImageNet-1k, whose classes published weights answer with.

    Raises InputError if the vocabulary is another.
    """
    check_class_count(model, 1000, classes)
    if not is_imagenet(classes):
        raise InputError(
            f"{model.row}: these weights answer with the classes of ImageNet-1k, but the vocabulary "
            f"'{model.vocabulary}' has others. Set the row's vocabulary to imagenet1k."
        )
