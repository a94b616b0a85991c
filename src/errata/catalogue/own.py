"""Put a checkpoint of one's own into the sheet of models."""

import difflib
from pathlib import Path

import polars as pl
import timm
import torch
from timm.data import resolve_data_config

from errata.errors import InputError
from errata.files import atomic_write, read_text
from errata.models import COLUMNS, Model, read_models
from errata.sheets import NONE
from errata.views.view import view_of_timm
from errata.zoo.checkpoint import load_checkpoint, read_weights


def own_row(file: Path, architecture: str, *, name: str | None = None, vocabulary: str = "imagenet1k") -> Model:
    """Propose the row of a checkpoint.

    Size and preprocessing are those that the file notes, otherwise those of the architecture in timm.

    Parameters
    ----------
    file : path
        Weights, as `errata.zoo.checkpoint` reads them.
    architecture : str
        Of timm.
    name : str, optional
        What the model is called; by default as the file.
    vocabulary : str
        The classes that it tells apart.

    Raises
    ------
    InputError
        If timm does not know the architecture, or a safetensors file cannot be read.
    """
    if not timm.is_model(architecture):
        typed = architecture.split(".")[0].lower()
        near = timm.list_models(f"*{typed}*")[:3] or difflib.get_close_matches(typed, timm.list_models())
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise InputError(f"timm {timm.__version__} has no architecture '{architecture}'.{hint}")
    # only safetensors have notes
    notes = read_weights(file)[1] if file.suffix == ".safetensors" else {}
    known = timm.get_pretrained_cfg(architecture)
    view = view_of_timm(resolve_data_config(pretrained_cfg={**(known.to_dict() if known else {}), **notes}))
    # best.pth.tar is called best
    model = f"{name or Path(file.name.removesuffix('.tar')).stem}@{view.crop}"
    return Model(model, "checkpoint", architecture, str(file), view.crop, vocabulary, view.key)


def add_row(sheet: Path, row: Model, *, classes: pl.DataFrame) -> None:
    """Load a checkpoint to see that it fits, and write its row before the others of the sheet.

    `classes`: the table `errata.classes.tables.CLASSES` of its vocabulary, or any table with as many rows.

    Raises
    ------
    InputError
        If the sheet has a model of this name, or the weights do not fit.
    """
    if row.model in read_models(sheet):
        raise InputError(f"{sheet}: there is a model '{row.model}' already. Give another name with --name.")
    load_checkpoint(row, classes=classes, device=torch.device("cpu"))
    values = [getattr(row, column) for column in COLUMNS]
    line = "\t".join(NONE if value is None else str(value) for value in values)
    lines = read_text(sheet).splitlines()
    header = next(place for place, text in enumerate(lines) if not text.startswith("#"))
    cells = len(lines[header].split("\t"))
    lines.insert(header + 1, "\t".join(line.split("\t")[:cells]))
    with atomic_write(sheet) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
