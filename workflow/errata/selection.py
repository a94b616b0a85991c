"""Which of the user's files play which part. No heavy imports: every Snakemake job runs this."""

import difflib
import fnmatch
from collections.abc import Iterable, Mapping
from pathlib import Path

from errata.input_error import InputError
from errata.sheets import Model, PredictionsRow

RESULTS = "results"
"""The folder of everything that a run makes. A path in it need not exist yet: a rule makes it."""

PREDICTION_SUFFIXES = (".parquet", ".csv", ".npy", ".npz")
"""Files of a predictions folder that are predictions; others are left alone."""


def near_match(name: str, known: Iterable[str], *, where: str, listed_in: str) -> None:
    """Refuse a name that is not known, with the nearest ones that are.

    Raises
    ------
    InputError
        If `name` is not in `known`.
    """
    known = list(known)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known) or 'none'}."
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


def select_models(patterns: Iterable[str], models: Mapping[str, Model]) -> list[Model]:
    """Return the models of the sheet that any of the names or patterns (`resnet*@224`) selects, in the sheet's order.

    Raises
    ------
    InputError
        If a name or pattern selects none.
    """
    chosen: set[str] = set()
    for pattern in patterns:
        found = fnmatch.filter(models, pattern)
        if not found:
            near_match(pattern, models, where="config key 'models'", listed_in="config/models.tsv")
        chosen.update(found)
    return [model for name, model in models.items() if name in chosen]


def prediction_files(dataset: str, path: str | None, rows: Iterable[PredictionsRow]) -> list[str]:
    """List the predictions files of a data set: those in the user's folder and those of the predictions sheet.

    Raises
    ------
    InputError
        If the folder holds none, or the sheet names a file that does not exist.
    """
    listed = [row.predictions for row in rows if row.dataset == dataset]
    lost = [file for file in listed if not Path(file).is_file()]
    if lost:
        raise InputError(f"config/predictions.tsv: the predictions file {lost[0]} does not exist.")
    if path is None:
        return listed
    if Path(path).is_file():
        return [*listed, path]
    found = sorted(str(file) for file in Path(path).iterdir() if file.suffix in PREDICTION_SUFFIXES)
    if not found:
        raise InputError(
            f"config key 'predictions': {path} holds no file that ends in {', '.join(PREDICTION_SUFFIXES)}."
        )
    return [*listed, *(file for file in found if file not in listed)]
