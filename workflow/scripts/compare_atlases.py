"""Compare the other atlases of a data set with one, on the errors of all models."""

from errata.atlas.compiled import read_atlas
from errata.job import run_job
from errata.predictions.tables import ERRORS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import scan_table, write_table
from errata.trust.atlas_shifts import compare_atlases
from errata.trust.tables import ATLAS_ACCURACIES, ATLAS_SHARES, ATLAS_TRANSITIONS


def main(*, base: str, errors: str, others: list[str], shares: str, transitions: str, accuracies: str) -> None:
    files = {"errors": errors, **{f"atlas {number}": path for number, path in enumerate(others)}}
    note = inputs_note(inputs_behind(files))
    shifts = compare_atlases(read_atlas(base), scan_table(ERRORS, errors), map(read_atlas, others))
    write_table(shifts.shares, ATLAS_SHARES, shares, metadata=note)
    write_table(shifts.transitions, ATLAS_TRANSITIONS, transitions, metadata=note)
    write_table(shifts.accuracies, ATLAS_ACCURACIES, accuracies, metadata=note)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        base=snakemake.input.base,
        errors=snakemake.input.errors,
        others=list(snakemake.input.others),
        shares=snakemake.output.shares,
        transitions=snakemake.output.transitions,
        accuracies=snakemake.output.accuracies,
    )
