"""WordNet's nouns in memory: hypernym paths, lemma names, siblings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from errata.errors import InputError


@dataclass(frozen=True)
class Synset:
    """A noun synset: its offset, lemma names, and the offsets of its neighbours in the hierarchy."""

    offset: int
    lemmas: tuple[str, ...]
    hypernyms: tuple[int, ...]
    instance_hypernyms: tuple[int, ...]
    hyponyms: tuple[int, ...]

    @property
    def wnid(self) -> str:
        """The synset's ImageNet id, `n` and eight digits."""
        return wnid_of(self.offset)


class _Synsets(Mapping[int, Synset]):
    """The synsets of a table, each made when it is first asked for: a vocabulary asks for few of the 82,115."""

    def __init__(self, table: pl.DataFrame) -> None:
        self._row_of = {offset: row for row, offset in enumerate(table["offset"].to_list())}
        lists = table.select("lemmas", "hypernyms", "instance_hypernyms", "hyponyms").get_columns()
        self._values = [_flat(some) for some in lists]
        self._starts = [[0, *some.list.len().cum_sum().to_list()] for some in lists]
        self._made: dict[int, Synset] = {}

    def __getitem__(self, offset: int) -> Synset:
        if offset not in self._made:
            row = self._row_of[offset]
            parts = zip(self._values, self._starts, strict=True)
            self._made[offset] = Synset(offset, *(tuple(values[at[row] : at[row + 1]]) for values, at in parts))
        return self._made[offset]

    def __iter__(self) -> Iterator[int]:
        return iter(self._row_of)

    def __len__(self) -> int:
        return len(self._row_of)


class WordNet:
    """The noun hierarchy.

    `synsets`: every noun synset, by offset.
    """

    def __init__(self, table: pl.DataFrame) -> None:
        """Build the hierarchy from the table `errata.classes.tables.WORDNET`."""
        self._lemmas = table["lemmas"]
        self._paths: dict[int, tuple[tuple[int, ...], ...]] = {}
        self.synsets: Mapping[int, Synset] = _Synsets(table)

    @classmethod
    def from_table(cls, table: pl.DataFrame) -> "WordNet":
        """Build the hierarchy from the table of noun synsets."""
        return cls(table)

    @cached_property
    def lemma_names(self) -> frozenset[str]:
        """Every lemma name of every noun synset."""
        return frozenset(_flat(self._lemmas))

    def synset(self, wnid: str) -> Synset:
        """Return the synset of an ImageNet id.

        Raises
        ------
        InputError
            If `wnid` is not of the form n01234567 or no noun synset of WordNet 3.0 has it.
        """
        digits = wnid.removeprefix("n")
        if len(wnid) != 9 or not digits.isdigit() or int(digits) not in self.synsets:
            raise InputError(f"'{wnid}' is not the id of a noun synset of WordNet 3.0 (expected n and eight digits).")
        return self.synsets[int(digits)]

    def hypernym_paths(self, offset: int) -> tuple[tuple[int, ...], ...]:
        """Return every path from a root of the hierarchy down to the synset itself, as offsets.

        Paths through instance hypernyms count; they come after the others.
        """
        if offset not in self._paths:
            synset = self.synsets[offset]
            parents = synset.hypernyms + synset.instance_hypernyms
            paths = tuple((*path, offset) for parent in parents for path in self.hypernym_paths(parent))
            self._paths[offset] = paths or ((offset,),)
        return self._paths[offset]

    def ancestors_or_self(self, offset: int) -> frozenset[int]:
        """Return the offsets on all hypernym paths of the synset, itself included."""
        return frozenset(node for path in self.hypernym_paths(offset) for node in path)

    def lemmas_above(self, offset: int) -> frozenset[str]:
        """Return the lemma names on all hypernym paths of the synset, its own included."""
        return frozenset(lemma for node in self.ancestors_or_self(offset) for lemma in self.synsets[node].lemmas)

    def siblings(self, offset: int) -> tuple[int, ...]:
        """Return the hyponyms of each direct hypernym, the synset itself included, instances left out."""
        return tuple(
            hyponym for hypernym in self.synsets[offset].hypernyms for hyponym in self.synsets[hypernym].hyponyms
        )


def _flat(lists: pl.Series) -> list:
    return lists.list.explode(empty_as_null=False, keep_nulls=False).to_list()


def wnid_of(offset: int) -> str:
    """Return the ImageNet id of a noun synset offset."""
    return f"n{offset:08d}"


def spoken(lemma: str) -> str:
    """Return a lemma name in lower case with spaces for underscores, as it is used in a sentence."""
    return lemma.lower().replace("_", " ")


def all_on_paths(lemmas: Iterable[str], lemmas_above: frozenset[str]) -> bool:
    """Return whether every lemma name is on a class's hypernym paths (exact, case-sensitive match)."""
    return all(lemma in lemmas_above for lemma in lemmas)
