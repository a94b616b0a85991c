"""Write the pixels of all images of a data set in one view."""

from errata.job import run_job
from errata.tables import IMAGES, read_table
from errata.views.build import build_view
from errata.views.view import parse_view


def main(*, images: str, index: str, view: str, output: str, threads: int) -> None:
    build_view(images, read_table(IMAGES, index), parse_view(view), output, threads=threads)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images,
        index=snakemake.input.index,
        view=snakemake.wildcards.view,
        output=snakemake.output[0],
        threads=snakemake.threads,
    )
