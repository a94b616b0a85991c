"""Compile an error atlas and gather the evidence behind it."""

from errata.atlas.compiled import write_atlas
from errata.atlas.decision import ClassKnowledge, compile_atlas
from errata.atlas.evidence import build_evidence, neighbour_facts
from errata.atlas.tables import EVIDENCE
from errata.classes.pairs import overlap_matrix, spurious_matrix
from errata.classes.superclasses import sharing_matrix
from errata.classes.tables import CLASSES, COOCCURRENCE, OVERLAP, SUPERCLASSES
from errata.images.tables import IMAGES
from errata.job import run_job
from errata.labels.label_table import read_part, unreadable_images
from errata.labels.reassessed import read_label_set
from errata.labels.tables import LABELS, TARGETS
from errata.openworld.settings import read_settings_note
from errata.openworld.tables import NEIGHBOURS, VERDICTS
from errata.openworld.verdicts import oov_matrix
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(
    *,
    name: str,
    dataset: str,
    title: str,
    has_multilabels: bool,
    tables: dict[str, str],
    verdicts: str | None = None,
    neighbours: str | None = None,
    train_index: str | None = None,
    atlas: str,
    evidence: str,
) -> None:
    inputs = inputs_behind(tables | ({"verdicts": verdicts} if verdicts else {}))
    labels, classes = read_table(LABELS, tables["labels"]), read_table(CLASSES, tables["classes"])
    overlap, superclasses = read_table(OVERLAP, tables["overlap"]), read_table(SUPERCLASSES, tables["superclasses"])
    cooccurrence = read_table(COOCCURRENCE, tables["cooccurrence"])
    is_oov, settings = None, {}
    if verdicts:
        is_oov = oov_matrix(read_table(VERDICTS, verdicts), labels, classes.height)
        settings = {"open_world": read_settings_note(verdicts)}
    label_set = read_label_set(tables["labels"])
    if label_set:
        settings["label_set"] = label_set
    part = read_part(tables["labels"])
    if part:
        settings["part"] = part
    targets = read_table(TARGETS, tables["targets"])
    compiled = compile_atlas(
        labels,
        classes,
        ClassKnowledge(
            overlap=overlap_matrix(overlap, classes.height),
            sharing=sharing_matrix(superclasses, classes.height),
            spurious=spurious_matrix(cooccurrence, classes.height),
        ),
        name=name,
        dataset=dataset,
        dataset_images=targets.height,
        has_multilabels=has_multilabels,
        is_oov=is_oov,
        provenance={"title": title, **settings, "inputs": inputs},
        unreadable=unreadable_images(tables["labels"]),
        targets=targets,
    )
    nearest = None
    if verdicts and neighbours:
        nearest = neighbour_facts(
            labels,
            read_table(NEIGHBOURS, neighbours),
            count=settings["open_world"]["neighbours"],
            train_files=read_table(IMAGES, train_index).sort("position")["file_name"] if train_index else None,
        )
    facts = build_evidence(
        labels, superclasses=superclasses, overlap=overlap, cooccurrence=cooccurrence, neighbours=nearest
    )
    write_table(facts, EVIDENCE, evidence, metadata=inputs_note(inputs))
    write_atlas(compiled, atlas, beside={"evidence": evidence, **({"verdicts": verdicts} if verdicts else {})})


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        name=snakemake.wildcards.atlas,
        dataset=snakemake.wildcards.dataset,
        title=snakemake.params.title,
        has_multilabels=snakemake.params.has_multilabels,
        tables={
            table: snakemake.input[table]
            for table in ("targets", "labels", "classes", "overlap", "superclasses", "cooccurrence")
        },
        verdicts=next(iter(snakemake.input.get("verdicts", [])), None),
        neighbours=next(iter(snakemake.input.get("neighbours", [])), None),
        train_index=next(iter(snakemake.input.get("train_index", [])), None),
        atlas=snakemake.output.atlas,
        evidence=snakemake.output.evidence,
    )
