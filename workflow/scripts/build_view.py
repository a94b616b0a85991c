"""Write what a view is and the pixels of the images of a data set in it, if so many models wait for them."""

import json
from dataclasses import asdict

from errata.files import atomic_write
from errata.images.tables import IMAGES
from errata.job import run_job
from errata.labels.tables import ANNOTATED
from errata.tables import read_table
from errata.views.build import build_view, leave_uncached
from errata.views.view import parse_view


def main(
    *,
    images: str,
    index: str,
    annotated: str | None = None,
    view: str,
    is_cached: bool,
    note: str,
    pixels: str,
    threads: int,
) -> None:
    parsed = parse_view(view)
    if is_cached:
        rows = read_table(ANNOTATED, annotated)["position"].to_numpy() if annotated else None
        build_view(images, read_table(IMAGES, index), parsed, pixels, threads=threads, rows=rows)
    else:
        leave_uncached(parsed, pixels)
    with atomic_write(note) as temporary:
        temporary.write_text(json.dumps(asdict(parsed), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        images=snakemake.input.images[0],
        index=snakemake.input.index,
        annotated=next(iter(snakemake.input.get("annotated", [])), None),
        view=snakemake.wildcards.view,
        is_cached=bool(snakemake.resources.is_cached),
        note=snakemake.output.note,
        pixels=snakemake.output.pixels,
        threads=snakemake.threads,
    )
