"""Describe the classes of a vocabulary and the pairs of them that overlap."""

from errata.classes.pairs import read_overlap
from errata.classes.tables import CLASSES, OVERLAP, WORDNET
from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.classes.wordnet import WordNet
from errata.job import run_job
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, vocabulary: str, wordnet: str, overlap: str, classes_output: str, overlap_output: str) -> None:
    wnids = read_vocabulary(vocabulary)
    inputs = inputs_behind({"vocabulary": vocabulary, "wordnet": wordnet})
    classes = build_classes(wnids, WordNet.from_table(read_table(WORDNET, wordnet)))
    write_table(classes, CLASSES, classes_output, metadata=inputs_note(inputs))
    inputs = inputs_behind({"vocabulary": vocabulary, "class_overlap": overlap})
    write_table(read_overlap(overlap, wnids), OVERLAP, overlap_output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        vocabulary=snakemake.input.vocabulary,
        wordnet=snakemake.input.wordnet,
        overlap=snakemake.input.overlap,
        classes_output=snakemake.output.classes,
        overlap_output=snakemake.output.overlap,
    )
