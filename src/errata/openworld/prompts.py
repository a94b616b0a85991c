"""Prompts: what is put into words for every synset that can be proposed."""

import polars as pl

from errata.classes.proposals import Proposer
from errata.classes.wordnet import spoken
from errata.errors import InputError
from errata.openworld.tables import PROMPTS

_SLOT = "{lemma}"


def list_prompts(proposer: Proposer, template: str) -> pl.DataFrame:
    """Put every lemma name of every synset that can be proposed into words.

    Parameters
    ----------
    proposer : Proposer
    template : str
        A sentence with `{lemma}` in it.

    Returns
    -------
    polars.DataFrame
        The table `errata.openworld.tables.PROMPTS`, by offset, the lemma names of a synset in WordNet's order.

    Raises
    ------
    InputError
        If the template does not contain `{lemma}`.
    """
    if _SLOT not in template:
        raise InputError(f"the prompt template {template!r} must contain {_SLOT}, where the name of the synset goes.")
    synsets = proposer.wordnet.synsets
    rows = [
        (offset, lemma, template.replace(_SLOT, spoken(lemma)))
        for offset in proposer.universe()
        for lemma in synsets[offset].lemmas
    ]
    prompts = pl.DataFrame(rows, schema={"offset": pl.Int32, "lemma": pl.String, "prompt": pl.String}, orient="row")
    return prompts.join(_distinct(prompts["prompt"]), on="prompt", maintain_order="left").select(*PROMPTS.columns)


def distinct_prompts(prompts: pl.DataFrame) -> list[str]:
    """Return the distinct prompts of a table of prompts, by `text_row`."""
    return prompts.unique("text_row").sort("text_row")["prompt"].to_list()


def _distinct(prompts: pl.Series) -> pl.DataFrame:
    distinct = prompts.unique(maintain_order=True).to_frame().with_row_index("text_row")
    return distinct.with_columns(pl.col("text_row").cast(pl.Int32))
