"""Unpack an archive of the registry; members that would land outside the folder are refused."""

from errata.job import run_job
from errata.sources.archive import unpack


def main(*, archive: str, destination: str) -> None:
    unpack(archive, destination)


if __name__ == "__main__":
    run_job(snakemake.log[0], main, archive=snakemake.input.archive, destination=snakemake.output[0])
