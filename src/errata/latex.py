"""LaTeX tables for two-column papers: booktabs, shares in per cent with 95 % intervals.

They compile with any engine; names beyond Latin letters need XeLaTeX or LuaLaTeX and a font that has them.
"""

import re
from collections.abc import Sequence

import polars as pl

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED, AccuracyWords
from errata.looks import GROUP_NAMES, LOOKS
from errata.results import Results

PACKAGES = r"% \usepackage{booktabs}"

NOT_KNOWN = "--"

MODELS_PER_TABLE = 18
"""A table of more models would not fit on a page; it is broken into several."""

SHORT = {
    "class_overlap": "Overlap",
    "multi_label": "Multi-label",
    "fine_grained": "Fine-gr.",
    "open_world_unchecked": "Unchecked",
    "fine_grained_oov": "OOV",
    "spurious_correlation": "Spurious",
    "non_prototypical": "Non-prot.",
    "model_failure": "Failure",
}
"""Categories in headings of narrow columns."""

IN_A_COLUMN = ("fine_grained", "model_failure", OPEN_WORLD_UNCHECKED)
"""Categories of many models that fit into a column."""

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


def latex(text: str) -> str:
    """Escape text for LaTeX, in one line.

    Examples
    --------
    >>> latex("resnet_50 & more")
    'resnet\\\\_50 \\\\& more'
    """
    return "".join(_SPECIAL.get(character, character) for character in re.sub(r"\s+", " ", text))


def model_table(results: Results, model: str, *, broad: bool = False) -> str:
    """Return the profile of a model as a LaTeX table: a row per category and accuracy.

    `broad`: every group of images in a table across both columns; else all images in a table for one column.
    """
    rows = {row["group"]: row for row in results.profile.filter(pl.col("model") == model).iter_rows(named=True)}
    groups = [group for group in rows if (broad or group == "all")]
    shares = _shares(results.profile)
    body = [
        table_row([latex(LOOKS[name].label), *(cell for group in groups for cell in _counted(rows[group], name))])
        for name in shares
    ]
    words = results.facts.words
    accuracies = [
        table_row([label, *(cell for group in groups for cell in ("", _with_limits(rows[group], name)))])
        for name, label in (("top1", _opening(words.top1_in_full)), ("mla", _opening(words.mla)))
    ]
    heads = [rf"\multicolumn{{2}}{{c}}{{{latex(GROUP_NAMES[group])}, {rows[group]['images']:,}}}" for group in groups]
    rules = "".join(rf"\cmidrule(lr){{{2 + 2 * at}-{3 + 2 * at}}}" for at in range(len(groups)))
    caption = (
        f"Errors of {_breakable(model)} on {latex(results.facts.dataset)}: numbers, and shares in per cent with "
        f"95\\,\\% intervals. {of_what(shares, results.facts.words)}"
    )
    return booktabs(
        "l" + "rr" * len(groups),
        [table_row(["", *heads]), rules, table_row(["Category", *(["Errors", "Share"] * len(groups))])],
        [*body, r"\midrule", *accuracies],
        caption=caption,
        label=f"errors-{_label(model)}",
        broad=broad,
    )


def _opening(text: str) -> str:
    return text[0].upper() + text[1:]


