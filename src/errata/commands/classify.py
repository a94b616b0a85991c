"""Classify predictions files: tables, lists of mistakes, and the report."""

import argparse
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from errata import __version__
from errata.atlas.compiled import Atlas, read_atlas
from errata.atlas.evidence import evidence_path, verdicts_path
from errata.classification import Classification, classify_predictions, write_classification
from errata.commands.report import write_report_of
from errata.error_files import MOST_MODELS, remove_error_files, write_error_files
from errata.errors import InputError, listed, shown
from errata.files import atomic_write
from errata.manifest import build_manifest, manifest_text
from errata.mistakes import listing as mistakes
from errata.predictions.folder import FolderContent, is_apple_double, read_folder
from errata.predictions.formats import APPLE_NOTES, SUFFIXES
from errata.profiles.answers import answered_all
from errata.provenance import inputs_behind, inputs_note
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.published.tables import COMPARISON, PUBLISHED
from errata.results import KEPT_ATLAS, Results, check_place_of_report, is_report
from errata.shipped import published_beside, published_file
from errata.tables import write_table
from errata.trends.estimate import estimate_unchecked
from errata.trends.lines import compare as compare_published
from errata.trends.tables import ESTIMATE
from errata.trust.chance import measure_chance
from errata.trust.fidelity import check_fidelity
from errata.trust.tables import CHANCE, FIDELITY, MODEL_CHANCE
from errata.unfinished import remove_folder, unfinished

logger = logging.getLogger("errata")


def classify(options: argparse.Namespace) -> int:
    """Classify the answers in predictions files; write the tables and, unless told otherwise, the report."""
    atlas, out = read_atlas(options.atlas), options.out
    if not options.no_report:
        check_place_of_report(out / "report")
    published, of_published = _published_beside(atlas, options.published)
    given = _given(options.files)
    classification = classify_predictions(
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
        known = _write_tables(options, classification, published, of_published=of_published)
        manifest = _manifest_of(options)
        logger.info("Tables are in %s", out)
        if not options.no_report:
            origin = {"errata": __version__, "inputs": classification.inputs}
            write_report_of(Results(out, manifest=manifest, provenance=origin, **known), out / "report")
        with atomic_write(out / "manifest.json") as temporary:
            temporary.write_text(manifest_text(manifest), encoding="utf-8")
    return 0


def _write_tables(
    options: argparse.Namespace,
    classification: Classification,
    published: pl.DataFrame | None,
    *,
    of_published: dict[str, dict[str, str]],
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
    for table, make in (
        (PUBLISHED, lambda: published),
        (COMPARISON, lambda: compare_published(results.profile, published)),
        (ESTIMATE, lambda: estimate_unchecked(results.profile, published)),
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


def _published_beside(atlas: Atlas, folder: Path | None) -> tuple[pl.DataFrame | None, dict[str, dict[str, str]]]:
    """Return the published counts that models are set beside, the user's or the package's, and the inputs behind."""
    if folder is not None:
        tables = published_files(folder, atlas.dataset)
        return read_published(tables), inputs_behind({f"published_{group}": file for group, file in tables.items()})
    published = published_beside(atlas)
    return published, {} if published is None else inputs_behind({"published": published_file(atlas.dataset)})


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
