"""The explorer: a wall of images by model, category, class, group and difficulty, with the evidence behind each answer.

A page opened from disk may load scripts and nothing else. Its folder `explorer` holds `index.js` (all images and
answers), a file of evidence for every few images, which is loaded when one of them is opened, and a file for every
model, which is loaded when the model is chosen.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from PIL import Image

from errata.atlas.explain import Trails, build_trails
from errata.files import slug
from errata.report.explorer_data import (
    MOST_ANSWERS,
    Explored,
    category_names,
    chunks_of,
    explored_answers,
    folder_of,
    index_of,
    model_strings,
)
from errata.report.mistakes import difficult_rows
from errata.report.page import Page
from errata.report.pictures import PictureSource
from errata.report.wrong_answers import wrong_answers
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
    `difficulty`: `file_name`, most difficult first; with more than `MOST_PICTURES`, the first ones are shown.
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
MODEL_FILES = f"{FOLDER}/models/"
"""Where the scripts with the answers of every model are in the report's folder."""


def has_explorer(results: Results) -> bool:
    """Return whether the report has this page."""
    return results.errors is not None


def _make(results: Results, folder: Path) -> Mapping[str, object] | None:
    if not has_explorer(results):
        return None
    explored = explored_answers(results, most=MOST_ANSWERS)
    target = folder / FOLDER
    (target / "models").mkdir(parents=True)
    index = _write_data(results, explored, target)
    return {
        "difficult": [] if results.mistakes is None else difficult_rows(results.mistakes),
        "categories": category_names(results),
        "explored": explored,
        "pictures": len(index["pictures"]),
        "image_folder": index["folder"],
        "atlas_file": results.atlas_file,
    }


def _write_data(results: Results, explored: Explored, target: Path) -> dict[str, object]:
    """Write the script files and pictures; return the index."""
    trails = None if results.evidence is None else _trails(results, explored)
    pages = [f"models/{slug(name)}.html" for name in explored.models]
    index = index_of(explored, results.atlas, results.evidence, pages, trails) | {"pictures": [], "folder": None}
    if results.pictures is not None:
        hardest = explored.images.join(explored.wrong, on="file_name", how="left").sort(
            pl.col("wrong").fill_null(0), "file_name", descending=[True, False]
        )
        index["pictures"] = write_pictures(results.pictures, explored.images, hardest, target / "pictures")
    elif results.image_places is not None:
        index["folder"] = folder_of(results.image_places, explored.images)
    write_script(target / "index.js", "window.errataExplorer=", index, ";")
    for number, chunk in enumerate(() if trails is None else chunks_of(trails, explored)):
        write_script(target / f"{number:04d}.js", f"window.errataExplorerChunk({number},", chunk, ");")
    counted = explored.images.filter(~pl.col("is_problematic"))["file_name"]
    for number, (name, answers) in enumerate(wrong_answers(counted, results.errors, explored.models)):
        strings = model_strings(_with_confidence(results, name, answers, counted), len(counted))
        write_script(target / "models" / f"{slug(name)}.js", f"window.errataExplorerModel({number},", strings, ");")
    return index


def _with_confidence(results: Results, model: str, answers: pl.DataFrame, file_names: pl.Series) -> pl.DataFrame:
    """Add how sure a model was of its wrong answers, where its predictions say so."""
    if results.confidences is None:
        return answers
    known = results.confidences.filter(pl.col("model") == model).select("file_name", "confidence").collect()
    place = known.join(file_names.to_frame("file_name").with_row_index("place"), on="file_name")
    return answers.join(place.select("place", "confidence"), on="place", how="left", maintain_order="left")


def _trails(results: Results, explored: Explored) -> Trails:
    asked = explored.answers.select("file_name", "predicted_class")
    verdicts = results.verdicts
    if verdicts is not None:
        verdicts = verdicts.join(asked.lazy(), on=["file_name", "predicted_class"], how="semi").collect()
    return build_trails(results.atlas, results.evidence, asked, verdicts=verdicts)


EXPLORER = Page("explorer", "Images", "explorer.html", _make)
