"""What the doctor says about a file, as values, text and JSON."""

import difflib
import math
import shlex
import textwrap
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from errata.errors import LONGEST_MESSAGE, InputError, RefusedError, shown

Severity = Literal["refuse", "accepted", "warn", "note"]
SEVERITIES: tuple[Severity, ...] = ("refuse", "accepted", "warn", "note")
"""The most severe first."""

SUBSET, AMBIGUOUS_NAMES = "subset", "ambiguous_class_name"
OF_A_PART = (SUBSET, AMBIGUOUS_NAMES)
"""Warnings of a model whose figures are about a part of the images."""
ABOUT_ACCURACY = frozenset(
    {
        "perfect_accuracy", "low_accuracy", "few_classes", SUBSET, "target_column", "top_k_order", "score_ties",
        "rows_unfilled", "rows_dead", "rows_scattered", "rows_shifted_part", "two_columns", "number_names",
    }
)  # fmt: skip
"""Warnings that put a model's accuracy in doubt: a gate stays closed until each is accepted."""
ACCEPTABLE = ABOUT_ACCURACY | {
    "class_order", "class_order_part", "conflicting_rows", "constant", "extra_class", "first_rows_lost",
    "fractional_ids", "ids_cut", "ids_cut_to_8_bits", "ids_out_of_range", "missing_rows", "not_finite",
    "row_and_class_order", "row_order", "rows_shuffled", "scores_negated", "scores_overflowed", "subset_numbering",
    "truncated", "unnamed_rows",
}  # fmt: skip
"""Kinds of findings that `--accept` takes: the predictions of the file can be scored in spite of them."""

CLEAR_GAIN = 0.05
"""A repair must raise the accuracy by at least this fraction to be believed."""
CLEAR_SIGMA = 4.0
"""... and by this many standard errors, since some dozens of repairs are tried."""
NOT_READABLE = "not readable"
"""The layout of a file that could not be read."""

NO_PREDICTIONS = "no predictions"
"""The layout of a file in a folder of predictions that was left out."""

HIDDEN = "unreadable_file"
"""The kind of a file that may not be opened, or is no ordinary one."""

_VERDICTS = {True: "can be scored", False: "REFUSED"}


@dataclass(frozen=True)
class Finding:
    """A fault, an oddity or a note about a file.

    Attributes
    ----------
    kind : str
        Its name; `docs/predictions.md` lists them.
    severity : {'refuse', 'accepted', 'warn', 'note'}
        A file with a 'refuse' is not scored. 'accepted' is a refusal or a warning that the user accepted.
    message : str
        What was found, the likely cause and what to do.
    rows_affected : int or None
        Number of rows of the file, where it can be told.
    accuracy_before, accuracy_after : float or None
        Top-1 accuracy in per cent over the non-problematic annotated images as the file is, and with the cause undone.
    fix_name : str or None
        The repair that `errata.predictions.doctor.repair` can make, where it is unambiguous.
    """

    kind: str
    severity: Severity
    message: str
    rows_affected: int | None = None
    accuracy_before: float | None = None
    accuracy_after: float | None = None
    fix_name: str | None = None


@dataclass(frozen=True)
class Diagnosis:
    """All findings about one model in a file.

    Attributes
    ----------
    model, path : str, Path
        The model and the file.
    layout : str
        How the file was read.
    findings : tuple of Finding
        The most severe first.
    accuracy : float or None
        Top-1 accuracy in per cent, as the file is, over the matched images that count (problematic ones do not).
    images_matched, images : int
        Number of images that count with a row in the file, and in the atlas.
    rows, rows_outside : int
        Number of rows, and of those that belong to no annotated image and are left out.
    labels, matching : str or None
        What the labels were and how rows were matched, in words.
    """

    model: str
    path: Path
    layout: str
    findings: tuple[Finding, ...] = ()
    accuracy: float | None = None
    images_matched: int = 0
    images: int = 0
    rows: int = 0
    rows_outside: int = 0
    labels: str | None = None
    matching: str | None = None

    @property
    def is_readable(self) -> bool:
        """Whether the file could be read, be it scored or not."""
        return self.layout not in (NOT_READABLE, NO_PREDICTIONS)

    @property
    def is_hidden(self) -> bool:
        """Whether the file could not even be opened."""
        return any(finding.kind == HIDDEN for finding in self.findings)

    @property
    def is_usable(self) -> bool:
        """Whether the file may be scored: no finding is a refusal."""
        return all(finding.severity != "refuse" for finding in self.findings)

    @property
    def marks(self) -> tuple[str, ...]:
        """Kinds of the findings that stay with the model wherever its figures are shown."""
        marked = [
            each.kind
            for each in self.findings
            if each.severity == "accepted" or (each.kind in OF_A_PART and each.severity == "warn")
        ]
        return tuple(dict.fromkeys(marked))


