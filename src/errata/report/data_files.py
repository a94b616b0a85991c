"""The report's tables for machines, and the file that marks the folder as a report."""

import json
from pathlib import Path

import polars as pl

from errata import __version__
from errata.labels.tables import UNREADABLE
from errata.report.folder import MARK
from errata.report.inputs import ReportInputs
from errata.report.twins import write_markdown, write_twins
from errata.tables import check_table


def write_data(inputs: ReportInputs, folder: Path) -> None:
    """Write the tables of `inputs` into `data` in the report's folder, and the mark beside it."""
    data = folder / "data"
    write_twins(inputs.profile, "profile", data)
    write_markdown(inputs.profile, data / "profile.md")
    write_twins(inputs.pooled, "pooled", data)
    if inputs.what_if is not None:
        write_twins(inputs.what_if, "what_if", data)
    if inputs.accuracy is not None:
        write_twins(inputs.accuracy, "accuracy", data)
    if inputs.comparison is not None:
        write_twins(inputs.comparison, "comparison", data)
    if inputs.soft_profile is not None:
        write_twins(inputs.soft_profile, "soft_profile", data)
    if inputs.recall is not None:
        write_twins(inputs.recall, "recall", data)
    if inputs.atlas.unreadable:
        frame = pl.DataFrame(inputs.atlas.unreadable, schema=list(UNREADABLE.columns), orient="row")
        write_twins(check_table(frame, UNREADABLE, where="unreadable images"), UNREADABLE.name, data)
    about = {
        "errata": __version__,
        "title": inputs.title,
        "dataset": inputs.atlas.dataset,
        "atlas": inputs.atlas.name,
        "models": inputs.profile["model"].n_unique(),
        "undefined": list(inputs.atlas.undefined),
        "atlas_provenance": dict(inputs.atlas.provenance),
        "provenance": dict(inputs.provenance),
    }
    (folder / MARK).write_text(json.dumps(about, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
