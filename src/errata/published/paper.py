"""Where the paper's tables are in a folder, and which models of the sheet the paper's models are.

No heavy imports: every Snakemake job reads this.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from errata.errors import InputError
from errata.groups import GROUPS

PAPER_COLUMNS = ("published", "model", "note")
NOTHING = "-"


def published_files(folder: Path | str, dataset: str | None = None) -> dict[str, Path]:
    """Find the published tables in a folder: group -> file.

    `folder`: holds one CSV file per group, named `<group>.csv` or, as in the paper's repository,
        `non_problematic_stats_<group>.csv`; or a folder `dataset` that does.
    Raises InputError if the folder or a file is missing, or a group has two files.
    """
    folder = Path(folder)
    if dataset is not None and (folder / dataset).is_dir():
        folder = folder / dataset
    if not folder.is_dir():
        raise InputError(
            f"{folder}: there is no such folder. Expected the folder of the published tables, "
            f"with the files {', '.join(f'{group}.csv' for group in GROUPS)}."
        )
    return {group: _file_of(folder, group) for group in GROUPS}


def _file_of(folder: Path, group: str) -> Path:
    names = (f"{group}.csv", f"non_problematic_stats_{group}.csv")
    found = [folder / name for name in names if (folder / name).is_file()]
    if len(found) != 1:
        inside = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
        hint = f" Name one of the folders in it: {', '.join(inside[:6])}." if inside and not found else ""
        raise InputError(
            f"{folder}: expected one of the files {' or '.join(names)} for the group '{group}', "
            f"found {'both; remove one' if found else 'neither'}.{hint}"
        )
    return found[0]


@dataclass(frozen=True)
class PaperModel:
    """A model of the paper.

    `published`: its name in the paper's tables, such as `timm--resnet50.a1_in1k`.
    `model`: the row of the model sheet with the same weights at the same size; None if there is none.
    `note`: how they were matched where the names do not say it, or why there is none.
    """

    published: str
    model: str | None
    note: str | None


def read_paper_models(path: Path | str) -> list[PaperModel]:
    """Read the table of the paper's models, `resources/zoo/paper_models.tsv`.

    Raises InputError if the columns are others, or a name on either side repeats.
    """
    with Path(path).open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader((line for line in stream if not line.startswith("#")), delimiter="\t")
    if tuple(header) != PAPER_COLUMNS:
        expected, found = ", ".join(PAPER_COLUMNS), ", ".join(header)
        raise InputError(f"{path}: expected the tab-separated columns {expected}, found {found}.")
    models = [PaperModel(*(None if cell == NOTHING else cell for cell in row)) for row in rows]
    for names in ([row.published for row in models], [row.model for row in models if row.model]):
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"{path}: '{twice}' is listed twice.")
    return models
