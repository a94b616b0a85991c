"""The doctor's checks of a file's values, ranks and rows."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from errata.errors import shown
from errata.predictions.align import NO_ROW, Aligned, Aligner
from errata.predictions.class_ids import AMBIGUOUS, FRACTIONAL, MISSING
from errata.predictions.evidence import Evidence
from errata.predictions.findings import SUBSET, Finding, percent
from errata.predictions.orders import WHOLE
from errata.profiles.intervals import wilson

# check_variety
_MOSTLY = 0.9
_FEW_CLASSES = 0.5
_IMAGES_FOR_SHARES = 20
_HEAD_RIGHT, _HEAD_LARGEST = 0.5, 0.1
# check_presence
_FEW_MATCHES = 0.05
_MOST_OF_SUBSET = 0.6
_IMAGES_FOR_NARROW_INTERVALS = 500
_TRAINING, _HELD_OUT = (rf"(?:^|[/\\])(?:{names})[/\\]" for names in ("train|training", "val|valid|validation|test"))
_BASE_NAME = r"([^/\\]+)$"
_NUMBER_AT_END = r"^(?:.*[/\\])?([^/\\]*?)(\d+)(?:\.[A-Za-z]+)?$"
# a wrong split is called after the first whose pattern its file names have
_SPLITS = (
    ("the ImageNet test set", r"ILSVRC2012_test_"),
    ("the ImageNet training set", r"(?:^|/)n\d{8}_\d+\.(?:JPEG|jpe?g)$"),
    ("the ImageNet validation set", r"ILSVRC2012_val_"),
    ("a training split", r"(?:^|[/_])train(?:ing)?[/_]"),
    ("a test split", r"(?:^|[/_])test[/_]"),
)


def check_values(aligned: Aligned, aligner: Aligner) -> Iterator[Finding]:
    """Yield findings about missing, fractional and out-of-range class ids."""
    ids = aligned.row_classes
    if ids.min() >= 0 and ids.max() < aligner.class_count:
        return
    needed = np.zeros(len(ids), bool)
    rows = aligned.match.rows[aligner.counts]
    needed[rows[rows != NO_ROW]] = True
    missing = ids == MISSING
    if missing.any():
        on_counted = int((missing & needed).sum())
        yield Finding(
            "not_finite",
            "refuse" if on_counted else "warn",
            f"{int(missing.sum())} row(s) have no prediction (null, NaN or infinite), first "
            f"{aligned.source.first_of(missing)}; "
            + (
                f"{on_counted} of them are images that count. Predict these images again (half precision overflows in "
                "some models)."
                if on_counted
                else "none of them is of an image that counts."
            ),
            int(missing.sum()),
        )
    fractional = ids == FRACTIONAL
    if fractional.any():
        yield Finding(
            "fractional_ids",
            "refuse",
            f"{int(fractional.sum())} row(s) have a class id that is no integer, first "
            f"{aligned.source.first_of(fractional)}. Are these probabilities or regression outputs? Save the arg-max.",
            int(fractional.sum()),
        )
    wrong = ~np.isin(ids, (MISSING, FRACTIONAL, AMBIGUOUS)) & ((ids < 0) | (ids >= aligner.class_count))
    if wrong.any():
        found = ids[wrong]
        used = int((wrong & needed).sum())
        yield Finding(
            "ids_out_of_range",
            "refuse" if used else "warn",
            f"{int(wrong.sum())} row(s) have a class id outside 0..{aligner.class_count - 1}: {int(found.min())} to "
            f"{int(found.max())}, first in {aligned.source.first_of(wrong)}. "
            + (
                f"Use class ids of this data set.{_of_whole(aligner)}"
                if used
                else "None of them is of an image that counts."
            ),
            int(wrong.sum()),
        )


def _of_whole(aligner: Aligner) -> str:
    """Return what to say of ids outside a list of classes that is a part of a data set's."""
    whole = aligner.atlas.provenance.get(WHOLE)
    if not whole:
        return ""
    return (
        f" If they are those of all {whole['classes']:,} classes of {whole['dataset']}: mask the scores of the classes "
        "that are not in the list before the arg-max, or leave --classes out."
    )