def check_accepted(kinds: Collection[str]) -> frozenset[str]:
    """Return the kinds of findings that a user accepts.

    Raises
    ------
    InputError
        If one of them is no kind of finding that can be accepted.
    """
    for kind in kinds:
        if kind not in ACCEPTABLE:
            near = difflib.get_close_matches(kind, ACCEPTABLE, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise InputError(
                f"accept: '{kind[:40]}' is no kind of finding that can be accepted.{hint} "
                f"Expected any of {', '.join(sorted(ACCEPTABLE))}."
            )
    return frozenset(kinds)


def accept(findings: Iterable[Finding], kinds: Collection[str]) -> list[Finding]:
    """Return the findings; refusals and warnings of the accepted kinds no longer keep the file from being scored."""

    def is_accepted(finding: Finding) -> bool:
        # a first column that holds the targets is never scored, whatever the user says
        holds_targets = (finding.kind, finding.severity) == ("target_column", "refuse")
        return finding.kind in kinds and finding.severity in ("refuse", "warn") and not holds_targets

    return [
        replace(each, severity="accepted", message=f"Accepted on request. {each.message}", fix_name=None)
        if is_accepted(each)
        else each
        for each in findings
    ]


def diagnosis_of_left_out(name: str, why: str) -> Diagnosis:
    """Return the diagnosis of a file in a folder of predictions that is none."""
    return Diagnosis(name, Path(name), NO_PREDICTIONS, (Finding("left_out", "refuse", f"{shown(name)}: {why}."),))


def exit_status(diagnoses: Iterable[Diagnosis]) -> int:
    """Return what a command exits with: 2 if a file cannot be read, 1 if one is refused, 0 if all can be scored."""
    return max((0 if diagnosis.is_usable else 1 if diagnosis.is_readable else 2 for diagnosis in diagnoses), default=0)


def warning_lines(diagnosis: Diagnosis) -> list[str]:
    """Return a line for each warning and each finding that was accepted, for a terminal or a log."""
    return [
        f"{shown(diagnosis.model)}: [{finding.severity}] {finding.kind}: {finding.message}"
        for finding in diagnosis.findings
        if finding.severity in ("accepted", "warn")
    ]


def marks_of(diagnoses: Iterable[Diagnosis]) -> dict[str, list[str]]:
    """Return what to keep in mind of each model, in sentences."""
    return {
        each.model: [finding.message for finding in each.findings if finding.kind in each.marks]
        for each in diagnoses
        if each.marks
    }


def refuse_doubts(diagnoses: Iterable[Diagnosis]) -> None:
    """Refuse models whose accuracy a warning puts in doubt, unless the user accepted it.

    Raises
    ------
    RefusedError
        If there are any, with every such warning.
    """
    doubts = [
        (diagnosis.model, finding)
        for diagnosis in diagnoses
        for finding in diagnosis.findings
        if finding.severity == "warn" and finding.kind in ABOUT_ACCURACY
    ]
    if doubts:
        kinds = " ".join(f"--accept {kind}" for kind in dict.fromkeys(finding.kind for _, finding in doubts))
        said = "\n".join(f"  {shown(model)}: {finding.kind}: {finding.message}" for model, finding in doubts)
        raise RefusedError(
            f"the gate stays closed, since the accuracy of these predictions is in doubt:\n{said}\n"
            f"Mend the file, or, if it is as it should be: {kinds}"
        )


def percent(fraction: float) -> float:
    """Convert a fraction to per cent, as a plain float."""
    return 100.0 * float(fraction)


def is_clear_gain(before: float, after: float, images: int) -> bool:
    """Return whether the fraction `after` exceeds `before` by more than chance, both over `images` images.

    The number of images on which the two differ is at most images * (before + after), which bounds the standard error
    of their difference (McNemar's test).
    """
    gain = after - before
    return gain >= CLEAR_GAIN and gain * images >= CLEAR_SIGMA * np.sqrt(images * (before + after))


def format_diagnosis(diagnosis: Diagnosis, *, width: int = 110) -> str:
    """Return a diagnosis as plain text of several lines for a terminal of so many columns."""
    lines = [f"{shown(diagnosis.model)}: {_VERDICTS[diagnosis.is_usable]}", f"  file      {shown(diagnosis.path)}"]
    lines.append(f"  read as   {shown(diagnosis.layout)}" + (f"; {diagnosis.labels}" if diagnosis.labels else ""))
    if diagnosis.matching:
        lines.append(
            f"  rows      {diagnosis.rows:,}, matched {diagnosis.matching}; "
            f"{diagnosis.images_matched:,} of {diagnosis.images:,} images that count, "
            f"{diagnosis.rows_outside:,} row(s) outside the annotated images left out"
        )
    if diagnosis.accuracy is not None:
        lines.append(f"  accuracy  {diagnosis.accuracy:.2f} % top-1 on the images that count, as the file is")
    lines = [_filled(line, width, indent=12) for line in lines]
    for finding in diagnosis.findings:
        lines += [_filled(line, width, indent=6) for line in _finding_lines(finding)]
        # predictions in memory have no file
        if finding.fix_name and diagnosis.path.is_file():
            lines.append(f"      errata doctor {shlex.quote(shown(diagnosis.path))} --fix OUT.parquet")
    if not diagnosis.findings:
        lines.append("  nothing found")
    return "\n".join(lines)


def _filled(line: str, width: int, *, indent: int) -> str:
    return textwrap.fill(line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def as_dict(diagnosis: Diagnosis) -> dict:
    """Return a diagnosis as a dictionary that JSON can hold."""
    fields = asdict(diagnosis)
    fields["path"] = str(diagnosis.path)
    fields["is_usable"] = diagnosis.is_usable
    fields["findings"] = [
        {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in finding.items()}
        for finding in fields["findings"]
    ]
    return fields


def _finding_lines(finding: Finding) -> list[str]:
    lines = [f"  [{finding.severity}] {finding.kind}: {shown(finding.message, LONGEST_MESSAGE)}"]
    if finding.accuracy_after is not None:
        before = "-" if finding.accuracy_before is None else f"{finding.accuracy_before:.2f} %"
        lines.append(f"      accuracy {before} before, {finding.accuracy_after:.2f} % after")
    if finding.fix_name:
        lines.append(f"      repair: '{finding.fix_name}'")
    return lines
