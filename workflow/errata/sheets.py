"""The sheets: data sets, models and atlases, one row each. No heavy imports: every Snakemake job reads them."""

import csv
from dataclasses import dataclass
from pathlib import Path

from errata.input_error import InputError

NONE = "-"
"""How a sheet says that there is none."""

GIVEN = "given"
"""How the data-set sheet says that the config names the path."""


@dataclass(frozen=True)
class Dataset:
    """A row of the data-set sheet; source names are keys of the registry, None where the sheet says `-`.

    Attributes
    ----------
    dataset, title : str
    vocabulary : str
        Name of the class list, `resources/vocabularies/{vocabulary}.csv`.
    targets : str
        Source of the images' names and targets, or `given`: the config's `images` says where.
    multilabels, real : str or None
        Sources of multi-labels and of re-assessed labels.
    experts : tuple of str
        Sources of expert lists.
    pairs_from : str
        The data set whose re-assessed labels the co-occurrences are counted in.
    published : str or None
        Which of the paper's tables belong to the data set.
    """

    dataset: str
    title: str
    vocabulary: str
    targets: str
    multilabels: str | None
    real: str | None
    experts: tuple[str, ...]
    pairs_from: str
    published: str | None


@dataclass(frozen=True)
class Model:
    """A row of the model sheet: a name, the data set, and where its predictions are."""

    model: str
    dataset: str
    predictions: str


def read_datasets(path: Path | str) -> dict[str, Dataset]:
    """Read the data-set sheet.

    Raises
    ------
    InputError
        If columns are missing, a name repeats, or `pairs_from` names no data set of the sheet.
    """
    rows = _rows(path, key="dataset", columns=tuple(Dataset.__dataclass_fields__))
    datasets = {
        row["dataset"]: Dataset(
            dataset=row["dataset"],
            title=row["title"],
            vocabulary=row["vocabulary"],
            targets=row["targets"],
            multilabels=_optional(row["multilabels"]),
            real=_optional(row["real"]),
            experts=tuple(name.strip() for name in row["experts"].split(",")) if row["experts"] != NONE else (),
            pairs_from=row["pairs_from"],
            published=_optional(row["published"]),
        )
        for row in rows
    }
    for dataset in datasets.values():
        mined = datasets.get(dataset.pairs_from)
        if mined is None or mined.real is None or mined.vocabulary != dataset.vocabulary:
            raise InputError(
                f"{path}: data set '{dataset.dataset}' takes its pairs from '{dataset.pairs_from}', which must be a "
                "data set of the sheet with re-assessed labels (`real`) and the same vocabulary."
            )
    return datasets


def read_models(path: Path | str) -> list[Model]:
    """Read the model sheet.

    Raises
    ------
    InputError
        If columns are missing or a model repeats.
    """
    return [Model(**row) for row in _rows(path, key="model", columns=("model", "dataset", "predictions"))]


def _rows(path: Path | str, *, key: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader((line for line in stream if not line.startswith("#")), delimiter="\t")
        if tuple(reader.fieldnames or ()) != columns:
            raise InputError(
                f"{path}: expected the tab-separated columns {', '.join(columns)}; "
                f"found {', '.join(reader.fieldnames or ())}."
            )
        rows = list(reader)
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        empty = [name for name, value in row.items() if not value]
        if empty or None in row:
            raise InputError(f"{path}, row {number}: every column needs a value ('{NONE}' for none), found {row}.")
        if row[key] in seen:
            raise InputError(f"{path}, row {number}: the {key} '{row[key]}' is listed twice.")
        seen.add(row[key])
    return rows


def _optional(value: str) -> str | None:
    return None if value == NONE else value
