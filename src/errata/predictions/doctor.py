"""The doctor: examine predictions files before they are scored, and repair them on request."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from errata.atlas.compiled import Atlas
from errata.errors import shown
from errata.predictions.align import NO_ROW, Aligned, Aligner
from errata.predictions.checks import (
    check_folders,
    check_presence,
    check_probability,
    check_repeats,
    check_values,
    check_variety,
)
from errata.predictions.class_ids import AMBIGUOUS
from errata.predictions.class_lists import in_list
from errata.predictions.columns import check_columns, check_scores
from errata.predictions.evidence import Evidence
from errata.predictions.findings import (
    AMBIGUOUS_NAMES,
    NOT_READABLE,
    SEVERITIES,
    Diagnosis,
    Finding,
    accept,
    check_accepted,
    percent,
)
from errata.predictions.formats import IMAGEFOLDER, NAMED_ORDERS
from errata.predictions.order_search import find_wrong_order, proves_class_folders
from errata.predictions.orders import WHOLE
from errata.predictions.prediction_file import ModelRows, PredictionFile, PredictionsError
from errata.predictions.read import Source, as_source, read_predictions
from errata.predictions.row_checks import check_dead_rows, check_dependence, check_nearby_rows, check_scattered_rows
from errata.predictions.row_counts import explain_row_count, explain_row_count_by_order
from errata.predictions.row_orders import FileRows

_EXPLAINS_IDS = (
    "class_order",
    "class_order_part",
    "row_and_class_order",
    "ids_cut",
    "ids_cut_to_8_bits",
    "extra_class",
    "target_column",
)
_TARGETS = ("perfect_accuracy", "target_column")
_IMAGES_FOR_PERFECTION = 20
_BEYOND_MODELS = ((200, 0.95), (40, 0.99))
"""Accuracies that no model has, by the least number of classes: of 954 published models the best is right on 93.1 % of
the images of ImageNet that count. Data sets of fewer classes are easier."""
_IMAGES_BEYOND = 200


def examine(
    source: Source, aligner: Aligner | Atlas, *, order: Path | str | None = None, accepted: Collection[str] = ()
) -> list[tuple[Diagnosis, np.ndarray | None]]:
    """Read predictions, from a file or from memory, and diagnose every model in them.

    Parameters
    ----------
    source : path, NamedFile or InMemory
        The file, or the values.
    order : path
        The order file of rows without names.
    aligner : Aligner or Atlas
        Keep one `Aligner` for many files: it caches how file names match.
    accepted : collection of str
        Kinds of findings in spite of which a file is scored.

    Returns
    -------
    list of (Diagnosis, numpy.ndarray or None)
        One pair per model. The array holds the predicted classes (int16, shape (images,), in the order of
        `atlas.images`); it is None if the file must not be scored. `NO_PREDICTION` (-1) occurs at problematic images,
        and at others if the file names a part of the images (`subset`) or a refusal was accepted.

    Raises
    ------
    InputError
        If the file does not exist, the order file cannot be used, or what is accepted is no kind of finding. Faults in
        the file itself are findings.
    """
    examined = examine_models(source, aligner, order=order, accepted=accepted)
    return [(diagnosis, None if aligned is None else aligned.predicted_class) for diagnosis, aligned in examined]


def examine_models(
    source: Source, aligner: Aligner | Atlas, *, order: Path | str | None = None, accepted: Collection[str] = ()
) -> list[tuple[Diagnosis, Aligned | None]]:
    """Do what `examine` does, but return all that was aligned of the models that may be scored."""
    aligner, kinds = as_aligner(aligner), check_accepted(accepted)
    results: list[tuple[Diagnosis, Aligned | None]] = []
    for diagnosis, aligned in examine_file(source, aligner, order)[1]:
        if aligned is None:
            results.append((diagnosis, None))
            continue
        findings = sorted(accept(diagnosis.findings, kinds), key=lambda finding: SEVERITIES.index(finding.severity))
        judged = replace(diagnosis, findings=tuple(findings)) if kinds else diagnosis
        results.append((judged, aligned if judged.is_usable else None))
    return results


def diagnose(aligned: Aligned, aligner: Aligner, *, file: PredictionFile) -> Diagnosis:
    """Diagnose one model's aligned predictions."""
    findings = list(check_presence(aligned, aligner))
    are_others = any(finding.kind == "wrong_split" for finding in findings)
    if not are_others:
        findings += [*check_folders(aligned, aligner), *check_repeats(aligned)]
    judged = judged_images(aligned, aligner)
    evidence = Evidence(aligned.row_classes[aligned.match.rows[judged]], aligner.targets[judged], aligner.class_count)
    # what rows of other images hold was not looked up
    values = [] if are_others else list(check_values(aligned, aligner))
    if len(evidence.ids) and not are_others:
        answers = list(_check_answers(aligned, aligner, evidence, judged))
        findings += answers
        if any(finding.kind in _EXPLAINS_IDS for finding in answers):
            values = [finding for finding in values if finding.kind != "ids_out_of_range"]
    findings += values
    findings += check_probability(aligned)
    if aligned.ambiguous:
        count = int((aligned.row_classes == AMBIGUOUS).sum())
        findings.append(Finding(AMBIGUOUS_NAMES, "warn", aligned.ambiguous, count))
    if aligned.rival:
        findings.append(Finding("two_columns", "warn", aligned.rival))
    if aligned.number_names:
        findings.append(Finding("number_names", "warn", aligned.number_names))
    if aligned.match.extra:
        message = f"{aligned.match.extra} row(s) too many at the end, as a sampler that fills up adds them; left out."
        findings.append(Finding("extra_rows", "warn", message, aligned.match.extra))
    findings += _notes(aligned, file, evidence)
    return Diagnosis(
        model=aligned.source.model,
        path=file.path,
        layout=file.layout,
        findings=tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))),
        accuracy=percent(evidence.accuracy) if len(evidence.ids) else None,
        images_matched=len(evidence.ids),
        images=int(aligner.counts.sum()),
        rows=aligned.match.row_count,
        rows_outside=aligned.match.outside,
        labels=None if are_others else aligned.label_kind,
        matching=aligned.match.how,
    )


