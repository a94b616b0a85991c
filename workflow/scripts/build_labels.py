"""Put targets, multi-labels and expert lists of a data set together."""

from errata.job import run_job
from errata.labels.experts import read_experts
from errata.labels.labels import build_labels
from errata.labels.multilabels import read_multilabels
from errata.provenance import inputs_behind, inputs_note
from errata.tables import CLASSES, LABELS, TARGETS, read_table, write_table


def main(
    *, targets: str, classes: str, multilabels: str | None, experts: list[str], expert_lists: list[str], output: str
) -> None:
    lists = dict(zip(expert_lists, experts, strict=True))
    inputs = inputs_behind(
        {"targets": targets, "classes": classes, **({"multilabels": multilabels} if multilabels else {}), **lists}
    )
    wnids = read_table(CLASSES, classes)["wnid"].to_list()
    labels = build_labels(
        read_table(TARGETS, targets),
        multilabels=read_multilabels(multilabels, wnids) if multilabels else None,
        experts=read_experts(lists) if lists else None,
    )
    write_table(labels, LABELS, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        targets=snakemake.input.targets,
        classes=snakemake.input.classes,
        multilabels=next(iter(snakemake.input.get("multilabels", [])), None),
        experts=list(snakemake.input.get("experts", [])),
        expert_lists=snakemake.params.expert_lists,
        output=snakemake.output[0],
    )
