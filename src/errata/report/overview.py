"""The overview: what all models do, against each other and against the published ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, PROVISIONAL_COLUMNS
from errata.drawing.bars import MOST_BARS
from errata.files import slug
from errata.report.numerals import share
from errata.report.overview_data import column_sets, ordered_models, write_table_data
from errata.report.page import Page
from errata.report.pictures import strip_pictures
from errata.report.pooled import pooled_lines
from errata.report.soft import soft_view
from errata.report.style import Piece, stacked_bar
from errata.report.trends.figures import draw_figures, plan_panels
from errata.results import Results
from errata.trends.cloud import QUANTITIES

MOST_FIXED = 100
"""Models in the table of the page itself; the page's script shows all of them."""


@dataclass(frozen=True)
class Overall:
    """The errors of all models together: pieces of their bar, and the share that is the labels' fault, per cent."""

    bar: list[Piece]
    labels_fault: float | None


def _make(results: Results, folder: Path) -> Mapping[str, object]:
    panels = plan_panels(results)
    draw_figures(panels, results, folder / "figures")
    models = ordered_models(results.profile)
    if len(models) == 1:
        # the page of the model takes its place
        return {}
    strip = []
    if results.pictures is not None:
        (folder / "pictures").mkdir(exist_ok=True)
        strip = strip_pictures(results.pictures, results.planted, folder / "pictures")
    soft = soft_view(results)
    sets = column_sets(results, soft)
    write_table_data(results, models, sets, folder / "assets")
    everywhere = results.profile.filter(pl.col("group") == "all")
    wrong = 100 * everywhere["top1_errors"] / everywhere["images"]
    return {
        "sets": sets,
        "fixed": _fixed_rows(results.profile, models[:MOST_FIXED]),
        "fixed_columns": [column for column in sets[0].columns if column.kind != "outside"],
        "extremes": {"least": wrong.min(), "most": wrong.max()},
        "overall": overall(results.profile),
        "panels": panels,
        "pooled": pooled_lines(results.pooled, results.published),
        "summary": _comparison_summary(results.comparison),
        "soft": soft,
        "most_bars": MOST_BARS,
        "strip": strip,
        "has_truth": results.recall is not None,
    }


OVERVIEW = Page("index", "Overview", "index.html", _make)


def overall(profile: pl.DataFrame) -> Overall:
    """Return the errors of all models over all images; a category that no model has a count of has no piece."""
    rows = profile.filter(pl.col("group") == "all")
    names = [name for name in ("top1_errors", *CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS) if name in rows.columns]
    totals = rows.select(pl.col(names).cast(pl.Int64).sum()).row(0, named=True)
    return Overall(
        stacked_bar(totals, totals["top1_errors"]),
        share(sum(totals[name] for name in FORGIVEN), totals["top1_errors"]),
    )


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
    placed = shares.filter(~pl.col("extrapolated"))
    farthest = placed.sort(pl.col("standard_deviations").abs(), "model", "category", descending=[True, False, False])
    return {
        "positions": shares.height,
        "outside": int(shares["outside"].sum()),
        "extrapolated": shares.filter(pl.col("extrapolated"))["model"].n_unique(),
        "published": int(shares["published_models"].max()),
        "farthest": [row | {"slug": slug(row["model"])} for row in farthest.head(8).to_dicts()],
    }