def judged_images(aligned: Aligned, aligner: Aligner) -> np.ndarray:
    """Return the images (bool, shape (images,)) that count and have a row whose label is not ambiguous."""
    rows = aligned.match.rows
    judged = aligner.counts & (rows != NO_ROW)
    return judged & (aligned.row_classes[rows] != AMBIGUOUS) if aligned.ambiguous else judged


def as_aligner(aligner: Aligner | Atlas) -> Aligner:
    """Return the aligner of an atlas, or the aligner itself."""
    return Aligner(aligner) if isinstance(aligner, Atlas) else aligner


def examine_file(
    source: Source, aligner: Aligner, order: Path | str | None
) -> tuple[PredictionFile | None, list[tuple[Diagnosis, Aligned | None]]]:
    """Return what was read, and every model's diagnosis and aligned predictions; None where that cannot be done."""
    images = int(aligner.counts.sum())
    source = as_source(source)
    try:
        file = _read(source, aligner, order)
    except PredictionsError as error:
        finding = Finding(error.kind, "refuse", str(error))
        return None, [(Diagnosis(shown(source.model), source.path, NOT_READABLE, (finding,), images=images), None)]
    # control characters in a name would be sent to terminals, and break drawings
    file = replace(file, models=tuple(replace(rows, model=shown(rows.model)) for rows in file.models))
    examined = [_examined_model(rows, file, aligner, order) for rows in file.models]
    return file, [_in_proved_order(file, aligner, order, *each) for each in examined]


def _read(source: Source, aligner: Aligner, order: Path | str | None) -> PredictionFile:
    """Read predictions; those of an atlas that is a part of another may have the class ids or scores of the whole."""
    whole = aligner.atlas.provenance.get(WHOLE)
    try:
        file = read_predictions(source, classes=aligner.class_count, order=order)
    except PredictionsError as error:
        if not whole or error.kind != "other_class_count":
            raise
        file = read_predictions(source, classes=whole["classes"], order=order)
    if not whole:
        return file
    models = tuple(in_list(rows, whole["class_ids"]) for rows in file.models)
    if all(new is old for new, old in zip(models, file.models, strict=True)):
        return file
    remark = f"The class ids are those of all {whole['classes']:,} classes of {whole['dataset']}, and were translated."
    return replace(file, models=models, remarks=(*file.remarks, remark))


def _in_proved_order(
    file: PredictionFile, aligner: Aligner, order: Path | str | None, diagnosis: Diagnosis, aligned: Aligned | None
) -> tuple[Diagnosis, Aligned | None]:
    """Return the diagnosis of rows without names in class-folder order, if it is proved that they stand in it."""
    is_open = aligned is not None and order is None and aligned.source.file_names is None and not diagnosis.is_usable
    if not is_open or not proves_class_folders(aligned, aligner):
        return diagnosis, aligned
    found, reordered = _examined_model(aligned.source, file, aligner, IMAGEFOLDER)
    refused = {finding.kind for finding in found.findings if finding.severity == "refuse"}
    if reordered is None or refused - {"truncated"} or any(each.kind in _TARGETS for each in found.findings):
        return diagnosis, aligned
    note = Finding(
        "order_found",
        "note",
        f"The rows carry no file names. They stand in {NAMED_ORDERS[IMAGEFOLDER]}, which their answers prove, and were "
        f"read so: {found.accuracy:.1f} % are right, {diagnosis.accuracy or 0:.1f} % in the data set's own order.",
        None,
        diagnosis.accuracy,
        found.accuracy,
    )
    return replace(found, findings=(*found.findings, note)), reordered


