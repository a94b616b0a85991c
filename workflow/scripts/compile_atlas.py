"""Compile an error atlas and gather the evidence behind it."""

from errata.atlas.atlas import write_atlas
from errata.atlas.compile import compile_atlas
from errata.atlas.evidence import build_evidence
from errata.atlas.facts import ClassKnowledge
from errata.classes.cooccurrence import spurious_matrix
from errata.classes.overlap import overlap_matrix
from errata.classes.superclasses import sharing_matrix
from errata.job import run_job
from errata.provenance import inputs_behind, inputs_note
from errata.tables import (
    CLASSES,
    COOCCURRENCE,
    EVIDENCE,
    LABELS,
    OVERLAP,
    SUPERCLASSES,
    TARGETS,
    read_table,
    write_table,
)


def main(*, name: str, dataset: str, has_multilabels: bool, tables: dict[str, str], atlas: str, evidence: str) -> None:
    inputs = inputs_behind(tables)
    labels, classes = read_table(LABELS, tables["labels"]), read_table(CLASSES, tables["classes"])
    overlap, superclasses = read_table(OVERLAP, tables["overlap"]), read_table(SUPERCLASSES, tables["superclasses"])
    cooccurrence = read_table(COOCCURRENCE, tables["cooccurrence"])
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
        dataset_images=read_table(TARGETS, tables["targets"]).height,
        has_multilabels=has_multilabels,
        provenance={"inputs": inputs},
    )
    write_atlas(compiled, atlas)
    facts = build_evidence(labels, superclasses=superclasses, overlap=overlap, cooccurrence=cooccurrence)
    write_table(facts, EVIDENCE, evidence, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        name=snakemake.wildcards.atlas,
        dataset=snakemake.wildcards.dataset,
        has_multilabels=snakemake.params.has_multilabels,
        tables={
            table: snakemake.input[table]
            for table in ("targets", "labels", "classes", "overlap", "superclasses", "cooccurrence")
        },
        atlas=snakemake.output.atlas,
        evidence=snakemake.output.evidence,
    )
