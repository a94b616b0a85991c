"""The rows of the page of mistakes: bounded, named, with bars and links."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.categories import OPEN_WORLD_UNCHECKED
from errata.mistakes.listing import Mistakes
from errata.report.categories import LOOKS, CategoryLook, stack_counts
from errata.report.explorer.links import explorer_link
from errata.report.numerals import share
from errata.report.rows import Piece

MOST_COMMON = 25
"""Mistakes shown of each category."""

MOST_CONFUSED = 100
MOST_CLASSES = 100
MOST_SUPERCLASSES = 200
MOST_SPURIOUS = 60
MOST_DIFFICULT = 50


@dataclass(frozen=True)
class Row:
    """A row of one of the tables: its values, the bar of its errors, and where the explorer shows it."""

    values: Mapping[str, object]
    link: str
    bar: list[Piece]


@dataclass(frozen=True)
class CommonMistakes:
    """The most common mistakes of a category: how many there are, and the first of them."""

    look: CategoryLook
    mistakes: int
    errors: int
    rows: list[Row]


def class_names(listed: Mistakes) -> list[str]:
    """Return what the classes are called on the page; classes of the same name get their class id."""
    named = listed.class_mistakes.filter(role="target").sort("class_id")
    text = pl.when(pl.col("name").is_duplicated()).then(pl.format("{} ({})", "name", "class_id")).otherwise("name")
    return named.select(text).to_series().to_list()


def common_mistakes(listed: Mistakes) -> list[CommonMistakes]:
    """Return the most common mistakes of every category that occurs, least severe first."""
    names = class_names(listed)
    totals = listed.mistakes.group_by("category", maintain_order=True).agg(pl.len(), pl.col("models").sum())
    shown = listed.mistakes.filter(pl.col("rank") <= MOST_COMMON)
    return [
        CommonMistakes(
            LOOKS[category],
            mistakes,
            errors,
            [_mistake(row, names) for row in shown.filter(category=category).iter_rows(named=True)],
        )
        for category, mistakes, errors in totals.iter_rows()
    ]


def confusion_rows(listed: Mistakes) -> list[Row]:
    """Return the most frequent pairs of target and prediction."""
    names = class_names(listed)
    return [
        Row(
            row | {"target": names[row["target"]], "prediction": names[row["predicted_class"]]},
            explorer_link(target=row["target"], predicted=row["predicted_class"]),
            _bar(row),
        )
        for row in listed.confusions.head(MOST_CONFUSED).iter_rows(named=True)
    ]


def class_rows(listed: Mistakes, role: str) -> list[Row]:
    """Return the classes with the largest share of wrong answers in one of the roles."""
    names = class_names(listed)
    worst = listed.class_mistakes.filter(pl.col("role") == role, pl.col("errors") > 0)
    worst = worst.sort("error_share", "errors", "class_id", descending=[True, True, False]).head(MOST_CLASSES)
    filter_name = "target" if role == "target" else "predicted"
    return [
        Row(row | {"name": names[row["class_id"]]}, explorer_link(**{filter_name: row["class_id"]}), _bar(row))
        for row in worst.iter_rows(named=True)
    ]


def superclass_rows(listed: Mistakes) -> list[Row]:
    """Return the superclasses with the largest share of wrong answers to their images."""
    given = listed.superclass_mistakes.filter(role="prediction").select(
        "superclass", given="errors", given_share="error_share"
    )
    worst = (
        listed.superclass_mistakes.filter(pl.col("role") == "target", pl.col("answers") > 0)
        .join(given, on="superclass")
        .sort("error_share", "superclass", descending=[True, False])
        .head(MOST_SUPERCLASSES)
    )
    return [
        Row(
            row | {"within_share": share(row["within"], row["errors"])},
            explorer_link(superclass=row["superclass"]),
            _bar(row),
        )
        for row in worst.iter_rows(named=True)
    ]


def spurious_rows(listed: Mistakes) -> list[Row]:
    """Return the spurious-prone pairs that models fall for most often."""
    names = class_names(listed)
    category = OPEN_WORLD_UNCHECKED if listed.spurious_pairs["is_provisional"].any() else "spurious_correlation"
    return [
        Row(
            row | {"label": names[row["label"]], "prediction": names[row["predicted_class"]]},
            explorer_link(category=category, label=row["label"], predicted=row["predicted_class"]),
            [],
        )
        for row in listed.spurious_pairs.head(MOST_SPURIOUS).iter_rows(named=True)
    ]


def difficult_rows(listed: Mistakes) -> list[Row]:
    """Return the images that most models are wrong about."""
    names = class_names(listed)
    by_category = listed.mistakes.group_by("file_name", "category").agg(pl.col("models").sum())
    hardest = listed.difficulty.filter(pl.col("wrong") > 0).head(MOST_DIFFICULT)
    counts = hardest.select("file_name").join(by_category, on="file_name")
    counted: dict[str, dict[str, int]] = {}
    for file_name, category, models in counts.iter_rows():
        counted.setdefault(file_name, {})[category] = models
    return [
        Row(
            row
            | {
                "target": names[row["target"]],
                "mistake": names[row["common_mistake"]],
                "look": LOOKS[row["common_mistake_category"]],
            },
            explorer_link(image=row["file_name"], prediction=row["common_mistake"]),
            _bar(counted[row["file_name"]]),
        )
        for row in hardest.iter_rows(named=True)
    ]


def _mistake(row: Mapping, names: list[str]) -> Row:
    provisional = row["provisional_category"]
    return Row(
        row
        | {
            "target": names[row["target"]],
            "prediction": names[row["predicted_class"]],
            "else": LOOKS[f"provisional_{provisional}"] if provisional else None,
        },
        explorer_link(image=row["file_name"], prediction=row["predicted_class"]),
        [],
    )


def _bar(row: Mapping) -> list[Piece]:
    pieces = stack_counts(row)
    total = sum(count for _, count in pieces)
    return [Piece(look, count, share(count, total) or 0.0) for look, count in pieces]
