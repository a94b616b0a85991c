"""Write the pixels of the images of a data set in one view, or a note that models decode them themselves."""

from errata.job import run_job
from errata.tables import ANNOTATED, IMAGES, read_table
from errata.views.build import build_view, leave_uncached
from errata.views.view import parse_view


def main(
    *, images: str, index: str, annotated: str | None = None, view: str, is_cached: bool, output: str, threads: int
) -> None:
    if not is_cached:
        leave_uncached(parse_view(view), output)
        return
    rows = read_table(ANNOTATED, annotated)["position"].to_numpy() if annotated else None
    build_view(images, read_table(IMAGES, index), parse_view(view), output, threads=threads, rows=rows)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images[0],
        index=snakemake.input.index,
        annotated=next(iter(snakemake.input.get("annotated", [])), None),
        view=snakemake.wildcards.view,
        is_cached=snakemake.params.is_cached,
        output=snakemake.output[0],
        threads=snakemake.threads,
    )
