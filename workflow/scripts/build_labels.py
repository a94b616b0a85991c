"""Put targets, multi-labels and expert lists of a data set together."""

from errata.classes.tables import CLASSES
from errata.images.tables import IMAGES
from errata.job import run_job
from errata.labels.label_table import build_labels, keep_part, leave_out_unreadable, read_experts
from errata.labels.multilabels import read_multilabels
from errata.labels.tables import LABELS, TARGETS
from errata.labels.targets import read_targets
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(
    *,
    targets: str,
    classes: str,
    multilabels: str | None,
    experts: list[str],
    expert_lists: list[str],
    index: str | None = None,
    part: str | None = None,
    output: str,
) -> None:
    lists = dict(zip(expert_lists, experts, strict=True))
    optional = {role: path for role, path in (("multilabels", multilabels), ("images", index), ("part", part)) if path}
    inputs = inputs_behind({"targets": targets, "classes": classes, **optional, **lists})
    wnids = read_table(CLASSES, classes)["wnid"].to_list()
    known = read_table(TARGETS, targets)
    labels = build_labels(
        known,
        multilabels=read_multilabels(multilabels, wnids) if multilabels else None,
        experts=read_experts(lists) if lists else None,
    )
    notes: dict[str, str] = {}
    if index is not None:
        labels, notes = leave_out_unreadable(labels, known, read_table(IMAGES, index))
    if part is not None:
        labels, listed = keep_part(labels, known, read_targets(part, wnids))
        notes |= listed
    write_table(labels, LABELS, output, metadata=inputs_note(inputs) | notes)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        targets=snakemake.input.targets,
        classes=snakemake.input.classes,
        multilabels=next(iter(snakemake.input.get("multilabels", [])), None),
        experts=list(snakemake.input.get("experts", [])),
        expert_lists=snakemake.params.expert_lists,
        index=next(iter(snakemake.input.get("index", [])), None),
        part=next(iter(snakemake.input.get("part", [])), None),
        output=snakemake.output[0],
    )
