"""Classify predictions files: tables, lists of mistakes, and the report."""

import argparse
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from errata.atlas.compiled import Atlas, read_atlas
from errata.atlas.evidence import evidence_path, verdicts_path
from errata.classification import Classification, classify_predictions, write_classification
from errata.classified import ClassifiedResults
from errata.commands.given import default_folder, given_files
from errata.commands.report import write_report_of
from errata.error_files import MOST_MODELS, remove_error_files, write_error_files
from errata.errors import InputError
from errata.files import atomic_write
from errata.manifest import build_manifest, manifest_text
from errata.mistakes import listing as mistakes
from errata.predictions.findings import Diagnosis, warning_lines
from errata.predictions.orders import named_order
from errata.profiles.summary import profile_markdown, profile_text, profile_values
from errata.provenance import inputs_behind, inputs_note
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.published.tables import COMPARISON, PUBLISHED
from errata.report.image_folder import check_image_folder
from errata.results import KEPT_ATLAS, Results, check_place_of_report, is_report
from errata.shipped import published_beside, published_file
from errata.tables import write_table
from errata.terminal import PROGRESS, print_escaped, print_json, takes_colour, width_of_terminal
from errata.trends.tables import ESTIMATE
from errata.trust.tables import CHANCE, FIDELITY, MODEL_CHANCE
from errata.unfinished import remove_folder, unfinished

logger = logging.getLogger("errata")


def classify(options: argparse.Namespace) -> int:
    """Classify the answers in predictions files; print the profile, and write tables and report."""
    given = given_files(options.files)
    options.out = options.out or default_folder(options.files)
    atlas, out = read_atlas(options.atlas), options.out
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: expected a folder for the results, found a file. Name another: --out DIR.")
    within = next((folder for folder in (out, *out.absolute().parents) if is_report(folder)), None)
    if within:
        raise InputError(
            f"{out}: it lies in the report {within}, and would be lost when that is written again. "
            "Name another: --out DIR."
        )
    if not options.no_report:
        check_place_of_report(out / "report")
        if options.images:
            check_image_folder(options.images)
    published, of_published = _published_beside(atlas, options.published)
    said: list[str] = []
    classification = classify_predictions(
        given.files,
        atlas,
        order=options.order,
        skip_broken=options.skip_broken,
        accepted=options.accept,
        left_out=given.left_out,
        warn=said.append,
    )
    prints_text = not (options.json or options.markdown or options.quiet)
    _warn(said, classification.diagnoses, shown=prints_text)
    with unfinished(out):
        if is_report(out / "report"):
            remove_folder(out / "report")
        PROGRESS.debug("Writing tables")
        results = _write_tables(options, classification, published, of_published=of_published)
        results = results.having(image_folder=options.images)
        if prints_text:
            # before the report, which takes longer
            colour = takes_colour(sys.stdout)
            print_escaped(profile_text(results, width=width_of_terminal(), colour=colour))
        if not options.no_report:
            write_report_of(results, out / "report")
        with atomic_write(out / "manifest.json") as temporary:
            temporary.write_text(manifest_text(results.manifest), encoding="utf-8")
    _say_where(options, results)
    return 0


def _warn(said: Sequence[str], diagnoses: Sequence[Diagnosis], *, shown: bool) -> None:
    """Say warnings; those of models that are scored stand below the profile if that is shown."""
    below = {line for each in diagnoses if each.is_usable for line in warning_lines(each)} if shown else set()
    for line in said:
        if line not in below:
            logger.warning("%s", line)


def _say_where(options: argparse.Namespace, results: Results) -> None:
    """Print where everything is, or the profile for a program or a pull request."""
    report = None if options.no_report else options.out / "report" / "index.html"
    if options.json:
        print_json(profile_values(results) | {"folder": str(options.out), "report": report and str(report)})
    elif options.markdown:
        print(profile_markdown(results), end="")
    elif not options.quiet:
        print(f"\nTables: {options.out}" + (f"\nReport: {report}" if report else ""))


def _write_tables(
    options: argparse.Namespace,
    classification: Classification,
    published: pl.DataFrame | None,
    *,
    of_published: dict[str, dict[str, str]],
) -> Results:
    """Write every table of a classification, and return the results."""
    atlas, out = classification.atlas, options.out
    write_classification(classification, out)
    _keep_atlas(options.atlas, out)
    results = ClassifiedResults(classification, out, published=published, manifest=_manifest_of(options))
    note = inputs_note(classification.inputs)
    _write_mistakes(results, out / "mistakes", note)
    with_published = inputs_note(classification.inputs | of_published)
    for table in (CHANCE, MODEL_CHANCE, PUBLISHED, COMPARISON, ESTIMATE, FIDELITY):
        path, made = out / f"{table.name}.parquet", getattr(results, table.name)
        if made is None:
            path.unlink(missing_ok=True)
        else:
            write_table(made, table, path, metadata=note if table in (CHANCE, MODEL_CHANCE) else with_published)
    remove_error_files(out / "errors")
    if len(classification.answers.models) <= MOST_MODELS:
        # the report copies them
        files = write_error_files(results.errors, atlas.classes, out / "errors")
        return results.having(written_error_files=files)
    else:
        logger.warning(
            "More than %d models: no file of each one's errors; errata errors writes any of them", MOST_MODELS
        )
    return results


def _published_beside(atlas: Atlas, folder: Path | None) -> tuple[pl.DataFrame | None, dict[str, dict[str, str]]]:
    """Return the published counts that models are set beside, the user's or the package's, and the inputs behind."""
    if folder is not None:
        tables = published_files(folder, atlas.dataset)
        return read_published(tables), inputs_behind({f"published_{group}": file for group, file in tables.items()})
    published = published_beside(atlas)
    return published, {} if published is None else inputs_behind({"published": published_file(atlas.dataset)})


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


def _write_mistakes(results: Results, folder: Path, note: dict[str, str]) -> None:
    """Write the list of the models' mistakes; none where no evidence lies beside the atlas."""
    if results.mistakes is None:
        for name in mistakes.TABLES:
            (folder / f"{name}.parquet").unlink(missing_ok=True)
    else:
        mistakes.write_mistakes(results.mistakes, folder, metadata=note)


def _manifest_of(options: argparse.Namespace) -> dict:
    tables = {
        name: options.out / f"{name}.parquet" for name in ("errors", "pooled", "problematic", "profile", "what_if")
    }
    order = named_order(options.order) or (Path(options.order).name if options.order else None)
    settings = {"order": order, "skip_broken": options.skip_broken}
    settings |= {"accept": sorted(options.accept)} if options.accept else {}
    return build_manifest({"atlas": options.atlas, **tables}, settings=settings)
