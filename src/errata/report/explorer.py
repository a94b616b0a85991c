"""The explorer: images and answers by category, class, group and difficulty, with the evidence behind each answer."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from PIL import Image

from errata.atlas.explain import build_trails
from errata.files import slug
from errata.report.explorer_data import MOST_ANSWERS, Explored, chunks_of, explored_answers, index_of
from errata.report.mistakes import difficult_rows
from errata.report.page import Page
from errata.report.pictures import PictureSource
from errata.report.style import LOOKS
from errata.results import Results

_ESCAPES = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_json(value: object) -> str:
    """Return `value` as JSON that is safe within a script, inline too.

    No `<`, so nothing can end the script element or open a comment; no line separators, which older browsers take for
    the end of a line.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def write_script(path: Path, before: str, value: object, after: str) -> None:
    """Write a script file: `before`, the value as JSON, `after`."""
    path.write_text(f"{before}{script_json(value)}{after}\n", encoding="utf-8")


MOST_PICTURES = 1_200
"""About 7 MB."""

LONGEST_SIDE = 192
QUALITY = 75


def write_pictures(source: PictureSource, images: pl.DataFrame, difficulty: pl.DataFrame, folder: Path) -> list[int]:
    """Write small copies of images into `folder`, named by their row, and return these rows.

    `images`: `file_name`, in the explorer's order.
    `difficulty`: the table `errata.mistakes.tables.DIFFICULTY`, most difficult first; with more than `MOST_PICTURES`,
        the first ones are shown.
    """
    shown = (
        difficulty.join(source.images.select("file_name"), on="file_name", how="semi", maintain_order="left")
        .head(MOST_PICTURES)
        .join(images.select("file_name").with_row_index("row"), on="file_name")
        .sort("row")
    )
    folder.mkdir()
    for row, file_name in shown.select("row", "file_name").iter_rows():
        picture = source.read(file_name)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BICUBIC)
        picture.save(folder / f"{row}.jpg", format="JPEG", quality=QUALITY)
    return shown["row"].to_list()


FOLDER = "explorer"


def has_explorer(results: Results) -> bool:
    """Return whether the report has this page."""
    return results.mistakes is not None and results.evidence is not None


def _make(results: Results, folder: Path) -> Mapping[str, object] | None:
    if not has_explorer(results):
        return None
    models = results.profile["model"].unique(maintain_order=True).to_list()
    explored = explored_answers(
        results.mistakes, models, errors=results.errors, problematic=results.problematic, most=MOST_ANSWERS
    )
    target = folder / FOLDER
    target.mkdir()
    pictures = _write_data(results, explored, models, target)
    return {
        "difficult": difficult_rows(results.mistakes),
        "categories": _categories(results),
        "explored": explored,
        "pictures": pictures,
        "atlas_file": results.atlas_file,
        "most_models": len(models),
    }


def _write_data(results: Results, explored: Explored, models: list[str], target: Path) -> int:
    """Write the script files and pictures; return the number of pictures."""
    asked = explored.answers.select("file_name", "predicted_class")
    verdicts = results.verdicts
    if verdicts is not None:
        verdicts = verdicts.join(asked.lazy(), on=["file_name", "predicted_class"], how="semi").collect()
    trails = build_trails(results.atlas, results.evidence, asked, verdicts=verdicts)
    members = results.evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    pages = [(name, f"models/{slug(name)}.html") for name in models]
    shown: list[int] = []
    if results.pictures is not None:
        shown = write_pictures(results.pictures, trails.images, results.mistakes.difficulty, target / "pictures")
    index = index_of(trails, explored, results.atlas, members, pages) | {"pictures": shown}
    write_script(target / "index.js", "window.errataExplorer=", index, ";")
    for number, chunk in enumerate(chunks_of(trails, explored)):
        write_script(target / f"{number:04d}.js", f"window.errataExplorerChunk({number},", chunk, ");")
    return len(shown)


def _categories(results: Results) -> list[tuple[str, str]]:
    """Return the categories that can be asked for, with what they are called."""
    found = set(results.mistakes.mistakes["category"]) | {
        f"provisional_{name}" for name in results.mistakes.mistakes["provisional_category"].drop_nulls()
    }
    listed = [("correct", "correct"), *((name, look.label) for name, look in LOOKS.items() if name in found)]
    if results.problematic is not None:
        listed += [
            (outcome.category, outcome.category.replace("_", " "))
            for outcome in results.atlas.outcome_list
            if outcome.only_problematic
        ]
    return listed


EXPLORER = Page("explorer", "Images", "explorer.html", _make)
