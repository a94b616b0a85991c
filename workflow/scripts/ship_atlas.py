"""Copy an atlas, its evidence and the published results for the package, once each is read and belongs together.

Beside them go the statements about the published models, which every report would otherwise compute again.
"""

import shutil

import polars.selectors as cs

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import read_evidence
from errata.files import atomic_write
from errata.job import run_job
from errata.provenance import inputs_behind, inputs_note
from errata.published.tables import PUBLISHED
from errata.tables import read_table, write_table
from errata.trends.cloud import trend_models
from errata.trends.statements import all_statements, statement_table
from errata.trends.tables import STATEMENTS

DIGITS = 12
"""Significant digits of the statements' numbers: machines differ in the last ones."""


def main(*, atlas: str, evidence: str, published: str, outputs: dict[str, str]) -> None:
    read_evidence(read_atlas(atlas), evidence)
    said = statement_table({"published": all_statements(trend_models(read_table(PUBLISHED, published)))})
    note = inputs_note(inputs_behind({"published": published}))
    write_table(said.with_columns(cs.float().round_sig_figs(DIGITS)), STATEMENTS, outputs["statements"], metadata=note)
    for role, source in (("atlas", atlas), ("evidence", evidence), ("published", published)):
        with atomic_write(outputs[role]) as temporary:
            shutil.copyfile(source, temporary)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        **{name: snakemake.input[name] for name in ("atlas", "evidence", "published")},
        outputs={name: snakemake.output[name] for name in ("atlas", "evidence", "published", "statements")},
    )
