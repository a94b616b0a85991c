"""The page of mistakes: which are the most common, where they lie, and which images are difficult."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.categories import FORGIVEN
from errata.mistakes.listing import Mistakes
from errata.report.exports import write_export
from errata.report.numerals import rounded, share, whole
from errata.report.page import Page, explorer_link
from errata.report.style import LOOKS, CategoryLook, Piece, stacked_bar
from errata.results import Results

FORGIVING = {"class_overlap": "class overlap", "multi_label": "multi-labels"}
"""What forgives errors of a category."""

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


def common_pairs(listed: Mistakes) -> list[CommonMistakes]:
    """Return the most frequent pairs of target and prediction of every category: what is common of a single model."""
    names = class_names(listed)
    pairs = listed.mistakes.group_by(
        "category", "target", "predicted_class", "provisional_category", maintain_order=True
    ).agg(errors=pl.len())
    common = []
    for (category,), rows in pairs.group_by("category", maintain_order=True):
        ordered = rows.sort("errors", "target", "predicted_class", descending=[True, False, False])
        shown = [_pair(row, names) for row in ordered.head(MOST_COMMON).iter_rows(named=True)]
        different = rows.select("target", "predicted_class").n_unique()
        common.append(CommonMistakes(LOOKS[category], different, int(rows["errors"].sum()), shown))
    return common


def confusion_rows(listed: Mistakes) -> list[Row]:
    """Return the pairs of target and prediction with the most real mistakes, which they have as `real`."""
    names = class_names(listed)
    real = pl.col("errors") - pl.sum_horizontal(pl.col(FORGIVEN).fill_null(0))
    ordered = listed.confusions.with_columns(real=real).sort("real", descending=True, maintain_order=True)
    return [
        Row(
            row | {"target": names[row["target"]], "prediction": names[row["predicted_class"]]},
            explorer_link(target=row["target"], prediction=row["predicted_class"]),
            stacked_bar(row),
        )
        for row in ordered.head(MOST_CONFUSED).iter_rows(named=True)
    ]


def class_rows(listed: Mistakes, role: str) -> list[Row]:
    """Return the classes with the largest share of wrong answers in one of the roles."""
    names = class_names(listed)
    worst = listed.class_mistakes.filter(pl.col("role") == role, pl.col("errors") > 0)
    worst = worst.sort("error_share", "errors", "class_id", descending=[True, True, False]).head(MOST_CLASSES)
    return [
        Row(row | {"name": names[row["class_id"]]}, explorer_link(**{role: row["class_id"]}), stacked_bar(row))
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
            explorer_link(target_in=row["superclass"]),
            stacked_bar(row),
        )
        for row in worst.iter_rows(named=True)
    ]


def spurious_rows(listed: Mistakes) -> list[Row]:
    """Return the spurious-prone pairs that models fall for most often."""
    names = class_names(listed)
    provisional = "provisional_" if listed.spurious_pairs["is_provisional"].any() else ""
    category = f"{provisional}spurious_correlation"
    return [
        Row(
            row | {"label": names[row["label"]], "prediction": names[row["predicted_class"]]},
            explorer_link(category=category, label=row["label"], prediction=row["predicted_class"]),
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
            explorer_link(image=row["file_name"], answer=row["common_mistake"]),
            stacked_bar(counted[row["file_name"]]),
        )
        for row in hardest.iter_rows(named=True)
    ]


def _mistake(row: Mapping, names: list[str]) -> Row:
    link = explorer_link(category=row["category"], image=row["file_name"], answer=row["predicted_class"])
    return Row(row | _named(row, names), link, [])


def _pair(row: Mapping, names: list[str]) -> Row:
    named = _named(row, names)
    category = named["else"].name if named["else"] else row["category"]
    return Row(
        row | named, explorer_link(category=category, target=row["target"], prediction=row["predicted_class"]), []
    )


def _named(row: Mapping, names: list[str]) -> dict[str, object]:
    provisional = row["provisional_category"]
    return {
        "target": names[row["target"]],
        "prediction": names[row["predicted_class"]],
        "else": LOOKS[f"provisional_{provisional}"] if provisional else None,
    }


STEPS = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)
"""Shares of the models that are wrong, between which images are counted."""


def findings(listed: Mistakes) -> list[str]:
    """Return a few sentences about all mistakes together; the first one is the most telling."""
    difficulty = listed.difficulty
    models, images = int(difficulty["models"][0]), difficulty.height
    errors = int(difficulty["wrong"].sum())
    if not errors:
        return ["No model makes any mistake on the images that count."]
    if models == 1:
        return [f"{whole(errors)} of {whole(images)} images are answered wrongly. {_most_confused(listed)}"]
    lengths = difficulty["wrong"].sort(descending=True).cum_sum()
    half = int((lengths < errors / 2).sum()) + 1
    everyone = int((difficulty["wrong"] == models).sum())
    nobody = int((difficulty["wrong"] == 0).sum())
    shared = listed.mistakes.filter(2 * pl.col("models") > models)
    return [
        f"Half of all errors are on {whole(half)} of {whole(images)} images ({rounded(share(half, images))}): "
        f"{whole(everyone)} images defeat all {whole(models)} models, {whole(nobody)} none.",
        f"There are {whole(listed.mistakes.height)} different mistakes, an image and a wrong answer each. "
        f"{whole(shared.height)} of them are made by more than half of the models; these are "
        f"{rounded(share(int(shared['models'].sum()), errors))} of all errors. {_most_confused(listed)}",
    ]


def difficulty_steps(listed: Mistakes) -> list[tuple[str, int, float, int, float, str]]:
    """Return how the images are spread over the number of models, two or more, that are wrong.

    Of each step: the number in words, images, their share in per cent, errors on them, their share, and where the
    explorer shows them.
    """
    wrong = listed.difficulty["wrong"]
    models, total = int(listed.difficulty["models"][0]), max(int(wrong.sum()), 1)
    inner = sorted({round(step * models) for step in STEPS[1:-1]} - {0, models})
    limits = [(0, 0), *zip([1, *(limit + 1 for limit in inner)], [*inner, models - 1], strict=True), (models, models)]
    steps = []
    for low, high in limits:
        if low > high:
            continue
        inside = wrong.filter(wrong.is_between(low, high))
        errors = int(inside.sum())
        shares = 100 * len(inside) / len(wrong), 100 * errors / total
        link = explorer_link(least=low, most=high)
        steps.append((_words(low, high, models), len(inside), shares[0], errors, shares[1], link))
    return steps


def _words(low: int, high: int, models: int) -> str:
    if high == 0:
        return "none"
    if low == models:
        return "all"
    return whole(low) if low == high else f"{whole(low)} to {whole(high)}"


def _most_confused(listed: Mistakes) -> str:
    names = class_names(listed)
    real = (
        listed.mistakes.filter(~pl.col("category").is_in(FORGIVEN))
        .group_by("target", "predicted_class")
        .agg(pl.col("models").sum())
        .sort("models", "target", "predicted_class", descending=[True, False, False])
    )
    if real.is_empty():
        return ""
    target, predicted, errors = real.row(0)
    found = set(listed.mistakes["category"])
    forgiven = [words for name, words in FORGIVING.items() if name in found]
    forgive = "forgive" if "multi_label" in found else "forgives"
    most = f"Apart from what {' and '.join(forgiven)} {forgive}, the most" if forgiven else "The most"
    return f"{most} frequent is {names[target]} taken for {names[predicted]}: {whole(errors)} errors."


MOST_EXPORTED = 1_000
"""Mistakes of each category, and confused pairs, in the report's data; the tables of the rule hold all."""


