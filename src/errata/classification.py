"""Classifying predictions: examined by the doctor, looked up in the atlas, counted, written."""

import json
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.errors import InputError, RefusedError, listed, shown
from errata.files import atomic_write
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine_models
from errata.predictions.findings import (
    Diagnosis,
    as_dict,
    diagnosis_of_left_out,
    exit_status,
    format_diagnosis,
    warning_lines,
)
from errata.predictions.read import NamedFile, Source, as_source
from errata.predictions.tables import CONFIDENCES, ERRORS, PROBLEMATIC
from errata.profiles.answers import Answers, look_up, rows_of_confidences, rows_of_errors, rows_of_problematic
from errata.profiles.build import build_pooled, build_profile
from errata.profiles.tables import POOLED, PROFILE, WHAT_IF
from errata.profiles.what_if import build_what_if
from errata.provenance import MODELS_KEY, distinct_names, file_and_hash, inputs_note, model_notes
from errata.tables import write_csv, write_table, write_table_in_parts

logger = logging.getLogger(__name__)

PROGRESS = logging.getLogger("errata.progress")

NAMES_OF_ANY = ("model", "pred", "preds", "predictions", "output", "outputs", "result", "results", "logits", "scores")
"""What files are called that are told apart by their folders alone."""

MOST_TOLD = 5
"""Refused models whose findings are all told; of others the names are."""

