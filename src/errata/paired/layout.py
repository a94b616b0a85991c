"""Layout of a comparison and of a gate: text for a terminal, Markdown, plain values for JSON, and files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from errata import __version__
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS
from errata.files import atomic_write
from errata.groups import GROUPS
from errata.paired.compare import PairedComparison
from errata.paired.gate import Gate, GateRow
from errata.paired.tables import CATEGORY_TRANSITIONS, CHANGED_IMAGES, PAIRED_DIFFERENCES, SEVERITY_MOVES
from errata.paired.transitions import by_category, category_transitions, changed_images
from errata.paired.words import signed, summary, whole
from errata.tables import write_csv, write_table

NOTES = """\
p: McNemar's mid-p test of counts and top-1, a normal test of the other accuracies and of shares.
*: adjusted by Holm's method, so that the words of all categories hold together, and those of all shares.
Intervals are not adjusted. A share that is higher or lower is neither good nor bad by itself."""

TOGETHER = "The limits under “at least” hold together with 95 % confidence."

COLUMNS = ("", "A", "B", "B − A", "95 % interval", "change", "p", "")


def comparison_text(comparison: PairedComparison) -> str:
    """Return the sentences, the differences on all images, the matrix of transitions, and a line per group."""
    a, b = comparison.models
    atlas = comparison.atlas
    images = int(comparison.transitions[0].sizes.sum())
    head = [
        f"A = {a}, B = {b}, on {whole(images)} images of {atlas.dataset}, atlas {atlas.name}",
        "",
        *summary(comparison),
    ]
    parts = ["\n".join(head), "\n".join(_columns([COLUMNS, *_rows(comparison)])), "\n".join(_groups(comparison))]
    matrix = ["Images by A's answer (rows) and B's (columns):", *_columns(_matrix(comparison))]
    return "\n\n".join([*parts, "\n".join(matrix), NOTES, *marks_text(comparison.marks)])


def comparison_markdown(comparison: PairedComparison) -> str:
    """Return the sentences and the differences on all images in Markdown."""
    a, b = (_cell(name) for name in comparison.models)
    table = [("", f"A: {a}", f"B: {b}", *COLUMNS[3:]), *_rows(comparison)]
    said = "\n".join(f"- {_cell(sentence)}" for sentence in summary(comparison))
    marked = "".join(f"\n{_cell(line)}\n" for line in marks_text(comparison.marks))
    return f"### {b} against {a}\n\n{said}\n\n{_markdown_table(table)}{marked}"


def comparison_values(comparison: PairedComparison) -> dict:
    """Return a comparison, without the list of images, as plain values for JSON."""
    a, b = comparison.models
    right = comparison.row("all", "correct")
    return {
        "errata": __version__,
        "dataset": comparison.atlas.dataset,
        "atlas": comparison.atlas.name,
        "a": a,
        "b": b,
        "images": {counted.group: int(counted.sizes.sum()) for counted in comparison.transitions},
        "undefined": list(comparison.atlas.undefined),
        "word": comparison.word,
        "summary": summary(comparison),
        "fixed": right["only_b"],
        "broken": right["only_a"],
        "differences": comparison.differences.to_dicts(),
        "moves": comparison.moves.to_dicts(),
        "transitions": category_transitions(comparison.transitions).to_dicts(),
        **marks_values(comparison.marks),
    }


def marks_text(marks: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what to keep in mind of the models, a line for each."""
    return [f"{model}: {' '.join(said)}" for model, said in marks.items()]


def marks_values(marks: Mapping[str, Sequence[str]]) -> dict:
    """Return the same as plain values for JSON; nothing where no model is marked."""
    return {"marks": {model: list(said) for model, said in marks.items()}} if marks else {}


def gate_text(gate: Gate, models: tuple[str, str]) -> str:
    """Return the gate's verdict, one line per category, and how sure it is."""
    lines = [gate_sentence(gate, models), "", *_columns(_gate_rows(gate)), "", TOGETHER]
    return "\n".join([*lines, *(f"\n{each}" for each in _behind(gate))])


def gate_markdown(gate: Gate, models: tuple[str, str]) -> str:
    """Return a gate's result in Markdown, for a comment on a pull request."""
    mark = "✅" if gate.is_open else "❌"
    behind = "".join(f"\n{each}\n" for each in _behind(gate))
    return f"{mark} {_cell(gate_sentence(gate, models))}\n\n{_markdown_table(_gate_rows(gate))}\n{TOGETHER}\n{behind}"


def gate_values(gate: Gate, models: tuple[str, str]) -> dict:
    """Return a gate's result as plain values for JSON."""
    rows = [
        {
            **{"category": row.category, "baseline": row.baseline, "candidate": row.candidate, "rise": row.rise},
            **{"allowed": str(row.allowed), "limit": row.limit, "unit": row.allowed.unit, "raised": row.is_raised},
            **{"milder": row.milder, "more_severe": row.more_severe},
        }
        for row in gate.rows
    ]
    return {
        "errata": __version__,
        "baseline": models[0],
        "candidate": models[1],
        "open": gate.is_open,
        "confidence": gate.confidence,
        "categories": rows,
    }


