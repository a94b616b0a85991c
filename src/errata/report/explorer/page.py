"""The explorer: images and answers by category, class, group and difficulty, with the evidence behind each answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.atlas.compiled import Atlas, read_atlas
from errata.atlas.evidence import evidence_path, verdicts_path
from errata.atlas.explain import build_trails
from errata.atlas.tables import EVIDENCE
from errata.files import slug
from errata.openworld.tables import VERDICTS
from errata.report.categories import LOOKS
from errata.report.explorer.answers import MOST_ANSWERS, Explored, explored_answers
from errata.report.explorer.chunks import chunks_of
from errata.report.explorer.index_file import index_of
from errata.report.explorer.pictures import write_pictures
from errata.report.explorer.script_files import write_script
from errata.report.inputs import ReportInputs
from errata.report.mistakes.rows import difficult_rows
from errata.report.page import Page
from errata.tables import read_table, scan_table

FOLDER = "explorer"


@dataclass(frozen=True)
class Source:
    """An atlas and what lies beside it."""

    atlas: Atlas
    evidence: pl.DataFrame
    verdicts: pl.LazyFrame | None


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object] | None:
    if inputs.mistakes is None or inputs.atlas_file is None or not evidence_path(inputs.atlas_file).is_file():
        return None
    source = _read(inputs.atlas_file)
    models = inputs.profile["model"].unique(maintain_order=True).to_list()
    explored = explored_answers(
        inputs.mistakes, models, errors=inputs.errors, problematic=inputs.problematic, most=MOST_ANSWERS
    )
    target = folder / FOLDER
    target.mkdir()
    pictures = _write_data(source, explored, models, inputs, target)
    return {
        "difficult": difficult_rows(inputs.mistakes),
        "categories": _categories(source.atlas, inputs),
        "explored": explored,
        "pictures": pictures,
        "atlas_file": inputs.atlas_file.name,
        "most_models": len(models),
    }


def _read(atlas_file: Path) -> Source:
    path = verdicts_path(atlas_file)
    return Source(
        read_atlas(atlas_file),
        read_table(EVIDENCE, evidence_path(atlas_file)),
        scan_table(VERDICTS, path) if path.is_file() else None,
    )


def _write_data(source: Source, explored: Explored, models: list[str], inputs: ReportInputs, target: Path) -> int:
    """Write the script files and pictures; return the number of pictures."""
    asked = explored.answers.select("file_name", "predicted_class")
    verdicts = source.verdicts
    if verdicts is not None:
        verdicts = verdicts.join(asked.lazy(), on=["file_name", "predicted_class"], how="semi").collect()
    trails = build_trails(source.atlas, source.evidence, asked, verdicts=verdicts)
    members = source.evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    pages = [(name, f"models/{slug(name)}.html") for name in models]
    shown: list[int] = []
    if inputs.pictures is not None:
        shown = write_pictures(inputs.pictures, trails.images, inputs.mistakes.difficulty, target / "pictures")
    index = index_of(trails, explored, source.atlas, members, pages) | {"pictures": shown}
    write_script(target / "index.js", "window.errataExplorer=", index, ";")
    for number, chunk in enumerate(chunks_of(trails, explored)):
        write_script(target / f"{number:04d}.js", f"window.errataExplorerChunk({number},", chunk, ");")
    return len(shown)


def _categories(atlas: Atlas, inputs: ReportInputs) -> list[tuple[str, str]]:
    """Return the categories that can be asked for, with what they are called."""
    found = set(inputs.mistakes.mistakes["category"]) | {
        f"provisional_{name}" for name in inputs.mistakes.mistakes["provisional_category"].drop_nulls()
    }
    listed = [("correct", "correct"), *((name, look.label) for name, look in LOOKS.items() if name in found)]
    if inputs.problematic is not None:
        listed += [
            (outcome.category, outcome.category.replace("_", " "))
            for outcome in atlas.outcome_list
            if outcome.only_problematic
        ]
    return listed


EXPLORER = Page("explorer", "Explorer", "explorer.html", _make)