def _make(results: Results, folder: Path) -> Mapping[str, object] | None:
    listed = results.mistakes
    if listed is None:
        return None
    _write_data(listed, folder / "data")
    is_alone = int(listed.difficulty["models"][0]) == 1
    return {
        "is_alone": is_alone,
        "findings": findings(listed),
        "steps": [] if is_alone else difficulty_steps(listed),
        "common": common_pairs(listed) if is_alone else common_mistakes(listed),
        "confusions": confusion_rows(listed),
        "all_confusions": listed.confusions.height,
        "as_target": class_rows(listed, "target"),
        "as_prediction": class_rows(listed, "prediction"),
        "superclasses": superclass_rows(listed),
        "spurious": spurious_rows(listed),
        "all_spurious": listed.spurious_pairs.height,
        "is_provisional": bool(listed.spurious_pairs["is_provisional"].any()),
        "difficult": [] if is_alone else difficult_rows(listed),
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
    write_export(listed.mistakes.filter(pl.col("rank") <= MOST_EXPORTED), "mistakes", data)
    write_export(listed.confusions.head(MOST_EXPORTED), "confusions", data)
    for name in ("class_mistakes", "superclass_mistakes", "spurious_pairs", "difficulty"):
        write_export(getattr(listed, name), name, data)


MISTAKES_PAGE = Page("mistakes", "Mistakes", "mistakes.html", _make)
