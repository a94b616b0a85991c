"""List the images of a data set and their targets."""

from pathlib import Path

from errata.classes.tables import CLASSES
from errata.images.index import describe_names
from errata.job import run_job
from errata.labels.tables import TARGETS
from errata.labels.targets import is_list, read_targets
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, images: str, classes: str, output: str) -> None:
    targets = read_targets(images, read_table(CLASSES, classes)["wnid"].to_list())
    inputs = inputs_behind({"classes": classes, **({"targets": images} if is_list(images) else {})})
    if not is_list(images):
        inputs["targets"] = describe_names(Path(images), targets["file_name"])
    write_table(targets, TARGETS, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images[0],
        classes=snakemake.input.classes,
        output=snakemake.output[0],
    )
