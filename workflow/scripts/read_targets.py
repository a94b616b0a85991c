"""List the images of a data set and their targets."""

from errata.job import run_job
from errata.labels.targets import read_targets
from errata.provenance import inputs_behind, inputs_note
from errata.tables import CLASSES, TARGETS, read_table, write_table


def main(*, images: str, classes: str, output: str) -> None:
    inputs = inputs_behind({"targets": images, "classes": classes})
    targets = read_targets(images, read_table(CLASSES, classes)["wnid"].to_list())
    write_table(targets, TARGETS, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images,
        classes=snakemake.input.classes,
        output=snakemake.output[0],
    )
