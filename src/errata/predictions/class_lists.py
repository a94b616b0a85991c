"""Lists of classes in the order of a model's outputs: a file with a class a line, or a list that many people use."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import InputError, listed, shown
from errata.files import read_text
from errata.predictions.class_names import ClassVocabulary
from errata.predictions.prediction_file import ModelRows, PredictionsError

KNOWN_LISTS = {
    "imagenette": (
        "n01440764", "n02102040", "n02979186", "n03000684", "n03028079", "n03394916", "n03417042", "n03425413",
        "n03445777", "n03888257",
    ),
    "imagewoof": (
        "n02086240", "n02087394", "n02088364", "n02089973", "n02093754", "n02096294", "n02099601", "n02105641",
        "n02111889", "n02115641",
    ),
}  # fmt: skip
"""Lists that can be named instead of a file, in the order of their class folders: fast.ai's ten easy classes of
ImageNet, and its ten dogs (github.com/fastai/imagenette)."""

_WNID = re.compile(r"\bn\d{8}\b")

_NUMBERED = re.compile(r"^\d+\s*:\s*")

_NEARLY = 0.8
"""A learnt numbering is a known list if it agrees on so large a share of the ids."""


def read_class_list(given: Path | str | Sequence[str], classes: pl.DataFrame) -> tuple[str, list[int]]:
    """Read a list of classes.

    Parameters
    ----------
    given : path, str or sequence of str
        A file with a class a line: a wnid (other words may stand beside it) or a name. Blank lines and lines that
        begin with `#` are left out. Or the name of one of `KNOWN_LISTS`, or the classes themselves.
    classes : polars.DataFrame
        `class_id`, `wnid`, `name`, `lemmas`, in class-id order.

    Returns
    -------
    name : str
        What the list is called: as the file, without what no file name can have.
    class_ids : list of int

    Raises
    ------
    InputError
        If there is no such file, or the list is empty, names a class twice, or one that is none of `classes`.
    """
    where, lines = _lines_of(given)
    if not lines:
        raise InputError(f"{where}: expected a class a line, a wnid or a name, in the order of the model's outputs.")
    wnids = dict(classes.select("wnid", "class_id").iter_rows())
    vocabulary: ClassVocabulary | None = None
    places: dict[int, str] = {}
    if [word for _, word in lines] == [str(number) for number in range(len(lines))] and len(lines) < classes.height:
        raise InputError(
            f"{where}: found the numbers 0 to {len(lines) - 1}, which do not say what the classes are. Write a wnid or "
            "a name a line, in the order of the model's outputs."
        )
    for place, word in lines:
        found = _WNID.findall(word.lower())
        if len(found) > 1:
            raise InputError(f"{where}{place}: found {len(found)} wnids, expected one a line.")
        if word not in wnids:
            # 'n01440764 tench', '0: n01440764' and '0: tench' number a line, and are not class id 0
            word = found[0] if found else _NUMBERED.sub("", word)
        class_id = wnids.get(word)
        if class_id is None:
            vocabulary = vocabulary or ClassVocabulary(classes)
            class_id = _class_called(word, vocabulary, f"{where}{place}")
        if class_id in places:
            raise InputError(
                f"{where}{place}: the class '{shown(word, 60)}' is listed before{places[class_id]}. List it once."
            )
        places[class_id] = place
    name = re.sub(r"[^\w.-]+", "-", Path(str(where)).stem).strip("-._") or "classes"
    return name, list(places)


def _lines_of(given: Path | str | Sequence[str]) -> tuple[str, list[tuple[str, str]]]:
    """Return what a list is called and its entries, each with where it stands."""
    if isinstance(given, str) and given in KNOWN_LISTS:
        return given, [("", wnid) for wnid in KNOWN_LISTS[given]]
    if not isinstance(given, str | Path):
        return "classes", [(f", entry {number}", str(word).strip()) for number, word in enumerate(given, 1)]
    if not Path(given).is_file():
        raise InputError(
            f"{shown(given, 200)}: there is no such file. Name a text file with a wnid a line, in the order of the "
            f"model's outputs, or one of these lists: {listed(KNOWN_LISTS)}."
        )
    text = read_text(given, expected="a class a line, in UTF-8")
    numbered = ((f", line {number}", line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return str(given), [(place, line) for place, line in numbered if line and not line.startswith("#")]


def _class_called(word: str, vocabulary: ClassVocabulary, where: str) -> int:
    try:
        return vocabulary.id_of(word)
    except PredictionsError as error:
        if error.kind == "ambiguous_class_name":
            raise InputError(f"{where}: '{shown(word, 60)}' names several classes. Write its wnid.") from error
        names = vocabulary.classes["name"].to_list()
        near = difflib.get_close_matches(word[:100], names, n=2)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise InputError(
            f"{where}: '{shown(word, 60)}' is no wnid and no name of the {len(names):,} classes of the atlas.{hint} "
            "Write one class a line, in the order of the model's outputs, and nothing else."
        ) from error


def in_list(rows: ModelRows, class_ids: Sequence[int]) -> ModelRows:
    """Return rows whose class ids are all in a list, and not all places in it, with the places instead."""
    # wnids and names are no numbers
    ids = rows.labels.cast(pl.Int64, strict=False)
    if (ids.max() or 0) < len(class_ids) or not ids.drop_nulls().is_in(class_ids).all():
        return rows
    places = ids.replace_strict(class_ids, range(len(class_ids)), default=None, return_dtype=pl.Int32)
    return replace(rows, labels=places, ranked=None, ranked_probability=None, lowest=None, others={}, rivals={})


def known_list(table: np.ndarray, wnids: Sequence[str]) -> str | None:
    """Return the name of the known list that a learnt numbering follows, if there is one.

    `table` (int, shape (ids,)) is the class of every id, negative where none is known; `wnids` are of these classes.
    """
    for name, members in KNOWN_LISTS.items():
        if len(members) == len(table):
            agree = [c >= 0 and wnids[c] == wnid for c, wnid in zip(table.tolist(), members, strict=True)]
            if np.mean(agree) >= _NEARLY:
                return name
    return None
