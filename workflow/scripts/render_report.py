"""Write the report of a data set and an atlas."""

import shutil
from contextlib import ExitStack
from pathlib import Path

from errata.accuracy.tables import ACCURACY
from errata.atlas.compiled import read_atlas
from errata.error_files import MOST_MODELS
from errata.images.store import open_store
from errata.images.tables import IMAGES
from errata.job import run_job
from errata.manifest import build_manifest
from errata.mistakes.listing import read_mistakes
from errata.predictions.tables import ERRORS, PROBLEMATIC
from errata.profile.tables import POOLED, PROFILE, SOFT_PROFILE, WHAT_IF
from errata.provenance import inputs_behind
from errata.published.tables import COMPARISON, PUBLISHED
from errata.report.inputs import ReportInputs, atlas_facts, left_out, notes_of, read_diagnoses
from errata.report.pictures import picture_source
from errata.report.render import render_report
from errata.tables import read_table, scan_table
from errata.trends.cloud import described
from errata.trust.gathered import read_trust_tables
from errata.truth.tables import PLANTED, RECALL


def main(
    *,
    atlas: str,
    profile: str,
    pooled: str,
    diagnoses: str,
    accuracy: str | None = None,
    errors: str | None = None,
    what_if: str | None = None,
    problematic: str | None = None,
    mistakes: str | Path | None = None,
    published: str | None = None,
    comparison: str | None = None,
    soft_profile: str | None = None,
    recall: str | None = None,
    planted: str | None = None,
    images: str | None = None,
    index: str | None = None,
    trust: list[str] | None = None,
    error_files: int = MOST_MODELS,
    descriptions: dict | None = None,
    settings: dict | None = None,
    destination: str | Path,
    figures: str | None = None,
) -> None:
    read = read_atlas(atlas)
    facts = atlas_facts(read)
    found = read_diagnoses(diagnoses)
    optional = {"published": published, "recall": recall, "planted": planted}
    files = {"profile": profile, **{role: path for role, path in optional.items() if path}}
    known = {"errors": errors, "what_if": what_if, "soft_profile": soft_profile, "comparison": comparison}
    tables = {"atlas": atlas, "pooled": pooled, **{name: path for name, path in known.items() if path}}
    with ExitStack() as opened:
        pictures = None
        if images and index:
            pictures = picture_source(read, read_table(IMAGES, index), opened.enter_context(open_store(images)))
        render_report(
            ReportInputs(
                profile=read_table(PROFILE, profile),
                pooled=read_table(POOLED, pooled),
                atlas=facts,
                comparison=read_table(COMPARISON, comparison) if comparison else None,
                published=read_table(PUBLISHED, published) if published else None,
                accuracy=read_table(ACCURACY, accuracy) if accuracy else None,
                diagnoses=notes_of(found),
                left_out=left_out(found, problematic_images=facts.problematic_images),
                soft_profile=read_table(SOFT_PROFILE, soft_profile) if soft_profile else None,
                recall=read_table(RECALL, recall) if recall else None,
                what_if=read_table(WHAT_IF, what_if) if what_if else None,
                planted=read_table(PLANTED, planted) if planted else None,
                pictures=pictures,
                errors=scan_table(ERRORS, errors) if errors else None,
                problematic=scan_table(PROBLEMATIC, problematic) if problematic else None,
                mistakes=read_mistakes(mistakes) if mistakes else None,
                atlas_file=Path(atlas),
                trust=read_trust_tables(trust or []),
                error_files=error_files,
                descriptions=described(descriptions) if descriptions else None,
                manifest=build_manifest({**files, **tables}, settings=settings or {}),
                provenance={"inputs": inputs_behind(files)},
            ),
            destination,
        )
    if figures:
        shutil.copytree(
            Path(destination, "figures"), figures, ignore=shutil.ignore_patterns("*.png"), dirs_exist_ok=True
        )


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        atlas=snakemake.input.atlas,
        profile=snakemake.input.profile,
        pooled=snakemake.input.pooled,
        diagnoses=snakemake.input.diagnoses,
        errors=snakemake.input.errors,
        what_if=snakemake.input.what_if,
        problematic=snakemake.input.problematic,
        mistakes=Path(snakemake.input.mistakes[0]).parent,
        **{
            name: next(iter(snakemake.input[name]), None)
            for name in (
                "accuracy",
                "published",
                "comparison",
                "soft_profile",
                "recall",
                "planted",
                "images",
                "index",
            )
        },
        trust=list(snakemake.input.trust),
        error_files=snakemake.params.error_files,
        descriptions=snakemake.params.descriptions,
        settings=snakemake.params.settings,
        destination=snakemake.output.report,
        figures=snakemake.output.figures,
    )
