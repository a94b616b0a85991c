"""Put re-assessed labels in the place of the multi-labels of a data set."""

from errata.job import run_job
from errata.labels.label_table import unreadable_notes
from errata.labels.reassessed import label_set_note, read_real, reassess_labels
from errata.labels.tables import LABELS, TARGETS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, labels: str, targets: str, real: str, output: str) -> None:
    inputs = inputs_behind({"labels": labels, "targets": targets, "real": real})
    table, note = reassess_labels(read_table(LABELS, labels), read_real(real, read_table(TARGETS, targets)))
    write_table(table, LABELS, output, metadata=inputs_note(inputs) | unreadable_notes(labels) | label_set_note(note))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        labels=snakemake.input.labels,
        targets=snakemake.input.targets,
        real=snakemake.input.real,
        output=snakemake.output[0],
    )
