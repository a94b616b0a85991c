"""List the prompts for everything that WordNet can propose for a vocabulary."""

from errata.classes.proposals import Proposer
from errata.classes.tables import CLASSES, WORDNET
from errata.classes.wordnet import WordNet
from errata.job import run_job
from errata.openworld.prompts import list_prompts
from errata.openworld.settings import TEMPLATE_KEY
from errata.openworld.tables import PROMPTS
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table


def main(*, classes: str, wordnet: str, template: str, output: str) -> None:
    proposer = Proposer.of_classes(
        WordNet.from_table(read_table(WORDNET, wordnet)), read_table(CLASSES, classes)["wnid"].to_list()
    )
    inputs = inputs_behind({"classes": classes, "wordnet": wordnet})
    notes = inputs_note(inputs) | {TEMPLATE_KEY: template}
    write_table(list_prompts(proposer, template), PROMPTS, output, metadata=notes)


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        classes=snakemake.input.classes,
        wordnet=snakemake.input.wordnet,
        template=snakemake.params.template,
        output=snakemake.output[0],
    )
