"""Place every model among the published ones, and estimate what was not checked from these."""

from errata.job import run_job
from errata.profiles.tables import PROFILE
from errata.provenance import inputs_behind, inputs_note
from errata.published.tables import COMPARISON, PUBLISHED
from errata.tables import read_table, write_table
from errata.trends.estimate import estimate_unchecked
from errata.trends.lines import compare
from errata.trends.tables import ESTIMATE


def main(*, profile: str, published: str, comparison: str, estimate: str) -> None:
    note = inputs_note(inputs_behind({"profile": profile, "published": published}))
    models, of_paper = read_table(PROFILE, profile), read_table(PUBLISHED, published)
    write_table(compare(models, of_paper), COMPARISON, comparison, metadata=note)
    write_table(estimate_unchecked(models, of_paper), ESTIMATE, estimate, metadata=note)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        profile=snakemake.input.profile,
        published=snakemake.input.published,
        **snakemake.output,
    )
