"""The sheets: data sets, models and atlases, one row each. No heavy imports: every Snakemake job reads them."""

import csv
from dataclasses import dataclass
from pathlib import Path

from errata.errors import InputError
from errata.model_facts import FACT_TYPES, Facts

SOURCES = ("timm", "torchvision", "open_clip", "checkpoint", "dummy")
"""Where the models of the model sheet can come from."""

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
    train : str or None
        The data set of its training images, among which CLIP neighbours are sought.
    stand_ins : dict
        Encoders that take the place of others on this data set: name in the atlas sheet -> name of the one used.
    """

    dataset: str
    title: str
    vocabulary: str
    targets: str
    multilabels: str | None
    real: str | None
    experts: tuple[str, ...]
    pairs_from: str | None
    published: str | None
    train: str | None
    stand_ins: dict[str, str]


@dataclass(frozen=True)
class Model:
    """A row of the model sheet: a classifier that Errata can run.

    Attributes
    ----------
    model : str
        Its identity, `name@size`.
    source : str
        Where it comes from, one of `SOURCES`.
    architecture : str
        The source's own name for it: timm name with tag, torchvision builder, open_clip architecture, or the timm
        architecture of a checkpoint.
    weights : str
        `pretrained` (timm), a member of the weights enum (torchvision), a pretrained tag or a folder (open_clip), or
        the path of a checkpoint.
    size : int
        Width and height of its input in pixels.
    vocabulary : str
        The classes that it tells apart.
    view : str
        Key of its preprocessing, see `errata.views.view`.
    revision : str or None
        Which state of the weights: a commit of timm's repository on the Hugging Face hub, which is then asked for, or
        `sha256:` and the digits that their publisher put into the file's name or address. None where it is not known.
    """

    model: str
    source: str
    architecture: str
    weights: str
    size: int
    vocabulary: str
    view: str
    revision: str | None = None


MODEL_COLUMNS = tuple(name for name in Model.__dataclass_fields__ if name != "revision")
"""The columns that every sheet of models has; `revision` and facts may follow."""


@dataclass(frozen=True)
class PredictionsRow:
    """A row of the predictions sheet: a model, the data set, and where its predictions are."""

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
            pairs_from=_optional(row["pairs_from"]),
            published=_optional(row["published"]),
            train=_optional(row["train"]),
            stand_ins=_pairs(row["stand_ins"], where=f"{path}, data set '{row['dataset']}', stand_ins"),
        )
        for row in rows
    }
    for dataset in datasets.values():
        if dataset.pairs_from is not None:
            mined = datasets.get(dataset.pairs_from)
            if mined is None or mined.real is None or mined.vocabulary != dataset.vocabulary:
                raise InputError(
                    f"{path}: data set '{dataset.dataset}' takes its pairs from '{dataset.pairs_from}', which must be "
                    "a data set of the sheet with re-assessed labels (`real`) and the same vocabulary."
                )
        if dataset.train is not None:
            train = datasets.get(dataset.train)
            if train is None or train.vocabulary != dataset.vocabulary:
                raise InputError(
                    f"{path}: data set '{dataset.dataset}' has the training images '{dataset.train}', which must be a "
                    "data set of the sheet with the same vocabulary."
                )
    return datasets


def read_models(path: Path | str) -> dict[str, Model]:
    """Read how to run the models of the sheet.

    Raises
    ------
    InputError
        If columns are missing, a model repeats, a source is not one of `SOURCES`, a size is no number, or a name is
        not `name@size`.
    """
    models = {}
    for row in _model_rows(path):
        if row["source"] not in SOURCES:
            raise InputError(
                f"{path}: model '{row['model']}' has source '{row['source']}'; expected one of {', '.join(SOURCES)}."
            )
        if not row["size"].isdigit() or not row["model"].endswith(f"@{row['size']}"):
            raise InputError(
                f"{path}: model '{row['model']}' has size '{row['size']}'; expected pixels, and a name that ends in "
                "@ and the same number, such as resnet50.a1_in1k@224."
            )
        needed = {name: row[name] for name in MODEL_COLUMNS}
        models[row["model"]] = Model(
            **{**needed, "size": int(row["size"])}, revision=_optional(row.get("revision") or NONE)
        )
    return models


def read_facts(path: Path | str) -> dict[str, Facts]:
    """Read what is known about the models of the sheet.

    Raises
    ------
    InputError
        If columns are missing, a model repeats, or a number is none.
    """
    facts = {}
    for row in _model_rows(path):
        known = {name: row[name] for name in Facts.__dataclass_fields__ if row.get(name, NONE) not in (NONE, None, "")}
        try:
            facts[row["model"]] = Facts(**{name: FACT_TYPES.get(name, str)(value) for name, value in known.items()})
        except ValueError as error:
            raise InputError(
                f"{path}, model '{row['model']}': {', '.join(FACT_TYPES)} must be numbers, or '{NONE}': {error}."
            ) from error
    return facts


def _model_rows(path: Path | str) -> list[dict[str, str]]:
    return _rows(path, key="model", columns=MODEL_COLUMNS, more_columns=("revision", *Facts.__dataclass_fields__))


def read_predictions_sheet(path: Path | str) -> list[PredictionsRow]:
    """Read the sheet of predictions files that lie elsewhere.

    Raises
    ------
    InputError
        If columns are missing or a model repeats.
    """
    return [PredictionsRow(**row) for row in _rows(path, key="model", columns=("model", "dataset", "predictions"))]


def _rows(
    path: Path | str, *, key: str, columns: tuple[str, ...], more_columns: tuple[str, ...] = ()
) -> list[dict[str, str]]:
    """Read rows that have `columns`, and `more_columns` or none of them; cells of the latter may be left out."""
    with Path(path).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader((line for line in stream if not line.startswith("#")), delimiter="\t")
        if tuple(reader.fieldnames or ()) not in (columns, columns + more_columns):
            raise InputError(
                f"{path}: expected the tab-separated columns {', '.join(columns)}"
                f"{' or these and ' + ', '.join(more_columns) if more_columns else ''}; "
                f"found {', '.join(reader.fieldnames or ())}."
            )
        rows = list(reader)
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if None in row or not all(row[name] for name in columns):
            raise InputError(f"{path}, row {number}: every column needs a value ('{NONE}' for none), found {row}.")
        if row[key] in seen:
            raise InputError(f"{path}, row {number}: the {key} '{row[key]}' is listed twice.")
        seen.add(row[key])
    return rows


def _optional(value: str) -> str | None:
    return None if value == NONE else value


def _pairs(value: str, *, where: str) -> dict[str, str]:
    if value == NONE:
        return {}
    pairs = [entry.strip().split("=") for entry in value.split(",")]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise InputError(f"{where}: expected name=name, separated by commas, or '{NONE}'; found '{value}'.")
    return dict(pairs)