def check_variety(evidence: Evidence) -> Iterator[Finding]:
    """Yield findings about predictions of one class only, or of few classes."""
    count = len(evidence.ids)
    if count < _IMAGES_FOR_SHARES:
        return
    valid = evidence.ids[(evidence.ids >= 0) & (evidence.ids < evidence.class_count)]
    if not len(valid):
        # said elsewhere: no id is a class
        return
    predicted = np.bincount(valid, minlength=evidence.class_count)
    in_targets = np.bincount(evidence.targets, minlength=evidence.class_count)
    distinct, distinct_targets = int((predicted > 0).sum()), int((in_targets > 0).sum())
    common = int(predicted.argmax())
    share = predicted[common] / count
    accuracy = percent(evidence.accuracy)
    if distinct_targets > 1 and share >= _MOSTLY > in_targets[common] / count:
        word = "All" if share == 1 else f"{share:.0%} of the"
        yield Finding(
            "constant",
            "refuse",
            f"{word} predictions are class {common}. "
            "The model collapsed, got blank images, or the file was not filled.",
            int(predicted[common]),
            accuracy,
        )
    elif distinct < _FEW_CLASSES * min(distinct_targets, count):
        yield Finding(
            "few_classes",
            "note" if _is_sound_head(evidence, predicted) else "warn",
            f"Only {distinct} different classes are predicted where {distinct_targets} occur (most often "
            f"class {common}, {share:.0%}). Was the model trained, and on all classes?",
            None,
            accuracy,
        )


def _is_sound_head(evidence: Evidence, predicted: np.ndarray) -> bool:
    """Tell whether a model knows few classes, and is right on their images; no class is its answer to all others."""
    images = predicted[evidence.targets] > 0
    right = (evidence.ids == evidence.targets)[images].mean() if images.any() else 0.0
    return right >= _HEAD_RIGHT and predicted.max() <= _HEAD_LARGEST * len(evidence.ids)


def check_probability(aligned: Aligned) -> Iterator[Finding]:
    """Yield a finding if probabilities are outside [0, 1] or missing where there is a prediction."""
    probability = aligned.source.probability
    if probability is None:
        return
    with np.errstate(invalid="ignore"):
        outside = ~((probability >= 0) & (probability <= 1 + 1e-6)) & (aligned.row_classes != MISSING)
    if not outside.any():
        return
    values = probability[outside]
    finite = values[np.isfinite(values)]
    if not len(finite):
        what = "they are missing, or no numbers"
    else:
        what = f"they run from {finite.min():.6g} to {finite.max():.6g}"
        what += " (per cent?)" if finite.min() >= 0 and 1 < finite.max() <= 100 else " (logits?)"
    yield Finding(
        "probability",
        "warn",
        f"{int(outside.sum())} row(s) have no probability within [0, 1], first "
        f"{aligned.source.first_of(outside)}: {what}. Probabilities do not change the classification of errors.",
        int(outside.sum()),
    )


def check_presence(aligned: Aligned, aligner: Aligner) -> Iterator[Finding]:
    """Yield findings about images without a row: another split, a truncated file, or some missing rows."""
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
    total = int(aligner.counts.sum())
    names = aligner.atlas.images["file_name"].filter(pl.Series(missing)).to_list()
    first = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    kind, what = _how_missing(aligned, aligner, missing) if counted else ("missing_rows", "")
    if kind == SUBSET:
        yield _subset(aligned, aligner, missing)
        return
    message = f"{what}{len(names):,} of {len(missing):,} annotated images have no row ({first}). Predict them, too"
    if not counted:
        message += ". None of them counts in statistics (they are problematic images)."
    else:
        message += f", or accept {kind} to score the {total - counted:,} of {total:,} images that count."
    yield Finding(kind, "refuse" if counted else "warn", message, len(names))


def _how_missing(aligned: Aligned, aligner: Aligner, missing: np.ndarray) -> tuple[str, str]:
    """Return the kind of finding for images without a row, and what is said of them.

    Rows that end early, begin late, or lie in one stretch are those of a run that broke off or of one process of
    several. Elsewhere, a file that names at most `_MOST_OF_SUBSET` of the images, or all images of some classes and no
    others, names them by choice; if it names more, the others were lost.
    """
    there = ~missing
    positions, count = aligner.positions, aligned.match.row_count
    if aligned.match.lost:
        return "truncated", f"The file is truncated: {aligned.match.lost} row(s) at the end of the order were lost. "
    first, last = positions[there].min(), positions[there].max()
    between = missing & (positions > first) & (positions < last)
    if not between.any() and min(count, there.sum()) > 1 and not _answers_within(aligned, aligner, there):
        if first <= positions.min():
            return "truncated", "The file is truncated: all images after some row are missing. "
        if last >= positions.max():
            return "first_rows_lost", "The first rows are missing: all images before some row. "
        return "missing_rows", "The rows are one stretch of the data set, as one process of several writes it. "
    classes = np.isin(aligner.targets, np.unique(aligner.targets[there]))
    if there.mean() <= _MOST_OF_SUBSET or not (classes & missing).any():
        return SUBSET, ""
    return "missing_rows", ""


