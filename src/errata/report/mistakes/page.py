"""The page of mistakes: which are the most common, where they lie, and which images are difficult."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata.mistakes.listing import Mistakes
from errata.report.inputs import ReportInputs
from errata.report.mistakes.findings import difficulty_steps, findings
from errata.report.mistakes.rows import (
    MOST_CLASSES,
    MOST_COMMON,
    MOST_CONFUSED,
    MOST_DIFFICULT,
    MOST_SPURIOUS,
    class_rows,
    common_mistakes,
    confusion_rows,
    difficult_rows,
    spurious_rows,
    superclass_rows,
)
from errata.report.page import Page
from errata.report.twins import write_twins

MOST_EXPORTED = 1_000
"""Mistakes of each category, and confused pairs, in the report's data; the tables of the rule hold all."""


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object] | None:
    listed = inputs.mistakes
    if listed is None:
        return None
    _write_data(listed, folder / "data")
    return {
        "findings": findings(listed),
        "steps": difficulty_steps(listed),
        "common": common_mistakes(listed),
        "confusions": confusion_rows(listed),
        "all_confusions": listed.confusions.height,
        "as_target": class_rows(listed, "target"),
        "as_prediction": class_rows(listed, "prediction"),
        "superclasses": superclass_rows(listed),
        "spurious": spurious_rows(listed),
        "all_spurious": listed.spurious_pairs.height,
        "is_provisional": bool(listed.spurious_pairs["is_provisional"].any()),
        "difficult": difficult_rows(listed),
        "most": {
            "common": MOST_COMMON,
            "confused": MOST_CONFUSED,
            "classes": MOST_CLASSES,
            "spurious": MOST_SPURIOUS,
            "difficult": MOST_DIFFICULT,
            "exported": MOST_EXPORTED,
        },
    }


def _write_data(listed: Mistakes, data: Path) -> None:
    write_twins(listed.mistakes.filter(pl.col("rank") <= MOST_EXPORTED), "mistakes", data)
    write_twins(listed.confusions.head(MOST_EXPORTED), "confusions", data)
    for name in ("class_mistakes", "superclass_mistakes", "spurious_pairs", "difficulty"):
        write_twins(getattr(listed, name), name, data)


MISTAKES_PAGE = Page("mistakes", "Mistakes", "mistakes.html", _make)
