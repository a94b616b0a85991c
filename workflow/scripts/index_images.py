"""Find and decode every image of a data set, and note which cannot be read."""

from errata.images.index import index_images
from errata.images.tables import IMAGES
from errata.job import run_job
from errata.labels.tables import TARGETS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, images: str, targets: str, is_part: bool = False, output: str, threads: int) -> None:
    index, origin = index_images(images, read_table(TARGETS, targets), threads=threads, is_part=is_part)
    inputs = {**inputs_behind({"targets": targets}), "images": origin}
    write_table(index, IMAGES, output, metadata=inputs_note(dict(sorted(inputs.items()))))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images[0],
        targets=snakemake.input.targets,
        is_part=snakemake.params.is_part,
        output=snakemake.output[0],
        threads=snakemake.threads,
    )
