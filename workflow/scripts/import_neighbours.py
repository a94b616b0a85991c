"""Take the neighbours of a data set from the archive of the paper's authors."""

from errata.classes.tables import CLASSES
from errata.job import run_job
from errata.labels.tables import TARGETS
from errata.openworld.import_neighbours import NEIGHBOURS_PATTERN, SAMPLES_FILE, folder_of, import_neighbours
from errata.openworld.settings import published_note
from errata.openworld.tables import NEIGHBOURS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, folder: str, targets: str, classes: str, dataset: str, output: str) -> None:
    place = folder_of(folder, dataset)
    table = import_neighbours(place, read_table(TARGETS, targets), class_count=read_table(CLASSES, classes).height)
    files = {"published_samples": place / SAMPLES_FILE, "published_neighbours": next(place.glob(NEIGHBOURS_PATTERN))}
    inputs = inputs_behind({"targets": targets, "classes": classes, **files})
    write_table(table, NEIGHBOURS, output, metadata=inputs_note(inputs) | published_note())


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        folder=snakemake.input.folder,
        targets=snakemake.input.targets,
        classes=snakemake.input.classes,
        dataset=snakemake.wildcards.dataset,
        output=snakemake.output[0],
    )
