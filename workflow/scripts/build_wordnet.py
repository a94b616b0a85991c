"""Read the noun synsets of a WordNet 3.0 database into a table."""

from errata.classes.tables import WORDNET
from errata.classes.wordnet_build import build_wordnet
from errata.errors import InputError
from errata.job import run_job
from errata.tables import write_table


def main(*, database: str | None, output: str) -> None:
    if not database:
        raise InputError("say where the WordNet 3.0 database is: --config wordnet=FOLDER (Debian: /usr/share/wordnet).")
    write_table(build_wordnet(database), WORDNET, output)


if __name__ == "__main__":
    run_job(snakemake.log[0], main, database=snakemake.input.get("database"), output=snakemake.output[0])
