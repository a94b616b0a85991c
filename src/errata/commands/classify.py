"""`errata classify`: the errors in predictions files, as tables and a report."""

import argparse
import logging
from pathlib import Path

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path
from errata.atlas.tables import EVIDENCE
from errata.classification import Classification, classify_files, write_classification
from errata.error_files import MOST_MODELS, write_error_files
from errata.files import atomic_write
from errata.manifest import build_manifest, manifest_text
from errata.mistakes.listing import Mistakes, list_mistakes, write_mistakes
from errata.predictions.tables import ERRORS
from errata.provenance import inputs_note
from errata.tables import read_table, scan_table

logger = logging.getLogger("errata")


def run(options: argparse.Namespace) -> int:
    """Write the tables and, unless told otherwise, the report."""
    atlas = read_atlas(options.atlas)
    classification = classify_files(options.files, atlas, order=options.order, skip_broken=options.skip_broken)
    out = options.out
    write_classification(
        classification,
        errors=out / "errors.parquet",
        problematic=out / "problematic.parquet",
        profile=out / "profile.parquet",
        profile_csv=out / "profile.csv",
        pooled=out / "pooled.parquet",
        what_if=out / "what_if.parquet",
        diagnoses=out / "diagnoses.json",
    )
    mistakes = _list_mistakes(classification, options)
    _write_error_files(classification, out)
    manifest = _write_manifest(options)
    logger.info("Tables are in %s", out)
    if not options.no_report:
        # loads matplotlib and Jinja, which the tables do without
        from errata.commands.classify_report import write_report

        write_report(classification, mistakes, manifest, options)
    return 0


def _list_mistakes(classification: Classification, options: argparse.Namespace) -> Mistakes | None:
    """List and write the mistakes of the models; None where no evidence lies beside the atlas."""
    evidence = evidence_path(options.atlas)
    if not evidence.is_file():
        return None
    errors = scan_table(ERRORS, options.out / "errors.parquet")
    models = len(classification.answers.models)
    listed = list_mistakes(errors, models, classification.atlas, read_table(EVIDENCE, evidence))
    write_mistakes(listed, options.out / "mistakes", metadata=inputs_note(classification.inputs))
    return listed


def _write_error_files(classification: Classification, out: Path) -> None:
    if len(classification.answers.models) > MOST_MODELS:
        logger.info("More than %d models: no file of each one's errors; errata errors writes any of them", MOST_MODELS)
        return
    write_error_files(scan_table(ERRORS, out / "errors.parquet"), classification.atlas.classes, out / "errors")


def _write_manifest(options: argparse.Namespace) -> dict:
    tables = {
        name: options.out / f"{name}.parquet" for name in ("errors", "pooled", "problematic", "profile", "what_if")
    }
    settings = {"order": options.order.name if options.order else None, "skip_broken": options.skip_broken}
    manifest = build_manifest({"atlas": options.atlas, **tables}, settings=settings)
    with atomic_write(options.out / "manifest.json") as temporary:
        temporary.write_text(manifest_text(manifest), encoding="utf-8")
    return manifest
