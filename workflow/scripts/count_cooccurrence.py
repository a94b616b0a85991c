"""Count which classes occur together in the re-assessed labels of images outside the multi-label set."""

from errata.classes.pairs import count_cooccurrence
from errata.classes.superclasses import sharing_matrix
from errata.classes.tables import CLASSES, COOCCURRENCE, SUPERCLASSES
from errata.job import run_job
from errata.labels.reassessed import read_real
from errata.labels.tables import ANNOTATED, TARGETS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, real: str, targets: str, annotated: str, superclasses: str, classes: str, output: str) -> None:
    inputs = inputs_behind({"real": real, "targets": targets, "annotated": annotated, "superclasses": superclasses})
    reassessed = read_real(real, read_table(TARGETS, targets))
    unannotated = reassessed.join(read_table(ANNOTATED, annotated), on="file_name", how="anti")
    sharing = sharing_matrix(read_table(SUPERCLASSES, superclasses), read_table(CLASSES, classes).height)
    write_table(count_cooccurrence(unannotated, sharing), COOCCURRENCE, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        real=snakemake.input.real,
        targets=snakemake.input.targets,
        annotated=snakemake.input.annotated,
        superclasses=snakemake.input.superclasses,
        classes=snakemake.input.classes,
        output=snakemake.output[0],
    )
