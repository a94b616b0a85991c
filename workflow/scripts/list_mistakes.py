"""List the mistakes of all models: the most common ones, breakdowns, confusions, difficult images."""

from pathlib import Path

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import read_evidence
from errata.job import run_job
from errata.mistakes.listing import list_mistakes, write_mistakes
from errata.predictions.tables import ERRORS
from errata.profiles.answers import answered_all
from errata.profiles.tables import PROFILE
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, scan_table


def main(*, errors: str, profile: str, atlas: str, evidence: str, folder: str | Path) -> None:
    compiled = read_atlas(atlas)
    models = answered_all(compiled, read_table(PROFILE, profile))
    listed = list_mistakes(scan_table(ERRORS, errors), models, compiled, read_evidence(compiled, evidence))
    write_mistakes(listed, folder, metadata=inputs_note(inputs_behind({"errors": errors})))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        errors=snakemake.input.errors,
        profile=snakemake.input.profile,
        atlas=snakemake.input.atlas,
        evidence=snakemake.input.evidence,
        folder=Path(snakemake.output[0]).parent,
    )
