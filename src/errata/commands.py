"""The commands of the command line: each is a function of its name, from its options to its exit code."""

import argparse
import json
import logging
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from errata import __version__
from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, read_evidence, scan_verdicts, verdicts_path
from errata.atlas.explain import explain as explain_answer
from errata.atlas.explain import format_explanation
from errata.classification import Classification, classify_files, write_classification
from errata.error_files import MOST_MODELS, errors_of_model, remove_error_files, write_error_files
from errata.errors import InputError, listed, shown, shown_lines
from errata.files import atomic_write
from errata.manifest import build_manifest, differences, manifest_text, read_manifest
from errata.mistakes import listing as mistakes
from errata.paired.compare import compare_pair, read_pair
from errata.paired.gate import check_gate, read_allowances
from errata.paired.layout import (
    comparison_text,
    comparison_values,
    gate_markdown,
    gate_text,
    gate_values,
    marks_text,
    marks_values,
    write_comparison,
)
from errata.paired.transitions import count_transitions
from errata.predictions.align import Aligner
from errata.predictions.class_ids import ClassVocabulary
from errata.predictions.doctor import examine
from errata.predictions.findings import Diagnosis, as_dict, exit_status, format_diagnosis, refuse_doubts, warning_lines
from errata.predictions.folder import FolderContent, is_apple_double, read_folder
from errata.predictions.formats import APPLE_NOTES, SUFFIXES
from errata.predictions.repair import check_place, repair, write_repaired
from errata.predictions.tables import ERRORS
from errata.profiles.answers import answered_all
from errata.provenance import inputs_behind, inputs_note
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.published.tables import COMPARISON, PUBLISHED
from errata.results import KEPT_ATLAS, Results, check_place_of_report, is_report
from errata.tables import csv_text, scan_table, write_csv, write_table
from errata.trends.lines import compare as compare_published
from errata.trust.chance import measure_chance
from errata.trust.fidelity import check_fidelity
from errata.trust.tables import CHANCE, FIDELITY, MODEL_CHANCE
from errata.unfinished import refuse_unfinished, remove_folder, unfinished
from errata.user_files import told

logger = logging.getLogger("errata")


def classify(options: argparse.Namespace) -> int:
    """Classify the answers in predictions files; write the tables and, unless told otherwise, the report."""
    atlas, out = read_atlas(options.atlas), options.out
    if not options.no_report:
        check_place_of_report(out / "report")
    tables = published_files(options.published, atlas.dataset) if options.published else {}
    published = read_published(tables) if tables else None
    given = _given(options.files)
    classification = classify_files(
        given.files,
        atlas,
        order=options.order,
        skip_broken=options.skip_broken,
        accepted=options.accept,
        left_out=given.left_out,
    )
    with unfinished(out):
        if is_report(out / "report"):
            remove_folder(out / "report")
        known = _write_tables(options, classification, published, of_paper=tables)
        manifest = _manifest_of(options)
        logger.info("Tables are in %s", out)
        if not options.no_report:
            origin = {"errata": __version__, "inputs": classification.inputs}
            _write_report(Results(out, manifest=manifest, provenance=origin, **known), out / "report")
        with atomic_write(out / "manifest.json") as temporary:
            temporary.write_text(manifest_text(manifest), encoding="utf-8")
    return 0


