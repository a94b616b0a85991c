"""Build the soft error profile of all models of a data set."""

from pathlib import Path

from errata.atlas.compiled import read_atlas
from errata.job import run_job
from errata.predictions.tables import PREDICTIONS
from errata.profiles.build import build_soft_profile
from errata.profiles.tables import SOFT_PROFILE
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, atlas: str, predictions: list[str], soft_profile: str) -> None:
    tables = ((Path(path).stem, read_table(PREDICTIONS, path)) for path in predictions)
    inputs = inputs_behind({"atlas": atlas, **{f"predictions/{Path(path).name}": path for path in predictions}})
    profile = build_soft_profile(read_atlas(atlas), tables)
    write_table(profile, SOFT_PROFILE, soft_profile, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        atlas=snakemake.input.atlas,
        predictions=list(snakemake.input.predictions),
        soft_profile=snakemake.output[0],
    )
