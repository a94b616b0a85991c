"""Rows without names whose number fits nothing: what they would be if rows were lost or added."""

import numpy as np

from errata.predictions.align import Aligner
from errata.predictions.findings import Finding, is_clear_gain, percent
from errata.predictions.order_search import Evidence
from errata.predictions.prediction_file import ModelRows, PredictionsError
from errata.predictions.row_match import NO_ROW, match_by_order


def explain_row_count(rows: ModelRows, aligner: Aligner, finding: Finding, *, where: str) -> Finding:
    """Return a better finding if the rows fit the beginning or the end of a known order; else `finding`."""
    try:
        labels = aligner.vocabulary.ids_of(rows.labels, where=where)
    except PredictionsError:
        return finding
    best: tuple[float, str, str] | None = None
    count = len(rows)
    for what, size, place in (
        ("the data set's own order", aligner.atlas.dataset_images, aligner.positions),
        ("the annotated images by file name", aligner.atlas.images.height, aligner.by_file_name()),
    ):
        for kind, end, offset in _fits(count, size):
            match = match_by_order((place + offset).astype(np.int32), count, how=what)
            judged = aligner.counts & (match.rows != NO_ROW)
            evidence = Evidence(labels.ids[match.rows[judged]], aligner.targets[judged], aligner.class_count)
            is_believed = is_clear_gain(evidence.chance, evidence.accuracy, len(evidence.ids))
            if is_believed and (best is None or evidence.accuracy > best[0]):
                rest = f"{abs(size - count)} row(s) {'are missing' if count < size else 'too many'} at the {end}"
                best = evidence.accuracy, kind, f"they fit {what} ({size} images) if {rest}"
    if best is None:
        return finding
    accuracy, kind, message = best
    return Finding(
        kind,
        "refuse",
        f"{where}: {count} rows without file names: {message}. Predict the whole data set again, or name the rows with "
        "--order FILE.",
        count,
        None,
        percent(accuracy),
    )


def _fits(count: int, size: int) -> list[tuple[str, str, int]]:
    if count < size:
        return [("truncated", "end", 0), ("first_rows_lost", "top", count - size)]
    return [("extra_rows", "end", 0), ("extra_rows", "top", count - size)]
