"""Load CLIP encoders, which turn images and texts into unit vectors, with open_clip."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import open_clip
import torch
from huggingface_hub.errors import HTTPError
from open_clip.constants import HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME
from open_clip.pretrained import get_pretrained_cfg, list_pretrained_models_by_tag
from safetensors import SafetensorError

from errata.errors import InputError, reason
from errata.files import sha256_of
from errata.inference.device import exact_float32
from errata.inference.downloads import HubFile
from errata.user_files import told
from errata.views.view import View, view_of_open_clip

CONFIG_FILE = "open_clip_config.json"
WEIGHTS_FILE = "open_clip_model.safetensors"
TEXTS_AT_ONCE = 256
"""Prompts per forward pass; a text transformer of CLIP's size needs about 2 MB for each."""


@dataclass(frozen=True)
class Encoder:
    """An image encoder and a text encoder whose vectors can be compared.

    `name`: how the configuration calls it.
    `view`: the preprocessing of its images.
    `mean`, `std`: normalisation of the red, green and blue channel, pixel values between 0 and 1.
    `notes`: what the vectors come from: architecture, weights and their sha256 or revision, activation, precision,
        library versions. JSON types only.
    `model`: open_clip's model, in evaluation mode.
    `tokenizer`: texts to token ids.
    """

    name: str
    view: View
    mean: tuple[float, ...]
    std: tuple[float, ...]
    notes: Mapping[str, object]
    model: torch.nn.Module
    tokenizer: Any
    device: torch.device

    @cached_property
    def dimensions(self) -> int:
        """The length of the vectors, found by encoding a text."""
        return self.encode_texts(["a"]).shape[1]

    def encode_images(self, images: torch.Tensor) -> torch.Tensor:
        """Return the vectors of a normalised batch.

        `images`: float, shape (images, 3, height, width), normalised with `mean` and `std`.
        Returns float32, shape (images, dimensions), unit length, on the encoder's device.
        """
        return self._unit_vectors(self.model.encode_image, images.to(self.device, non_blocking=True))

    def encode_texts(self, texts: Sequence[str]) -> torch.Tensor:
        """Return the vectors of texts: float32, shape (texts, dimensions), unit length, on the encoder's device."""
        return torch.cat(
            [
                self._unit_vectors(
                    self.model.encode_text, self.tokenizer(list(texts[start : start + TEXTS_AT_ONCE])).to(self.device)
                )
                for start in range(0, len(texts), TEXTS_AT_ONCE)
            ]
        )

    def _unit_vectors(self, encode: Any, batch: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode(), exact_float32():
            return torch.nn.functional.normalize(encode(batch).float(), dim=-1)


def load_encoder(encoder: Mapping[str, str], *, device: torch.device | str) -> Encoder:
    """Load an encoder of the configuration.

    `encoder`: `name`, and either `architecture` and `weights`, open_clip's architecture and pretrained tag (downloaded
        or from its cache), or `folder`, with `open_clip_config.json`, `open_clip_model.safetensors` and the files that
        the tokenizer needs (`text_cfg.tokenizer_kwargs.bpe_path` is relative to the folder).
    `device`: where the model runs, in float32 unless the caller is in a block of `torch.autocast`.
    Raises InputError if open_clip knows no such architecture or weights, the weights were trained with another
    activation than the architecture has, or files are missing from the folder.
    """
    device = torch.device(device)
    model, tokenizer, source = _from_folder(encoder) if "folder" in encoder else _from_registry(encoder)
    model = model.to(device).eval().requires_grad_(requires_grad=False)
    preprocessing = model.visual.preprocess_cfg
    view = _view_of(preprocessing, name=encoder["name"])
    return Encoder(
        name=encoder["name"],
        view=view,
        mean=tuple(preprocessing["mean"]),
        std=tuple(preprocessing["std"]),
        notes={
            "encoder": encoder["name"],
            **source,
            "view": view.key,
            "mean": list(preprocessing["mean"]),
            "std": list(preprocessing["std"]),
            **_scale_of(model),
            "libraries": {"open_clip": open_clip.__version__, "torch": torch.__version__},
        },
        model=model,
        tokenizer=tokenizer,
        device=device,
    )


def _scale_of(model: torch.nn.Module) -> dict[str, float]:
    """Return what the model was trained to multiply cosines with, and to add where it compares by sigmoids (SigLIP).

    Its weights hold the logarithm of the first.
    """
    bias = getattr(model, "logit_bias", None)
    return {
        "temperature": model.logit_scale.detach().float().exp().item(),
        **({} if bias is None else {"logit_bias": bias.detach().float().item()}),
    }


def check_activation(architecture: str, weights: str) -> None:
    """Refuse weights that were trained with another activation than the architecture has.

    OpenAI's weights, and some others, want the activation QuickGELU; architectures that have it are called
    `...-quickgelu`. The wrong one loads without complaint and gives other vectors.

    Raises InputError if they do not fit together, with the name of the architecture that does; also if either is
    unknown.
    """
    config = open_clip.get_model_config(architecture)
    if config is None:
        raise InputError(
            f"open_clip has no architecture '{architecture}'.{_hint(architecture, open_clip.list_models())}"
        )
    plain = architecture.removesuffix("-quickgelu")
    trained = get_pretrained_cfg(architecture, weights) or get_pretrained_cfg(plain, weights)
    if not trained:
        known = sorted({*open_clip.list_pretrained_tags_by_model(plain)})
        elsewhere = list_pretrained_models_by_tag(weights)
        raise InputError(
            f"open_clip has no weights '{weights}' for the architecture '{architecture}'; it has "
            f"{', '.join(known) or 'none'}."
            + (f" Weights of this name belong to {', '.join(elsewhere)}." if elsewhere else _hint(weights, known))
        )
    wants_quick, has_quick = bool(trained.get("quick_gelu")), bool(config.get("quick_gelu"))
    if wants_quick != has_quick:
        right = f"{plain}-quickgelu" if wants_quick else plain
        raise InputError(
            f"the weights '{weights}' were trained {'with' if wants_quick else 'without'} QuickGELU, but the "
            f"architecture '{architecture}' {'has' if has_quick else 'lacks'} it, which gives other vectors without a "
            f"warning. "
            + (
                f"Use the architecture '{right}'."
                if right != architecture and open_clip.get_model_config(right)
                else "open_clip has no architecture that fits; use a folder with a configuration that does."
            )
        )


def weights_file(architecture: str, weights: str) -> HubFile:
    """Return where open_clip's weights are: all that it knows are on the hub."""
    repository, _, name = get_pretrained_cfg(architecture, weights)["hf_hub"].rpartition("/")
    name = name or HF_WEIGHTS_NAME
    safe = HF_SAFE_WEIGHTS_NAME if name == HF_WEIGHTS_NAME else f"{name[:-4]}.safetensors"
    return HubFile(repository, tuple(dict.fromkeys((safe, name))))


def _from_registry(encoder: Mapping[str, str]) -> tuple[torch.nn.Module, Any, dict[str, object]]:
    architecture, weights = encoder["architecture"], encoder["weights"]
    where = f"the weights '{weights}' of '{architecture}' (encoder '{encoder['name']}')"
    check_activation(architecture, weights)
    fetched = weights_file(architecture, weights).fetch(where=where)
    try:
        model = open_clip.create_model(architecture, pretrained=weights, require_pretrained=True, weights_only=True)
        tokenizer = open_clip.get_tokenizer(architecture)
    except ModuleNotFoundError as error:
        raise InputError(
            f"{where}: its tokenizer needs {error.name}. Install it (pip install {error.name})."
        ) from error
    except (OSError, RuntimeError, ValueError, EOFError, UnpicklingError, SafetensorError, HTTPError) as error:
        raise InputError(
            f"{where}: the weights {fetched.path}, or the files of the tokenizer, cannot be loaded ({reason(error)}). "
            "Fetch the latter where there is a network; if the weights are damaged, remove the file, and run it again."
        ) from error
    source = {
        "architecture": architecture,
        "weights": weights,
        "sha256": fetched.sha256,
        "revision": fetched.commit,
        "quick_gelu": bool(open_clip.get_model_config(architecture).get("quick_gelu")),
    }
    return model, tokenizer, source


def _from_folder(encoder: Mapping[str, str]) -> tuple[torch.nn.Module, Any, dict[str, object]]:
    folder = Path(encoder["folder"])
    missing = [name for name in (CONFIG_FILE, WEIGHTS_FILE) if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder}: the folder of encoder '{encoder['name']}' lacks {' and '.join(missing)}.")
    try:
        config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))["model_cfg"]
        text = config["text_cfg"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder / CONFIG_FILE}: expected open_clip's JSON with `model_cfg` and its `text_cfg` ({error!r})."
        ) from error
    merges = text.get("tokenizer_kwargs", {}).get("bpe_path")
    if merges and not (folder / merges).is_file():
        raise InputError(f"{folder / CONFIG_FILE}: `bpe_path` names {merges}, which the folder does not have.")
    schema = f"local-dir:{folder}"
    with told(folder, as_="an encoder of open_clip", remedy="Get its files again."):
        try:
            model = open_clip.create_model(schema, require_pretrained=True)
        except (RuntimeError, AssertionError) as error:
            raise InputError(f"{folder}: {WEIGHTS_FILE} does not fit {CONFIG_FILE}: {error}") from error
        tokenizer = open_clip.get_tokenizer(schema, **({"bpe_path": str(folder / merges)} if merges else {}))
    source = {
        "architecture": folder.name,
        "weights": WEIGHTS_FILE,
        "sha256": sha256_of(folder / WEIGHTS_FILE),
        "config_sha256": sha256_of(folder / CONFIG_FILE),
        **({"tokenizer_sha256": sha256_of(folder / merges)} if merges else {}),
        "quick_gelu": bool(config.get("quick_gelu")),
    }
    return model, tokenizer, source


def _view_of(preprocessing: Mapping[str, Any], *, name: str) -> View:
    size = preprocessing["size"]
    sides = {size} if isinstance(size, int) else set(size)
    if len(sides) != 1:
        raise InputError(f"encoder '{name}' takes images of {size} pixels; only square ones are supported.")
    return view_of_open_clip(
        size=sides.pop(),
        **{key: preprocessing[key] for key in ("interpolation", "resize_mode", "fill_color")},
    )


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3)
    return f" Did you mean {' or '.join(near)}?" if near else ""
