"""What every visit to the explorer loads: the classes, the words, all images and all answers, as columns."""

import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.explain import Trails
from errata.atlas.outcomes import Outcome
from errata.atlas.trail_lines import TEMPLATES, TERMS
from errata.groups import GROUPS
from errata.report.categories import LOOKS
from errata.report.explorer.answers import Explored

CHUNK = 250
"""Images whose evidence is in one file, loaded when one of them is looked at."""

PROBLEMATIC_FLAG = 8


def index_of(
    trails: Trails, explored: Explored, atlas: Atlas, members: pl.DataFrame, models: list[tuple[str, str]]
) -> dict[str, object]:
    """Return the content of the index.

    Parameters
    ----------
    trails : Trails
        Of the answers in `explored`, in the same order.
    explored : Explored
    atlas : Atlas
    members : polars.DataFrame
        The table `errata.classes.tables.SUPERCLASSES`.
    models : list of (str, str)
        Name and page of every model.
    """
    names = trails.images["file_name"].to_list()
    prefix = _common_beginning(names)
    suffix = _common_beginning([name[len(prefix) :][::-1] for name in names])[::-1]
    images = trails.images.join(
        atlas.images.select("file_name", "in_organism", "in_artifact", "in_other"),
        on="file_name",
        maintain_order="left",
    ).join(explored.wrong, on="file_name", how="left", maintain_order="left")
    flags = [
        pl.col(f"in_{group}").cast(pl.Int8) * 2**bit
        for bit, group in enumerate(group for group in GROUPS if group != "all")
    ]
    superclasses = members.group_by("superclass").agg(pl.col("class_id").sort()).sort("superclass")
    return {
        "chunk": CHUNK,
        "models": models,
        "terms": TERMS,
        "templates": [(template.term, template.words) for template in TEMPLATES],
        "outcomes": [(outcome.category, _look(outcome), _label(outcome)) for outcome in atlas.outcome_list],
        "classes": {column: atlas.classes[column].to_list() for column in ("name", "wnid")},
        "superclasses": superclasses.rows(),
        "prefix": prefix,
        "suffix": suffix,
        "names": [name[len(prefix) : len(name) - len(suffix)] for name in names],
        "targets": images["target"].to_list(),
        "labels": images["multi_labels"].to_list(),
        "flags": images.select(pl.sum_horizontal(*flags, pl.col("is_problematic").cast(pl.Int8) * PROBLEMATIC_FLAG))
        .to_series()
        .to_list(),
        "wrong": images["wrong"].fill_null(0).to_list(),
        "answers": trails.answers.group_by("image", maintain_order=True).len()["len"].to_list(),
        "predicted": trails.answers["predicted_class"].to_list(),
        "codes": trails.answers["code"].to_list(),
        "counts": explored.answers["models"].to_list(),
        "close": trails.answers.select(pl.col("is_close").arg_true()).to_series().to_list(),
    }


def _look(outcome: Outcome) -> str:
    """Return whose colour an outcome has."""
    return f"provisional_{outcome.provisional_category}" if outcome.provisional_category else outcome.category


def _label(outcome: Outcome) -> str:
    look = LOOKS.get(_look(outcome))
    return look.label if look else outcome.category.replace("_", " ")


def _common_beginning(names: list[str]) -> str:
    """Return the longest text that all names begin with: that of the first and last in alphabetical order."""
    first, last = min(names), max(names)
    differ = (place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(differ, min(len(first), len(last)))]
