"""Group classes by WordNet: find the synset of a name, and the hypernyms that several classes share."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from errata.classes.tables import WORDNET
from errata.classes.wordnet import Synset, WordNet
from errata.errors import InputError
from errata.tables import read_table

NOUNS = Path(__file__).parents[3] / "resources/wordnet/nouns.parquet"
"""The table of nouns in a checkout of the project."""

_BRACKETED = re.compile(r"(.+?)\s*\((.+)\)")


@dataclass(frozen=True)
class Nouns:
    """Names looked up in WordNet."""

    wordnet: WordNet

    @cached_property
    def _by_lemma(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for offset, synset in self.wordnet.synsets.items():
            for lemma in {_key(lemma) for lemma in synset.lemmas}:
                found[lemma].append(offset)
        return found

    def meanings(self, name: str) -> list[Synset]:
        """Return the synsets that a name may mean; of `crane (bird)`, those with `bird` on their hypernym paths.

        Case does not matter, underscores are spaces.
        """
        parts = _BRACKETED.fullmatch(name)
        plain, above = parts.groups() if parts else (name, None)
        found = self._by_lemma.get(_key(name), []) or self._by_lemma.get(_key(plain), [])
        return [
            self.wordnet.synsets[offset]
            for offset in found
            if above is None or _key(above) in {_key(lemma) for lemma in self.wordnet.lemmas_above(offset)}
        ]

    def meanings_of_class(self, wnid: str, names: Sequence[str]) -> list[Synset]:
        """Return the synset of a wnid, else the meanings of the first of a class's names that WordNet has.

        Raises
        ------
        InputError
            If the wnid is none and not the class's name either.
        """
        if wnid != names[0]:
            return [self.wordnet.synset(wnid)]
        return next(filter(None, map(self.meanings, names)), [])

    def describe(self, synset: Synset) -> str:
        """Return a synset in words: its wnid, first lemma and what it is a kind of."""
        above = (synset.hypernyms + synset.instance_hypernyms)[:1]
        kind = f", a kind of {title(self.wordnet.synsets[above[0]])}" if above else ""
        return f"{synset.wnid} {title(synset)}{kind}"


def find_nouns(path: Path | None, *, needed: bool) -> Nouns | None:
    """Read WordNet's nouns: the table of the project, by default that of this checkout, or a database as nltk has it.

    Return None if none is named, there is no checkout, and it is not needed.

    Raises
    ------
    InputError
        If there is none and it is needed.
    """
    if path is not None and path.is_dir():
        # only here: nltk is needed for nothing else
        from errata.classes.wordnet_build import build_wordnet

        return Nouns(WordNet.from_table(build_wordnet(path)))
    if path is None and not NOUNS.is_file():
        if not needed:
            return None
        raise InputError(
            "WordNet's nouns do not come with the installed package. Give --wordnet FILE: "
            "resources/wordnet/nouns.parquet of the project, or the folder corpora/wordnet that "
            "nltk.download('wordnet') leaves."
        )
    return Nouns(WordNet.from_table(read_table(WORDNET, path or NOUNS)))


def title(synset: Synset) -> str:
    """Return the first lemma name of a synset, as it is written in a sentence."""
    return synset.lemmas[0].replace("_", " ")


def hypernym_groups(synsets: Sequence[Synset | None], wordnet: WordNet, *, most: int) -> list[list[int]]:
    """Return the classes below the most general synsets that at least two and at most `most` classes are kinds of.

    A class that has several hypernym paths may be in several groups. None stands for a class that is not known.

    Returns
    -------
    list of list of int
        Positions of the classes of each group, no two groups alike.
    """
    above = [wordnet.ancestors_or_self(synset.offset) if synset else frozenset() for synset in synsets]
    counts = Counter(offset for offsets in above for offset in offsets)
    small = {offset for offset, count in counts.items() if 1 < count <= most}
    groups = defaultdict(list)
    for position, offsets in enumerate(above):
        for offset in sorted(offsets & small):
            synset = wordnet.synsets[offset]
            if not small.intersection(synset.hypernyms + synset.instance_hypernyms):
                groups[offset].append(position)
    return [list(group) for group in dict.fromkeys(map(tuple, groups.values()))]


def common_hypernym(synsets: Sequence[Synset | None], wordnet: WordNet) -> Synset | None:
    """Return the most special synset that all of the classes are kinds of; None if there is none, or one is unknown."""
    if not all(synsets):
        return None
    shared = frozenset.intersection(*(wordnet.ancestors_or_self(synset.offset) for synset in synsets))
    deepest = max(shared, key=lambda offset: (len(wordnet.ancestors_or_self(offset)), -offset), default=None)
    return wordnet.synsets.get(deepest)


def _key(lemma: str) -> str:
    return lemma.lower().replace("_", " ").strip()
