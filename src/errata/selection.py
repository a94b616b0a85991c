"""Select models, and the user's files. No heavy imports: every Snakemake job runs this."""

import difflib
import fnmatch
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from errata.errors import InputError, shown
from errata.models import MODEL_SHEET, Model
from errata.predictions.folder import FolderContent, read_folder
from errata.predictions.formats import NAMED_ORDERS, SUFFIXES
from errata.sheets import PredictionsRow

RESULTS = "results"
"""The folder of everything that a run makes. A path in it need not exist yet: a rule makes it."""

PAPER = "paper"
"""Selects the models of the paper."""

SELECTABLE = ("source", "family", "group", "licence")
"""Columns of the model sheet whose values select models."""

MODELS_KEY = "config key 'models'"
SHOWN = 20
"""So many names at most are listed in a message."""


def near_match(name: str, known: Collection[str], *, where: str, listed_in: str) -> None:
    """Refuse a name that is not known, with the nearest ones that are.

    Raises
    ------
    InputError
        If `name` is not in `known`.
    """
    if name not in known:
        known = list(known)
        near = difflib.get_close_matches(name, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {_some_of(known)}."
        raise InputError(f"{where}: '{name}' is not listed in {listed_in}; {hint}")


def user_path(value: str | Mapping[str, str] | None, dataset: str, *, sole: bool, kind: str) -> str | None:
    """Return the path that the user gives for a data set: one for all, one per data set, or none.

    A single path serves the only data set that it can mean (`sole`), or is a folder with one entry per data set.

    Raises
    ------
    InputError
        If the path does not exist, or is a single path that could mean several data sets.
    """
    if isinstance(value, Mapping):
        value = value.get(dataset)
        sole = True
    if value is None:
        return None
    path = Path(value)
    if not path.exists() and path.parts[0] != RESULTS:
        raise InputError(f"config key '{kind}': {value} does not exist (relative paths start at the project folder).")
    if (path / dataset).exists():
        return str(path / dataset)
    if not sole:
        raise InputError(
            f"config key '{kind}': {value} could belong to several data sets; give one path per data set, "
            f"{kind}: {{{dataset}: PATH, ...}}."
        )
    return str(path)


def order_of(value: str | Mapping[str, str] | None, dataset: str) -> str | None:
    """Return the order of a data set's predictions without file names, that of all data sets or its own.

    Raises
    ------
    InputError
        If it is neither a named order nor a file.
    """
    order = value.get(dataset) if isinstance(value, Mapping) else value
    if order is not None and order not in NAMED_ORDERS and not Path(order).is_file():
        raise InputError(
            f"config key 'order': '{order}' is no file (relative paths start at the project folder), and not one of "
            f"{', '.join(NAMED_ORDERS)}."
        )
    return order


def order_file(order: str | None) -> str | None:
    """Return an order that is a file; None for a named one."""
    return None if order in NAMED_ORDERS else order


def select_models(
    selectors: Iterable[str],
    models: Mapping[str, Model],
    *,
    paper: Callable[[], Iterable[str]] = tuple,
) -> list[Model]:
    """Return the models of the sheet that any of the selectors selects, in the sheet's order.

    Parameters
    ----------
    selectors : iterable of str
        Names; patterns (`resnet*@224`); `source:`, `family:`, `group:` or `licence:` with a value or pattern of that
        column (in any case); or `paper`, the models of the paper.
    models : mapping
        The sheet of models, by name.
    paper : callable
        Returns the names of the paper's models.

    Raises
    ------
    InputError
        If a selector selects none.
    """
    chosen: set[str] = set()
    for selector in selectors:
        column, colon, value = selector.partition(":")
        if colon:
            chosen.update(_models_with(column, value, models))
        elif selector == PAPER:
            chosen.update(_models_of_paper(models, paper()))
        else:
            chosen.update(_models_named(selector, models))
    return [model for name, model in models.items() if name in chosen]


def _models_named(pattern: str, models: Mapping[str, Model]) -> list[str]:
    found = fnmatch.filter(models, pattern)
    if not found:
        # names are long, so a slip is sought in what stands before the tag
        stems: dict[str, list[str]] = {}
        for name in models:
            stems.setdefault(name.partition(".")[0], []).append(name)
        near = [name for stem in difflib.get_close_matches(pattern.strip("*"), stems, n=3) for name in stems[stem]]
        near_match(pattern, models if not near else near[:SHOWN], where=MODELS_KEY, listed_in=MODEL_SHEET)
    return found


def _models_with(column: str, value: str, models: Mapping[str, Model]) -> list[str]:
    near_match(column, SELECTABLE, where=f"{MODELS_KEY}, '{column}:{value}'", listed_in="what models are selected by")
    values = {name: getattr(model, column) for name, model in models.items()}
    pattern = value.lower()
    found = [name for name, known in values.items() if known and fnmatch.fnmatchcase(known.lower(), pattern)]
    if not found:
        known = sorted({known for known in values.values() if known})
        near_match(value, known, where=MODELS_KEY, listed_in=f"the column {column} of {MODEL_SHEET}")
    return found


def _models_of_paper(models: Mapping[str, Model], paper: Iterable[str]) -> list[str]:
    names = list(paper)
    lost = [name for name in names if name not in models]
    if lost:
        raise InputError(
            f"{MODELS_KEY}: {len(lost)} models of the paper are not in {MODEL_SHEET}, first {lost[0]}. `make models` "
            "writes the sheet again."
        )
    return names


def _some_of(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} others" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more if names else "none"


def prediction_files(dataset: str, path: str | None, rows: Iterable[PredictionsRow]) -> FolderContent:
    """List the predictions files of a data set: those in the user's folder and those of the predictions sheet.

    Raises
    ------
    InputError
        If the folder holds none, the sheet names a file that does not exist, or Snakemake cannot have the name.
    """
    sheet = [row.predictions for row in rows if row.dataset == dataset]
    lost = [file for file in sheet if not Path(file).is_file()]
    if lost:
        raise InputError(f"config/predictions.tsv: the predictions file {lost[0]} does not exist.")
    if path is None:
        return FolderContent(tuple(map(_nameable, sheet)), {})
    content = FolderContent((path,), {}) if Path(path).is_file() else read_folder(path)
    if not content.files:
        others = f" Left out: {_some_of([f'{file} ({why})' for file, why in content.left_out.items()])}."
        raise InputError(
            f"config key 'predictions': {path} holds no file that ends in {SUFFIXES}."
            + (others if content.left_out else "")
        )
    files = [*sheet, *(file for file in content.files if file not in sheet)]
    return FolderContent(tuple(map(_nameable, files)), content.left_out)


def _nameable(path: str) -> str:
    """Return a path if Snakemake can have it as an input.

    Raises
    ------
    InputError
        If it holds braces, which are Snakemake's wildcards, or control characters, which it prints as they are.
    """
    if shown(path) != path or "{" in path or "}" in path:
        raise InputError(
            f"config key 'predictions': {path} has braces or characters that do not print in its name, which Snakemake "
            "does not take as they are. Rename the file or folder, or use errata classify, which takes any name."
        )
    return path
