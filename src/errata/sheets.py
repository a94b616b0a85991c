"""Read sheets: tab-separated tables with named rows. No heavy imports: every Snakemake job reads them."""

import csv
import io
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from errata.errors import InputError, shown
from errata.files import read_text

NONE = "-"
"""How a sheet says that there is none."""

LONGEST_NAME = 100
"""Bytes of a name; file systems take 255, and files have more than a name in theirs."""

Check = Callable[[dict[str, dict[str, str]]], None]
"""Looks at the rows of a sheet, by name, and raises an InputError if they are not as they should be."""

GIVEN = "given"
"""How the data-set sheet says that the config names the path."""

TABLES = (".csv", ".tsv", ".txt")
"""How the path of a table of classes ends, by which the sheet tells it from the name of a class list."""


@dataclass(frozen=True)
class Dataset:
    """A row of the data-set sheet; source names are keys of the registry, None where the sheet says `-`.

    Attributes
    ----------
    dataset, title : str
    vocabulary : str
        Name of the class list, `resources/vocabularies/{vocabulary}.csv`; or the path of a table of classes of one's
        own, see `has_own_tables`.
    targets : str
        Source of the images' names and targets, or `given`: the config's `images` says where. If the source is an
        archive, it holds the images themselves, in class folders.
    multilabels, real : str or None
        Sources of multi-labels and of re-assessed labels.
    experts : tuple of str
        Sources of expert lists.
    pairs_from : str
        The data set whose re-assessed labels the co-occurrences are counted in; of a data set of one's own, an atlas.
    published : str or None
        Which of the paper's tables belong to the data set.
    train : str or None
        The data set of its training images, among which CLIP neighbours are sought.
    stand_ins : dict
        Encoders that take the place of others on this data set: name in the atlas sheet -> name of the one used.
    answers : str
        Among which classes models answer when they are run: `all` of the vocabulary, or its `own`, those of its images.
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
    answers: str

    @property
    def has_own_tables(self) -> bool:
        """Whether it is a data set of one's own: `vocabulary` is its table of classes, `targets` its labels.

        `errata.own_data.build` says what these tables are, and which atlas `pairs_from` may name.
        """
        return self.vocabulary.endswith(TABLES)


@dataclass(frozen=True)
class PredictionsRow:
    """A row of the predictions sheet: a model, the data set, and where its predictions are."""

    model: str
    dataset: str
    predictions: str


def read_datasets(path: Path | str, *, check: Check | None = None) -> dict[str, Dataset]:
    """Read the data-set sheet, which `config/schemas/datasets.schema.json` describes.

    Raises
    ------
    InputError
        If columns are missing, a name repeats, `pairs_from` names no data set of the sheet, or `check` refuses the
        rows.
    """
    rows = read_rows(path, key="dataset", columns=tuple(Dataset.__dataclass_fields__))
    check_names(rows, kind="a data set", where=path)
    vocabularies = (row["vocabulary"] for row in rows.values())
    check_names((name for name in vocabularies if not name.endswith(TABLES)), kind="a vocabulary", where=path)
    if check:
        check(rows)
    datasets = {
        row["dataset"]: Dataset(
            dataset=row["dataset"],
            title=row["title"],
            vocabulary=row["vocabulary"],
            targets=row["targets"],
            multilabels=optional(row["multilabels"]),
            real=optional(row["real"]),
            experts=tuple(name.strip() for name in row["experts"].split(",")) if row["experts"] != NONE else (),
            pairs_from=optional(row["pairs_from"]),
            published=optional(row["published"]),
            train=optional(row["train"]),
            stand_ins=_pairs(row["stand_ins"]),
            answers=row["answers"],
        )
        for row in rows.values()
    }
    for dataset in datasets.values():
        if dataset.has_own_tables:
            _check_own(dataset, path)
        elif dataset.pairs_from is not None:
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


def _check_own(dataset: Dataset, path: Path | str) -> None:
    """Refuse a row of one's own that says what its tables should say, or names no labels."""
    if dataset.targets in (GIVEN, NONE):
        raise InputError(
            f"{path}: data set '{dataset.dataset}' has a table of classes of its own, so targets must be its table of "
            f"labels or its folder of class folders; found '{dataset.targets}'."
        )
    columns = ("multilabels", "real", "experts", "published", "train", "stand_ins")
    filled = [column for column in columns if getattr(dataset, column)]
    if filled or dataset.answers != "all":
        raise InputError(
            f"{path}: data set '{dataset.dataset}' has tables of its own, which say what its images show. Write "
            f"'{NONE}' into {', '.join(columns)}, and 'all' into answers."
        )


