"""Which models of the sheet the paper's models are. No heavy imports: every Snakemake job may read this."""

import csv
from dataclasses import dataclass
from pathlib import Path

from errata.errors import InputError

COLUMNS = ("published", "model", "note")
NONE = "-"


@dataclass(frozen=True)
class PaperModel:
    """A model of the paper.

    Attributes
    ----------
    published : str
        Its name in the paper's tables, such as `timm--resnet50.a1_in1k`.
    model : str or None
        The row of the model sheet with the same weights at the same size; None if there is none.
    note : str or None
        How they were matched where the names do not say it, or why there is none.
    """

    published: str
    model: str | None
    note: str | None


def read_paper_models(path: Path | str) -> list[PaperModel]:
    """Read the table of the paper's models, `resources/zoo/paper_models.tsv`.

    Raises
    ------
    InputError
        If the columns are others, or a name on either side repeats.
    """
    with Path(path).open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader((line for line in stream if not line.startswith("#")), delimiter="\t")
    if tuple(header) != COLUMNS:
        raise InputError(f"{path}: expected the tab-separated columns {', '.join(COLUMNS)}, found {', '.join(header)}.")
    models = [PaperModel(*(None if cell == NONE else cell for cell in row)) for row in rows]
    for names in ([row.published for row in models], [row.model for row in models if row.model]):
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"{path}: '{twice}' is listed twice.")
    return models
