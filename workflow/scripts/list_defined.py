"""List what is defined on which data set."""

from errata.job import run_job
from errata.labels.tables import LABELS
from errata.provenance import inputs_behind, inputs_note
from errata.sheets import read_datasets, with_multilabels
from errata.tables import read_table, write_table
from errata.trust.defined import list_defined
from errata.trust.tables import DEFINED


def main(
    *,
    sheet: str,
    labels: list[str],
    datasets: list[str],
    given: list[str],
    planted: list[str],
    open_world: list[str],
    defined: str,
) -> None:
    tables = dict(zip(datasets, labels, strict=True))
    listed = list_defined(
        with_multilabels(read_datasets(sheet), given),
        in_run=datasets,
        planted=planted,
        open_world=open_world,
        imagenet_m={name: not read_table(LABELS, path)["is_imagenet_m"].null_count() for name, path in tables.items()},
    )
    write_table(listed, DEFINED, defined, metadata=inputs_note(inputs_behind({"datasets": sheet, **tables})))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        sheet=snakemake.input.sheet,
        labels=list(snakemake.input.labels),
        datasets=list(snakemake.params.datasets),
        given=list(snakemake.params.with_multilabels),
        planted=list(snakemake.params.planted),
        open_world=list(snakemake.params.open_world),
        defined=snakemake.output[0],
    )