def _examined_model(
    rows: ModelRows, file: PredictionFile, aligner: Aligner, order: Path | str | None
) -> tuple[Diagnosis, Aligned | None]:
    try:
        aligned = aligner.align(rows, where=str(file.path), order=order)
    except PredictionsError as error:
        finding = Finding(error.kind, "refuse", str(error))
        if error.kind == "no_row_names":
            finding = explain_row_count(rows, aligner, finding, where=str(file.path))
        images = int(aligner.counts.sum())
        if finding.kind == "no_row_names":
            explained = explain_row_count_by_order(rows, aligner, where=str(file.path))
            if explained:
                findings, aligned = explained
                before = findings[0].accuracy_before
                diagnosis = Diagnosis(rows.model, file.path, file.layout, findings, before, images=images)
                return replace(diagnosis, rows=len(rows)), aligned
        return Diagnosis(rows.model, file.path, file.layout, (finding,), images=images, rows=len(rows)), None
    return diagnose(aligned, aligner, file=file), aligned


def _check_answers(aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray) -> list[Finding]:
    """Compare predictions with targets. The first cause that is found ends the search for others."""
    if aligned.source.other_columns:
        return [_extra_class(aligned, aligner, evidence, judged), *check_scores(aligned, evidence, judged)]
    if not ((evidence.ids >= -1) & (evidence.ids <= evidence.class_count)).any():
        return []
    variety = list(check_variety(evidence))
    if any(finding.kind == "constant" for finding in variety):
        return variety
    ranks = [*check_columns(aligned, evidence, judged), *check_scores(aligned, evidence, judged)]
    if any(finding.severity == "refuse" for finding in ranks):
        return ranks
    rows = FileRows.of(aligned, aligner)
    wrong_order = find_wrong_order(aligned, aligner, evidence, judged, rows)
    if wrong_order:
        # few classes are what a wrong order looks like, too
        return [wrong_order, *ranks]
    others = variety + ranks + ([_perfect(evidence)] if _is_beyond_models(evidence) else [])
    for found in (check_dead_rows(aligned, aligner, rows), check_nearby_rows(rows)):
        others += found
        if any(finding.severity == "refuse" for finding in others):
            return others
    return [*others, *check_scattered_rows(aligner, evidence, judged), *check_dependence(aligned, evidence)]


def _extra_class(aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray) -> Finding:
    rows = aligned.match.rows[judged]
    accuracies = {
        name: float((classes[rows] == evidence.targets).mean())
        for name, classes in aligned.source.other_columns.items()
    }
    best = max(accuracies, key=accuracies.get)
    column = "first" if best == "background_first" else "last"
    return Finding(
        "extra_class",
        "refuse",
        f"There are {aligned.source.score_columns} score columns, one more than classes: the {column} is most likely a "
        f"background class. Leave out the {column} column.",
        aligned.match.row_count,
        percent(evidence.accuracy),
        percent(accuracies[best]),
        best,
    )


def _is_beyond_models(evidence: Evidence) -> bool:
    """Tell whether the accuracy is one that targets have, and no model."""
    images, classes = len(evidence.ids), len(np.unique(evidence.targets))
    bound = next((bound for least, bound in _BEYOND_MODELS if classes >= least), 1.0)
    enough = images >= _IMAGES_FOR_PERFECTION and evidence.class_count > 1
    return enough and evidence.accuracy >= (bound if images >= _IMAGES_BEYOND else 1.0)


def _perfect(evidence: Evidence) -> Finding:
    right = int((evidence.ids == evidence.targets).sum())
    which = f"All {right:,}" if right == len(evidence.ids) else f"{right:,} of {len(evidence.ids):,}"
    return Finding(
        "perfect_accuracy",
        "warn",
        f"{which} predictions equal the targets ({percent(evidence.accuracy):.2f} %): these are probably the targets "
        "themselves, which need not be given, or the model was trained on these images.",
        None,
        percent(evidence.accuracy),
    )


def _notes(aligned: Aligned, file: PredictionFile, evidence: Evidence) -> list[Finding]:
    notes = [Finding("remark", "note", remark) for remark in (*file.remarks, *aligned.remarks)]
    if aligned.match.is_assumed and len(evidence.ids):
        notes.append(
            Finding(
                "order_assumed",
                "note",
                f"The rows carry no file names and were matched {aligned.match.how}; the accuracy of "
                f"{percent(evidence.accuracy):.1f} % under it is the only evidence for it.",
                accuracy_before=percent(evidence.accuracy),
            )
        )
    return notes
