"""The page of trends, and the script with all models and lines that it draws from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import polars.selectors as cs

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, MULTI_LABEL, OPEN_WORLD_UNCHECKED, AccuracyWords
from errata.files import slug
from errata.groups import GROUPS
from errata.report.exports import write_export
from errata.report.page import Page
from errata.report.style import GROUP_NAMES, LOOKS
from errata.report.trends.figures import plan_panels
from errata.report.trends.place import MOST_PLACED, place_rows, place_sentence
from errata.report.trends.view import (
    LEADING,
    claim_cards,
    figure_groups,
    figure_rows,
    finding_rows,
    line_rows,
    matrix,
    summary,
    write_statements,
)
from errata.results import Results
from errata.shipped import SHIPPED, published_rows, statements_beside
from errata.trends.cloud import trend_models
from errata.trends.fit import FEWEST_POINTS, Trend
from errata.trends.lines import Key, fit_lines, lines_table
from errata.trends.statements import all_statements, statement_table, statements_of

DATA_BLOCK = "trends_data.js"

MARKS = {
    "pretraining": "pre-training",
    "architecture_family": "class of architecture",
    "training_data": "training data",
    "architecture": "architecture",
}
"""What the colour and form of a mark can stand for."""

DIGITS = 6
"""Significant digits that lines are written with: a line is drawn to a thousandth of a pixel."""


def _make(results: Results, folder: Path) -> Mapping[str, object] | None:
    here = trend_models(results.profile, results.descriptions)
    published = None if results.published is None else trend_models(results.published)
    if published is None and here["model"].n_unique() < FEWEST_POINTS:
        return None
    if published is not None and here[OPEN_WORLD_UNCHECKED].is_null().all():
        # nothing to compare with the sum that stands for unchecked errors
        published = published.with_columns(pl.lit(None, pl.Int32).alias(OPEN_WORLD_UNCHECKED))
    models = {"published": published, "here": here}
    sets = {name: ModelSet(name, each, fit_lines(each)) for name, each in models.items() if each is not None}
    known = None if published is None else statements_beside(results.published)
    statements = {
        name: statements_of(known) if name == "published" and known is not None else all_statements(each.models)
        for name, each in sets.items()
    }
    trend_set = sets.get("published", sets["here"])
    lines = lines_table({name: (each.models, each.fits) for name, each in sets.items()})
    write_export(statement_table(statements), "statements", folder / "data")
    write_export(lines, "trend_lines", folder / "data")
    write_statements(statements, folder / "data" / "statements.md")
    elsewhere = _on_imagenet(results, sets)
    script = data_block(list(sets.values()), results.profile, elsewhere, results.facts.words)
    (folder / "assets" / DATA_BLOCK).write_text(script, encoding="utf-8")
    # the overview draws the panels
    panels = plan_panels(results)
    groups = [group for group in GROUPS if group in set(trend_set.models["group"])]
    cards = claim_cards(statements)
    findings = finding_rows(statements["published"], results.facts.dataset) if published is not None else []
    return {
        "data_block": DATA_BLOCK,
        "elsewhere": elsewhere is not None,
        "place": place_sentence(results),
        "places": place_rows(results),
        "map_panel": next((panel for name in LEADING for panel in panels if panel.category == name), None),
        "sets": list(sets),
        "trend_set": trend_set.name,
        "trend_models": trend_set.models["model"].n_unique(),
        "summary": summary(list(sets), cards, findings),
        "cards": cards,
        "paper_findings": findings,
        "paper_groups": [] if published is None else figure_groups(published, results.facts.dataset),
        "paper_figures": [] if published is None else figure_rows(published, results.facts.dataset),
        "trend_groups": groups,
        "predicted": matrix(statements[trend_set.name], "accuracy_predicts_share", "explained", groups),
        "architecture": matrix(statements[trend_set.name], "architecture_matters_little", "added", groups),
        "lines": line_rows(lines.filter(models_from=trend_set.name)),
        "panels": panels,
    }


TRENDS = Page("trends", "Trends", "trends.html", _make)


@dataclass(frozen=True)
class ModelSet:
    """Models, published or here, in the columns of `errata.trends.cloud.TREND_COLUMNS`, and their lines."""

    name: str
    models: pl.DataFrame
    fits: Mapping[Key, Trend]


def _on_imagenet(results: Results, sets: Mapping[str, ModelSet]) -> pl.DataFrame | None:
    """Return `model, mla, top1` on ImageNet, for another data set that holds enough of the published models.

    Models of the report are known there if the same run has profiles of them on ImageNet.
    """
    if results.facts.dataset in SHIPPED:
        return None
    known = [published_rows()] + ([] if results.imagenet_profile is None else [results.imagenet_profile])
    accuracies = pl.concat(rows.filter(group="all").select("model", "mla", "top1") for rows in known).unique(
        "model", keep="first", maintain_order=True
    )
    known = {name for each in sets.values() for name in each.models["model"].unique()}
    found = accuracies.filter(pl.col("model").is_in(known))
    return found if found.height >= FEWEST_POINTS else None


def data_block(
    sets: list[ModelSet],
    profile: pl.DataFrame | None = None,
    on_imagenet: pl.DataFrame | None = None,
    words: AccuracyWords = MULTI_LABEL,
) -> str:
    """Return a script that puts everything into the variable `errataTrends`.

    Nothing in it can end a script element or start a tag, whatever models are called.
    """
    every = pl.concat([each.models for each in sets])
    data = {
        "groups": {group: GROUP_NAMES[group] for group in GROUPS if group in set(every["group"])},
        "categories": {
            name: {"label": LOOKS[name].label, "colour": LOOKS[name].colour, "forgiven": name in FORGIVEN}
            for name in CATEGORY_COLUMNS
            if every[name].is_not_null().any()
        },
        "leading": LEADING,
        "words": {"top1": words.top1, "mla": words.mla, "top1_errors": words.errors, "mle": words.mles},
        "marks": {column: {"title": title, "labels": _labels(every, column)} for column, title in MARKS.items()},
        "sets": [_set(each, every, on_imagenet) for each in sets],
        "limits": _limits(profile),
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return f"const errataTrends = {text};\n"


def _labels(every: pl.DataFrame, column: str) -> list[str]:
    """Return the labels of a column, most common first."""
    counts = every.unique("model")[column].drop_nulls().value_counts()
    return counts.sort("count", column, descending=[True, False])[column].to_list()


def _limits(profile: pl.DataFrame | None) -> dict:
    """Return the 95 % limits of the shares and accuracies of few models: `{model: {group: {name: [low, high]}}}`."""
    if profile is None or profile["model"].n_unique() > MOST_PLACED:
        return {}
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    for row in profile.iter_rows(named=True):
        of_group = found.setdefault(row["model"], {}).setdefault(row["group"], {})
        for name in ("mla", "top1", *(f"share_{category}" for category in CATEGORY_COLUMNS)):
            low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
            if low is not None and high is not None:
                of_group[name.removeprefix("share_")] = [_short(low), _short(high)]
    return found


def _set(models: ModelSet, every: pl.DataFrame, on_imagenet: pl.DataFrame | None) -> dict:
    """Return one list per column, in the order of the models' names; null where something is not known.

    What a mark can stand for is written as the place among its labels.
    """
    groups = models.models["group"].unique().to_list()
    names = models.models["model"].unique().sort()
    base = pl.DataFrame({"model": names})
    facts = base.join(models.models.unique("model", keep="first"), on="model", maintain_order="left")
    columns: dict[str, list | None] = {
        "name": names.to_list(),
        "page": [slug(name) for name in names] if models.name == "here" else None,
    }
    for column in MARKS:
        labels = _labels(every, column)
        places = facts[column].replace_strict(labels, range(len(labels)), default=None, return_dtype=pl.Int32)
        columns[column] = places.to_list()
    counts = {}
    for group in GROUPS:
        if group in groups:
            of_group = models.models.filter(pl.col("group") == group).with_columns(cs.float().round(3))
            rows = base.join(of_group, on="model", how="left", maintain_order="left")
            counts[group] = {
                name: rows[name].to_list()
                for name in ("images", "top1_errors", "mle", "mla", "top1", *CATEGORY_COLUMNS)
                if rows[name].null_count() < rows.height
            }
    lines = {" ".join(key[:3]): _trend(trend) for key, trend in models.fits.items()}
    found = {"from": models.name, "models": columns, "counts": counts, "lines": lines}
    if on_imagenet is not None:
        there = base.join(on_imagenet, on="model", how="left", maintain_order="left")
        found["onImagenet"] = {name: there[name].round(3).to_list() for name in ("mla", "top1")}
    return found


def _trend(trend: Trend) -> dict:
    """Return the numbers of `errata.trends.fit.Line`, from which the script computes heights and bands."""
    return {
        "pieces": [
            [
                _short(number)
                for number in (
                    *(line.slope, line.intercept, line.points, line.mean, line.spread, line.deviation, line.quantile),
                )
            ]
            for line in trend.lines
        ],
        "inflection": None
        if trend.inflection is None
        else [_short(number) for number in (trend.inflection, *(trend.inflection_limits or ()))],
        "range": [_short(trend.accuracies[0]), _short(trend.accuracies[-1])],
    }


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
