"""Explain a number of rows without names that fits neither the data set nor its annotated images."""

import numpy as np

from errata.predictions.align import Aligned, Aligner
from errata.predictions.evidence import Evidence
from errata.predictions.findings import Finding, is_clear_gain, percent
from errata.predictions.order_search import find_order_of_rows
from errata.predictions.orders import OTHER_COUNT
from errata.predictions.prediction_file import ModelRows, PredictionsError
from errata.predictions.row_match import NO_ROW, match_by_order
from errata.predictions.row_orders import FileRows


def explain_row_count(rows: ModelRows, aligner: Aligner, finding: Finding, *, where: str) -> Finding:
    """Return a finding that explains the number of rows without names, or `finding` if nothing does.

    An explanation is that the rows fit the beginning or the end of a known order, by their accuracy.
    """
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


def explain_row_count_by_order(
    rows: ModelRows, aligner: Aligner, *, where: str
) -> tuple[tuple[Finding, ...], Aligned] | None:
    """Explain a number of rows without names by an order in which samplers filled up or dropped a batch."""
    atlas = aligner.atlas
    for images, place in ((atlas.dataset_images, aligner.positions), (atlas.images.height, aligner.by_file_name())):
        if abs(len(rows) - images) > OTHER_COUNT * images:
            continue
        match = match_by_order(place.astype(np.int32), len(rows), how="in no known order")
        try:
            labels = aligner.vocabulary.ids_of(rows.labels, where=where)
        except PredictionsError:
            return None
        aligned = Aligned(rows, labels.ids, labels.kind, match, aligner.gather(labels.ids, match.rows))
        judged = aligner.counts & (match.rows != NO_ROW)
        evidence = Evidence(labels.ids[match.rows[judged]], aligner.targets[judged], aligner.class_count)
        finding = find_order_of_rows(aligned, aligner, evidence, judged, FileRows.of(aligned, aligner))
        if finding:
            return (finding, _other_count(len(rows), images)), aligned
    return None


def _other_count(rows: int, images: int) -> Finding:
    if rows > images:
        message = f"{rows - images} row(s) more than the {images:,} images: a sampler filled up the last batch."
        return Finding("extra_rows", "warn", message, rows - images)
    message = f"{images - rows} row(s) fewer than the {images:,} images: the last batch was dropped, or lost."
    return Finding("truncated", "refuse", message, images - rows)