def models_table(results: Results, group: str = "all", *, broad: bool = True) -> str:
    """Return the profiles of several models as LaTeX tables, best MLA first, each limit below its number.

    `broad`: every category in tables across both columns; else the most telling ones in tables for one column.
    """
    profile = results.profile.filter(pl.col("group") == group)
    rows = profile.sort("mla", "model", descending=[True, False], nulls_last=True).to_dicts()
    shares = [name for name in _shares(results.profile) if broad or name in IN_A_COLUMN]
    columns = ["top1", "mla", *(f"share_{name}" for name in shares)]
    words = results.facts.words
    headings = ["Model", _opening(words.top1), _opening(words.mla), *(SHORT[name] for name in shares)]
    caption = (
        f"Accuracies and kinds of errors on {latex(results.facts.dataset)}, {latex(GROUP_NAMES[group])}: shares in per "
        f"cent, below them 95\\,\\% intervals. {of_what(shares, results.facts.words)}"
    )
    tables = []
    for start in range(0, len(rows), MODELS_PER_TABLE):
        body = []
        for row in rows[start : start + MODELS_PER_TABLE]:
            name = _shortened(row["model"], 30 if broad else 18)
            body.append(table_row([latex(name), *(_number(row.get(column)) for column in columns)]))
            limits = [_limits(row, column) for column in columns]
            body.append(table_row(["", *(rf"{{\scriptsize {each}}}" if each else "" for each in limits)]) + "[2pt]")
        tables.append(
            booktabs(
                "l" + "r" * len(columns),
                [table_row(headings)],
                body,
                caption=caption if not start else f"{caption} Continued.",
                label=f"errors-{group}" + (f"-{start // MODELS_PER_TABLE + 1}" if start else ""),
                broad=broad,
            )
        )
    return "\n".join(tables)


def booktabs(
    columns: str, head: Sequence[str], body: Sequence[str], *, caption: str, label: str, broad: bool = False
) -> str:
    """Return a floating table of so many columns, `lrr`, with its caption; a broad one goes across both columns."""
    kind = "table*" if broad else "table"
    return "\n".join(
        [
            PACKAGES,
            rf"\begin{{{kind}}}[t]",
            rf"\caption{{{caption}}}",
            rf"\label{{tab:{label}}}",
            r"\centering\footnotesize\setlength{\tabcolsep}{3pt}",
            rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
            r"\toprule",
            *(line for line in head if line),
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\end{{{kind}}}",
            "",
        ]
    )


def _shares(profile: pl.DataFrame) -> list[str]:
    """Return the categories that have counts; unchecked errors only where there are any."""
    return [
        name
        for name in CATEGORY_COLUMNS
        if profile[name].is_not_null().any() and (name != OPEN_WORLD_UNCHECKED or profile[name].sum())
    ]


def of_what(shown: Sequence[str], words: AccuracyWords) -> str:
    """Return a sentence that says what the shares of some categories are of."""
    forgiven = [latex(LOOKS[name].label) for name in FORGIVEN if name in shown]
    if not forgiven:
        return f"Shares of the {words.mles}."
    return f"{' and '.join(forgiven).capitalize()}: of the {words.errors}; the others: of the {words.mles}."


def table_row(cells: Sequence[str]) -> str:
    """Return a row of a table."""
    return " & ".join(cells) + r" \\"


def _counted(row: dict, name: str) -> tuple[str, str]:
    count = row[name]
    return (NOT_KNOWN, NOT_KNOWN) if count is None else (f"{count:,}", _with_limits(row, f"share_{name}"))


def _with_limits(row: dict, column: str) -> str:
    limits = _limits(row, column)
    return _number(row.get(column)) + (rf" {{\scriptsize ({limits})}}" if limits else "")


def _limits(row: dict, column: str) -> str:
    low, high = row.get(f"{column}_low"), row.get(f"{column}_high")
    return "" if row.get(column) is None or low is None or high is None else f"{low:.1f}--{high:.1f}"


def _number(value: float | None) -> str:
    return NOT_KNOWN if value is None else f"{value:.1f}"


def _shortened(text: str, letters: int) -> str:
    if len(text) <= letters:
        return text
    # models of one name differ at the end
    half = letters // 2 - 1
    return f"{text[:half]}...{text[-half:]}"


def _breakable(text: str) -> str:
    """Escape a name for LaTeX; it may be broken between its parts, and parts after every twelve letters."""
    parts = re.findall(r"[^_.\-/]{1,12}[_.\-/]?|[_.\-/]", text)
    return r"\allowbreak{}".join(map(latex, parts))


def _label(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") or "model"
