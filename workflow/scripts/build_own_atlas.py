"""Build the atlas of a data set of one's own from its tables, as `errata atlas build` does."""

import logging

from errata.job import run_job
from errata.own_data.build import build

LOG = logging.getLogger(__name__)


def main(*, name: str, classes: str, labels: str, pairs_from: str | None, atlas: str) -> None:
    built = build(classes, labels, name=name, pairs_from=pairs_from)
    for remark in built.remarks:
        LOG.info("%s", remark)
    built.write(atlas)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        name=snakemake.wildcards.dataset,
        classes=snakemake.input.classes,
        labels=snakemake.input.labels,
        pairs_from=snakemake.input.get("pairs_from"),
        atlas=snakemake.output.atlas,
    )
