"""Find the image and the class that a person asks for: by number, by name, or by a name typed slightly wrong."""

import difflib
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.errors import InputError, shown
from errata.predictions.class_names import ClassVocabulary
from errata.predictions.prediction_file import PredictionsError
from errata.predictions.row_match import NO_ROW, match_by_name

LIKE, TAKEN = 0.75, 0.85
"""How alike a name must be, as `difflib` measures it, to be suggested, and to be taken."""

AHEAD = 0.05
"""How much more alike than the next class it must be to be taken."""


@dataclass(frozen=True)
class Asked:
    """What was found: a file name or a class id, and a sentence where something else was typed, else nothing."""

    found: str | int
    note: str = ""


def find_image(atlas: Atlas, text: str) -> Asked:
    """Find an annotated image.

    Parameters
    ----------
    atlas : Atlas
    text : str
        Its file name, with or without folder, suffix and wnid, or its number: that at the end of its name.

    Raises
    ------
    InputError
        If the atlas has no such image.
    """
    names = atlas.images["file_name"]
    found = np.flatnonzero(match_by_name(names, pl.Series([text])).rows != NO_ROW)
    numbers = names.str.replace(r"\.[^.]+$", "").str.extract(r"(\d+)$").cast(pl.Int64, strict=False)
    if not len(found) and text.isascii() and text.isdigit() and len(text) < 19:
        found = (numbers == int(text)).arg_true().to_numpy()
    if len(found) == 1:
        return Asked(names[int(found[0])])
    base = names.filter(names.str.split("/").list.last() == text) if not len(found) else names.gather(found)
    enough = ", and the number in the name is enough" if numbers.null_count() == 0 and numbers.is_unique().all() else ""
    if len(base):
        raise InputError(f"{shown(text, 80)}: {len(base):,} images are called so. Name one with its folder: {base[0]}.")
    raise InputError(
        f"{shown(text, 80)}: it is not among the {atlas.images.height:,} annotated images of data set "
        f"'{atlas.dataset}'. They are named like {names[0]}{enough}."
    )


def find_class(classes: pl.DataFrame, text: str) -> Asked:
    """Find a class by its id, wnid or name; one typed slightly wrong is taken if no other is as much alike.

    Parameters
    ----------
    classes : polars.DataFrame
        `class_id`, `wnid`, `name`, `lemmas`, in class-id order.
    text : str

    Raises
    ------
    InputError
        If there is no such class, or several could be meant.
    """
    try:
        return Asked(ClassVocabulary(classes).id_of(text))
    except PredictionsError as error:
        if error.kind == "ids_out_of_range":
            raise
        meant, alike = _meant(classes, text), _alike(classes, text)
        several = error.kind == "ambiguous_class_name"
        if not meant and alike and alike[0][0] >= TAKEN and (len(alike) == 1 or alike[0][0] - alike[1][0] >= AHEAD):
            meant = [alike[0][1]]
        if len(meant) == 1 and not several:
            return Asked(meant[0], f"'{shown(text, 60)}' is no class; taken for {_called(classes, meant[0])}.")
        names = [_called(classes, class_id) for class_id in (meant or [class_id for _, class_id in alike])[:4]]
        hint = f" Did you mean {' or '.join(names)}?" if names else ""
        what = "the name of several classes" if several else "no class of this data set"
        raise InputError(
            f"'{shown(text, 60)}' is {what}.{hint} Name a class by its id (0 to {classes.height - 1}), its wnid or its "
            "name."
        ) from error


def _called(classes: pl.DataFrame, class_id: int) -> str:
    return f"'{classes['name'][class_id]}' ({classes['wnid'][class_id]})"


def _names(classes: pl.DataFrame) -> pl.DataFrame:
    """Return every name of every class in lower case: `class_id`, `name`."""
    written = classes.select("class_id", pl.concat_list("name", "lemmas").alias("name")).explode("name")
    return written.with_columns(pl.col("name").str.to_lowercase())


def _meant(classes: pl.DataFrame, text: str) -> list[int]:
    """Return the classes that have a text as a whole word of one of their names."""
    words = " ".join(re.findall(r"\w+", text[:100].lower().replace("_", " ")))
    if not words:
        return []
    has_words = pl.col("name").str.contains(rf"(^|\W){words}(\W|$)")
    return _names(classes).filter(has_words)["class_id"].unique(maintain_order=True).to_list()


def _alike(classes: pl.DataFrame, text: str) -> list[tuple[float, int]]:
    """Return how much classes' names and wnids are like a text, and which classes, the most alike first."""
    wanted = text[:100].strip().replace("_", " ").lower()
    ids = dict(zip(*_names(classes).reverse().select("name", "class_id").get_columns(), strict=True))
    best: dict[int, float] = {}
    for name in difflib.get_close_matches(wanted, ids, n=10, cutoff=LIKE):
        ratio = difflib.SequenceMatcher(None, name, wanted).ratio()
        best[ids[name]] = max(ratio, best.get(ids[name], 0))
    return sorted(((ratio, class_id) for class_id, ratio in best.items()), reverse=True)
