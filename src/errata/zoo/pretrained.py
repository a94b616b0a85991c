"""Load classifiers with weights that timm and torchvision publish."""

import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pickle import UnpicklingError

import polars as pl
import timm
import torch
import torchvision
from safetensors import SafetensorError
from timm.data import resolve_data_config
from torchvision.models import Weights, get_model, get_model_weights, list_models

from errata.errors import InputError, reason
from errata.inference.downloads import Fetched, HubFile, UrlFile
from errata.models import Model
from errata.views.view import View, view_of_timm, view_of_torchvision
from errata.zoo.classifier import Classifier, check_class_count, check_imagenet, check_view, ready

HUB_FILES = ("model.safetensors", "pytorch_model.bin")
"""The names under which timm looks for weights on the hub, in this order."""


def load_timm(model: Model, *, classes: pl.DataFrame, device: torch.device) -> Classifier:
    """Load weights that timm knows by architecture and tag, such as `resnet50.a1_in1k`.

    The size may be the one of training or, where timm's metadata name another for testing, that one. A revision in
    the row is a commit of the weights' repository on the hub; without one it is the newest.

    Raises InputError: see `errata.zoo.predict.load_classifier`.
    """
    where = model.row
    if model.weights != "pretrained":
        raise InputError(f"{where}: timm models have the weights 'pretrained', found '{model.weights}'.")
    published = published_config(model.architecture, where=where)
    check_class_count(model, published["num_classes"], classes)
    check_imagenet(model, classes)
    configs = {view_of_timm(config): config for config in data_configs(published)}
    view = check_view(model, configs, source="timm")
    file = timm_file(model)
    fetched = file.fetch(where=where)
    overlay = {"input_size": configs[view]["input_size"], "hf_hub_id": None}
    if fetched.commit:
        # the very commit that was fetched, whatever the hub's newest is by now
        overlay["hf_hub_id"] = f"{file.repository}@{fetched.commit}"
    with loading(where, fetched):
        module = timm.create_model(model.architecture, pretrained=True, pretrained_cfg_overlay=overlay)
    return Classifier(
        logits=ready(module, device),
        mean=tuple(configs[view]["mean"]),
        std=tuple(configs[view]["std"]),
        view=view,
        revision=f"{file.repository}@{fetched.commit}" if fetched.commit else f"sha256:{fetched.sha256}",
        class_count=published["num_classes"],
    )


def published_config(architecture: str, *, where: str) -> dict:
    """Return timm's metadata of weights: input size, crop, normalisation, classes and addresses.

    Raises InputError if timm knows no such architecture and tag, with the nearest ones.
    """
    known = _known_weights()
    if architecture not in known:
        tagged = [name for name in known if name.split(".")[0] == architecture.split(".")[0]]
        near = tagged[:8] or difflib.get_close_matches(architecture, known, n=4)
        raise InputError(
            f"{where}: timm {timm.__version__} knows no weights '{architecture}', expected architecture.tag"
            + (f" such as {', '.join(near)}." if near else ".")
        )
    return timm.get_pretrained_cfg(architecture).to_dict()


@cache
def _known_weights() -> tuple[str, ...]:
    """Return every architecture with tag that timm has weights for, cached because timm takes a while."""
    return tuple(timm.list_models(pretrained=True))


def data_configs(published: Mapping[str, object]) -> tuple[dict, ...]:
    """Return timm's preprocessing at the size of training, and at the size for testing where there is another."""
    training = resolve_data_config(pretrained_cfg=published, use_test_size=False)
    testing = resolve_data_config(pretrained_cfg=published, use_test_size=True)
    return (training,) if testing["input_size"] == training["input_size"] else (training, testing)


def timm_file(model: Model) -> HubFile | UrlFile:
    """Return where timm's weights are.

    Raises InputError if timm does not know them, or the row has a revision and they are not on the hub.
    """
    published = published_config(model.architecture, where=model.row)
    repository, url = published.get("hf_hub_id"), published.get("url")
    if repository:
        name = published.get("hf_hub_filename")
        return HubFile(repository, (name,) if name else HUB_FILES, model.revision)
    if model.revision:
        raise InputError(f"{model.row}: these weights have no repository on the hub, so no revision: put '-' there.")
    # timm does not compare the digits in names either, some are older than the custom
    return UrlFile(url, hashed=False)


def torchvision_file(model: Model) -> UrlFile:
    """Return where torchvision's weights are.

    Raises InputError if torchvision does not know them.
    """
    return UrlFile(published_weights(model.architecture, model.weights, where=model.row).url, hashed=True)


@contextmanager
def loading(where: str, fetched: Fetched) -> Iterator[None]:
    """Turn what libraries raise about a file that is no right file of weights into an InputError."""
    try:
        yield
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, UnpicklingError, SafetensorError) as error:
        raise InputError(
            f"{where}: the weights {fetched.path} cannot be loaded ({reason(error)}). They are damaged, or not of this "
            "architecture: remove the file and run the same command again, which downloads it anew."
        ) from error


def load_torchvision(model: Model, *, classes: pl.DataFrame, device: torch.device) -> Classifier:
    """Load weights by torchvision's builder, such as `resnet50`, and a member of its weights enum.

    Raises InputError: see `errata.zoo.predict.load_classifier`.
    """
    where = model.row
    weights = published_weights(model.architecture, model.weights, where=where)
    count = len(weights.meta["categories"])
    check_class_count(model, count, classes)
    check_imagenet(model, classes)
    view = check_view(model, [view_of_weights(weights)], source="torchvision")
    fetched = torchvision_file(model).fetch(where=where)
    with loading(where, fetched):
        module = get_model(model.architecture, weights=weights)
    preprocessing = weights.transforms()
    return Classifier(
        logits=ready(module, device),
        mean=tuple(preprocessing.mean),
        std=tuple(preprocessing.std),
        view=view,
        revision=f"sha256:{fetched.sha256}",
        class_count=count,
    )


def published_weights(builder: str, member: str, *, where: str) -> Weights:
    """Return a member of a builder's weights enum.

    Raises InputError if torchvision has no such image classifier or weights; also for `DEFAULT`, which means other
    weights in other versions of torchvision.
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
