"""Load classifiers of your own: a timm architecture and a file of weights."""

import json
import logging
import pickle
from collections import OrderedDict
from collections.abc import Mapping, Sequence
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

WRAPPERS = (
    *("state_dict_ema", "ema_state_dict", "model_ema", "ema"),
    *("state_dict", "model_state_dict", "model", "net", "network", "weights"),
)
"""Keys under which training programs put the state dict beside other things. A moving average of the weights (EMA)
comes first: it is what a training program that keeps one reports the accuracy of."""

LAST_STEP = "current_model_state"
"""Where Lightning's WeightAveraging puts the weights of the last step; under state_dict lies their moving average."""

PREFIXES = ("_orig_mod.", "module.")
"""What torch.compile and DataParallel put before every key."""

PLAIN_CALLS = ("argparse.", "builtins.", "numpy.", "numpy._core.", "pathlib.", "datetime.")
"""Objects of these modules are made by a call, as far as training programs store them; others are mappings or have
attributes."""


class Inert:
    """An object in place of one whose class is not loaded: it takes everything and does nothing."""

    def __init__(self, *_arguments: object) -> None:
        """Take no notice of the arguments."""

    def __setstate__(self, _state: object) -> None:
        """Take no notice of the state."""


def load_checkpoint(model: Model, *, classes: pl.DataFrame, device: torch.device) -> Classifier:
    """Load a timm architecture with weights from a safetensors file or a torch file.

    The size and view are those of the sheet and the normalisation is the architecture's in timm, unless a safetensors
    file says what it was trained with (see `CONFIG_KEY`); then the sheet must agree. A view that is not the
    architecture's in timm is a warning in the log.

    Of what a training program stores beside the weights, nothing is loaded: no code of the file runs. Weights that lie
    under a name within a larger module, as Lightning writes them, are found by the architecture's names.

    Raises InputError if timm does not know the architecture; the file is missing, damaged or holds no weights; its
    tensors do not fit the architecture or the vocabulary, or are not finite; or the sheet has another view than the
    file says.
    """
    where, file = model.row, Path(model.weights)
    architecture, size = model.architecture, model.size
    if not timm.is_model(architecture):
        raise InputError(f"{where}: timm {timm.__version__} has no architecture '{architecture}'.")
    if file.is_dir():
        raise InputError(f"{where}: {file} is a folder, expected a file of weights. Name one that lies in it.")
    if not file.is_file():
        raise InputError(f"{where}: there is no such file: {file}. Paths are relative to the project folder.")
    stored, notes = read_weights(file)
    module = timm.create_model(
        architecture, num_classes=classes.height, pretrained_cfg_overlay={"input_size": (3, size, size)}
    )
    tensors = within(stored, list(module.state_dict()), file=file)
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

    The log says which of several state dicts was taken.

    Raises InputError if the file is damaged or holds no state dict.
    """
    if file.suffix == ".safetensors":
        try:
            with safe_open(file, framework="pt") as stored:
                notes = json.loads((stored.metadata() or {}).get(CONFIG_KEY, "{}"))
                return {key: stored.get_tensor(key) for key in stored.keys()}, notes  # noqa: SIM118 - no mapping
        except (SafetensorError, ValueError) as error:
            raise InputError(f"{file}: expected a safetensors file, but it cannot be read as one ({error}).") from error
    given, foreign = _load_tensors(file)
    content = given
    key = next((key for key in WRAPPERS if isinstance(content, Mapping) and is_state_dict(content.get(key))), None)
    if key is not None:
        others = [other for other in (*WRAPPERS, LAST_STEP) if other != key and is_state_dict(content.get(other))]
        if others:
            which = f"{key}, a moving average," if LAST_STEP in others else key
            LOG.info("%s: the weights under %s were taken, not those under %s", file, which, ", ".join(others))
        content = content[key]
    for name, state in _callbacks_of(given).items():
        if _keeps_tensors(state):
            LOG.warning(
                "%s: the callback %s keeps tensors, too, maybe a moving average of the weights (EMA), which was not "
                "taken. If its accuracy is what you report, save the average as a state dict of its own and give that",
                file,
                name,
            )
    if not is_state_dict(content):
        keys = ", ".join(map(str, list(content)[:6])) if isinstance(content, Mapping) else ""
        found = f"the keys {keys}" if keys else "none"
        pickled = (
            f" It holds pickled code, which Errata never runs ({', '.join(foreign[:3])}): save the weights alone, with "
            "torch.save(model.state_dict(), ...) or safetensors.torch.save_model."
        )
        raise InputError(
            f"{file}: expected a state dict (names and tensors), by itself or under {', '.join(WRAPPERS[:-1])} or "
            f"{WRAPPERS[-1]}; found {found}.{pickled if foreign else ''}"
        )
    return {_bare(key): part for key, part in content.items() if isinstance(part, torch.Tensor)}, {}


def is_state_dict(content: object) -> bool:
    """Return whether an object is a mapping from names to tensors; a few extra states beside them are no harm."""
    return (
        isinstance(content, Mapping)
        and all(isinstance(key, str) for key in content)
        and any(isinstance(part, torch.Tensor) for part in content.values())
        and not any(isinstance(part, Mapping) and part for part in content.values())
    )


def _callbacks_of(content: object) -> Mapping[str, object]:
    """Return the states of callbacks that Lightning stores beside the weights, by name."""
    found = content.get("callbacks") if isinstance(content, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _keeps_tensors(state: object) -> bool:
    """Return whether a state holds tensors of more than a number, at any depth."""
    if isinstance(state, torch.Tensor):
        return state.ndim > 0
    parts = state.values() if isinstance(state, Mapping) else state if isinstance(state, list | tuple) else ()
    return any(map(_keeps_tensors, parts))


def _load_tensors(file: Path) -> tuple[object, list[str]]:
    """Return what a torch file holds, other objects than tensors inert, and the names of the classes left out."""
    damaged = f"{file}: expected a torch file of tensors or a safetensors file"
    try:
        foreign = torch.serialization.get_unsafe_globals_in_checkpoint(file)
    except Exception:
        # not the layout of torch 1.6 and later; loading says what is wrong with it
        foreign = []
    fault: Exception | None = None
    for usual in (OrderedDict, Inert):
        stand_ins = [(Inert if name.startswith(PLAIN_CALLS) else usual, name) for name in foreign]
        try:
            with torch.serialization.safe_globals(stand_ins):
                return torch.load(file, map_location="cpu", weights_only=True), foreign
        except (pickle.UnpicklingError, TypeError) as error:
            fault = error
        except (RuntimeError, EOFError, OSError, ValueError) as error:
            raise InputError(f"{damaged}, but it is damaged ({error}). Write it again.") from error
    raise InputError(
        f"{damaged}. It is no torch file, or holds pickled code, which Errata never runs: save the weights alone, with "
        "torch.save(model.state_dict(), ...) or safetensors.torch.save_model."
    ) from fault


def _bare(key: str) -> str:
    for prefix in PREFIXES:
        key = key.removeprefix(prefix)
    return key


def within(tensors: Mapping[str, torch.Tensor], names: Sequence[str], *, file: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a network that may be a part of a larger module, under the network's own names.

    Lightning stores the whole module: `model.conv1.weight`, beside the loss function's and the metrics' tensors.

    `names`: what the network calls its tensors.
    Returns `tensors` as they are if no part, or the whole, has all the names.
    Raises InputError if several parts have them, such as a student and a teacher.
    """
    if set(names) <= tensors.keys():
        # an average of weights counts the steps that it is made of
        return {key: part for key, part in tensors.items() if key != "n_averaged"}
    anchor = f".{names[0]}"
    prefixes = [key[: -len(anchor) + 1] for key in tensors if key.endswith(anchor)]
    whole = [prefix for prefix in prefixes if all(prefix + name in tensors for name in names)]
    if not whole:
        return dict(tensors)
    chosen = [prefix for prefix in whole if "ema" in prefix.lower().split(".")[0]] or whole
    if len(chosen) > 1:
        raise InputError(
            f"{file}: holds several networks of this architecture, under {', '.join(chosen)}; which of them? Save the "
            "weights of one alone."
        )
    rest = [key for key in tensors if not key.startswith(chosen[0])]
    if rest:
        LOG.info("%s: the weights under %s were taken; %s left out", file, chosen[0], _few(rest))
    return {key.removeprefix(chosen[0]): part for key, part in tensors.items() if key.startswith(chosen[0])}


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
        found = [f"{_few(keys)} {what}" for keys, what in ((missing, "missing"), (strangers, "unexpected")) if keys]
        raise InputError(f"{start}: {', '.join(found)}. Name the architecture that was trained.")
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
    shown = f" ({', '.join(keys[:3])}{', ...' if len(keys) > 3 else ''})"
    return f"{len(keys)} tensor{'' if len(keys) == 1 else 's'}{shown}"
