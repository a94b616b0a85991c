"""Tables for LaTeX documents, with booktabs.

They compile with any engine; names beyond Latin letters need XeLaTeX or LuaLaTeX and a font that has them.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.groups import GROUPS
from errata.report.categories import GROUP_NAMES, LOOKS
from errata.report.inputs import ReportInputs
from errata.report.numerals import counted, interval
from errata.report.pooled import PooledCell, pooled_lines

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

MISSING = "--"


def latex(text: str) -> str:
    """Return text that LaTeX sets as it is, in one line."""
    return "".join(_SPECIAL.get(character, character) for character in re.sub(r"\s+", " ", text))


def profile_table(inputs: ReportInputs) -> str:
    """Return the profile of every model in every group: accuracies and shares in per cent, as a `longtable`."""
    profile = inputs.profile
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
        f"Error profiles on {latex(inputs.atlas.dataset)}, atlas ``{latex(inputs.atlas.name)}'': accuracies and shares "
        f"in per cent. {_of_what(shares)}"
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


def pooled_table(inputs: ReportInputs) -> str:
    """Return the shares over all models together, with 95 % intervals, per group."""
    lines = pooled_lines(inputs.pooled, None)
    groups = [group for group in GROUPS if any(line.cells[group].share is not None for line in lines)]
    models = inputs.profile["model"].n_unique()
    caption = (
        f"Errors of {counted(models, 'model')} together on {latex(inputs.atlas.dataset)}, atlas "
        f"``{latex(inputs.atlas.name)}'': shares in per cent, in brackets 95\\,\\% intervals. "
        f"{_of_what([line.look.name for line in lines])}"
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
            *(_row([latex(line.look.label), *(_cell(line.cells[group]) for group in groups)]) for line in lines),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def write_latex(inputs: ReportInputs, folder: Path) -> None:
    """Write `profile.tex` and `pooled.tex` into `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "profile.tex").write_text(profile_table(inputs), encoding="utf-8")
    (folder / "pooled.tex").write_text(pooled_table(inputs), encoding="utf-8")


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
    return MISSING if value is None else f"{value:.1f}"


def _cell(cell: PooledCell) -> str:
    if cell.share is None:
        return MISSING
    limits = interval(cell.low, cell.high).replace("–", "--")
    return f"{cell.share:.1f} ({limits})" if limits else f"{cell.share:.1f}"
