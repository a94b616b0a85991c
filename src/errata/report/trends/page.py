"""The page of trends."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata.categories import OPEN_WORLD_UNCHECKED
from errata.groups import GROUPS
from errata.published.trend import FEWEST_MODELS
from errata.report.inputs import ReportInputs
from errata.report.page import Page
from errata.report.trends.data_block import ModelSet, data_block
from errata.report.trends.figures import draw_trend_figures
from errata.report.trends.markdown import write_statements
from errata.report.trends.view import (
    claim_cards,
    figure_groups,
    figure_rows,
    finding_rows,
    line_rows,
    matrix,
    summary,
)
from errata.report.twins import write_twins
from errata.trends.findings import all_statements
from errata.trends.lines import fit_lines, lines_table
from errata.trends.models import trend_models
from errata.trends.statement import statement_table

DATA_BLOCK = "trends_data.js"


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object] | None:
    here = trend_models(inputs.profile, inputs.descriptions)
    published = None if inputs.published is None else trend_models(inputs.published)
    if published is None and here["model"].n_unique() < FEWEST_MODELS:
        return None
    if published is not None and here[OPEN_WORLD_UNCHECKED].is_null().all():
        # nothing to compare with the sum that stands for unchecked errors
        published = published.with_columns(pl.lit(None, pl.Int32).alias(OPEN_WORLD_UNCHECKED))
    models = {"published": published, "here": here}
    sets = {name: ModelSet(name, each, fit_lines(each)) for name, each in models.items() if each is not None}
    statements = {name: all_statements(each.models) for name, each in sets.items()}
    trend_set = sets.get("published", sets["here"])
    lines = lines_table({name: (each.models, each.fits) for name, each in sets.items()})
    write_twins(statement_table(statements), "statements", folder / "data")
    write_twins(lines, "trend_lines", folder / "data")
    write_statements(statements, folder / "data" / "statements.md")
    (folder / "assets" / DATA_BLOCK).write_text(data_block(list(sets.values())), encoding="utf-8")
    figures = draw_trend_figures(published, here, trend_set.fits, folder / "figures")
    groups = [group for group in GROUPS if group in set(trend_set.models["group"])]
    cards = claim_cards(statements)
    findings = finding_rows(statements["published"], inputs.atlas.dataset) if published is not None else []
    return {
        "data_block": DATA_BLOCK,
        "sets": list(sets),
        "trend_set": trend_set.name,
        "trend_models": trend_set.models["model"].n_unique(),
        "summary": summary(list(sets), cards, findings),
        "cards": cards,
        "paper_findings": findings,
        "paper_groups": [] if published is None else figure_groups(published, inputs.atlas.dataset),
        "paper_figures": [] if published is None else figure_rows(published, inputs.atlas.dataset),
        "trend_groups": groups,
        "predicted": matrix(statements[trend_set.name], "accuracy_predicts_share", "explained", groups),
        "architecture": matrix(statements[trend_set.name], "architecture_matters_little", "added", groups),
        "lines": line_rows(lines.filter(models_from=trend_set.name)),
        "trend_figures": {group: [each for each in figures if each.group == group] for group in groups},
    }


TRENDS = Page("trends", "Trends", "trends.html", _make)
