"""Decide for every image and class near enough whether the image shows something out of vocabulary."""

from errata.classes.proposals import Proposer
from errata.classes.superclasses import sharing_matrix
from errata.classes.tables import CLASSES, SUPERCLASSES, WORDNET
from errata.classes.wordnet import WordNet
from errata.images.tables import IMAGES
from errata.job import run_job
from errata.labels.tables import LABELS
from errata.openworld.prompts import ProposalIndex
from errata.openworld.settings import parse_open_world, settings_note
from errata.openworld.tables import NEIGHBOURS, PROMPTS, VERDICTS
from errata.openworld.vectors import notes_path, read_notes, read_vectors
from errata.openworld.verdicts import decide_verdicts
from errata.provenance import inputs_behind, inputs_note
from errata.tables import read_table, write_table_in_parts


def main(
    *,
    vectors: str,
    prompt_vectors: str,
    tables: dict[str, str],
    open_world: dict,
    output: str,
    threads: int = 1,
) -> None:
    image_notes, prompt_notes = read_notes(notes_path(vectors)), read_notes(notes_path(prompt_vectors))
    settings = parse_open_world(open_world).with_temperature_of(prompt_notes)
    notes = settings_note(
        settings,
        image_notes=image_notes,
        prompt_notes=prompt_notes,
        prompts=tables["prompts"],
        neighbours=tables["neighbours"],
    )
    prompts, classes = read_table(PROMPTS, tables["prompts"]), read_table(CLASSES, tables["classes"])
    sharing = sharing_matrix(read_table(SUPERCLASSES, tables["superclasses"]), classes.height)
    wordnet = WordNet.from_table(read_table(WORDNET, tables["wordnet"]))
    proposer = Proposer.of_classes(wordnet, classes["wnid"].to_list(), sharing)
    parts = decide_verdicts(
        read_table(LABELS, tables["labels"]),
        read_table(NEIGHBOURS, tables["neighbours"]),
        image_vectors=read_vectors(vectors, rows=read_table(IMAGES, tables["index"]).height, what="images"),
        prompt_vectors=read_vectors(prompt_vectors, rows=prompts["text_row"].n_unique(), what="distinct prompts"),
        proposals=ProposalIndex(proposer, prompts, ancestors=settings.ancestors),
        sharing=sharing,
        settings=settings,
        threads=threads,
    )
    inputs = image_notes["inputs"] | prompt_notes["inputs"] | inputs_behind(tables)
    write_table_in_parts(parts, VERDICTS, output, metadata=notes | inputs_note(dict(sorted(inputs.items()))))


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        vectors=snakemake.input.vectors,
        prompt_vectors=snakemake.input.prompt_vectors,
        tables={
            table: snakemake.input[table]
            for table in ("prompts", "neighbours", "index", "labels", "classes", "superclasses", "wordnet")
        },
        open_world=dict(snakemake.params.open_world),
        output=snakemake.output[0],
        threads=snakemake.threads,
    )
