"""Download one file of the registry, or take it from the mirror folder."""

from pathlib import Path

from errata.errors import InputError
from errata.job import run_job
from errata.sources.download import fetch_source
from errata.sources.registry import find_source, namesakes_of, read_sources


def main(*, source: str, registry: str, destination: str, mirror: str | None, offline: bool) -> None:
    sources = read_sources(registry)
    row = find_source(sources, source)
    if Path(destination).name != row.file:
        raise InputError(f"{destination}: the file of source '{source}' is called {row.file}, ask for that.")
    fetch_source(row, destination, mirror=mirror or None, offline=offline, namesakes=namesakes_of(sources, row))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        source=snakemake.wildcards.source,
        registry=snakemake.input.registry,
        destination=snakemake.output[0],
        mirror=snakemake.config["mirror"],
        offline=snakemake.config["offline"],
    )