def read_predictions_sheet(path: Path | str) -> list[PredictionsRow]:
    """Read the sheet of predictions files that lie elsewhere.

    Raises
    ------
    InputError
        If columns are missing or a model repeats.
    """
    rows = read_rows(path, key="model", columns=tuple(PredictionsRow.__dataclass_fields__))
    return [PredictionsRow(**row) for row in rows.values()]


def read_rows(
    path: Path | str, *, key: str, columns: tuple[str, ...], more_columns: tuple[str, ...] = ()
) -> dict[str, dict[str, str]]:
    """Read the rows of a sheet by name; the sheet has `columns`, or these and `more_columns`, whose cells may be empty.

    Raises
    ------
    InputError
        If columns are missing, a needed cell is empty, or a name repeats.
    """
    lines = io.StringIO(read_text(path), newline="")
    reader = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    if tuple(reader.fieldnames or ()) not in (columns, columns + more_columns):
        raise InputError(
            f"{path}: expected the tab-separated columns {', '.join(columns)}"
            f"{' or these and ' + ', '.join(more_columns) if more_columns else ''}; "
            f"found {', '.join(reader.fieldnames or ())}."
        )
    listed = list(reader)
    rows: dict[str, dict[str, str]] = {}
    for number, row in enumerate(listed, start=1):
        if None in row or not all(row[name] for name in columns):
            raise InputError(f"{path}, row {number}: every column needs a value ('{NONE}' for none), found {row}.")
        if row[key] in rows:
            raise InputError(f"{path}, row {number}: the {key} '{row[key]}' is listed twice.")
        rows[row[key]] = row
    return rows


def is_name(text: str) -> bool:
    """Tell whether files and folders can be called so: letters and digits of any script, then also `.`, `_` and `-`.

    The schemas in config/schemas take ASCII letters alone for what a run calls files after.

    Examples
    --------
    >>> is_name("métal"), is_name("金属"), is_name("big cats"), is_name("../metal")
    (True, True, False, False)
    """
    kinds = [unicodedata.category(character)[0] for character in text]
    has_letters = bool(text) and kinds[0] in "LN"
    is_plain = all(kind in "LMN" or sign in "._-" for kind, sign in zip(kinds, text, strict=True))
    return has_letters and is_plain and len(text.encode()) <= LONGEST_NAME


def check_names(names: Iterable[object], *, kind: str, where: Path | str) -> None:
    """Refuse names that files and folders should not have.

    Raises
    ------
    InputError
        If a name is none (`is_name`).
    """
    for name in names:
        if not is_name(str(name)):
            raise InputError(
                f"{where}: '{shown(name, 60)}' cannot be the name of {kind}, as files are called after it. Begin with "
                f"a letter or digit and go on with letters, digits, '.', '_' and '-', up to {LONGEST_NAME} bytes."
            )


def schema_check(sheet: Path | str, schema: Path | str, *, validate: Callable[[dict, str], None]) -> Check:
    """Return a check of a sheet's rows against a JSON schema, whose key `message` words what is wrong with a cell.

    Parameters
    ----------
    sheet, schema : path
        The sheet, for messages, and the schema of its rows by name.
    validate : callable
        `snakemake.utils.validate`: the package itself does without Snakemake.
    """

    def check(rows: dict[str, dict[str, str]]) -> None:
        try:
            validate(rows, str(schema))
        except Exception as error:
            found = error.__context__
            if found is None or "message" not in getattr(found, "schema", {}):
                raise
            row = found.absolute_path[0]
            raise InputError(found.schema["message"].format(sheet=sheet, row=row, found=found.instance)) from None

    return check


def optional(value: str) -> str | None:
    """Return the value of a cell, None where the sheet says that there is none."""
    return None if value == NONE else value


def _pairs(value: str) -> dict[str, str]:
    return {} if value == NONE else dict(entry.strip().split("=") for entry in value.split(","))


def with_multilabels(datasets: Mapping[str, Dataset], given: Collection[str]) -> dict[str, Dataset]:
    """Return the sheet of data sets, in which those have given multi-labels that the configuration names a file for."""
    return {
        name: replace(row, multilabels=GIVEN) if row.multilabels is None and name in given else row
        for name, row in datasets.items()
    }
