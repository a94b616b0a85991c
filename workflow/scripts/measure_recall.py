"""Measure how often the planted causes of a data set are recovered by its atlases."""

from errata.job import run_job
from errata.predictions.tables import ERRORS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, scan_table, write_table
from errata.truth.recall import measure_recall
from errata.truth.tables import PLANTED, RECALL


def main(*, planted: str, errors: list[str], atlases: list[str], recall: str) -> None:
    inputs = inputs_behind(
        {"planted": planted, **{f"errors/{name}": path for name, path in zip(atlases, errors, strict=True)}}
    )
    measured = measure_recall(
        read_table(PLANTED, planted),
        ((name, scan_table(ERRORS, path)) for name, path in zip(atlases, errors, strict=True)),
    )
    write_table(measured, RECALL, recall, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        planted=snakemake.input.planted,
        errors=list(snakemake.input.errors),
        atlases=list(snakemake.params.atlases),
        recall=snakemake.output[0],
    )
