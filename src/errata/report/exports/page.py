"""The page of data, figures and citation; it writes everything that is offered for use elsewhere."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.atlas.compiled import read_atlas
from errata.error_files import write_error_files
from errata.files import slug
from errata.manifest import manifest_text
from errata.report.exports.citation import bibtex, short_hash
from errata.report.exports.latex import write_latex
from errata.report.exports.schema import write_schema
from errata.report.exports.summary import model_summary
from errata.report.inputs import ReportInputs
from errata.report.page import Page


@dataclass(frozen=True)
class FigureFiles:
    """A figure and the files that hold it."""

    name: str
    files: list[str]


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object]:
    data = folder / "data"
    cited = short_hash(inputs.manifest)
    _write_summaries(inputs, data / "summaries", cited=cited)
    write_latex(inputs, data / "latex")
    if offers_error_files(inputs):
        write_error_files(inputs.errors, read_atlas(inputs.atlas_file).classes, data / "errors")
    entries = bibtex(dataset=inputs.atlas.dataset, atlas=inputs.atlas.name, manifest=inputs.manifest)
    (data / "citation.bib").write_text(entries, encoding="utf-8")
    if inputs.manifest is not None:
        (data / "manifest.json").write_text(manifest_text(inputs.manifest), encoding="utf-8")
    schema = write_schema(data)
    return {
        "schema": schema,
        "figure_files": _figures(folder / "figures"),
        "bibtex": entries,
        "manifest": inputs.manifest,
        "cited": cited,
        "sizes": {
            path.relative_to(data).as_posix(): _size(path.stat().st_size) for path in data.glob("*") if path.is_file()
        },
        "has_error_files": offers_error_files(inputs),
        "most_error_files": inputs.error_files,
    }


EXPORTS = Page("data", "Data and citation", "exports.html", _make)


def offers_error_files(inputs: ReportInputs) -> bool:
    """Tell whether the report holds a file of every model's errors."""
    known = inputs.errors is not None and inputs.atlas_file is not None
    return known and inputs.profile["model"].n_unique() <= inputs.error_files


def _write_summaries(inputs: ReportInputs, folder: Path, *, cited: str) -> None:
    folder.mkdir()
    gains: dict[str, dict[str, dict]] = {}
    if inputs.what_if is not None:
        for row in inputs.what_if.filter(group="all", accuracy="mla").iter_rows(named=True):
            gains.setdefault(row["model"], {})[row["category"]] = row
    for row in inputs.profile.filter(pl.col("group") == "all").iter_rows(named=True):
        text = model_summary(inputs, row, gains.get(row["model"], {}), cited=cited)
        (folder / f"{slug(row['model'])}.md").write_text(text, encoding="utf-8")


def _figures(folder: Path) -> list[FigureFiles]:
    found: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        found.setdefault(path.stem, []).append(path.name)
    return [FigureFiles(name, files) for name, files in found.items()]


def _size(size: int) -> str:
    """Return a file's size in kB, or MB from a megabyte on."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{math.ceil(size / 1e3)} kB"
