"""Classifiers with weights that torchvision publishes."""

import difflib
from collections.abc import Mapping

import polars as pl
import torch
import torchvision
from huggingface_hub import constants
from torchvision.models import Weights, get_model, get_model_weights, list_models

from errata.errors import InputError
from errata.views.view import View, view_of_torchvision
from errata.zoo.agreement import check_class_count, check_imagenet, check_view, row_of
from errata.zoo.classifier import Classifier, ready
from errata.zoo.timm_weights import downloaded_file, downloaded_hash


def load_torchvision(model: Mapping[str, object], *, classes: pl.DataFrame, device: torch.device) -> Classifier:
    """Load weights by torchvision's builder, such as `resnet50`, and a member of its weights enum.

    Raises
    ------
    InputError
        See `errata.zoo.classifier.load_classifier`.
    """
    where = row_of(model)
    weights = published_weights(str(model["architecture"]), str(model["weights"]), where=where)
    count = len(weights.meta["categories"])
    check_class_count(model, count, classes)
    check_imagenet(model, classes)
    view = check_view(model, [view_of_weights(weights)], source="torchvision")
    file = downloaded_file(weights.url)
    try:
        # torch has no switch of its own, so that of huggingface_hub stands for both
        if constants.HF_HUB_OFFLINE and not file.is_file():
            raise OSError("offline was asked for")
        module = get_model(model["architecture"], weights=weights)
    except OSError as error:
        raise InputError(
            f"{where}: the weights are not in the cache and cannot be downloaded from {weights.url} ({error}). Looked "
            f"for {file}. Run it once where there is a network, or put the file there (the folder is hub/checkpoints "
            "in TORCH_HOME)."
        ) from error
    preprocessing = weights.transforms()
    return Classifier(
        logits=ready(module, device),
        mean=tuple(preprocessing.mean),
        std=tuple(preprocessing.std),
        view=view,
        revision=downloaded_hash(weights.url),
        class_count=count,
    )


def published_weights(builder: str, member: str, *, where: str) -> Weights:
    """Return a member of a builder's weights enum.

    Raises
    ------
    InputError
        If torchvision has no such image classifier or weights; also for `DEFAULT`, which means other weights in other
        versions of torchvision.
    """
    builders = list_models(module=torchvision.models)
    if builder not in builders:
        near = difflib.get_close_matches(builder, builders, n=3)
        raise InputError(
            f"{where}: torchvision {torchvision.__version__} has no image classifier '{builder}'"
            + (f"; did you mean {' or '.join(near)}?" if near else ".")
        )
    members = {weights.name: weights for weights in get_model_weights(builder)}
    if member not in members:
        raise InputError(
            f"{where}: expected one of the weights {', '.join(members)} of torchvision's {builder}, found '{member}'"
            + (" (it changes its meaning with torchvision's version)." if member == "DEFAULT" else ".")
        )
    return members[member]


def view_of_weights(weights: Weights) -> View:
    """Return the preprocessing in the weights' metadata."""
    preprocessing = weights.transforms()
    (crop,), (resize,) = preprocessing.crop_size, preprocessing.resize_size
    return view_of_torchvision(crop_size=crop, resize_size=resize, interpolation=preprocessing.interpolation.value)
