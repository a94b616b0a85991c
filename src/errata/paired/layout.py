"""Layout of a comparison and of a gate: text for a terminal, Markdown, plain values for JSON, and files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from errata import __version__
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORIES, CATEGORY_COLUMNS, accuracy_words
from errata.files import atomic_write
from errata.paired.compare import PairedComparison
from errata.paired.gate import Gate, GateRow
from errata.paired.tables import CATEGORY_TRANSITIONS, CHANGED_IMAGES, PAIRED_DIFFERENCES, SEVERITY_MOVES
from errata.paired.transitions import by_category, category_transitions, changed_images
from errata.paired.words import signed, summary, whole
from errata.tables import write_csv, write_table
from errata.text_tables import aligned, cut, filled, markdown, markdown_table, width_of

NOTES = """\
p: McNemar's mid-p test of counts and top-1, a normal test of the other accuracies and of shares.
*: adjusted by Holm's method, so that the words of all categories hold together, and those of all shares.
Intervals are not adjusted. A share that is higher or lower is neither good nor bad by itself."""

NOTE = "The words of all categories hold together, with 95 % confidence; every interval stands for itself."

TOGETHER = "The limits under “at least” hold together with 95 % confidence."

COLUMNS = ("", "A", "B", "B − A", "95 % interval", "change", "p", "")

SHOWN = {112: (0, 1, 2, 3, 4, 5, 6, 7), 76: (0, 1, 2, 3, 4, 7), 0: (0, 1, 2, 4)}
"""Which of the columns a terminal shows that is at least so wide."""

LABELS = {
    CORRECT: "right answers",
    **{category.name: category.label for category in CATEGORIES},
    **{f"provisional_{category.name}": f"  – {category.label}" for category in CATEGORIES if category.provisional},
}
"""What answers are called, with the provisional split of errors that were not checked."""


def comparison_text(comparison: PairedComparison, *, width: int = 80) -> str:
    """Return the sentences, the differences on all images, the matrix of transitions, and a line per group."""
    a, b = comparison.models
    atlas = comparison.atlas
    images = int(comparison.transitions[0].sizes.sum())
    head = f"A = {a}, B = {b}, on {whole(images)} images of {atlas.dataset}, atlas {atlas.name}"
    rows = [COLUMNS, *_rows(comparison, kinds=("accuracy", "count"))]
    shown = next(columns for enough, columns in SHOWN.items() if width >= enough)
    table = _fitting([[row[place] for place in shown] for row in rows], width)
    matrix = _fitting(_matrix(comparison), width)
    parts = [
        filled([head], width),
        filled(summary(comparison), width),
        "\n".join(table),
        filled(_groups(comparison), width),
        "\n".join([*filled(["Images by A's answer (rows) and B's (columns):"], width).split("\n"), *matrix]),
        filled(NOTES.split("\n") if len(shown) == len(COLUMNS) else [NOTE], width),
        filled(marks_text(comparison.marks), width),
    ]
    return "\n\n".join(part for part in parts if part)


def comparison_markdown(comparison: PairedComparison) -> str:
    """Return the sentences and the differences on all images in Markdown."""
    a, b = (markdown(name) for name in comparison.models)
    table = [("", f"A: {a}", f"B: {b}", *COLUMNS[3:])]
    table += [tuple(map(markdown, row)) for row in _rows(comparison, kinds=("accuracy", "count", "share"))]
    said = "\n".join(f"- {markdown(sentence)}" for sentence in summary(comparison))
    marked = "".join(f"\n{markdown(line)}\n" for line in marks_text(comparison.marks))
    return f"### {b} against {a}\n\n{said}\n\n{markdown_table(table)}{marked}"


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


def gate_text(gate: Gate, models: tuple[str, str], *, width: int = 80) -> str:
    """Return the gate's verdict, one line per category, and how sure it is."""
    lines = [filled([gate_sentence(gate, models)], width), "", *aligned(_gate_rows(gate)), ""]
    return "\n".join([*lines, filled([TOGETHER, *_behind(gate)], width)])


