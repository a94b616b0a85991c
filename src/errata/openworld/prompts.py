"""List the prompts of every synset that can be proposed, and select those that compete for a class."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.classes.proposals import Proposer
from errata.classes.wordnet import spoken, wnid_of
from errata.errors import InputError
from errata.openworld.tables import PROMPTS

_SLOT = "{lemma}"


def list_prompts(proposer: Proposer, template: str) -> pl.DataFrame:
    """List the prompts of every lemma name of every synset that can be proposed.

    `template`: a sentence with `{lemma}` in it.
    Returns the table `errata.openworld.tables.PROMPTS`, by offset, the lemma names of a synset in WordNet's order.
    Raises InputError if the template does not contain `{lemma}`.
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


@dataclass(frozen=True)
class Competing:
    """The prompts that compete for some predicted classes, in the order of the proposals, before a target blocks some.

    All have shape (classes, prompts).

    `prompt_rows`, `text_rows`: rows of the table of prompts, and among the distinct prompts.
    `synsets`: int32, which synset of `ProposalIndex.offsets` each names.
    `is_oov`: bool: whether the image is out of vocabulary if this synset wins.
    `can_be_blocked`: bool: whether a target takes the synset out if it is the target or lies above it.
    """

    prompt_rows: np.ndarray
    text_rows: np.ndarray
    synsets: np.ndarray
    is_oov: np.ndarray
    can_be_blocked: np.ndarray


class ProposalIndex:
    """Looks up the prompts that compete for predicted classes.

    `prompts`: the table `errata.openworld.tables.PROMPTS`.
    `ancestors`: see `errata.openworld.settings.OpenWorld`.
    `lemmas`: the lemma name of every row of the table.
    `offsets`: int32, shape (synsets,): what can be proposed, ascending.
    `lengths`: int64, shape (classes,): how many prompts compete for a class.
    Raises InputError if the table of prompts lacks a synset that can be proposed.
    """

    def __init__(self, proposer: Proposer, prompts: pl.DataFrame, *, ancestors: str) -> None:
        """Find the prompts of every synset, and the proposals and ancestors of every class."""
        self.lemmas = prompts["lemma"]
        offsets = prompts["offset"].to_numpy()
        by_offset = offsets.argsort(kind="stable")
        self.offsets, first, count = np.unique(offsets[by_offset], return_index=True, return_counts=True)
        place_of = {offset: place for place, offset in enumerate(self.offsets.tolist())}
        above = [proposer.wordnet.ancestors_or_self(offset) for offset in proposer.offsets]
        self._is_above = np.zeros((len(above), len(self.offsets)), dtype=bool)
        for target, nodes in enumerate(above):
            self._is_above[target, [place_of[node] for node in nodes if node in place_of]] = True
        classes, proposed = frozenset(proposer.offsets), []
        for predicted, own in enumerate(proposer.offsets):
            nodes, unblocked = proposer.candidates(predicted)
            _refuse_absent(nodes, place_of)
            general = above[predicted] - {own}
            harmless = classes | general if ancestors == "not_oov" else classes
            proposed += [
                (predicted, place_of[node], node not in harmless, rank >= unblocked)
                for rank, node in enumerate(nodes)
                if rank < unblocked or ancestors != "left_out" or node not in general
            ]
        of_class, synsets, is_oov, can_be_blocked = (np.array(column) for column in zip(*proposed, strict=True))
        each = count[synsets]
        within = np.arange(each.sum()) - np.repeat(each.cumsum() - each, each)
        prompt_rows = by_offset[np.repeat(first[synsets], each) + within]
        self.lengths = np.bincount(of_class, weights=each, minlength=len(above)).astype(np.int64)
        self._starts = self.lengths.cumsum() - self.lengths
        self._columns = (
            prompt_rows.astype(np.int32),
            prompts["text_row"].to_numpy()[prompt_rows],
            *(np.repeat(column, each) for column in (synsets.astype(np.int32), is_oov, can_be_blocked)),
        )

    def competing(self, classes: np.ndarray) -> Competing:
        """Return the prompts that compete for classes for which there are equally many."""
        starts, length = self._starts[classes], self.lengths[classes[0]]
        return Competing(*(_windows(column, length)[starts] for column in self._columns))

    def blocked(self, competing: Competing, targets: np.ndarray) -> np.ndarray:
        """Return which prompts the target of an image takes out.

        `targets`: one for each of the classes that `competing` is of.
        Returns bool, shape (targets, prompts).
        """
        # of the flat matrix: two index arrays take twice as long
        cells = targets[:, None].astype(np.int64) * self._is_above.shape[1] + competing.synsets
        return self._is_above.take(cells) & competing.can_be_blocked


def _windows(column: np.ndarray, length: int) -> np.ndarray:
    # as `sliding_window_view` does, which takes longer than everything else here
    return np.ndarray((len(column) - length + 1, length), column.dtype, column, strides=column.strides * 2)


def _refuse_absent(nodes: Sequence[int], known: Container[int]) -> None:
    absent = next((node for node in nodes if node not in known), None)
    if absent is not None:
        raise InputError(
            f"the table of prompts lacks the synset {wnid_of(absent)}, which can be proposed; list the prompts of this "
            "vocabulary again."
        )
