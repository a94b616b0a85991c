"""The overview: what all models do, against each other and against the published ones."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata.drawing.bars import MOST_BARS
from errata.files import slug
from errata.report.headline import headline, totals_of
from errata.report.open_world import open_world_lines
from errata.report.overview_data import column_sets, ordered_models, write_table_data
from errata.report.page import Page
from errata.report.pictures import strip_pictures
from errata.report.pooled import pooled_lines
from errata.report.soft import soft_view
from errata.report.style import stacked_bar
from errata.report.trends.figures import draw_figures, plan_panels
from errata.report.truth import truth_view
from errata.results import Results
from errata.trends.cloud import QUANTITIES

MOST_FIXED = 100
"""Models in the table of the page itself; the page's script shows all of them."""

MOST_NAMES = 8
"""So many models are named in a row of what is left out."""

MOST_LISTED = 60
"""Entries of a mapping in the provenance that are listed on the page."""

MOST_UNREADABLE = 40
"""Images listed on the page; the data hold all of them."""


def _make(results: Results, folder: Path) -> Mapping[str, object]:
    panels = plan_panels(results.published, results.comparison, results.trends)
    draw_figures(panels, results, folder / "figures")
    strip = []
    if results.pictures is not None:
        (folder / "pictures").mkdir(exist_ok=True)
        strip = strip_pictures(results.pictures, results.planted, folder / "pictures")
    soft = soft_view(results)
    models = ordered_models(results.profile)
    sets = column_sets(results, soft)
    write_table_data(results, models, sets, folder / "assets")
    totals = totals_of(results.profile, "all")
    return {
        "sets": sets,
        "fixed": _fixed_rows(results.profile, models[:MOST_FIXED]),
        "fixed_columns": [column for column in sets[0].columns if column.kind != "outside"],
        "findings": headline(results),
        "overall": stacked_bar(totals, totals.get("top1_errors")),
        "panels": panels,
        "pooled": pooled_lines(results.pooled, results.published),
        "summary": _comparison_summary(results.comparison),
        "soft": soft,
        "truth": truth_view(results),
        "left_out": _left_out(results),
        "provenance": _flat(results.provenance),
        "atlas_provenance": _flat(results.facts.provenance),
        "most_bars": MOST_BARS,
        "strip": strip,
        "open_world": open_world_lines(results.facts),
        "most_unreadable": MOST_UNREADABLE,
    }


OVERVIEW = Page("index", "Overview", "index.html", _make)


def _fixed_rows(profile: pl.DataFrame, models: list[str]) -> list[dict]:
    rows = pl.DataFrame({"model": models}, schema={"model": pl.String}).join(
        profile.filter(pl.col("group") == "all"), on="model", how="left", maintain_order="left"
    )
    return [
        {"row": row, "slug": slug(row["model"]), "bar": stacked_bar(row, row["top1_errors"])} for row in rows.to_dicts()
    ]


def _comparison_summary(comparison: pl.DataFrame | None) -> dict | None:
    """Count the positions inside the bands, and list the farthest ones."""
    if comparison is None or comparison.is_empty():
        return None
    shares = comparison.filter((pl.col("quantity") == QUANTITIES[0]) & (pl.col("group") == "all"))
    if shares.is_empty():
        return None
    farthest = shares.sort(pl.col("standard_deviations").abs(), "model", "category", descending=[True, False, False])
    return {
        "positions": shares.height,
        "inside": int((~shares["outside"]).sum()),
        "extrapolated": shares.filter(pl.col("extrapolated"))["model"].n_unique(),
        "published": int(shares["published_models"].max()),
        "farthest": [row | {"slug": slug(row["model"])} for row in farthest.head(8).to_dicts()],
    }


def _left_out(results: Results) -> list[dict]:
    """Return a row per reason: how many models, how many images of each; few models are named."""
    if results.left_out is None:
        return []
    rows = results.left_out.group_by("reason", maintain_order=True).agg(
        pl.col("model"), pl.col("images").min().alias("least"), pl.col("images").max().alias("most")
    )
    models = set(results.profile["model"])
    return [row | {"models": len(row["model"]), "names": _names(row["model"], models)} for row in rows.to_dicts()]


def _names(names: list[str], models: set[str]) -> list[str]:
    """Return the names to show: few of many models; of what is no model here, some in any case."""
    if models.isdisjoint(names):
        return [*names[:MOST_NAMES], *([f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else [])]
    return names if len(names) < min(len(models), MOST_NAMES + 1) else []


def _flat(provenance: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Return keys and values in one list; of long mappings, such as the hashes of many models, the first few."""
    rows: list[tuple[str, str]] = []
    for number, (key, value) in enumerate(provenance.items()):
        if number == MOST_LISTED:
            rows.append((prefix.removesuffix(" · "), f"and {len(provenance) - number} more, in errata-report.json"))
            break
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{name} · ")
        elif isinstance(value, list | tuple):
            rows.append((name, ", ".join(map(str, value))))
        else:
            rows.append((name, str(value)))
    return rows
