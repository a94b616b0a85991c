"""A diagnosis for people and for programs."""

import math
import textwrap
from dataclasses import asdict

from errata.predictions.findings import Diagnosis, Finding

_WIDTH = 110
_VERDICTS = {True: "can be scored", False: "REFUSED"}


def format_diagnosis(diagnosis: Diagnosis) -> str:
    """Return a diagnosis as plain text of several lines for a terminal."""
    lines = [f"{diagnosis.model}: {_VERDICTS[diagnosis.is_usable]}", f"  file      {diagnosis.path}"]
    lines.append(f"  read as   {diagnosis.layout}" + (f"; {diagnosis.labels}" if diagnosis.labels else ""))
    if diagnosis.matching:
        lines.append(
            f"  rows      {diagnosis.rows}, matched {diagnosis.matching}; "
            f"{diagnosis.images_matched} of {diagnosis.images} images that count, "
            f"{diagnosis.rows_outside} row(s) outside the annotated images left out"
        )
    if diagnosis.accuracy is not None:
        lines.append(f"  accuracy  {diagnosis.accuracy:.2f} % top-1 on the images that count, as the file is")
    for finding in diagnosis.findings:
        lines += _finding_lines(finding)
    if not diagnosis.findings:
        lines.append("  nothing found")
    return "\n".join(lines)


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
    head = f"  [{finding.severity}] {finding.kind}: "
    lines = textwrap.wrap(head + finding.message, _WIDTH, subsequent_indent="      ", break_long_words=False)
    if finding.accuracy_after is not None:
        before = "-" if finding.accuracy_before is None else f"{finding.accuracy_before:.2f} %"
        lines.append(f"      accuracy {before} before, {finding.accuracy_after:.2f} % after")
    if finding.fix_name:
        lines.append(f"      repair: '{finding.fix_name}' (errata doctor FILE --fix OUT.parquet)")
    return lines
