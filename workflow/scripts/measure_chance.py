"""Put the shares of categories beside those of wrong answers by chance."""

from errata.atlas.compiled import read_atlas
from errata.job import run_job
from errata.predictions.tables import ERRORS
from errata.profiles.tables import POOLED, PROFILE
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, scan_table, write_table
from errata.trust.chance import measure_chance
from errata.trust.tables import CHANCE, MODEL_CHANCE


def main(*, atlas: str, errors: str, profile: str, pooled: str, chance: str, model_chance: str) -> None:
    note = inputs_note(inputs_behind({"errors": errors}))
    measured = measure_chance(
        read_atlas(atlas),
        scan_table(ERRORS, errors),
        profile=read_table(PROFILE, profile),
        pooled=read_table(POOLED, pooled),
    )
    write_table(measured.pooled, CHANCE, chance, metadata=note)
    write_table(measured.models, MODEL_CHANCE, model_chance, metadata=note)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        atlas=snakemake.input.atlas,
        errors=snakemake.input.errors,
        profile=snakemake.input.profile,
        pooled=snakemake.input.pooled,
        chance=snakemake.output.chance,
        model_chance=snakemake.output.model_chance,
    )
