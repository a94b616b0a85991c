"""Write the report of a data set and an atlas."""

from pathlib import Path

from errata.atlas.atlas import read_atlas
from errata.job import run_job
from errata.provenance import inputs_behind
from errata.published.trend import COMPARISON
from errata.report.inputs import ReportInputs, atlas_facts, left_out, notes_of, read_diagnoses
from errata.report.render import render_report
from errata.tables import POOLED, PROFILE, PUBLISHED, read_table


def main(
    *,
    atlas: str,
    profile: str,
    pooled: str,
    diagnoses: str,
    published: str | None,
    comparison: str | None,
    destination: str | Path,
) -> None:
    facts = atlas_facts(read_atlas(atlas))
    found = read_diagnoses(diagnoses)
    files = {"profile": profile, **({"published": published} if published else {})}
    render_report(
        ReportInputs(
            profile=read_table(PROFILE, profile),
            pooled=read_table(POOLED, pooled),
            atlas=facts,
            comparison=read_table(COMPARISON, comparison) if comparison else None,
            published=read_table(PUBLISHED, published) if published else None,
            diagnoses=notes_of(found),
            left_out=left_out(found, problematic_images=facts.problematic_images),
            provenance={"inputs": inputs_behind(files)},
        ),
        destination,
    )


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        atlas=snakemake.input.atlas,
        profile=snakemake.input.profile,
        pooled=snakemake.input.pooled,
        diagnoses=snakemake.input.diagnoses,
        published=next(iter(snakemake.input.published), None),
        comparison=next(iter(snakemake.input.comparison), None),
        destination=Path(snakemake.output[0]).parent,
    )
