"""Place every model among the published ones."""

from errata.job import run_job
from errata.profiles.tables import PROFILE
from errata.provenance import inputs_behind, inputs_note
from errata.published.tables import COMPARISON, PUBLISHED
from errata.tables import read_table, write_table
from errata.trends.lines import compare


def main(*, profile: str, published: str, output: str) -> None:
    inputs = inputs_behind({"profile": profile, "published": published})
    comparison = compare(read_table(PROFILE, profile), read_table(PUBLISHED, published))
    write_table(comparison, COMPARISON, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        profile=snakemake.input.profile,
        published=snakemake.input.published,
        output=snakemake.output[0],
    )
