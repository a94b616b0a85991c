"""The report's tables for other programs: CSV, JSON, Parquet, Markdown and LaTeX."""

from pathlib import Path

import polars as pl
import polars.selectors as cs

from errata.categories import CATEGORY_COLUMNS, MULTI_LABEL_ACCURACIES
from errata.latex import NOT_KNOWN, booktabs, latex, model_table, models_table, of_what, table_row
from errata.report.numerals import MISSING, counted, interval
from errata.report.pooled import PooledCell, pooled_lines
from errata.report.style import GROUP_NAMES
from errata.results import Results
from errata.tables import write_csv

MARKDOWN_COLUMNS = (
    *("model", "group", "images", "correct", "top1_errors"),
    *CATEGORY_COLUMNS,
    *(accuracy.name for accuracy in MULTI_LABEL_ACCURACIES if not accuracy.own_classes),
)


DIGITS = 6
"""Significant digits in CSV: files of half the size; Parquet has all."""


def write_export(frame: pl.DataFrame, name: str, folder: Path) -> None:
    """Write `frame` as `name`.csv and `name`.parquet into `folder`.

    In the CSV a missing value is an empty field, and numbers have `DIGITS` significant digits.
    """
    write_csv(frame.with_columns(cs.float().round_sig_figs(DIGITS)), folder / f"{name}.csv")
    frame.write_parquet(folder / f"{name}.parquet", compression="zstd")


def write_markdown(profile: pl.DataFrame, path: Path) -> None:
    """Write the profile's counts and accuracies as a Markdown table; a missing value is a dash."""
    text = profile.select(_markdown_cell(name, profile.schema[name]) for name in MARKDOWN_COLUMNS)
    rule = ["---" if profile.schema[name] == pl.String else "---:" for name in MARKDOWN_COLUMNS]
    lines = text.select(pl.concat_str(pl.all(), separator=" | ").alias("line"))["line"]
    table = [" | ".join(MARKDOWN_COLUMNS), " | ".join(rule), *lines]
    path.write_text("".join(f"| {line} |\n" for line in table), encoding="utf-8")


def _markdown_cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.String:
        # a bar or a line break would end the cell
        column = column.str.replace_all(r"\s", " ").str.replace_all("|", r"\|", literal=True)
    elif dtype.is_float():
        column = column.round(2)
    return column.cast(pl.String).fill_null(MISSING)


def pooled_table(results: Results) -> str:
    """Return the shares over all models together, with 95 % intervals, per group."""
    lines = pooled_lines(results.pooled, None)
    groups = [group for group in results.groups if any(cells[group].share is not None for _, cells in lines)]
    models = results.profile["model"].n_unique()
    caption = (
        f"Errors of {counted(models, 'model')} together on {latex(results.facts.dataset)}, atlas "
        f"``{latex(results.facts.name)}'': shares in per cent, in brackets 95\\,\\% intervals. "
        f"{of_what([look.name for look, _ in lines], results.facts.words)}"
    )
    return booktabs(
        "l" + "r" * len(groups),
        [table_row(["Category", *(latex(GROUP_NAMES[group]) for group in groups)])],
        [table_row([latex(look.label), *(_cell(cells[group]) for group in groups)]) for look, cells in lines],
        caption=caption,
        label="errors-pooled",
        broad=len(groups) > 2,
    )


def write_latex(results: Results, folder: Path) -> None:
    """Write `profile.tex` and `pooled.tex` into `folder`: profiles of all models, or of one in every group."""
    folder.mkdir(exist_ok=True)
    models = results.profile["model"].unique()
    if models.len() == 1:
        profiles = model_table(results, models[0], broad=True)
    else:
        profiles = "\n".join(models_table(results, group) for group in results.groups)
    (folder / "profile.tex").write_text(profiles, encoding="utf-8")
    (folder / "pooled.tex").write_text(pooled_table(results), encoding="utf-8")


def _cell(cell: PooledCell) -> str:
    if cell.share is None:
        return NOT_KNOWN
    limits = interval(cell.low, cell.high).replace("–", "--")
    return f"{cell.share:.1f} ({limits})" if limits else f"{cell.share:.1f}"
