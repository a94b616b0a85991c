"""Propose superclasses for a data set of one's own: a draft of its table of classes, with evidence for every group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.clustering import (
    UNLIKE,
    Cut,
    Dendrogram,
    average_linkage,
    confusion_distances,
    cosine_distances,
    largest_group,
)
from errata.classes.hypernyms import Nouns, common_hypernym, hypernym_groups, title
from errata.classes.wordnet import Synset
from errata.errors import InputError, shown
from errata.own_data.class_table import EVIDENCE, SEPARATOR, OwnClasses, read_own_frame

MOST_CLUSTERED = 21_000
"""Classes whose distances are held in memory, four bytes for every two."""

_TOLD = 4
"""Meanings of a name, and confused classes, that the evidence lists."""


@dataclass(frozen=True)
class Draft:
    """Proposed superclasses.

    Attributes
    ----------
    table : polars.DataFrame
        The table of classes, with `superclass` filled in where it was empty, and what speaks for it.
    groups : dict
        Superclass -> its classes, of those that were proposed.
    dendrogram, cut : Dendrogram and Cut, optional
        Of what was clustered; None for WordNet.
    unclear : tuple of str
        Classes that WordNet does not settle, as `several` (meanings) or `none`, in any order.
    """

    table: pl.DataFrame
    groups: Mapping[str, Sequence[int]]
    dendrogram: Dendrogram | None = None
    cut: Cut | None = None
    unclear: tuple[str, ...] = ()

    @property
    def group_of_class(self) -> list[str]:
        """The superclasses of each class as text, empty where there is none."""
        return self.table["superclass"].fill_null("").to_list()


@dataclass(frozen=True)
class Drafting:
    """A table of classes whose superclasses are to be proposed.

    Attributes
    ----------
    frame : polars.DataFrame
        The table as text, null where a cell is empty.
    classes : OwnClasses
    nouns : Nouns, optional
        WordNet; None if it is not at hand.
    most : int
        Classes that a superclass may have.
    where : str
        What the table is called in messages.
    """

    frame: pl.DataFrame
    classes: OwnClasses
    nouns: Nouns | None
    most: int
    where: str

    @property
    def names(self) -> list[str]:
        """The names of the classes."""
        return self.frame["name"].to_list()

    def meanings(self) -> list[list[Synset]]:
        """Return what each class may be in WordNet; nothing where WordNet is not at hand."""
        if self.nouns is None:
            return [[]] * self.frame.height
        found = []
        for wnid, lemmas in self.classes.classes.select("wnid", "lemmas").iter_rows():
            try:
                found.append(self.nouns.meanings_of_class(wnid, lemmas))
            except InputError as error:
                name = shown(lemmas[0], 60)
                raise InputError(f"{self.where}: {name}: {error} Correct it, or empty the cell.") from error
        return found

    def by_hypernyms(self) -> Draft:
        """Propose groups of at most `most` classes that share a hypernym."""
        if self.nouns is None:
            raise ValueError("WordNet is not at hand")
        meanings = self.meanings()
        synsets = [found[0] if len(found) == 1 else None for found in meanings]
        wordnet = self.nouns.wordnet
        groups = hypernym_groups(synsets, wordnet, most=self.most)
        shared = [common_hypernym([synsets[position] for position in group], wordnet) for group in groups]
        titles = [title(synset) for synset in shared]
        named, evidence = {}, self._unclear(meanings)
        for group, synset, name in zip(groups, shared, titles, strict=True):
            # synsets may share their first lemma, as superclasses may not their name
            name = _plain(name if titles.count(name) == 1 else f"{name} {synset.wnid}")
            named[name] = group
            for position in group:
                evidence[position].append(f"{len(group)} classes are kinds of {self.nouns.describe(synset)}")
        unclear = tuple("several" if found else "none" for found in meanings if len(found) != 1)
        return replace(self._draft(named, evidence), unclear=unclear)

    def by_confusions(self, confusions: np.ndarray, models: Sequence[str]) -> Draft:
        """Propose groups of classes that models took for each other.

        `confusions`: answers of all models, shape (targets, predictions).
        """
        shares = 100 * confusions / np.maximum(confusions.sum(axis=1, keepdims=True), 1)
        evidence = [[] for _ in self.names]
        for position, row in enumerate(shares):
            near = [other for other in np.argsort(-row, kind="stable")[: _TOLD + 1] if other != position and row[other]]
            taken = ", ".join(f"{shown(self.names[other], 40)} {row[other]:.1f} %" for other in near[:_TOLD])
            evidence[position].append(f"taken for {taken}" if taken else "never taken for another class")
        by = "a model" if len(models) == 1 else f"{len(models)} models"
        joined = f"{by} confused its last two parts in {{share:.2g}} % of images"
        return self._by_distances(confusion_distances(confusions), evidence, joined)

    def by_vectors(self, vectors: np.ndarray, what: str) -> Draft:
        """Propose groups of classes with similar vectors.

        `vectors`: shape (classes, dimensions); not finite where there is none.
        `what`: what they are vectors of.
        """
        distances = cosine_distances(vectors)
        np.fill_diagonal(distances, np.inf)
        names = self.names
        evidence = [
            [f"nearest: {shown(names[at], 40)}, {row[at]:.2f} away" if row[at] < UNLIKE else "unlike all others"]
            for row, at in zip(distances, distances.argmin(axis=1), strict=True)
        ]
        np.fill_diagonal(distances, 0)
        joined = f"its last two parts are {{height:.2f}} apart (vectors of {what})"
        return self._by_distances(distances, evidence, joined)

    def _by_distances(self, distances: np.ndarray, evidence: list[list[str]], joined: str) -> Draft:
        dendrogram = average_linkage(distances)
        cut = dendrogram.cut(self.most)
        synsets = [found[0] if len(found) == 1 else None for found in self.meanings()]
        named = {}
        for node, group in cut.groups.items():
            if len(group) < 2:
                continue
            # the class that is nearest to the others stands for them
            within = distances[np.ix_(group, group)]
            named[f"like {_plain(self.names[group[within.sum(axis=1).argmin()]])}"] = group
            height = float(dendrogram.heights[node - len(distances)])
            reason = f"group of {len(group)}; {joined.format(height=height, share=100 * (UNLIKE - height))}"
            shared = self.nouns and common_hypernym([synsets[position] for position in group], self.nouns.wordnet)
            for position in group:
                evidence[position].insert(0, reason)
                if shared:
                    evidence[position].append(f"all are kinds of {title(shared)} in WordNet")
        return self._draft(named, evidence, dendrogram=dendrogram, cut=cut)

    def _unclear(self, meanings: list[list[Synset]]) -> list[list[str]]:
        """Return why a class has no synset, for each class that has none."""
        return [
            []
            if len(found) == 1
            else ["not in WordNet: write its wnid if there is one"]
            if not found
            else [
                f"{len(found)} meanings in WordNet; write the wnid of one: "
                + " / ".join(self.nouns.describe(synset) for synset in found[:_TOLD])
            ]
            for found in meanings
        ]

    def _draft(
        self,
        named: dict[str, list[int]],
        evidence: list[list[str]],
        *,
        dendrogram: Dendrogram | None = None,
        cut: Cut | None = None,
    ) -> Draft:
        of_class: list[list[str]] = [[] for _ in self.names]
        for name, group in named.items():
            for position in group:
                of_class[position].append(name)
        told = ["; ".join(reasons) or "no group" for reasons in evidence]
        proposed = pl.Series([SEPARATOR.join(each) or None for each in of_class], dtype=pl.String)
        given = pl.col("superclass").is_not_null()
        table = self.frame.with_columns(
            superclass=pl.coalesce("superclass", proposed),
            **{EVIDENCE: pl.when(given).then(pl.lit("as it was given")).otherwise(pl.Series(told))},
        )
        columns = [name for name in table.columns if name == "superclass" or table[name].count()]
        filled = {name: group for name, group in named.items() if self.frame["superclass"][group].null_count()}
        return Draft(table.select(columns), filled, dendrogram, cut)


def begin_draft(classes: Path | str | pl.DataFrame, *, nouns: Nouns | None, most: int | None = None) -> Drafting:
    """Read a table of classes whose superclasses are to be proposed.

    Parameters
    ----------
    classes : path or polars.DataFrame
        See `errata.own_data.class_table.read_own_classes`. Superclasses that it has already are kept.
    nouns : Nouns, optional
        WordNet.
    most : int, optional
        Classes that a superclass may have; by default `errata.classes.clustering.largest_group` of their number.

    Raises
    ------
    InputError
        If every class has a superclass, or there are too many or too few classes.
    """
    frame, known = read_own_frame(classes)
    where = "the table of classes" if isinstance(classes, pl.DataFrame) else str(classes)
    count = frame.height
    if not frame["superclass"].null_count():
        raise InputError(f"{where}: every class has a superclass. Empty the cells for which you want a proposal.")
    if not 2 < count <= MOST_CLUSTERED:
        raise InputError(f"{where}: has {count:,} classes; superclasses are proposed for 3 to {MOST_CLUSTERED:,}.")
    if most is not None and not 2 <= most < count:
        raise InputError(f"--most: expected 2 to {count - 1}, one less than there are classes; found {most}.")
    return Drafting(frame, known, nouns, most or largest_group(count), where)


def _plain(name: str) -> str:
    """Return a name in which nothing separates several."""
    return name.replace(SEPARATOR, ",")