def gate_sentence(gate: Gate, models: tuple[str, str]) -> str:
    """Return the verdict of the gate in a sentence."""
    baseline, candidate = models
    raised = [row.category for row in gate.rows if row.is_raised]
    if raised:
        return (
            f"errata gate: closed. From {baseline} to {candidate} more errors are made than allowed, "
            f"with 95 % confidence: {', '.join(raised)}."
        )
    return (
        f"errata gate: open. From {baseline} to {candidate} nothing that is watched rises by more than allowed "
        "with 95 % confidence."
    )


def _gate_rows(gate: Gate) -> list[tuple[str, ...]]:
    head = ("category", "baseline", "candidate", "rise", "at least", "allowed", "")
    return [head, *(_gate_row(row) for row in gate.rows)]


def _gate_row(row: GateRow) -> tuple[str, ...]:
    unit = row.allowed.unit
    limit = "–" if row.limit is None else f"{signed(row.limit, 1 if unit == '%' else 3)} {unit}"
    counts = (whole(row.baseline), whole(row.candidate), signed(row.rise, 0))
    return (row.category, *counts, limit, str(row.allowed), "RAISED" if row.is_raised else "ok")


def _behind(gate: Gate) -> Iterable[str]:
    for row in gate.rows:
        if row.is_raised and row.milder > row.more_severe:
            yield (
                f"{row.category} rose because worse mistakes became milder: of the images that only one of the models "
                f"counts there, {whole(row.milder)} answers became milder and {whole(row.more_severe)} more severe."
            )


def _rows(comparison: PairedComparison) -> list[tuple[str, ...]]:
    rows = comparison.differences.filter(group="all").to_dicts()
    families = {row["statistic"]: row["p"] != row["p_adjusted"] for row in rows}
    return [_difference_row(row, adjusted=families[row["statistic"]]) for row in rows]


def _difference_row(row: Mapping[str, object], *, adjusted: bool) -> tuple[str, ...]:
    digits = 0 if row["kind"] == "count" else 2
    if row["difference"] is None:
        return (row["statistic"], "–", "–", "–", "–", "", "", row["word"])
    change = "" if row["relative"] is None else f"{signed(row['relative'], 1)} %"
    return (
        row["statistic"],
        *(f"{row[side]:,.{digits}f}" for side in ("a", "b")),
        signed(row["difference"], digits),
        f"[{signed(row['low'], digits)}, {signed(row['high'], digits)}]",
        change,
        ("<0.001" if row["p_adjusted"] < 0.001 else f"{row['p_adjusted']:.3f}") + ("*" if adjusted else ""),
        row["word"],
    )


def _groups(comparison: PairedComparison) -> list[str]:
    lines = []
    for group in GROUPS[1:]:
        rows = comparison.differences.filter(group=group, statistic="mla").to_dicts()
        for row in rows:
            if row["difference"] is not None:
                interval = f"[{signed(row['low'], 1)}, {signed(row['high'], 1)}]"
                lines.append(f"{group}: MLA {signed(row['difference'], 1)} points {interval}; {row['word']}")
    return lines


def _matrix(comparison: PairedComparison) -> list[tuple[str, ...]]:
    matrix = by_category(comparison.transitions[0].matrix)
    used = np.flatnonzero(matrix.sum(axis=0) + matrix.sum(axis=1))
    names = [(CORRECT, *CATEGORY_COLUMNS)[place] for place in used]
    rows = [(name, *map(whole, row)) for name, row in zip(names, matrix[np.ix_(used, used)].tolist(), strict=True)]
    return [("", *names), *rows]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align the columns of a table: the first and a last one of words to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = [" | ".join(_cell(cell) or " " for cell in row) for row in rows]
    rule = " | ".join("---" if place == 0 else "---:" for place in range(len(rows[0])))
    return "".join(f"| {line} |\n" for line in (head, rule, *body))


def _cell(text: str) -> str:
    """Escape text for a cell of a Markdown table."""
    plain = " ".join(text.split())
    return "".join(f"\\{character}" if character in "\\|`*_[]<>" else character for character in plain)


def write_comparison(comparison: PairedComparison, folder: Path) -> None:
    """Write the tables as Parquet and CSV, everything but the images as JSON, and the summary as Markdown."""
    tables = [
        (PAIRED_DIFFERENCES, comparison.differences),
        (SEVERITY_MOVES, comparison.moves),
        (CATEGORY_TRANSITIONS, category_transitions(comparison.transitions)),
        (CHANGED_IMAGES, changed_images(comparison.atlas, comparison.answers)),
    ]
    for table, frame in tables:
        write_table(frame, table, folder / f"{table.name}.parquet")
        write_csv(frame, folder / f"{table.name}.csv")
    values = json.dumps(comparison_values(comparison), indent=1, ensure_ascii=False) + "\n"
    for name, text in (("comparison.json", values), ("comparison.md", comparison_markdown(comparison))):
        with atomic_write(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
