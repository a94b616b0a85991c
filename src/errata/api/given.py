"""What users give: an atlas by name, predictions in any form, names of rows."""

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas, read_atlas
from errata.errors import InputError, listed, shown
from errata.predictions.folder import read_folder
from errata.predictions.formats import SUFFIXES, suffix_of
from errata.predictions.in_memory import InMemory, as_array, is_frame, names_in_index
from errata.predictions.prediction_file import PredictionsError
from errata.predictions.read import NamedFile
from errata.shipped import atlas_file

UNNAMED = "model"
"""What a model is called that has no name."""


class PredictionWarning(UserWarning):
    """What the doctor warns of: predictions that are scored, but look odd."""


def in_python(message: str) -> str:
    """Return a message of the doctor with Python's arguments in place of the command line's options.

    Examples
    --------
    >>> in_python("If the model is sound: --accept rows_scattered.")
    "If the model is sound: accept='rows_scattered'."
    """
    message = re.sub(r"--accept (\w+)", r"accept='\1'", message).replace("--order FILE", "order=FILE")
    return re.sub(r"--classes (\w+)", r"errata.restrict_atlas(\1, ...)", message)


def say(warned: Iterable[str], *, depth: int) -> None:
    """Warn of every line, as if it came from the line of the user's that called, so many calls up."""
    for line in warned:
        warnings.warn(line, PredictionWarning, stacklevel=depth + 2)


