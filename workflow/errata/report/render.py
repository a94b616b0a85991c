"""Make the report: a folder of pages, figures and data that opens from disk."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from errata import __version__
from errata.groups import GROUPS
from errata.input_error import InputError
from errata.published.trend import QUANTITIES, fit_trends
from errata.report import numerals
from errata.report.categories import FORGIVEN, GROUP_NAMES, LOOKS, PROVISIONAL, SOFT_LOOKS, stack_counts
from errata.report.headline import headline, totals_of
from errata.report.inputs import ReportInputs
from errata.report.open_world import open_world_lines, stand_in
from errata.report.pictures import Picture, example_pictures, strip_pictures
from errata.report.pooled import pooled_lines
from errata.report.profile_figure import MOST_BARS, draw_profile
from errata.report.rows import ModelView, Piece, model_views
from errata.report.soft import soft_view
from errata.report.trend_figures import Panel, draw_panels
from errata.report.truth import TruthView, truth_view
from errata.report.truth_figure import draw_truth
from errata.report.twins import write_markdown, write_twins
from errata.tables import CATEGORY_COLUMNS

MARK = "errata-report.json"
"""A file that every report has; a folder without it is never replaced."""

TRUTH_FIGURE = "truth"

MOST_UNREADABLE = 40
"""Images listed on the page; the data hold all of them."""


def render_report(inputs: ReportInputs, destination: Path | str) -> None:
    """Write the report of `inputs` to the folder `destination`, whole or not at all.

    Equal inputs give equal bytes. An older report at `destination` is replaced.

    Raises
    ------
    InputError
        If `destination` is a file, or a folder with other things than a report in it, or if the profile is empty.
    """
    if inputs.profile.is_empty():
        raise InputError(
            "The profile holds no model, so there is nothing to report. Give at least one predictions file."
        )
    with _folder_written_whole(Path(destination)) as folder:
        for name in ("assets", "data", "figures", "models"):
            (folder / name).mkdir()
        trends = fit_trends(inputs.published) if inputs.published is not None else {}
        panels = []
        if inputs.published is not None and inputs.comparison is not None:
            panels = draw_panels(inputs.published, inputs.comparison, trends, folder / "figures")
        groups = [group for group in GROUPS if group in set(inputs.profile["group"])]
        for group in groups:
            draw_profile(inputs.profile, group, folder / "figures" / f"profile-{group}")
        strip, truth = _write_pictures(inputs, folder)
        if truth is not None and truth.all_errors:
            draw_truth(truth, folder / "figures" / TRUTH_FIGURE)
        _write_data(inputs, folder)
        _write_pages(inputs, model_views(inputs, trends, panels), panels, groups, strip, truth, folder)


def _write_pictures(inputs: ReportInputs, folder: Path) -> tuple[list[Picture], TruthView | None]:
    """Write the small copies of images, if they may be shown; return those at the top and the truth test."""
    source = inputs.pictures
    if source is None:
        return [], truth_view(inputs, {})
    (folder / "pictures").mkdir()
    strip = strip_pictures(source, inputs.planted, folder / "pictures")
    shown = inputs.planted is not None and inputs.recall is not None
    examples = example_pictures(source, inputs.planted, folder / "pictures") if shown else {}
    return strip, truth_view(inputs, examples)


def _write_data(inputs: ReportInputs, folder: Path) -> None:
    data = folder / "data"
    write_twins(inputs.profile, "profile", data)
    write_markdown(inputs.profile, data / "profile.md")
    write_twins(inputs.pooled, "pooled", data)
    if inputs.comparison is not None:
        write_twins(inputs.comparison, "comparison", data)
    if inputs.soft_profile is not None:
        write_twins(inputs.soft_profile, "soft_profile", data)
    if inputs.recall is not None:
        write_twins(inputs.recall, "recall", data)
    if inputs.atlas.unreadable:
        columns = {"file_name": pl.String, "problem": pl.String}
        write_twins(pl.DataFrame(inputs.atlas.unreadable, schema=columns, orient="row"), "unreadable", data)
    about = {
        "errata": __version__,
        "title": inputs.title,
        "dataset": inputs.atlas.dataset,
        "atlas": inputs.atlas.name,
        "models": inputs.profile["model"].n_unique(),
        "undefined": list(inputs.atlas.undefined),
        "atlas_provenance": dict(inputs.atlas.provenance),
        "provenance": dict(inputs.provenance),
    }
    (folder / MARK).write_text(json.dumps(about, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def _write_pages(
    inputs: ReportInputs,
    views: list[ModelView],
    panels: list[Panel],
    groups: list[str],
    strip: list[Picture],
    truth: TruthView | None,
    folder: Path,
) -> None:
    environment = _environment()
    defined = [
        name
        for name in CATEGORY_COLUMNS
        if inputs.profile[name].is_not_null().any()
        and not (name == "open_world_unchecked" and inputs.atlas.open_world_checked and not inputs.profile[name].sum())
    ]
    shared = {
        "title": inputs.title,
        "atlas": inputs.atlas,
        "version": __version__,
        "looks": LOOKS,
        "group_names": GROUP_NAMES,
        "groups": groups,
        "defined": defined,
        "forgiven": FORGIVEN,
        "provisional": [name for name in PROVISIONAL if name in inputs.profile.columns],
        "published_models": 0 if inputs.published is None else inputs.published["model"].n_unique(),
        "stand_in": stand_in(inputs.atlas),
        "truth": truth,
        "soft": soft_view(inputs),
    }
    for name in ("report.css", "report.js"):
        text = environment.get_template(name).render(looks=LOOKS | SOFT_LOOKS)
        (folder / "assets" / name).write_text(text, encoding="utf-8")
    index = environment.get_template("index.html").render(
        **shared,
        root="",
        views=views,
        findings=headline(inputs),
        overall=_overall_bar(inputs.profile),
        panels=panels,
        pooled=pooled_lines(inputs.pooled, inputs.published),
        summary=_comparison_summary(inputs.comparison, views),
        left_out=_left_out(inputs),
        provenance=_flat(inputs.provenance),
        atlas_provenance=_flat(inputs.atlas.provenance),
        files=sorted(path.name for path in (folder / "data").iterdir()),
        most_bars=MOST_BARS,
        strip=strip,
        open_world=open_world_lines(inputs.atlas),
        most_unreadable=MOST_UNREADABLE,
    )
    (folder / "index.html").write_text(index, encoding="utf-8")
    if truth is not None:
        page = environment.get_template("truth.html").render(**shared, root="", figure=TRUTH_FIGURE)
        (folder / "truth.html").write_text(page, encoding="utf-8")
    page = environment.get_template("model.html")
    for view in views:
        text = page.render(**shared, root="../", view=view, findings=headline(inputs, view.name))
        (folder / "models" / f"{view.slug}.html").write_text(text, encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("errata.report"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": numerals.percent,
        "whole": numerals.whole,
        "signed": numerals.signed,
        "rounded": numerals.rounded,
    }
    environment.globals |= {"interval": numerals.interval}
    return environment


def _overall_bar(profile: pl.DataFrame) -> list[Piece]:
    totals = totals_of(profile, "all")
    return [
        Piece(look, count, numerals.share(count, totals["top1_errors"]) or 0.0) for look, count in stack_counts(totals)
    ]


def _comparison_summary(comparison: pl.DataFrame | None, views: list[ModelView]) -> dict | None:
    """How many positions are inside the bands, and the farthest ones."""
    if comparison is None or comparison.is_empty():
        return None
    shares = comparison.filter((pl.col("quantity") == QUANTITIES[0]) & (pl.col("group") == "all"))
    if shares.is_empty():
        return None
    slugs = {view.name: view.slug for view in views}
    farthest = shares.sort(pl.col("standard_deviations").abs(), "model", "category", descending=[True, False, False])
    return {
        "positions": shares.height,
        "inside": int(shares["inside"].sum()),
        "extrapolated": shares.filter(pl.col("extrapolated"))["model"].n_unique(),
        "published": int(shares["published_models"].max()),
        "farthest": [row | {"slug": slugs[row["model"]]} for row in farthest.head(8).to_dicts()],
    }


def _left_out(inputs: ReportInputs) -> list[dict]:
    """One row per reason: how many models, how many images of each; few models are named."""
    if inputs.left_out is None:
        return []
    rows = inputs.left_out.group_by("reason", maintain_order=True).agg(
        pl.col("model"), pl.col("images").min().alias("least"), pl.col("images").max().alias("most")
    )
    all_models = inputs.profile["model"].n_unique()
    return [
        row | {"models": len(row["model"]), "names": row["model"] if len(row["model"]) < min(all_models, 9) else []}
        for row in rows.to_dicts()
    ]


def _flat(provenance: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in provenance.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{name} · ")
        elif isinstance(value, list | tuple):
            rows.append((name, ", ".join(map(str, value))))
        else:
            rows.append((name, str(value)))
    return rows


@contextmanager
def _folder_written_whole(destination: Path) -> Iterator[Path]:
    """Give a new folder beside `destination` and put it in its place if the block succeeds."""
    if destination.exists() and not destination.is_dir():
        raise InputError(f"{destination}: expected a folder for the report, found a file. Name another folder.")
    if destination.is_dir() and any(destination.iterdir()) and not (destination / MARK).is_file():
        raise InputError(
            f"{destination}: the folder holds other things than a report ({MARK} is not there), which would be lost. "
            "Name another folder or empty this one."
        )
    destination.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", suffix=".part", dir=destination.parent))
    try:
        new, old = work / "new", work / "old"
        new.mkdir()
        yield new
        if destination.exists():
            destination.replace(old)
        try:
            new.replace(destination)
        except OSError:
            if old.exists():
                old.replace(destination)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
