"""Checks of the rows: missing, repeated, of another split, or not belonging together."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from errata.predictions.align import Aligned, Aligner
from errata.predictions.findings import Finding, percent
from errata.predictions.order_search import Evidence
from errata.predictions.row_match import NO_ROW

_FEW_MATCHES = 0.05
_SHUFFLES = 20
_DEPENDENCE_SIGMA = 4.0
_IMAGES_FOR_DEPENDENCE = 100
_LOW_FACTOR = 5
_BLOCK_IMAGES = 100
_MOST_BLOCKS = 40
_BLOCK_SIGMA = 6.0
_SPLITS = (
    ("the ImageNet test set", r"ILSVRC2012_test_"),
    ("the ImageNet training set", r"(?:^|/)n\d{8}_\d+\.(?:JPEG|jpe?g)$"),
    ("the ImageNet validation set", r"ILSVRC2012_val_"),
    ("a training split", r"(?:^|[/_])train(?:ing)?[/_]"),
    ("a test split", r"(?:^|[/_])test[/_]"),
)


def check_presence(aligned: Aligned, aligner: Aligner) -> Iterator[Finding]:
    """Yield findings about images without a row: another split, a truncated file, or single missing rows."""
    match = aligned.match
    missing = match.rows == NO_ROW
    if match.unnamed:
        yield Finding(
            "unnamed_rows",
            "refuse",
            f"{match.unnamed} row(s) have no file name. Every row needs one.",
            match.unnamed,
        )
    if not missing.any():
        return
    matched = len(missing) - int(missing.sum())
    if matched <= _FEW_MATCHES * min(match.row_count, len(missing)):
        yield _wrong_split(aligned, aligner, matched)
        return
    counted = int((missing & aligner.counts).sum())
    names = aligner.atlas.images["file_name"].filter(pl.Series(missing)).to_list()
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    positions = aligner.positions
    is_tail = positions[missing].min() > positions[~missing].max()
    if is_tail and match.row_count > 1:
        message = (
            f"The file is truncated: {len(names)} of {len(missing)} annotated images have no row, all after the last "
            f"one that has ({shown}). Write or download it again."
        )
    else:
        message = f"{len(names)} of {len(missing)} annotated images have no row: {shown}. Predict them, too."
    if not counted:
        message += " None of them counts in statistics (they are problematic images)."
    yield Finding("truncated" if is_tail else "missing_rows", "refuse" if counted else "warn", message, len(names))


def _wrong_split(aligned: Aligned, aligner: Aligner, matched: int) -> Finding:
    names, expected = aligned.match.names, aligner.atlas.images["file_name"][0]
    sample = names.drop_nulls() if names is not None else pl.Series([], dtype=pl.String)
    split = next((what for what, pattern in _SPLITS if (sample.str.contains(pattern).mean() or 0) > 0.5), None)
    found = f"'{sample[0]}'" if len(sample) else "nothing"
    guess = f" They look like file names of {split}." if split else " Are they of another data set?"
    return Finding(
        "wrong_split",
        "refuse",
        f"{matched} of {aligner.atlas.images.height} annotated images of '{aligner.atlas.dataset}' have a row. "
        f"The file names images like {found}, expected images like '{expected}'.{guess}",
        aligned.match.row_count,
    )


def check_repeats(aligned: Aligned) -> Iterator[Finding]:
    """Yield a finding about file names that occur in several rows."""
    match = aligned.match
    if not len(match.repeated):
        return
    ids = aligned.row_classes
    conflicts = ids[match.repeated] != ids[match.first_of_repeated]
    again, in_conflict = len(match.repeated), int(conflicts.sum())
    first = match.names[int(match.repeated[conflicts.argmax()])]
    images = match.row_count - again
    if in_conflict and match.row_count % images == 0 and again % images == 0:
        times = match.row_count // images
        per_name = np.bincount(match.first_of_repeated, minlength=match.row_count)
        if (per_name[per_name > 0] == times - 1).all() and (per_name > 0).sum() == images:
            yield Finding(
                "two_models",
                "refuse",
                f"Every file name occurs {times} times with different predictions: the file holds {times} models under "
                f"the same name '{aligned.source.model}'. Give each its own name in a column 'model', or its own file.",
                again,
            )
            return
    if in_conflict:
        message = (
            f"{again} row(s) repeat a file name, {in_conflict} of them with another prediction (first '{first}'): "
            "which one holds? Keep one row per image."
        )
        yield Finding("conflicting_rows", "refuse", message, again)
    else:
        message = (
            f"{again} row(s) repeat a file name with the same prediction (first '{first}'); each image counts once."
        )
        yield Finding("repeated_rows", "warn", message, again)


def check_dependence(aligned: Aligned, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding if the accuracy is near chance and no wrong order explains it.

    Predictions of shuffled rows do not depend on the targets at all, those of a weak model or on a set of hard images
    do. The number of pairs of images that agree in prediction and in target tells them apart: it is compared with the
    same number for random orders of the rows (fixed seed).
    """
    chance = evidence.chance
    low = min(_LOW_FACTOR * chance, chance + 0.1 * (1 - chance))
    if evidence.accuracy >= low or len(evidence.ids) < 2:
        return
    accuracy = percent(evidence.accuracy)
    # with fewer images than classes, predictions and targets hardly ever repeat and dependence cannot be seen
    enough = len(evidence.ids) >= max(_IMAGES_FOR_DEPENDENCE, 1.25 * len(np.unique(evidence.targets)))
    if enough and not _depends(evidence):
        # a row may have no prediction, which is no class
        classes = len(np.unique(evidence.ids[evidence.ids >= 0]))
        yield Finding(
            "rows_shuffled",
            "refuse",
            f"The predictions do not go with the images: accuracy {accuracy:.2f} % where chance gives "
            f"{percent(chance):.2f} %, and no order of classes helps. They use {classes} classes, so the rows are most "
            "likely shuffled against the images (or the model was never trained). The order cannot be recovered from "
            "the file: predict again and write the file name into every row.",
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


def check_blocks(aligned: Aligned, evidence: Evidence, judged: np.ndarray) -> Iterator[Finding]:
    """Yield a finding if some stretch of rows is at chance while the others are right.

    Rows sorted by class make stretches differ for good reasons, so only stretches with many classes are judged.
    """
    images = len(evidence.ids)
    blocks = min(_MOST_BLOCKS, images // _BLOCK_IMAGES)
    if blocks < 4:
        return
    rows = aligned.match.rows[judged]
    by_row = np.argsort(rows, kind="stable")
    block = np.arange(images) * blocks // images
    right = (evidence.ids == evidence.targets)[by_row]
    size = np.bincount(block)
    share = np.bincount(block, weights=right) / size
    usual = float(np.median(share))
    noise = np.sqrt(max(usual * (1 - usual), 1e-3) / size)
    low = (share < usual / 4) & (usual - share > _BLOCK_SIGMA * noise)
    low &= share < 2 * evidence.chance + 3 * np.sqrt(evidence.chance / size)
    targets = evidence.targets[by_row]
    usual_variety = len(np.unique(targets[:: max(blocks, 1)]))
    for index in np.flatnonzero(low):
        low[index] = len(np.unique(targets[block == index])) >= usual_variety / 2
    if not low.any():
        return
    stretch = rows[by_row][low[block]]
    yield Finding(
        "rows_scrambled_part",
        "refuse",
        f"Among rows {int(stretch.min())} to {int(stretch.max())}, stretches of predictions do not go with their "
        f"images while other rows are {usual:.0%} right: part of the file is shuffled, shifted or of another run. "
        "Predict again.",
        int(stretch.max() - stretch.min() + 1),
        percent(evidence.accuracy),
        percent((evidence.ids == evidence.targets)[by_row][~low[block]].mean()),
    )
