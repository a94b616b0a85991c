"""Captions of the demo world: how pictures are spoken about when the demo's encoders are trained."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from errata.classes.proposals import Proposer
from errata.classes.wordnet import spoken

TEMPLATES = (
    "A photo of a {lemma}",
    "A photo of a {lemma}",
    "A picture of a {lemma}",
    "A drawing of a {lemma}",
    "A {lemma} in a picture",
    "{lemma}",
)
"""Ways to say what a picture shows; the pipeline's own prompt comes first and most often."""

OWN_NAME, GENERAL_NAME = 0.75, 0.25
"""How often a caption names the thing itself, and how often only its kind (bird, car, fruit)."""


@dataclass(frozen=True)
class Captions:
    """Every name that can be said about a picture, and which of them are said about which entity.

    Attributes
    ----------
    lemmas : tuple of str
        Spoken names, one per (synset, lemma name).
    own : dict of str to numpy.ndarray
        wnid of an entity -> rows of its own names.
    general : dict of str to numpy.ndarray
        wnid -> rows of the names of its direct hypernyms.
    silent : dict of str to numpy.ndarray
        wnid -> rows of all names that are true of it: its own, and those of everything above it. They are no
        counter-examples for a picture of the entity.
    """

    lemmas: tuple[str, ...]
    own: dict[str, np.ndarray]
    general: dict[str, np.ndarray]
    silent: dict[str, np.ndarray]

    def targets(self, wnids: Iterable[str], shares: Iterable[float]) -> np.ndarray:
        """Return how often a caption of a picture with these things says each name: float32, summing to one."""
        said = np.zeros(len(self.lemmas), dtype=np.float32)
        for wnid, share in zip(wnids, shares, strict=True):
            for rows, weight in ((self.own[wnid], OWN_NAME), (self.general[wnid], GENERAL_NAME)):
                said[rows] += share * weight / max(len(rows), 1)
        return said / said.sum()

    def counts(self, wnids: Iterable[str]) -> np.ndarray:
        """Return which names stand against the caption of a picture with these things: all that are not true of it."""
        against = np.ones(len(self.lemmas), dtype=bool)
        for wnid in wnids:
            against[self.silent[wnid]] = False
        return against


def list_captions(proposer: Proposer, wnids: Iterable[str]) -> Captions:
    """List all names that the open-world check can propose for the vocabulary, and what they say about entities.

    Parameters
    ----------
    proposer : Proposer
        Of the vocabulary; names of things that are never drawn are counter-examples for every picture.
    wnids : iterable of str
        The entities that are drawn, in the vocabulary or not.
    """
    wordnet = proposer.wordnet
    offsets = set(proposer.universe())
    rows = [(offset, lemma) for offset in sorted(offsets) for lemma in wordnet.synsets[offset].lemmas]
    by_offset: dict[int, list[int]] = {}
    for row, (offset, _) in enumerate(rows):
        by_offset.setdefault(offset, []).append(row)
    entities = [wordnet.synset(wnid) for wnid in wnids]
    return Captions(
        lemmas=tuple(spoken(lemma) for _, lemma in rows),
        own={entity.wnid: _rows(by_offset, [entity.offset]) for entity in entities},
        general={entity.wnid: _rows(by_offset, entity.hypernyms) for entity in entities},
        silent={entity.wnid: _rows(by_offset, wordnet.ancestors_or_self(entity.offset)) for entity in entities},
    )


def caption_words(captions: Captions) -> list[str]:
    """Return the words of all captions, the names of what is drawn ten times, for learning a tokenizer."""
    drawn = {row for rows in captions.own.values() for row in rows.tolist()}
    names = [name for row, name in enumerate(captions.lemmas) for _ in range(10 if row in drawn else 1)]
    texts = [*names, *(template.format(lemma="") for template in TEMPLATES for _ in range(50))]
    return [word for text in texts for word in re.findall(r"[a-z]+|[0-9]|[^\sa-z0-9]+", text.lower())]


def _rows(by_offset: dict[int, list[int]], offsets: Iterable[int]) -> np.ndarray:
    return np.array(sorted(row for offset in offsets for row in by_offset.get(offset, [])), dtype=np.int64)
