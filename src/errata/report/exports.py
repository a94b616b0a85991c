"""The report's tables for other programs: CSV, JSON, Parquet, Markdown and LaTeX.

LaTeX tables use booktabs and compile with any engine; names beyond Latin letters need XeLaTeX or LuaLaTeX and a font
that has them."""

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, MULTI_LABEL_ACCURACIES, OPEN_WORLD_UNCHECKED
from errata.groups import GROUPS
from errata.report.numerals import MISSING, counted, interval
from errata.report.pooled import PooledCell, pooled_lines
from errata.report.style import GROUP_NAMES, LOOKS
from errata.results import Results
from errata.tables import write_csv

MARKDOWN_COLUMNS = (
    *("model", "group", "images", "correct", "top1_errors"),
    *CATEGORY_COLUMNS,
    *(accuracy.name for accuracy in MULTI_LABEL_ACCURACIES if not accuracy.own_classes),
)


def write_export(frame: pl.DataFrame, name: str, folder: Path) -> None:
    """Write `frame` as `name`.csv, `name`.json (one object per row) and `name`.parquet into `folder`.

    A missing value is an empty CSV field and a JSON null.
    """
    write_csv(frame, folder / f"{name}.csv")
    (folder / f"{name}.json").write_text(frame.write_json() + "\n", encoding="utf-8")
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


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{''}",
    **{character: rf"\{character}" for character in "&%$#_"},
}

NOT_KNOWN = "--"


def latex(text: str) -> str:
    """Escape text for LaTeX, in one line."""
    return "".join(_SPECIAL.get(character, character) for character in re.sub(r"\s+", " ", text))


def profile_table(results: Results) -> str:
    """Return the profile of every model in every group: accuracies and shares in per cent, as a `longtable`."""
    profile = results.profile
    shares = [
        name
        for name in CATEGORY_COLUMNS
        if profile[name].is_not_null().any() and (name != OPEN_WORLD_UNCHECKED or profile[name].sum())
    ]
    columns = ["top1", "mla", *(f"share_{name}" for name in shares)]
    headings = ["Model", "Top-1", "MLA", *(latex(LOOKS[name].label) for name in shares)]
    body: list[str] = []
    for group in GROUPS:
        rows = profile.filter(pl.col("group") == group).sort("mla", "model", descending=[True, False], nulls_last=True)
        if rows.is_empty():
            continue
        body += [r"\midrule", rf"\multicolumn{{{len(headings)}}}{{l}}{{\emph{{{latex(GROUP_NAMES[group])}}}}} \\*"]
        body += [
            _row([latex(row["model"]), *(_number(row.get(name)) for name in columns)])
            for row in rows.iter_rows(named=True)
        ]
    caption = (
        f"Error profiles on {latex(results.facts.dataset)}, atlas ``{latex(results.facts.name)}'': accuracies and "
        f"shares in per cent. {_of_what(shares)}"
    )
    return "\n".join(
        [
            r"% \usepackage{booktabs,longtable,graphicx}",
            rf"\begin{{longtable}}{{l{'r' * (len(headings) - 1)}}}",
            rf"\caption{{{caption}}}\\",
            r"\toprule",
            _turned(headings),
            r"\endfirsthead",
            r"\toprule",
            _turned(headings),
            r"\endhead",
            *body,
            r"\bottomrule",
            r"\end{longtable}",
            "",
        ]
    )


def pooled_table(results: Results) -> str:
    """Return the shares over all models together, with 95 % intervals, per group."""
    lines = pooled_lines(results.pooled, None)
    groups = [group for group in GROUPS if any(cells[group].share is not None for _, cells in lines)]
    models = results.profile["model"].n_unique()
    caption = (
        f"Errors of {counted(models, 'model')} together on {latex(results.facts.dataset)}, atlas "
        f"``{latex(results.facts.name)}'': shares in per cent, in brackets 95\\,\\% intervals. "
        f"{_of_what([look.name for look, _ in lines])}"
    )
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table}",
            rf"\caption{{{caption}}}",
            r"\centering",
            rf"\begin{{tabular}}{{l{'r' * len(groups)}}}",
            r"\toprule",
            _row(["Category", *(latex(GROUP_NAMES[group]) for group in groups)]),
            r"\midrule",
            *(_row([latex(look.label), *(_cell(cells[group]) for group in groups)]) for look, cells in lines),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def write_latex(results: Results, folder: Path) -> None:
    """Write `profile.tex` and `pooled.tex` into `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "profile.tex").write_text(profile_table(results), encoding="utf-8")
    (folder / "pooled.tex").write_text(pooled_table(results), encoding="utf-8")


def _of_what(shown: Sequence[str]) -> str:
    forgiven = [latex(LOOKS[name].label) for name in FORGIVEN if name in shown]
    if not forgiven:
        return "Shares of the multi-label errors."
    return f"{' and '.join(forgiven).capitalize()}: of the top-1 errors; the others: of the multi-label errors."


def _turned(headings: Sequence[str]) -> str:
    return _row([headings[0], *(rf"\rotatebox{{90}}{{{heading}}}" for heading in headings[1:])])


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _number(value: float | None) -> str:
    return NOT_KNOWN if value is None else f"{value:.1f}"


def _cell(cell: PooledCell) -> str:
    if cell.share is None:
        return NOT_KNOWN
    limits = interval(cell.low, cell.high).replace("–", "--")
    return f"{cell.share:.1f} ({limits})" if limits else f"{cell.share:.1f}"