def gate_markdown(gate: Gate, models: tuple[str, str]) -> str:
    """Return a gate's result in Markdown, for a comment on a pull request."""
    mark = "✅" if gate.is_open else "❌"
    behind = "".join(f"\n{each}\n" for each in _behind(gate))
    table = markdown_table([tuple(map(markdown, row)) for row in _gate_rows(gate)])
    return f"{mark} {markdown(gate_sentence(gate, models))}\n\n{table}\n{TOGETHER}\n{behind}"


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
    raised = [_watched(row, gate) for row in gate.rows if row.is_raised]
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
    return [head, *(_gate_row(row, gate) for row in gate.rows)]


def _gate_row(row: GateRow, gate: Gate) -> tuple[str, ...]:
    unit = row.allowed.unit
    limit = "–" if row.limit is None else f"{signed(row.limit, 1 if unit == '%' else 3)} {unit}"
    counts = (whole(row.baseline), whole(row.candidate), signed(row.rise, 0))
    return (_watched(row, gate), *counts, limit, str(row.allowed), "RAISED" if row.is_raised else "ok")


def _watched(row: GateRow, gate: Gate) -> str:
    labels = LABELS | gate.words.statistics | {"mle": gate.words.mles, "forgiven": gate.words.forgiven}
    return labels[row.category].removeprefix("  – ")


def _behind(gate: Gate) -> Iterable[str]:
    for row in gate.rows:
        if row.is_raised and row.milder > row.more_severe:
            yield (
                f"{_watched(row, gate)} rose because worse mistakes became milder: of the images that only one of the "
                f"models counts there, {whole(row.milder)} answers became milder and {whole(row.more_severe)} more "
                "severe."
            )


def _rows(comparison: PairedComparison, *, kinds: Sequence[str]) -> list[tuple[str, ...]]:
    rows = comparison.differences.filter(pl.col("group") == "all", pl.col("kind").is_in(kinds)).to_dicts()
    labels = LABELS | accuracy_words(comparison.atlas.undefined).statistics
    named = [(labels.get(row["statistic"].removeprefix("share_")), row) for row in rows]
    return [_difference_row(label, row) for label, row in named if label]


def _difference_row(label: str, row: Mapping[str, object]) -> tuple[str, ...]:
    digits = 0 if row["kind"] == "count" else 2
    label = label if row["kind"] != "share" else f"share: {label.removeprefix('  – ')}"
    if row["difference"] is None:
        return (label, "–", "–", "–", "–", "", "", row["word"])
    p = "<0.001" if row["p_adjusted"] < 0.001 else f"{row['p_adjusted']:.3f}"
    change = "" if row["relative"] is None else f"{signed(row['relative'], 1)} %"
    return (
        label,
        *(f"{row[side]:,.{digits}f}" for side in ("a", "b")),
        signed(row["difference"], digits),
        f"[{signed(row['low'], digits)}, {signed(row['high'], digits)}]",
        change,
        p if row["p"] == row["p_adjusted"] else f"{p}*",
        row["word"],
    )


def _groups(comparison: PairedComparison) -> list[str]:
    lines, accuracy = [], accuracy_words(comparison.atlas.undefined).mla
    rows = comparison.differences.filter(pl.col("group") != "all", statistic="mla").to_dicts()
    for row in rows:
        if row["difference"] is not None:
            interval = f"[{signed(row['low'], 1)}, {signed(row['high'], 1)}]"
            lines.append(f"{row['group']}: {accuracy} {signed(row['difference'], 1)} points {interval}; {row['word']}")
    return lines


def _matrix(comparison: PairedComparison) -> list[list[str]]:
    """Return the matrix of the answers that occur; its columns are numbered as its rows are."""
    matrix = by_category(comparison.transitions[0].matrix)
    used = np.flatnonzero(matrix.sum(axis=0) + matrix.sum(axis=1))
    names = [LABELS[(CORRECT, *CATEGORY_COLUMNS)[place]] for place in used]
    rows = [
        [f"{number} {name}", *map(whole, row)]
        for number, (name, row) in enumerate(zip(names, matrix[np.ix_(used, used)].tolist(), strict=True), 1)
    ]
    return [["", *(str(number) for number in range(1, len(names) + 1))], *rows]


def _fitting(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Align the columns of a table; what is too wide is taken from the names of its rows."""
    used = sum(2 + max(map(width_of, column)) for column in zip(*(row[1:] for row in rows), strict=True))
    return aligned([[cut(row[0], max(width - used, 12)), *row[1:]] for row in rows])


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