def load_atlas(atlas: str | Path | Atlas = "imagenet") -> Atlas:
    """Load an error atlas: one that comes with Errata, by name, or any other, by path.

    It is read and checked once, and kept as long as its file stays the same.

    Parameters
    ----------
    atlas : str, path or Atlas
        `imagenet` is the atlas of ImageNet's validation set: 20,000 images with multi-labels, of which 18,692 count.

    Returns
    -------
    Atlas
        `images`, `classes` and `outcomes`, what every possible prediction would be.

    Raises
    ------
    InputError
        If there is no such atlas, or the file is damaged.

    Examples
    --------
    >>> atlas = errata.load_atlas("imagenet")
    >>> atlas
    <Atlas 'labels' of imagenet: 20,000 images, 1,000 classes>
    >>> atlas.images.select("file_name", "target").row(0)
    ('ILSVRC2012_val_00000001.JPEG', 65)
    >>> atlas.classes["name"][65]
    'sea snake'
    """
    if isinstance(atlas, Atlas):
        if atlas.file is None:
            raise InputError("This atlas is not from a file, so its evidence is not known. Load one with load_atlas.")
        return atlas
    if not isinstance(atlas, str | Path):
        raise InputError(f"atlas: expected a name such as 'imagenet', a path or an atlas, found {_kind(atlas)}.")
    file = atlas_file(atlas)
    stat = file.stat()
    return _read(file.resolve(), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(file: Path, _modified: int, _size: int) -> Atlas:
    return read_atlas(file)


def sources_of(predictions: Any, atlas: Atlas, *, names: Any = None) -> list[NamedFile | InMemory]:
    """Return where the predictions of every model are, whatever form they were given in.

    Raises
    ------
    InputError
        If they are in no form that can be, or `names` are not.
    """
    if isinstance(predictions, Mapping):
        _refuse_columns(predictions)
        if isinstance(names, Mapping) and (strangers := [str(model) for model in names if model not in predictions]):
            raise InputError(f"names: there are no predictions of {listed(strangers)}. Name models as in predictions.")
        named = names if isinstance(names, Mapping) else dict.fromkeys(predictions, names)
        return [_of_model(str(model), each, atlas, named.get(model)) for model, each in predictions.items()]
    if isinstance(predictions, NamedFile | InMemory):
        return [predictions]
    files = _files_in(predictions)
    if files is None:
        return [_of_model(UNNAMED, predictions, atlas, names)]
    if names is not None:
        raise InputError("names: they are for arrays; a file names its rows itself, or by order=FILE.")
    return [NamedFile(path) for path in files]


def _of_model(model: str, values: Any, atlas: Atlas, names: Any) -> NamedFile | InMemory:
    if isinstance(values, NamedFile | InMemory):
        return values
    if isinstance(values, str | Path):
        return NamedFile(Path(values), model)
    if values is None or isinstance(values, bool | int | float | bytes | Mapping):
        raise InputError(
            f"Predictions of {shown(model, 60)}: found {_kind(values)}; expected a path, an array, a tensor, a list or "
            "a frame."
        )
    if names is not None:
        return InMemory(model, values, names_series(rows_named(names, atlas), atlas))
    return InMemory(model, values, None if is_frame(values) else names_in_index(values))


def _refuse_columns(predictions: Mapping) -> None:
    if not predictions:
        raise InputError("There are no predictions: the dictionary is empty. Give one entry per model.")
    if {"file_name", "predicted_class"} <= set(predictions):
        raise InputError(
            "The dictionary has the columns of a table, file_name and predicted_class; expected model names. Give "
            "polars.DataFrame(predictions), or {'my model': polars.DataFrame(predictions)}."
        )


def _files_in(predictions: Any) -> list[Path] | None:
    """Return the files among what was given, those of a folder included; None if it is no path and no list of them."""
    if isinstance(predictions, str | Path):
        path = Path(predictions)
        if not path.is_dir():
            return [path]
        files = read_folder(path).files
        if not files:
            raise InputError(f"{path}: no file here ends in {SUFFIXES}. Name predictions files or their folder.")
        return [Path(file) for file in files]
    if not isinstance(predictions, list | tuple) or not predictions:
        return None
    if all(isinstance(each, str | Path) for each in predictions) and any(map(_is_path, predictions)):
        return [file for each in predictions for file in _files_in(each) or ()]
    return None


def _is_path(given: str | Path) -> bool:
    return isinstance(given, Path) or bool(suffix_of(Path(given))) or Path(given).exists()


def rows_named(names: Any, atlas: Atlas) -> np.ndarray:
    """Return what names the rows, shape (rows,): file names (objects), or positions in class-folder order (integers).

    Raises
    ------
    InputError
        If it is neither, or a position is not one of the data set.
    """
    if isinstance(names, str | bytes | Path):
        raise InputError(
            f"names: expected one per row, found '{shown(names, 60)}'. To name rows by a file: order=FILE."
        )
    if isinstance(names, set | frozenset):
        raise InputError("names: found a set, which has no order. Give a list, a name per row.")
    values = names if hasattr(names, "__array__") or hasattr(names, "detach") else list(names)
    if isinstance(values, list) and all(isinstance(name, str | Path) for name in values):
        return np.array([str(name) for name in values], dtype=object)
    try:
        array = as_array(values, where="names")
    except PredictionsError as error:
        raise InputError(str(error)) from error
    if array.dtype.kind in "UO" and array.ndim == 1 and all(isinstance(name, str) for name in array.tolist()):
        return array.astype(object)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InputError(
            f"names: expected file names, or positions in class-folder order (integers), found {array.dtype} of shape "
            f"{array.shape}."
        )
    if "folder_rank" not in atlas.images.columns:
        raise InputError(f"names: {atlas!r} does not know the order of class folders. Give file names, not positions.")
    outside = (array < 0) | (array >= atlas.dataset_images)
    if outside.any():
        raise InputError(
            f"names: position {int(array[outside][0])} is none of the {atlas.dataset_images:,} images of "
            f"'{atlas.dataset}'; they count from 0 in class-folder order. Give file names if the data set has others."
        )
    return array


def names_series(names: np.ndarray, atlas: Atlas) -> pl.Series:
    """Return the file name of every row.

    An image without labels has no name in the atlas: in its place stands what is the name of no image.
    """
    if names.dtype.kind == "O":
        return pl.Series("file_name", names.tolist(), dtype=pl.String)
    known = atlas.images.select(position=pl.col("folder_rank").cast(pl.Int64), file_name="file_name")
    return (
        pl.DataFrame({"position": names.astype(np.int64)})
        .join(known, on="position", how="left", maintain_order="left")
        .select(pl.col("file_name").fill_null(pl.format("position {}", "position")))
        .to_series()
    )


def check_order(order: str | Path | None, names: Any) -> str | Path | None:
    """Return the order of the rows, refusing one beside names of rows."""
    if order is not None and not isinstance(order, str | Path):
        raise InputError(
            f"order: expected 'val', 'imagefolder' or a file, found {_kind(order)}. Names of rows are names=."
        )
    if order is not None and names is not None:
        raise InputError("Give order or names, not both: each says which row is which image.")
    return order


def accepted_kinds(accept: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the kinds of findings that are accepted, given one or several."""
    return (accept,) if isinstance(accept, str) else tuple(accept or ())


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