def _write_tables(
    options: argparse.Namespace,
    classification: Classification,
    published: pl.DataFrame | None,
    *,
    of_paper: dict[str, Path],
) -> dict[str, object]:
    """Write every table of a classification, and return those that need not be read again, by name."""
    atlas, out = classification.atlas, options.out
    write_classification(classification, out)
    _keep_atlas(options.atlas, out)
    known = {name: getattr(classification, name) for name in ("atlas", "diagnoses", "profile", "pooled", "what_if")}
    results = Results(out, **known)
    note = inputs_note(classification.inputs)
    _list_mistakes(results, out / "mistakes", note)
    chance = measure_chance(atlas, results.errors.collect(), profile=results.profile, pooled=results.pooled)
    write_table(chance.pooled, CHANCE, out / "chance.parquet", metadata=note)
    write_table(chance.models, MODEL_CHANCE, out / "model_chance.parquet", metadata=note)
    of_published = inputs_behind({f"published_{group}": file for group, file in of_paper.items()})
    for table, make in (
        (PUBLISHED, lambda: published),
        (COMPARISON, lambda: compare_published(results.profile, published)),
        (FIDELITY, lambda: check_fidelity(results.profile, published)),
    ):
        path = out / f"{table.name}.parquet"
        if published is None:
            path.unlink(missing_ok=True)
        else:
            write_table(make(), table, path, metadata=inputs_note(classification.inputs | of_published))
    remove_error_files(out / "errors")
    if len(classification.answers.models) <= MOST_MODELS:
        write_error_files(results.errors, atlas.classes, out / "errors")
    else:
        logger.info("More than %d models: no file of each one's errors; errata errors writes any of them", MOST_MODELS)
    return known


def _given(paths: Sequence[Path]) -> FolderContent:
    """Return the predictions files among files and folders, and say what is left out."""
    files: list[str] = []
    left_out: dict[str, str] = {}
    for path in paths:
        if path.is_dir():
            content = read_folder(path)
            files += content.files
            left_out |= content.left_out
        elif len(paths) > 1 and is_apple_double(path):
            left_out[path.name] = APPLE_NOTES
        else:
            files.append(str(path))
    for name, why in left_out.items():
        logger.warning("Not read as predictions: %s: %s.", shown(name), why)
    if not files:
        raise InputError(f"{listed(paths)}: no file here ends in {SUFFIXES}. Name predictions files or their folder.")
    return FolderContent(tuple(files), left_out)


def _keep_atlas(atlas_file: Path, out: Path) -> None:
    """Copy the atlas, with what lies beside it, so that the folder holds all that a report is made from."""
    kept = out / KEPT_ATLAS
    for place in (Path, evidence_path, verdicts_path):
        source, copy = place(atlas_file), place(kept)
        if source.resolve() == copy.resolve():
            continue
        if not source.is_file():
            copy.unlink(missing_ok=True)
            continue
        with atomic_write(copy) as temporary:
            shutil.copyfile(source, temporary)


def _list_mistakes(results: Results, folder: Path, note: dict[str, str]) -> None:
    """List and write the mistakes of the models; none where no evidence lies beside the atlas."""
    if results.evidence is None or not answered_all(results.atlas, results.profile):
        for name in mistakes.TABLES:
            (folder / f"{name}.parquet").unlink(missing_ok=True)
        return
    models = answered_all(results.atlas, results.profile)
    listed = mistakes.list_mistakes(results.errors, models, results.atlas, results.evidence)
    mistakes.write_mistakes(listed, folder, metadata=note)


def _manifest_of(options: argparse.Namespace) -> dict:
    tables = {
        name: options.out / f"{name}.parquet" for name in ("errors", "pooled", "problematic", "profile", "what_if")
    }
    settings = {"order": options.order.name if options.order else None, "skip_broken": options.skip_broken}
    settings |= {"accept": sorted(options.accept)} if options.accept else {}
    return build_manifest({"atlas": options.atlas, **tables}, settings=settings)


def report(options: argparse.Namespace) -> int:
    """Write the report of a folder of results."""
    refuse_unfinished(options.folder)
    _write_report(Results(options.folder), options.out or options.folder / "report")
    return 0


def _write_report(results: Results, destination: Path) -> None:
    # loads matplotlib and Jinja, which the tables do without
    from errata.report.site import write_report

    write_report(results, destination)
    logger.info("The report is %s", destination / "index.html")


def doctor(options: argparse.Namespace) -> int:
    """Print the diagnoses, and write what was repaired if asked to; return 1 if a file is refused, 2 if unreadable."""
    if options.fix:
        check_place(options.fix, options.file)
    aligner = Aligner(read_atlas(options.atlas))
    examined = examine(options.file, aligner, order=options.order, accepted=options.accept)
    diagnoses = [diagnosis for diagnosis, _ in examined]
    if options.json:
        _print_json([as_dict(diagnosis) for diagnosis in diagnoses])
    else:
        print("\n\n".join(format_diagnosis(diagnosis) for diagnosis in diagnoses))
    if options.fix:
        repaired = repair(options.file, aligner, order=options.order)
        write_repaired(repaired, options.fix, source=options.file)
        logger.info("Repaired (%s): %s", ", ".join(each.fix_name for each in repaired.findings), options.fix)
        if repaired.left_out:
            logger.info("%d rows are left out: no file name, or no prediction, is known for them", repaired.left_out)
        return 0
    return exit_status(diagnoses)


