"""The doctor's checks of rows: whether some, or all, say nothing about their images."""

from collections.abc import Iterator

import numpy as np

from errata.predictions.align import Aligned, Aligner
from errata.predictions.evidence import Evidence
from errata.predictions.findings import Finding, percent
from errata.predictions.prediction_file import NEEDS_CLASSES, RowNumbers
from errata.predictions.row_orders import FileRows, RowOrder, find_part_shift, find_shifted_ranks
from errata.predictions.scattered_rows import find_scattered_rows, line_of
from errata.predictions.unfilled_rows import Region

_MOST_SAID = 2
_NEARBY_WARN, _NEARBY_REFUSE = 0.005, 0.02
_IMAGES_FOR_SCATTER, _NOTICED = 2000, 0.02
# check_dependence
_SHUFFLES = 20
_DEPENDENCE_SIGMA = 4.0
_IMAGES_FOR_DEPENDENCE = 100
_LOW_FACTOR = 5
_CLASSES_OF_TRUTH_VALUES = 4


def check_dead_rows(aligned: Aligned, aligner: Aligner, rows: FileRows) -> Iterator[Finding]:
    """Yield findings about rows that were never filled, or that say nothing about their images, by their places."""
    dead = rows.dead
    if not dead.regions:
        return
    severity = "refuse" if dead.is_refused else "warn"
    unfilled = [region for region in dead.regions if region.label is not None]
    others = [region for region in dead.regions if region.label is None]
    if unfilled:
        yield _unfilled(unfilled, rows, severity)
    shifts = {id(region): find_part_shift(rows, region) for region in others}
    moved = [region for region in others if shifts[id(region)]]
    if moved:
        yield _shifted(moved, shifts[id(moved[0])], aligned, aligner, rows, severity)
    lost = [region for region in others if not shifts[id(region)]]
    if lost:
        yield _dead(lost, rows, severity)


def _unfilled(regions: list[Region], rows: FileRows, severity: str) -> Finding:
    share = sum(region.rows.mean() for region in regions)
    return Finding(
        "rows_unfilled",
        severity,
        f"{in_words(regions, rows.numbers)} ({share:.1%} of the rows) hold class {regions[0].label} whatever the "
        "target: they were never filled. One process or the end of the run is missing. Predict these images again.",
        sum(int(region.rows.sum()) for region in regions),
        percent(_accuracy(rows, rows.targets >= 0)),
        percent(_accuracy(rows, (rows.targets >= 0) & ~rows.dead.rows)),
    )


def _shifted(
    regions: list[Region], shift: tuple[int, float], aligned: Aligned, aligner: Aligner, rows: FileRows, severity: str
) -> Finding:
    found = find_shifted_ranks(rows)
    order = RowOrder.of(found, aligned.match.rows) if found else None
    lost = int((order.rows[aligner.counts] < 0).sum()) if order else 0
    steps, right = shift
    mend = "Predict again, or find what was lost or added there."
    if order:
        mend = f"{lost} image(s) that count have no row in this order: predict again." if lost else ""
    return Finding(
        "rows_shifted_part",
        severity,
        f"{in_words(regions, rows.numbers)} ({sum(region.rows.mean() for region in regions):.1%} of the rows) are "
        f"right for the image {abs(steps)} row(s) {'further on' if steps > 0 else 'before'} ({right:.1%}; other "
        f"rows are {_accuracy(rows, (rows.targets >= 0) & ~rows.dead.rows):.1%} right for their own). {mend}".rstrip(),
        sum(int(region.rows.sum()) for region in regions),
        percent(_accuracy(rows, rows.targets >= 0)),
        percent(_accuracy(rows.reordered(order.rows), rows.targets >= 0)) if order else None,
        order.name if order and not lost and severity == "refuse" else None,
    )


def _dead(regions: list[Region], rows: FileRows, severity: str) -> Finding:
    inside = np.logical_or.reduce([region.rows for region in regions])
    known = rows.targets >= 0
    share = np.bincount(rows.predictions[inside & (rows.predictions >= 0)], minlength=rows.class_count)
    among = np.bincount(rows.targets[inside & known], minlength=rows.class_count)
    chance = float(share @ among) / max(share.sum() * among.sum(), 1)
    return Finding(
        "rows_dead",
        severity,
        f"{in_words(regions, rows.numbers)} ({inside.mean():.1%} of the rows) say nothing about their images: "
        f"{_accuracy(rows, inside & known):.1%} right where chance gives {chance:.1%}, other rows "
        f"{_accuracy(rows, known & ~rows.dead.rows):.1%}. This part of the file is shuffled, of another split or of "
        "another run. Predict it again, with the file name in every row.",
        int(inside.sum()),
        percent(_accuracy(rows, known)),
        percent(_accuracy(rows, known & ~rows.dead.rows)),
    )


def in_words(regions: list[Region], numbers: RowNumbers) -> str:
    """Say which rows are meant in the file's own counting, as the beginning of a sentence."""
    said = " and ".join(region.in_words(numbers).rstrip(",") for region in regions[:_MOST_SAID])
    more = f" and {len(regions) - _MOST_SAID} more parts" if len(regions) > _MOST_SAID else ""
    note = "" if all(region.is_scattered for region in regions[:_MOST_SAID]) else numbers.note
    return f"{said[0].upper()}{said[1:]}{more}{note}"


def _accuracy(rows: FileRows, which: np.ndarray) -> float:
    return float((rows.targets == rows.predictions)[which].mean()) if which.any() else 0.0


