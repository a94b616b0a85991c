"""Open-world proposals: synsets of WordNet that an image might show, given its target and a prediction."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.classes.wordnet import WordNet, spoken

META_LABELS = frozenset({
    "bird", "clothing", "commodity", "container", "covering", "device", "dog", "equipment", "food", "furniture",
    "geological_formation", "insect", "natural_object", "organism", "primate", "snake", "structure", "vehicle",
    "vessel", "wheeled_vehicle",
})  # fmt: skip
"""Lemma names of the general nodes below which ancestors of the prediction are proposals (the paper's list)."""

PROMPT = "A photo of a {lemma}"
"""The paper's prompt template."""


@dataclass(frozen=True)
class Proposer:
    """Proposes synsets for a prediction.

    Attributes
    ----------
    wordnet : WordNet
    offsets : tuple of int
        The synset of every class, in class-id order.
    sharing : numpy.ndarray
        bool, shape (classes, classes): whether two classes share a superclass.
    """

    wordnet: WordNet
    offsets: tuple[int, ...]
    sharing: np.ndarray

    @classmethod
    def of_classes(cls, wordnet: WordNet, wnids: list[str], sharing: np.ndarray | None = None) -> "Proposer":
        """Return the proposer of a vocabulary, given in class-id order; without `sharing`, classes are on their own."""
        sharing = np.eye(len(wnids), dtype=bool) if sharing is None else sharing
        return cls(wordnet, tuple(wordnet.synset(wnid).offset for wnid in wnids), sharing)

    def synsets(self, predicted_class: int, target: int) -> list[int]:
        """Return the offsets of the proposals for a prediction and a target, without repeats.

        In order: the prediction; the other classes that share a superclass with it; its siblings; the nodes of its
        hypernym paths from the first one with a meta-label on. Siblings and path nodes that are the target or above
        it are left out, since naming them would not contradict the target. Synsets related to one are in the order
        of the table `errata.classes.tables.WORDNET`, which is that of their names; among equally similar texts the
        first proposal wins, so the order decides where two synsets have the same name.
        """
        nodes, unblocked = self.candidates(predicted_class)
        blocked = self.wordnet.ancestors_or_self(self.offsets[target])
        return [*nodes[:unblocked], *(node for node in nodes[unblocked:] if node not in blocked)]

    def candidates(self, predicted_class: int) -> tuple[list[int], int]:
        """Return the offsets of the proposals for a prediction over all targets, in order and without repeats.

        Returns
        -------
        nodes : list of int
        unblocked : int
            How many at the front no target removes: the prediction and its superclass mates, even if a class of the
            vocabulary lies above another.
        """
        own = self.offsets[predicted_class]
        mates = [
            self.offsets[mate] for mate in np.flatnonzero(self.sharing[predicted_class]) if mate != predicted_class
        ]
        known = dict.fromkeys([own, *mates])
        return list(known | dict.fromkeys([*self.wordnet.siblings(own), *self._labelled_path_nodes(own)])), len(known)

    def prompts(self, predicted_class: int, target: int) -> pl.DataFrame:
        """Return one row per (synset, lemma name) of the proposals: `offset`, `lemma`, `prompt`, in their order."""
        rows = [
            (offset, lemma, PROMPT.format(lemma=spoken(lemma)))
            for offset in self.synsets(predicted_class, target)
            for lemma in self.wordnet.synsets[offset].lemmas
        ]
        return pl.DataFrame(rows, schema={"offset": pl.Int32, "lemma": pl.String, "prompt": pl.String}, orient="row")

    def universe(self) -> list[int]:
        """Return, in ascending order, every synset that can be proposed for any prediction and target."""
        nodes = set(self.offsets)
        for offset in self.offsets:
            nodes.update(self.wordnet.siblings(offset), self._labelled_path_nodes(offset))
        return sorted(nodes)

    def _labelled_path_nodes(self, offset: int) -> list[int]:
        nodes: list[int] = []
        for path in self.wordnet.hypernym_paths(offset):
            labelled = [not META_LABELS.isdisjoint(self.wordnet.synsets[node].lemmas) for node in path]
            if any(labelled):
                nodes.extend(path[labelled.index(True) :])
        return nodes