_PERHAPS_TARGETS = re.compile(r"label|target|truth|(^|[_-])gt([_-]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Classification:
    """What became of some predictions.

    Attributes
    ----------
    atlas : Atlas
    answers : Answers
        Predictions and outcomes of the models that were scored.
    diagnoses : tuple of Diagnosis
        What the doctor says about every model, scored or not, and about files that are no predictions.
    profile, pooled, what_if : polars.DataFrame
        The tables `errata.profiles.tables.PROFILE`, `POOLED` and `WHAT_IF`.
    inputs : dict
        File names and hashes of everything that went in.
    models : dict
        What is known about the models that Errata ran itself: weights, revision, preprocessing, precision.
    confidences : dict
        Of the models whose predictions say so: the probability of every prediction, float16, shape (images,); NaN where
        there is none.
    """

    atlas: Atlas
    answers: Answers
    diagnoses: tuple[Diagnosis, ...]
    profile: pl.DataFrame
    pooled: pl.DataFrame
    what_if: pl.DataFrame
    inputs: dict[str, dict[str, str]]
    models: dict[str, dict[str, object]]
    confidences: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Scored:
    """What is kept of the predictions of a model: see `errata.predictions.align.Aligned`."""

    predicted_class: np.ndarray
    confidence: np.ndarray | None


def classify_predictions(
    sources: Sequence[Source],
    atlas: Atlas,
    *,
    order: Path | str | None = None,
    skip_broken: bool = False,
    left_out: Mapping[str, str] = MappingProxyType({}),
    accepted: Collection[str] = (),
    warn: Callable[[str], object] = logger.warning,
) -> Classification:
    """Examine predictions, in files or in memory, and classify the answers of every model in them.

    Parameters
    ----------
    sources : sequence of path, NamedFile or InMemory
        Predictions files in any layout of `errata.predictions.read`, or predictions in memory.
    atlas : Atlas
    order : path, optional
        The file that says which row is which image, for files whose rows have no names.
    skip_broken : bool
        Leave out the models that the doctor refuses, with a warning, instead of stopping.
    left_out : mapping
        Files of the same folders that are no predictions -> why; they are listed among the diagnoses.
    accepted : collection of str
        Kinds of findings in spite of which a file is scored; its models are marked.
    warn : callable
        Says each warning, and which models are left out.

    Raises
    ------
    InputError
        If a file cannot be read, the doctor refuses one and `skip_broken` is False, none is left, or two files hold
        a model of the same name.
    """
    aligner = Aligner(atlas)
    read: list[tuple[Diagnosis, Scored | None]] = []
    for number, source in enumerate(sources, 1):
        PROGRESS.debug("Reading %d of %d: %s", number, len(sources), as_source(source).model)
        for diagnosis, aligned in examine_models(source, aligner, order=order, accepted=accepted):
            read.append((diagnosis, None if aligned is None else Scored(aligned.predicted_class, aligned.confidence)))
    given = {each.name for each in sources if isinstance(each, NamedFile) and each.name is not None}
    diagnoses = _told_apart([diagnosis for diagnosis, _ in read], given)
    scored = {each.model: one for each, (_, one) in zip(diagnoses, read, strict=True) if one is not None}
    _refuse_broken(diagnoses, skip_broken=skip_broken, warn=warn)
    _refuse_namesakes(diagnoses)
    for diagnosis in filter(lambda each: each.is_usable, diagnoses):
        for line in warning_lines(diagnosis):
            warn(line)
    answers = look_up(atlas, list(scored), np.stack([one.predicted_class for one in scored.values()]))
    hidden = {diagnosis.path for diagnosis in diagnoses if diagnosis.is_hidden}
    unread = {diagnosis.path for diagnosis in diagnoses if not diagnosis.is_readable}
    files = [each.path for each in map(as_source, sources) if isinstance(each, NamedFile)]
    hashes = {
        f"predictions/{name}": file_and_hash(path) for name, path in distinct_names(files).items() if path not in hidden
    }
    return classify_answers(
        atlas,
        answers,
        diagnoses=(*diagnoses, *(diagnosis_of_left_out(name, why) for name, why in left_out.items())),
        inputs={**atlas.provenance.get("inputs", {}), **hashes},
        models=_notes_of_models([path for path in files if path not in unread]),
        confidences={model: one.confidence for model, one in scored.items() if one.confidence is not None},
    )


def classify_answers(
    atlas: Atlas,
    answers: Answers,
    *,
    diagnoses: Sequence[Diagnosis],
    inputs: Mapping[str, dict[str, str]],
    models: Mapping[str, dict[str, object]],
    confidences: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> Classification:
    """Classify answers that were looked up; the rest is what `Classification` says of them."""
    return Classification(
        atlas=atlas,
        answers=answers,
        diagnoses=tuple(diagnoses),
        profile=_marked(build_profile(atlas, answers), diagnoses),
        pooled=build_pooled(atlas, answers),
        what_if=build_what_if(atlas, answers),
        inputs=dict(inputs),
        models=dict(models),
        confidences=dict(confidences),
    )


def write_classification(classification: Classification, folder: Path | str) -> None:
    """Write a classification into a folder, every file whole or not at all.

    The tables `errors`, `confidences`, `problematic`, `profile` (also as CSV), `pooled` and `what_if`, and
    `diagnoses.json`.
    """
    folder = Path(folder)
    atlas, answers, note = classification.atlas, classification.answers, inputs_note(classification.inputs)
    write_table_in_parts(rows_of_errors(atlas, answers), ERRORS, folder / "errors.parquet", metadata=note)
    write_table_in_parts(
        rows_of_problematic(atlas, answers), PROBLEMATIC, folder / "problematic.parquet", metadata=note
    )
    parts = rows_of_confidences(atlas, answers, classification.confidences)
    write_table_in_parts(parts, CONFIDENCES, folder / "confidences.parquet", metadata=note)
    models = {MODELS_KEY: json.dumps(classification.models, ensure_ascii=False)} if classification.models else {}
    write_table(classification.profile, PROFILE, folder / "profile.parquet", metadata=note | models)
    write_csv(classification.profile, folder / "profile.csv")
    write_table(classification.pooled, POOLED, folder / "pooled.parquet", metadata=note)
    write_table(classification.what_if, WHAT_IF, folder / "what_if.parquet", metadata=note)
    with atomic_write(folder / "diagnoses.json") as temporary:
        listed = [as_dict(diagnosis) | {"path": diagnosis.path.name} for diagnosis in classification.diagnoses]
        temporary.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _notes_of_models(paths: Sequence[Path]) -> dict[str, dict[str, object]]:
    return {str(note["model"]): note for path in paths if (note := model_notes(path))}


def _marked(profile: pl.DataFrame, diagnoses: Sequence[Diagnosis]) -> pl.DataFrame:
    """Add the column `marks` to a profile, where a model has any."""
    marks = {diagnosis.model: ", ".join(diagnosis.marks) for diagnosis in diagnoses if diagnosis.marks}
    if not marks:
        return profile
    return profile.with_columns(marks=pl.col("model").replace_strict(marks, default="", return_dtype=pl.String))


def _refuse_broken(diagnoses: Sequence[Diagnosis], *, skip_broken: bool, warn: Callable[[str], object]) -> None:
    broken = [diagnosis for diagnosis in diagnoses if not diagnosis.is_usable]
    texts = "\n\n".join(format_diagnosis(diagnosis) for diagnosis in broken[:MOST_TOLD])
    if len(broken) > MOST_TOLD:
        texts += f"\n\nand {len(broken) - MOST_TOLD} more: {listed(each.model for each in broken[MOST_TOLD:])}"
    perhaps = [each.path.name for each in broken if _PERHAPS_TARGETS.search(each.path.stem)]
    if perhaps:
        texts += f"\n\n{shown(perhaps[0], 80)}: if these are the targets, leave the file out. The atlas has them."
    if broken and (not skip_broken or len(broken) == len(diagnoses)):
        raise RefusedError(
            f"{len(broken)} of {len(diagnoses)} models cannot be scored:\n\n{texts}\n\n"
            "Mend the predictions (errata doctor says more), or leave these models out: --skip-broken on the command "
            "line, broken_predictions: skip in the config, skip_broken=True in Python.",
            status=exit_status(broken),
        )
    if broken:
        warn(f"{len(broken)} of {len(diagnoses)} models are left out:\n{texts}")


def _told_apart(diagnoses: Sequence[Diagnosis], given: Collection[str]) -> list[Diagnosis]:
    """Name models of the same name in different folders by their folders; names that the user gave stay."""
    paths: dict[str, set[Path]] = {}
    for each in diagnoses:
        paths.setdefault(each.model, set()).add(each.path)
    folders = {
        model: dict(zip(found, distinct_folders(sorted(found)), strict=True))
        for model, found in ((model, sorted(found)) for model, found in paths.items())
        if len(found) > 1 and model not in given
    }

    def name(each: Diagnosis) -> str:
        folder = folders.get(each.model, {}).get(each.path)
        if not folder:
            return each.model
        return folder if each.model.lower() in NAMES_OF_ANY else f"{folder}/{each.model}"

    return [replace(each, model=name(each)) for each in diagnoses]


def distinct_folders(paths: Sequence[Path]) -> list[str]:
    """Return the folders of files, each by as few of its last parts as tell all apart; empty where nothing does.

    Examples
    --------
    >>> distinct_folders([Path("/runs/a/model.csv"), Path("/runs/b/model.csv")])
    ['a', 'b']
    """
    parents = [path.absolute().parent.parts for path in paths]
    for count in range(1, max(map(len, parents)) + 1):
        names = ["/".join(parts[-count:]) for parts in parents]
        if len(set(names)) == len(names):
            return names
    return [""] * len(paths)


def _refuse_namesakes(diagnoses: Sequence[Diagnosis]) -> None:
    seen: dict[str, Path] = {}
    for diagnosis in diagnoses:
        if diagnosis.model in seen:
            raise InputError(
                f"{diagnosis.path}: the model '{diagnosis.model}' is also in {seen[diagnosis.model]}; models need "
                "different names. Rename one of the files, or its model column; errata classify also takes NAME=FILE."
            )
        seen[diagnosis.model] = diagnosis.path
