"""Copy an atlas, its evidence and the published results for the package, once each is read and belongs together."""

import shutil

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import read_evidence
from errata.files import atomic_write
from errata.job import run_job
from errata.published.tables import PUBLISHED
from errata.tables import read_table


def main(*, atlas: str, evidence: str, published: str, outputs: dict[str, str]) -> None:
    read_evidence(read_atlas(atlas), evidence)
    read_table(PUBLISHED, published)
    for role, source in (("atlas", atlas), ("evidence", evidence), ("published", published)):
        with atomic_write(outputs[role]) as temporary:
            shutil.copyfile(source, temporary)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        **{name: snakemake.input[name] for name in ("atlas", "evidence", "published")},
        outputs={name: snakemake.output[name] for name in ("atlas", "evidence", "published")},
    )