def check_nearby_rows(rows: FileRows) -> Iterator[Finding]:
    """Yield a finding if predictions are right for an image some rows away too often, as where batches are shuffled."""
    reach, share = rows.nearby
    if share < _NEARBY_WARN:
        return
    yield Finding(
        "rows_shuffled",
        "refuse" if share >= _NEARBY_REFUSE else "warn",
        f"At least {share:.1%} of the right predictions stand within {reach} row(s) of their image, not at it: rows "
        "are shuffled within batches, or neighbours exchanged. Predict again, with the file name in every row.",
        None,
        percent(_accuracy(rows, rows.targets >= 0)),
    )


def check_scattered_rows(aligner: Aligner, evidence: Evidence, judged: np.ndarray) -> Iterator[Finding]:
    """Yield a finding if the errors are farther off than those of sound models, as where rows are random.

    A note says where that cannot be judged, or only of many rows.
    """
    line = line_of(aligner.atlas)
    valid = (evidence.ids >= 0) & (evidence.ids < evidence.class_count)
    if len(evidence.ids) < _IMAGES_FOR_SCATTER:
        return
    if line is None:
        yield _untested("on this data set and its labels, for which it is not known what errors sound models make")
        return
    found = find_scattered_rows(
        evidence.targets[valid].astype(np.int64),
        evidence.ids[valid].astype(np.int64),
        aligner.atlas.outcomes[np.flatnonzero(judged)[valid], evidence.ids[valid]],
        aligner.atlas.classes["group"].rank("dense").to_numpy().astype(np.int64) - 1,
        line,
        images=int(aligner.counts.sum()),
    )
    if found is None:
        yield _untested("of a part of the images, of a model that names few classes, or of one so weak or so good")
        return
    if found.severity is None:
        if not found.noticed <= _NOTICED:
            is_known = not np.isnan(found.noticed)
            noticed = f" It would be noticed from about {found.noticed:.1%} of the rows on." if is_known else ""
            yield _untested("of so weak a model, if they are few", noticed)
        return
    if np.isnan(found.z):
        message = (
            f"Of {evidence.accuracy:.1%} right answers hardly more are in the easiest classes than elsewhere: most "
            "rows look random."
        )
    else:
        message = (
            f"At least {found.share:.1%} of the rows look random: more errors take organisms for artifacts, or the "
            f"other way round, than those of sound models of this accuracy (z = {found.z:.1f})."
        )
    yield Finding(
        "rows_scattered",
        found.severity,
        f"{message} Were rows shuffled, or two files mixed? If the model is sound: --accept rows_scattered.",
        None,
        percent(evidence.accuracy),
    )


def _untested(where: str, more: str = "") -> Finding:
    message = f"Whether rows at random places were shuffled cannot be told {where}.{more}"
    return Finding("scattered_untested", "note", message)


def check_dependence(aligned: Aligned, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding if the accuracy is near chance and no wrong order explains it.

    Predictions of shuffled rows are independent of the targets; those of a weak model, or on a set of hard images, are
    not. The statistic is the number of pairs of images that agree in prediction and in target, compared with the same
    number for random orders of the rows (fixed seed).
    """
    chance = evidence.chance
    low = min(_LOW_FACTOR * chance, chance + 0.1 * (1 - chance))
    if evidence.accuracy >= low or len(evidence.ids) < 2:
        return
    accuracy = percent(evidence.accuracy)
    # a row may have no prediction, which is no class
    named = np.unique(evidence.ids[evidence.ids >= 0])
    if named.tolist() == [0, 1] and len(np.unique(evidence.targets)) > _CLASSES_OF_TRUTH_VALUES:
        yield Finding(
            "right_or_wrong",
            "refuse",
            f"Every value is 0 or 1: the file seems to say which predictions are right. {NEEDS_CLASSES}",
            None,
            accuracy,
        )
        return
    # with fewer images than classes, predictions and targets hardly ever repeat and dependence cannot be seen
    enough = len(evidence.ids) >= max(_IMAGES_FOR_DEPENDENCE, 1.25 * len(np.unique(evidence.targets)))
    if enough and not _depends(evidence):
        yield Finding(
            "rows_shuffled",
            "refuse",
            f"The predictions do not go with the images: accuracy {accuracy:.2f} % where chance gives "
            f"{percent(chance):.2f} %, and no order of classes helps. They use {len(named)} classes, so the rows are "
            "most likely shuffled against the images (or the model was never trained). The order cannot be recovered "
            "from the file: predict again and write the file name into every row.",
            aligned.match.row_count,
            accuracy,
        )
        return
    reason = (
        ", and no wrong order was found that explains it. The predictions do depend on the images, as on a set of hard "
        "images. Right model, right data set?"
        if enough
        else f"; {len(evidence.ids)} images are too few to say why."
    )
    yield Finding(
        "low_accuracy",
        "warn",
        f"The accuracy is {accuracy:.2f} % where chance gives {percent(chance):.2f} %{reason}",
        None,
        accuracy,
    )


def _depends(evidence: Evidence) -> bool:
    def agreeing_pairs(targets: np.ndarray) -> float:
        cells = np.bincount(labels * evidence.class_count + targets)
        return float((cells.astype(np.float64) ** 2).sum())

    labels = np.unique(evidence.ids, return_inverse=True)[1].astype(np.int64)
    rng = np.random.default_rng(0)
    by_chance = np.array([agreeing_pairs(rng.permutation(evidence.targets)) for _ in range(_SHUFFLES)])
    return agreeing_pairs(evidence.targets) > by_chance.mean() + _DEPENDENCE_SIGMA * by_chance.std()
