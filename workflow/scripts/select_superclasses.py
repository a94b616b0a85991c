"""Select the classes of every superclass."""

from errata.classes.superclasses import read_superclasses, select_classes
from errata.classes.tables import CLASSES, SUPERCLASSES, WORDNET
from errata.classes.wordnet import WordNet
from errata.job import run_job
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, definitions: str, classes: str, wordnet: str, output: str) -> None:
    inputs = inputs_behind({"superclasses": definitions, "classes": classes, "wordnet": wordnet})
    wnids = read_table(CLASSES, classes)["wnid"].to_list()
    nouns = WordNet.from_table(read_table(WORDNET, wordnet))
    superclasses = select_classes(read_superclasses(definitions), wnids, nouns)
    write_table(superclasses, SUPERCLASSES, output, metadata=inputs_note(inputs))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        definitions=snakemake.input.definitions,
        classes=snakemake.input.classes,
        wordnet=snakemake.input.wordnet,
        output=snakemake.output[0],
    )
