"""The report of `errata classify`."""

import argparse
import logging
from pathlib import Path

import polars as pl

from errata import __version__
from errata.classification import Classification
from errata.mistakes.listing import Mistakes
from errata.predictions.tables import ERRORS, PROBLEMATIC
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.report.inputs import ReportInputs, atlas_facts, left_out, notes_of
from errata.report.render import render_report
from errata.tables import read_table, scan_table
from errata.trends.lines import compare
from errata.trust.chance import measure_chance
from errata.trust.fidelity import check_fidelity
from errata.trust.gathered import TrustTables

logger = logging.getLogger("errata")


def write_report(
    classification: Classification, mistakes: Mistakes | None, manifest: dict, options: argparse.Namespace
) -> None:
    """Write the report of a classification into the folder `report` of the output folder."""
    published = None
    if options.published:
        published = read_published(published_files(options.published, classification.atlas.dataset))
    facts = atlas_facts(classification.atlas)
    render_report(
        ReportInputs(
            profile=classification.profile,
            pooled=classification.pooled,
            what_if=classification.what_if,
            atlas=facts,
            comparison=None if published is None else compare(classification.profile, published),
            published=published,
            diagnoses=notes_of(classification.diagnoses),
            left_out=left_out(classification.diagnoses, problematic_images=facts.problematic_images),
            errors=scan_table(ERRORS, options.out / "errors.parquet"),
            problematic=scan_table(PROBLEMATIC, options.out / "problematic.parquet"),
            mistakes=mistakes,
            atlas_file=options.atlas,
            trust=_measure_trust(classification, published, options.out),
            manifest=manifest,
            provenance={"errata": __version__, "inputs": classification.inputs},
        ),
        options.out / "report",
    )
    logger.info("The report is %s", options.out / "report" / "index.html")


def _measure_trust(classification: Classification, published: pl.DataFrame | None, out: Path) -> TrustTables:
    """Hold the classification against chance and, for models with the paper's predictions, its published counts."""
    profile, errors = classification.profile, read_table(ERRORS, out / "errors.parquet")
    chance = measure_chance(classification.atlas, errors, profile=profile, pooled=classification.pooled)
    return TrustTables(
        chance=chance.pooled,
        model_chance=chance.models,
        fidelity=None if published is None else check_fidelity(profile, published),
    )
