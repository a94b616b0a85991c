"""Load classifiers of your own: a timm architecture and a file of weights."""

import json
import logging
import pickle
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import timm
import torch
from safetensors import SafetensorError, safe_open
from timm.data import resolve_data_config

from errata.errors import InputError
from errata.files import sha256_of
from errata.models import Model
from errata.views.view import parse_view, view_of_timm
from errata.zoo.classifier import Classifier, check_class_count, check_view, ready

LOG = logging.getLogger(__name__)

CONFIG_KEY = "pretrained_cfg"
"""Metadata key of a safetensors file under which timm's preprocessing can stand as a JSON object (`input_size`,
`crop_pct`, `crop_mode`, `interpolation`, `mean`, `std`)."""

WRAPPERS = ("state_dict", "model")
"""Keys under which training programs put the state dict beside other things."""

PREFIXES = ("_orig_mod.", "module.")
"""What torch.compile and DataParallel put before every key."""


def load_checkpoint(model: Model, *, classes: pl.DataFrame, device: torch.device) -> Classifier:
    """Load a timm architecture with weights from a safetensors file or a torch file that holds nothing but tensors.

    The size and view are those of the sheet and the normalisation is the architecture's in timm, unless a safetensors
    file says what it was trained with (see `CONFIG_KEY`); then the sheet must agree. A view that is not the
    architecture's in timm is a warning in the log.

    Raises InputError if timm does not know the architecture; the file is missing, damaged or holds pickled code; its
    tensors do not fit the architecture or the vocabulary, or are not finite; or the sheet has another view than the
    file says.
    """
    where, file = model.row, Path(model.weights)
    architecture, size = model.architecture, model.size
    if not timm.is_model(architecture):
        raise InputError(f"{where}: timm {timm.__version__} has no architecture '{architecture}'.")
    if not file.is_file():
        raise InputError(f"{where}: there is no such file: {file}. Paths are relative to the project folder.")
    tensors, notes = read_weights(file)
    module = timm.create_model(
        architecture, num_classes=classes.height, pretrained_cfg_overlay={"input_size": (3, size, size)}
    )
    _check_tensors(tensors, module, model=model, classes=classes, file=file)
    module.load_state_dict(tensors)
    config = resolve_data_config(pretrained_cfg={**module.pretrained_cfg, **notes})
    if notes:
        view = check_view(model, [view_of_timm(config)], source=str(file))
    else:
        view = check_view(model, [parse_view(model.view)], source="its view")
        if view != (usual := view_of_timm(config)):
            LOG.warning(
                "%s: the weights do not say how their images were prepared; the sheet says %s, timm's %s has %s",
                where,
                view.key,
                architecture,
                usual.key,
            )
    return Classifier(
        logits=ready(module, device),
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        view=view,
        revision=f"sha256:{sha256_of(file)}",
        class_count=classes.height,
    )


def read_weights(file: Path) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
    """Read a state dict and the file's notes about preprocessing; nothing is unpickled but tensors.

    Raises InputError if the file is damaged, holds pickled code, or no state dict.
    """
    if file.suffix == ".safetensors":
        try:
            with safe_open(file, framework="pt") as stored:
                notes = json.loads((stored.metadata() or {}).get(CONFIG_KEY, "{}"))
                return {key: stored.get_tensor(key) for key in stored.keys()}, notes  # noqa: SIM118 - no mapping
        except (SafetensorError, ValueError) as error:
            raise InputError(f"{file}: expected a safetensors file, but it cannot be read as one ({error}).") from error
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{file}: expected a torch file of tensors or a safetensors file. It is no torch file, or holds pickled "
            "code, which Errata never runs: save the weights alone, with torch.save(model.state_dict(), ...) or "
            "safetensors.torch.save_model."
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        raise InputError(
            f"{file}: expected a torch file of tensors or a safetensors file, but it is damaged ({error}). Write it "
            "again."
        ) from error
    for key in WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not (
        isinstance(content, Mapping) and content and all(isinstance(part, torch.Tensor) for part in content.values())
    ):
        raise InputError(
            f"{file}: expected a state dict (names and tensors), by itself or under {' or '.join(WRAPPERS)}; found "
            + (f"the keys {', '.join(map(str, list(content)[:6]))}." if isinstance(content, Mapping) else "none.")
        )
    return {_bare(key): part for key, part in content.items()}, {}


def _bare(key: str) -> str:
    for prefix in PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _check_tensors(
    tensors: Mapping[str, torch.Tensor],
    module: torch.nn.Module,
    *,
    model: Model,
    classes: pl.DataFrame,
    file: Path,
) -> None:
    """Refuse tensors that do not fit the architecture with a head for the vocabulary, or are not finite."""
    expected = module.state_dict()
    start = f"{file}: these are no weights of timm's {model.architecture} at size {model.size}"
    missing, strangers = sorted(expected.keys() - tensors.keys()), sorted(tensors.keys() - expected.keys())
    if missing or strangers:
        raise InputError(
            f"{start}: {_few(missing)} missing, {_few(strangers)} unexpected. Name the architecture that was trained."
        )
    reshaped = [key for key in expected if tensors[key].shape != expected[key].shape]
    heads = module.pretrained_cfg.get("classifier") or ()
    heads = (heads,) if isinstance(heads, str) else heads
    if reshaped and all(key.rpartition(".")[0] in heads for key in reshaped):
        check_class_count(model, len(tensors[reshaped[0]]), classes)
    if reshaped:
        key = reshaped[0]
        raise InputError(
            f"{start}: {key} has the shape {tuple(tensors[key].shape)}, expected {tuple(expected[key].shape)} "
            f"({len(reshaped)} tensors like this). Name the architecture and size that were trained."
        )
    broken = [key for key, part in tensors.items() if part.is_floating_point() and not torch.isfinite(part).all()]
    if broken:
        raise InputError(
            f"{model.row}: {file}: {_few(broken)} not finite (NaN or infinite): the training went wrong. Give "
            "weights from before it did, or leave the model out (config key models)."
        )


def _few(keys: list[str]) -> str:
    shown = f" ({', '.join(keys[:3])}{', ...' if len(keys) > 3 else ''})" if keys else ""
    return f"{len(keys)} tensor{'' if len(keys) == 1 else 's'}{shown}"
