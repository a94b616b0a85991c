"""List the published weights that timm, torchvision and open_clip know, without loading any.

Networks are built on torch's `meta` device, where tensors have shapes and no content: enough to count.
"""

import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import timm
import torch
import torchvision
from open_clip import get_model_config
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from open_clip.pretrained import get_pretrained_cfg, list_pretrained
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model_weights, list_models

from errata.errors import InputError
from errata.inference.encoder import check_activation
from errata.models import MODEL_COLUMNS, Model
from errata.sheets import NONE
from errata.views.view import view_of_timm
from errata.zoo.pretrained import data_configs, published_config, published_weights, view_of_weights
from errata.zoo.zero_shot import published_view

CLASSES = 1000
"""Weights with another number of classes do not answer ImageNet-1k's question."""

TORCHVISION_LICENCE = "bsd-3-clause"
"""Of torchvision and, where their metadata name no other, its weights; timm says the same of them."""

SWAG_LICENCE = "cc-by-nc-4.0"
"""What the licence that torchvision's metadata point to says, github.com/facebookresearch/SWAG."""


@dataclass(frozen=True)
class Network:
    """How large a network is: numbers that were trained, and GMACs for one image."""

    parameters: int
    gmacs: float


@dataclass(frozen=True)
class Weights:
    """Weights that somebody published.

    `row`: how to run them.
    `licence`: `-` where it is not known.
    `build`: returns the network, or the image encoder of an open_clip model. To be called on the device `meta`.
    `stated_top1`: per cent, as the library's metadata say.
    `stated_network`: the same. Then there is no `build`.
    """

    row: Model
    licence: str
    build: Callable[[], torch.nn.Module] | None = None
    stated_top1: float | None = None
    stated_network: Network | None = None


def timm_weights() -> Iterator[Weights]:
    """Yield timm's weights with 1000 classes, at the size of training."""
    for name in timm.list_models(pretrained=True):
        config = published_config(name, where="timm")
        if config["num_classes"] == CLASSES:
            yield Weights(sheet_row(name), config.get("license") or NONE, _timm_builder(name))


def torchvision_weights() -> Iterator[Weights]:
    """Yield torchvision's image classifiers with every member of their weights enums that comes with an accuracy.

    Others are beginnings for detectors, whose classification layer is empty.
    """
    for builder in list_models(module=torchvision.models):
        for member in get_model_weights(builder):
            top1 = member.meta["_metrics"].get("ImageNet-1K", {}).get("acc@1", math.nan)
            if not math.isnan(top1):
                row = sheet_row(f"torchvision/{builder}.{member.name}")
                digits = re.search(r"-([0-9a-f]{8,})\.", member.url)
                yield Weights(
                    replace(row, revision=f"sha256:{digits[1]}" if digits else None),
                    SWAG_LICENCE if "SWAG" in str(member.meta.get("license")) else TORCHVISION_LICENCE,
                    stated_top1=top1,
                    stated_network=Network(member.meta["num_params"], member.meta["_ops"]),
                )


def open_clip_weights() -> Iterator[Weights]:
    """Yield open_clip's pairs of architecture and weights that were trained with the architecture's activation."""
    timms_licences = {}
    for name in timm.list_models(pretrained=True):
        config = timm.get_pretrained_cfg(name)
        timms_licences[config.hf_hub_id] = config.license
    for architecture, tag in list_pretrained():
        try:
            row = sheet_row(f"open_clip/{architecture}.{tag}")
        except InputError:
            continue
        trained = get_pretrained_cfg(architecture, tag) or get_pretrained_cfg(
            architecture.removesuffix("-quickgelu"), tag
        )
        digits = re.search(r"/([0-9a-f]{64})/|-([0-9a-f]{8})\.", trained.get("url") or "")
        yield Weights(
            replace(row, revision=f"sha256:{digits[1] or digits[2]}" if digits else None),
            timms_licences.get(str(trained.get("hf_hub")).strip("/")) or NONE,
            _open_clip_builder(architecture),
        )


def count(weights: Weights, *, gmacs: bool) -> Network:
    """Count the parameters and GMACs of a network without weights.

    `gmacs`: whether to run an image through it too; else `gmacs` is NaN.
    Raises InputError if it cannot be built, or is a classifier of other than 1000 classes.
    """
    size = weights.row.size
    try:
        with torch.device("meta"):
            network = weights.build().eval().requires_grad_(requires_grad=False)
            if not gmacs:
                return Network(_parameters(network), math.nan)
            with torch.no_grad(), FlopCounterMode(display=False) as counted:
                answer = network(torch.empty(1, 3, size, size))
    except Exception as error:
        raise InputError(
            f"{weights.row.model} cannot be built: {type(error).__name__}: {str(error).splitlines()[0]}"
        ) from error
    if weights.row.source != "open_clip" and answer.shape != (1, CLASSES):
        raise InputError(f"{weights.row.model} answers with {tuple(answer.shape)}, expected 1 x {CLASSES}.")
    # the counter counts a multiplication and an addition as two
    return Network(_parameters(network), counted.get_total_flops() / 2e9)


def _parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _timm_builder(name: str) -> Callable[[], torch.nn.Module]:
    def build() -> torch.nn.Module:
        size = data_configs(published_config(name, where="timm"))[0]["input_size"]
        network = timm.create_model(name, pretrained=False, pretrained_cfg_overlay={"input_size": size})
        if network.num_classes != CLASSES:
            raise InputError(f"timm builds {name} with {network.num_classes} classes, expected {CLASSES}.")
        return network

    return build


def _open_clip_builder(architecture: str) -> Callable[[], torch.nn.Module]:
    def build() -> torch.nn.Module:
        config = get_model_config(architecture)
        # text encoders may need files of other libraries; an image meets the image encoder only
        no_text = CLIPTextCfg(context_length=1, vocab_size=1, width=64, heads=1, layers=1)
        vision = CLIPVisionCfg(**config["vision_cfg"])
        return CLIP(config["embed_dim"], vision, no_text, quick_gelu=config.get("quick_gelu", False)).visual

    return build


def sheet_row(name: str) -> Model:
    """Propose a row at the size of training.

    `name`: a timm name with tag; `torchvision/` builder `.` weights; or `open_clip/` architecture `.` pretrained tag.
    Raises InputError if the library knows no such model or weights.
    """
    source, slash, rest = name.partition("/")
    # weights never hold a dot, architectures of open_clip may
    architecture, _, weights = rest.rpartition(".")
    if not slash:
        source, architecture, weights = "timm", name, "pretrained"
        view = view_of_timm(data_configs(published_config(name, where="timm"))[0])
    elif source == "torchvision":
        view = view_of_weights(published_weights(architecture, weights, where="torchvision"))
    elif source == "open_clip":
        check_activation(architecture, weights)
        view = published_view(architecture, weights)
    else:
        raise InputError(f"'{name}': expected torchvision/... or open_clip/..., or a timm name.")
    prefix = f"{source}-{rest}" if slash else name
    return Model(f"{prefix}@{view.crop}", source, architecture, weights, view.crop, "imagenet1k", view.key)


def main(names: list[str]) -> int:
    """Print a tab-separated row for every name; the sheet's header comes first."""
    try:
        rows = [sheet_row(name) for name in names]
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    print(*MODEL_COLUMNS, sep="\t")
    for row in rows:
        print(*(getattr(row, column) for column in MODEL_COLUMNS), sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