def _answers_within(aligned: Aligned, aligner: Aligner, there: np.ndarray) -> bool:
    """Tell whether the file has all images of some classes and answers these classes only: a head of few classes."""
    own = np.unique(aligner.targets[there])
    complete = not (np.isin(aligner.targets, own) & ~there).any()
    return complete and len(own) > 1 and bool(np.isin(aligned.row_classes[aligned.match.rows[there]], own).all())


def _subset(aligned: Aligned, aligner: Aligner, missing: np.ndarray) -> Finding:
    judged = aligner.counts & ~missing
    images, right = int(judged.sum()), int((aligned.predicted_class == aligner.targets)[judged].sum())
    message = (
        f"The file names {images:,} of {int(aligner.counts.sum()):,} images that count; every figure of this model "
        "holds for these only."
    )
    if 0 < images < _IMAGES_FOR_NARROW_INTERVALS:
        share = right / images
        limits = wilson(np.array(share), np.array(share * (1 - share) / images), images=np.array(images))
        message += (
            f" They are few: the 95 % interval of its top-1 reaches from {percent(float(limits.low)):.1f} to "
            f"{percent(float(limits.high)):.1f} %."
        )
    return Finding(SUBSET, "warn", message, images, percent(right / max(images, 1)))


def _wrong_split(aligned: Aligned, aligner: Aligner, matched: int) -> Finding:
    names, expected = aligned.match.names, aligner.atlas.images["file_name"][0]
    sample = names.drop_nulls() if names is not None else pl.Series([], dtype=pl.String)
    split = next((what for what, pattern in _SPLITS if (sample.str.contains(pattern).mean() or 0) > 0.5), None)
    found = f"'{sample[0]}'" if len(sample) else "nothing"
    guess = (
        f" They look like file names of {split}." if split else " Are they of another data set? Give its atlas then."
    )
    base_names = aligner.atlas.images["file_name"].str.extract(_BASE_NAME, 1)
    if not split and sample.str.extract(_BASE_NAME, 1).is_in(base_names.implode()).mean() == 1:
        guess = " Images in several folders are called so: write the names with the folders that the labels have."
    start = None if split else _beginning_left_out(sample, aligner.atlas.images["file_name"])
    if start:
        guess = f" They may be the images' names without '{start}': write it before the numbers, with all their zeros."
    return Finding(
        "wrong_split",
        "refuse",
        f"{matched} of {aligner.atlas.images.height} annotated images of '{aligner.atlas.dataset}' have a row. "
        f"The file names images like {found}, expected images like '{expected}'.{guess}",
        aligned.match.row_count,
    )


def _beginning_left_out(names: pl.Series, images: pl.Series) -> str | None:
    """Return what numbered images are called before their numbers, if the names are those numbers without all of it."""
    numbers = images.str.extract(_NUMBER_AT_END, 2).cast(pl.Int64, strict=False)
    starts = images.str.extract(_NUMBER_AT_END, 1).unique()
    if numbers.null_count() or len(starts) != 1 or not starts[0]:
        return None
    found = names.str.extract(_NUMBER_AT_END, 2).cast(pl.Int64, strict=False)
    begun = names.str.extract(_NUMBER_AT_END, 1).unique()
    is_part = len(begun) == 1 and begun[0] is not None and starts[0].endswith(begun[0])
    # rows that are counted from 0 are numbers of another kind
    if not is_part or found.null_count() or found.min() < 1:
        return None
    return starts[0] if found.unique().is_in(numbers.implode()).sum() >= _MOSTLY * len(numbers) else None


def check_folders(aligned: Aligned, aligner: Aligner) -> Iterator[Finding]:
    """Yield findings about rows in another class folder than their image, and about those of a training split."""
    elsewhere, names = aligned.match.elsewhere, aligned.match.names
    if elsewhere:
        image, row = elsewhere[0]
        yield Finding(
            "other_folder",
            "warn",
            f"{len(elsewhere):,} row(s) have the base name of an image without a row and lie in another folder of the "
            f"data set, such as '{shown(row, 80)}' for '{shown(image, 80)}': they were not read as its predictions. "
            "If they are of the same images, call these as the labels do.",
            len(elsewhere),
        )
    images = aligner.atlas.images["file_name"]
    # one name tells of most files that they are none
    is_training = (
        names is not None
        and names.head(1).str.contains(_TRAINING).all()
        and names.str.contains(_TRAINING).all()
        and not names.str.contains(_HELD_OUT).any()
    )
    if is_training and not images.str.contains(_TRAINING).any():
        yield Finding(
            "training_split",
            "warn",
            f"The files lie in a folder of training images ('{shown(names[0], 80)}'), those of the labels do not "
            f"('{shown(images[0], 80)}'): are these predictions of other images with the same names?",
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
