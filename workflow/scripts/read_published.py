"""Read the paper's tables of a data set."""

from errata.job import run_job
from errata.provenance import inputs_behind, inputs_note
from errata.published.read import read_published
from errata.published.tables import PUBLISHED
from errata.tables import write_table


def main(*, files: dict[str, str], output: str) -> None:
    inputs = inputs_behind({f"published_{group}": file for group, file in files.items()})
    write_table(read_published(files), PUBLISHED, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        files={group: snakemake.input[group] for group in ("all", "organism", "artifact", "other")},
        output=snakemake.output[0],
    )