def compare(options: argparse.Namespace) -> int:
    """Print what became better and what worse from one model to another; write the tables if asked to."""
    atlas = read_atlas(options.atlas)
    answers, diagnoses = read_pair(options.a, options.b, atlas, order=options.order, accepted=options.accept)
    _warn(diagnoses)
    comparison = compare_pair(atlas, answers, marks=_marks(diagnoses))
    if options.json:
        _print_json(comparison_values(comparison))
    else:
        print(comparison_text(comparison))
    if options.out:
        with unfinished(options.out):
            write_comparison(comparison, options.out)
        logger.info("Tables are in %s", options.out)
    return 0


def gate(options: argparse.Namespace) -> int:
    """Print whether a model surely makes more errors of a category than another; return 1 if it does."""
    atlas = read_atlas(options.atlas)
    allowances = read_allowances(options.category, options.max_rise, atlas)
    answers, diagnoses = read_pair(
        options.baseline, options.candidate, atlas, order=options.order, accepted=options.accept
    )
    _warn(diagnoses)
    refuse_doubts(diagnoses)
    found = check_gate(count_transitions(atlas, *answers.outcomes, "all"), atlas, allowances)
    models = answers.models[0], answers.models[1]
    if options.json:
        _print_json(gate_values(found, models) | marks_values(_marks(diagnoses)))
    else:
        text = gate_markdown(found, models) if options.markdown else gate_text(found, models)
        print("\n\n".join([text, *marks_text(_marks(diagnoses))]))
    return 0 if found.is_open else 1


def _warn(diagnoses: Iterable[Diagnosis]) -> None:
    """Say every warning about predictions, and every finding that was accepted."""
    for diagnosis in diagnoses:
        for line in warning_lines(diagnosis):
            logger.warning("%s", line)


def _marks(diagnoses: Iterable[Diagnosis]) -> dict[str, list[str]]:
    """Return what to keep in mind of each model, in sentences."""
    return {
        each.model: [finding.message for finding in each.findings if finding.kind in each.marks]
        for each in diagnoses
        if each.marks
    }


def explain(options: argparse.Namespace) -> int:
    """Print why an answer is what it is."""
    atlas = read_atlas(options.atlas)
    evidence = read_evidence(atlas, evidence_path(options.atlas))
    predicted = ClassVocabulary(atlas.classes).id_of(options.predicted_class)
    verdicts = scan_verdicts(atlas, verdicts_path(options.atlas))
    if verdicts is not None:
        verdicts = verdicts.filter(pl.col("file_name") == options.file_name).collect()
    print(format_explanation(explain_answer(atlas, evidence, options.file_name, predicted, verdicts=verdicts)))
    return 0


def errors(options: argparse.Namespace) -> int:
    """Print every error of a model as CSV, with the names of the classes, or write them."""
    refuse_unfinished(options.errors.parent)
    classes = read_atlas(options.atlas).classes
    table = scan_table(ERRORS, options.errors)
    with told(options.errors, as_="a table of errors"):
        found = errors_of_model(table, options.model, classes)
    if options.out is None:
        print(csv_text(found), end="")
    else:
        write_csv(found, options.out)
    return 0


def diff(options: argparse.Namespace) -> int:
    """Print what differs between two builds; return 1 if anything does."""
    found = differences(read_manifest(options.first), read_manifest(options.second))
    print("\n".join(found) if found else "Nothing differs.")
    return 1 if found else 0


def _print_json(values: object) -> None:
    text = json.dumps(values, indent=1, ensure_ascii=False)
    # a name with control characters stays JSON and reaches no terminal
    print(text if shown_lines(text) == text else json.dumps(values, indent=1))
