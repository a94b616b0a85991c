"""List the prompts of every synset that can be proposed, and select those that compete for a class."""

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
class ClassProposals:
    """The proposals for a predicted class, before a target blocks some of them.

    `offsets`: int32, shape (synsets,), in the order of the proposals.
    `starts`, `lengths`: int64, shape (synsets,): where the prompts of a synset start and how many it has.
    `prompt_rows`, `text_rows`: int64, shape (prompts,): rows of the table of prompts, and among the distinct prompts.
    `is_oov`: bool, shape (synsets,): whether the image is out of vocabulary if this synset wins.
    `unblocked`: how many synsets at the front no target takes out.
    `is_above`: bool, shape (targets, all synsets that can be proposed): whether a synset is a target or lies above it.
        Shared by all classes.
    `columns`: int64, shape (synsets,): the columns of `is_above`.
    """

    offsets: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    prompt_rows: np.ndarray
    text_rows: np.ndarray
    is_oov: np.ndarray
    unblocked: int
    is_above: np.ndarray
    columns: np.ndarray

    def blocked_by(self, targets: np.ndarray) -> np.ndarray:
        """Return which synsets each target takes out: bool, shape (targets, synsets)."""
        blocked = self.is_above[targets[:, None], self.columns]
        blocked[:, : self.unblocked] = False
        return blocked


class ProposalIndex:
    """Looks up the proposals of classes in the table of prompts.

    `prompts`: the table `errata.openworld.tables.PROMPTS`.
    `ancestors`: see `errata.openworld.settings.OpenWorld`.
    `lemmas`: the lemma name of every row of the table.
    Raises InputError if the table of prompts lacks a synset that can be proposed.
    """

    def __init__(self, proposer: Proposer, prompts: pl.DataFrame, *, ancestors: str) -> None:
        """Find the prompts of every synset and the ancestors of every class."""
        self._proposer = proposer
        self._ancestors = ancestors
        self._of_class: dict[int, ClassProposals] = {}
        self._text_rows = prompts["text_row"].to_numpy().astype(np.int64)
        self.lemmas = prompts["lemma"]
        rows_of = prompts.with_row_index("row").group_by("offset", maintain_order=True).agg("row")
        self._rows_of = {offset: np.asarray(rows, dtype=np.int64) for offset, rows in rows_of.iter_rows()}
        self._column_of = {offset: column for column, offset in enumerate(self._rows_of)}
        self._above = [proposer.wordnet.ancestors_or_self(offset) for offset in proposer.offsets]
        self._is_above = np.zeros((len(self._above), len(self._column_of)), dtype=bool)
        for target, above in enumerate(self._above):
            self._is_above[target, [self._column_of[node] for node in above if node in self._column_of]] = True
        self._classes = frozenset(proposer.offsets)
        absent = next((node for node in proposer.universe() if node not in self._rows_of), None)
        if absent is not None:
            raise InputError(
                f"the table of prompts lacks the synset {wnid_of(absent)}, which can be proposed; list the prompts "
                "of this vocabulary again."
            )

    def of_class(self, predicted_class: int) -> ClassProposals:
        """Return the proposals for a prediction; each class is looked up once."""
        if predicted_class not in self._of_class:
            self._of_class[predicted_class] = self._look_up(predicted_class)
        return self._of_class[predicted_class]

    def _look_up(self, predicted_class: int) -> ClassProposals:
        nodes, unblocked = self._proposer.candidates(predicted_class)
        above = self._above[predicted_class] - {nodes[0]}
        if self._ancestors == "left_out":
            nodes = [*nodes[:unblocked], *(node for node in nodes[unblocked:] if node not in above)]
        harmless = self._classes | above if self._ancestors == "not_oov" else self._classes
        rows = [self._rows_of[node] for node in nodes]
        lengths = np.array([len(some) for some in rows], dtype=np.int64)
        prompt_rows = np.concatenate(rows)
        return ClassProposals(
            offsets=np.array(nodes, dtype=np.int32),
            starts=np.cumsum(lengths) - lengths,
            lengths=lengths,
            prompt_rows=prompt_rows,
            text_rows=self._text_rows[prompt_rows],
            is_oov=np.array([node not in harmless for node in nodes]),
            unblocked=unblocked,
            is_above=self._is_above,
            columns=np.array([self._column_of[node] for node in nodes], dtype=np.int64),
        )
