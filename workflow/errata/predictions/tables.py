"""The tables of answers: what models say about images, and what that is."""

from errata.columns import CLASS, TEXT, TEXT_OR_NULL
from errata.tables import Table

_answer = {"model": TEXT, "file_name": TEXT, "target": CLASS, "predicted_class": CLASS}

ERRORS = Table(
    "errors",
    key=("model", "file_name"),
    columns={**_answer, "category": TEXT, "provisional_category": TEXT_OR_NULL},
)
"""Images that count and whose prediction is not the target."""

ERROR_FILE = Table(
    "error_file",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "target": CLASS,
        "target_name": TEXT.means("Name of the target class."),
        "predicted_class": CLASS,
        "predicted_name": TEXT.means("Name of the predicted class."),
        "category": TEXT,
        "provisional_category": TEXT_OR_NULL,
    },
)
"""The errors of one model, a CSV: `errors/{model}.csv` of `errata classify`, `data/errors/{model}.csv` of a report."""

PROBLEMATIC = Table(
    "problematic",
    key=("model", "file_name"),
    columns={**_answer, "outcome": TEXT, "provisional_category": TEXT_OR_NULL},
)
"""Outcomes of the problematic images, which every statistic leaves out."""
