"""List the annotated images of a data set: those with multi-labels, or all where nobody made any."""

from errata.classes.tables import CLASSES
from errata.job import run_job
from errata.labels.multilabels import annotated_images, read_multilabels
from errata.labels.tables import ANNOTATED, TARGETS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, targets: str, classes: str, multilabels: str | None, output: str) -> None:
    inputs = inputs_behind({"targets": targets, **({"multilabels": multilabels} if multilabels else {})})
    annotated = read_table(TARGETS, targets).select(*ANNOTATED.columns)
    if multilabels:
        known = read_multilabels(multilabels, read_table(CLASSES, classes)["wnid"].to_list())
        annotated = annotated_images(annotated, known)
    write_table(annotated, ANNOTATED, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        targets=snakemake.input.targets,
        classes=snakemake.input.classes,
        multilabels=next(iter(snakemake.input.get("multilabels", [])), None),
        output=snakemake.output[0],
    )
